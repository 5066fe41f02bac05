//! What an API token may be used for: one scope per verb of the API, never more than its owner's roles allow.

use super::actor::Roles;

/// One thing that an API token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// See runs.
    InstancesRead,
    /// Start and restart runs.
    InstancesStart,
    /// Send events to runs.
    InstancesRaise,
    /// Suspend, resume, terminate and rewind runs.
    InstancesControl,
    /// Delete finished runs.
    InstancesPurge,
    /// See entities and their state.
    EntitiesRead,
    /// Send operations to entities.
    EntitiesSignal,
    /// Delete entities.
    EntitiesDelete,
    /// See requests, their documents and how they stand.
    RequestsRead,
    /// Submit requests, and other revisions of them.
    RequestsWrite,
    /// Answer the questions that wait for the token's owner.
    RequestsDecide,
    /// Do what else people do to requests that they take part in.
    RequestsAct,
    /// Do so to everybody's requests, and what administrators alone do to them.
    RequestsManage,
    /// See every policy as a file.
    PoliciesRead,
    /// See who there is.
    PeopleRead,
    /// See monitors.
    MonitorsRead,
    /// Make, change, pause and delete monitors.
    MonitorsWrite,
    /// See webhooks and what they delivered.
    WebhooksRead,
    /// Make, change and delete webhooks.
    WebhooksWrite,
}

impl Scope {
    /// Every scope, in the order in which people are shown them.
    pub const ALL: [Self; 19] = [
        Self::InstancesRead,
        Self::InstancesStart,
        Self::InstancesRaise,
        Self::InstancesControl,
        Self::InstancesPurge,
        Self::EntitiesRead,
        Self::EntitiesSignal,
        Self::EntitiesDelete,
        Self::RequestsRead,
        Self::RequestsWrite,
        Self::RequestsDecide,
        Self::RequestsAct,
        Self::RequestsManage,
        Self::PoliciesRead,
        Self::PeopleRead,
        Self::MonitorsRead,
        Self::MonitorsWrite,
        Self::WebhooksRead,
        Self::WebhooksWrite,
    ];

    /// The scope as forms, tables and the API spell it: `instances:read`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::InstancesRead => "instances:read",
            Self::InstancesStart => "instances:start",
            Self::InstancesRaise => "instances:raise",
            Self::InstancesControl => "instances:control",
            Self::InstancesPurge => "instances:purge",
            Self::EntitiesRead => "entities:read",
            Self::EntitiesSignal => "entities:signal",
            Self::EntitiesDelete => "entities:delete",
            Self::RequestsRead => "requests:read",
            Self::RequestsWrite => "requests:write",
            Self::RequestsDecide => "requests:decide",
            Self::RequestsAct => "requests:act",
            Self::RequestsManage => "requests:manage",
            Self::PoliciesRead => "policies:read",
            Self::PeopleRead => "people:read",
            Self::MonitorsRead => "monitors:read",
            Self::MonitorsWrite => "monitors:write",
            Self::WebhooksRead => "webhooks:read",
            Self::WebhooksWrite => "webhooks:write",
        }
    }

    /// The scope of that word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }

    /// What it allows, as a sentence for people.
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::InstancesRead => "See runs: status, input, output and history.",
            Self::InstancesStart => "Start workflows, and start runs again.",
            Self::InstancesRaise => "Send events to runs that wait for them.",
            Self::InstancesControl => "Suspend, resume, terminate and rewind runs.",
            Self::InstancesPurge => "Delete finished runs with their history.",
            Self::EntitiesRead => "See entities and their state.",
            Self::EntitiesSignal => "Send operations to entities.",
            Self::EntitiesDelete => "Delete entities with their state. For administrators.",
            Self::RequestsRead => "See requests, their documents and how they stand.",
            Self::RequestsWrite => "Submit requests and new revisions of them, with files.",
            Self::RequestsDecide => "Approve, reject or request changes of what waits for you, in your name.",
            Self::RequestsAct => {
                "Comment on, remind of, pass on and withdraw what you take part in; ask others, and let them observe."
            }
            Self::RequestsManage => {
                "Do so to everybody's requests; overrule, hold, resume, terminate, restart them. For administrators."
            }
            Self::PoliciesRead => "Export policies. For administrators.",
            Self::PeopleRead => "See everybody with their roles. For administrators.",
            Self::MonitorsRead => "See monitors and what they measured.",
            Self::MonitorsWrite => "Make, change, pause and delete monitors.",
            Self::WebhooksRead => "See webhooks and what they delivered. For administrators.",
            Self::WebhooksWrite => "Make, change and delete webhooks, and deliver again. For administrators.",
        }
    }

    /// Whether somebody with these roles could use it. What a use case asks of roles beyond that, it asks itself.
    pub const fn is_for(self, roles: Roles) -> bool {
        match self {
            Self::EntitiesDelete
            | Self::RequestsManage
            | Self::PoliciesRead
            | Self::PeopleRead
            | Self::WebhooksRead
            | Self::WebhooksWrite => roles.admin,
            Self::InstancesStart | Self::RequestsWrite | Self::MonitorsWrite => roles.requester || roles.admin,
            _ => true,
        }
    }

    /// Whether nobody but admins could use it.
    pub(super) const fn is_for_admins(self) -> bool {
        !self.is_for(Roles { requester: true, approver: true, admin: false })
    }

    /// Whether it is about what the engine runs: all that callers without credentials may be given.
    pub(super) const fn is_of_engine(self) -> bool {
        matches!(
            self,
            Self::InstancesRead
                | Self::InstancesStart
                | Self::InstancesRaise
                | Self::InstancesControl
                | Self::InstancesPurge
                | Self::EntitiesRead
                | Self::EntitiesSignal
                | Self::EntitiesDelete
        )
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u32);

impl Scopes {
    /// Whether the set has `scope`.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Whether the set has none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The scopes of the set, in the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.contains(*scope))
    }

    /// Those of the set that somebody with these roles could use.
    pub fn within(self, roles: Roles) -> Self {
        self.iter().filter(|scope| scope.is_for(roles)).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_has_a_word_of_its_own_that_reads_back() {
        for scope in Scope::ALL {
            assert_eq!(Scope::of(scope.word()), Some(scope));
        }
        assert_eq!(Scope::of("instances"), None);
    }

    #[test]
    fn a_set_has_what_it_was_made_of_and_nothing_else() {
        for scope in Scope::ALL {
            let set: Scopes = [scope].into_iter().collect();
            assert_eq!(set.iter().collect::<Vec<_>>(), [scope]);
        }
        assert_eq!(Scope::ALL.into_iter().collect::<Scopes>().iter().count(), Scope::ALL.len());
        assert!(Scopes::default().is_empty());
    }

    #[test]
    fn what_needs_a_role_is_taken_from_those_who_do_not_hold_it() {
        let all: Scopes = Scope::ALL.into_iter().collect();
        let approver = all.within(Roles { approver: true, ..Roles::default() });
        assert!(approver.contains(Scope::RequestsDecide) && approver.contains(Scope::InstancesRead));
        assert!(approver.contains(Scope::RequestsAct));
        for scope in [Scope::EntitiesDelete, Scope::PeopleRead, Scope::RequestsManage, Scope::InstancesStart] {
            assert!(!approver.contains(scope), "{scope:?}");
        }
        assert_eq!(all.within(Roles::ALL), all);
    }
}
