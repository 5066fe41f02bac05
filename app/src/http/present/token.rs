//! API tokens.

use super::{Seen, moment};
use crate::portal::tokens::{LIFETIMES, TokenLine, TokenState};
use crate::portal::{Roles, Scope, Scopes};
use crate::view::token::{Choice, ScopeGroup};
use crate::view::{self, FormErrors, TokenForm};

/// The form's value for a life without end.
const NEVER: &str = "never";
/// The life that the form starts with, in days.
const USUAL_LIFE: &str = "90";

/// What was typed into the form.
#[derive(Clone, Debug)]
pub(crate) struct TypedToken {
    /// The name.
    pub(crate) name: String,
    /// The scopes that were ticked.
    pub(crate) scopes: Scopes,
    /// The life that was chosen, as the form spells it.
    pub(crate) expires: String,
}

impl Default for TypedToken {
    fn default() -> Self {
        Self { name: String::new(), scopes: Scopes::default(), expires: USUAL_LIFE.to_owned() }
    }
}

impl TypedToken {
    /// The life in days, `None` without end. What the form does not offer is none of the lives that the portal accepts.
    pub(crate) fn days(&self) -> Option<u32> {
        if self.expires == NEVER { None } else { Some(self.expires.parse().unwrap_or(0)) }
    }

    /// The form with what was typed, for somebody with these roles.
    pub(crate) fn form(self, roles: Roles, errors: FormErrors) -> TokenForm {
        TokenForm { groups: groups(self.scopes, roles), lives: lives(&self.expires, roles), name: self.name, errors }
    }
}

/// One row.
pub(crate) fn row(line: TokenLine, seen: Seen) -> view::token::TokenRow {
    let token = line.token;
    view::token::TokenRow {
        id: token.id.0,
        state: state(token.state(seen.now)),
        name: token.name,
        owner: line.owner.into(),
        scopes: token.scopes.iter().map(|scope| scope.word().to_owned()).collect(),
        last_used_at: token.last_used_at.map(|at| moment(at, seen)),
        expires_at: token.expires_at.map(|at| moment(at, seen)),
    }
}

const fn state(state: TokenState) -> view::token::TokenState {
    match state {
        TokenState::Live => view::token::TokenState::Live,
        TokenState::Expired => view::token::TokenState::Expired,
        TokenState::Revoked => view::token::TokenState::Revoked,
    }
}

/// The scopes that somebody with these roles may give, by what they are about.
fn groups(chosen: Scopes, roles: Roles) -> Vec<ScopeGroup> {
    let mut groups: Vec<ScopeGroup> = Vec::new();
    for scope in Scope::ALL.into_iter().filter(|scope| scope.is_for(roles)) {
        let title = title(scope);
        let choice = Choice {
            value: scope.word().to_owned(),
            text: scope.explanation().to_owned(),
            chosen: chosen.contains(scope),
        };
        match groups.last_mut().filter(|group| group.title == title) {
            Some(group) => group.scopes.push(choice),
            None => groups.push(ScopeGroup { title: title.to_owned(), scopes: vec![choice] }),
        }
    }
    groups
}

const fn title(scope: Scope) -> &'static str {
    match scope {
        Scope::InstancesRead
        | Scope::InstancesStart
        | Scope::InstancesRaise
        | Scope::InstancesControl
        | Scope::InstancesPurge => "Runs",
        Scope::EntitiesRead | Scope::EntitiesSignal | Scope::EntitiesDelete => "Entities",
        Scope::RequestsRead
        | Scope::RequestsWrite
        | Scope::RequestsDecide
        | Scope::RequestsAct
        | Scope::RequestsManage => "Requests",
        Scope::PoliciesRead => "Policies",
        Scope::PeopleRead => "People",
        Scope::MonitorsRead | Scope::MonitorsWrite => "Monitors",
        Scope::WebhooksRead | Scope::WebhooksWrite => "Webhooks",
    }
}

fn lives(chosen: &str, roles: Roles) -> Vec<Choice> {
    let of_days = LIFETIMES.into_iter().map(|days| (days.to_string(), format!("{days} days")));
    let never = roles.admin.then(|| (NEVER.to_owned(), "Never".to_owned()));
    let choice = |(value, text): (String, String)| Choice { chosen: value == chosen, value, text };
    of_days.chain(never).map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_offers_what_the_readers_roles_allow_each_scope_in_one_group() {
        let form = TypedToken::default().form(Roles::ALL, FormErrors::default());
        let offered: Vec<_> = form.groups.iter().flat_map(|group| &group.scopes).map(|scope| &scope.value).collect();
        assert_eq!(offered, Scope::ALL.map(Scope::word));
        assert_eq!(form.groups.len(), 7);
        assert_eq!(form.lives.iter().find(|life| life.chosen).map(|life| life.value.as_str()), Some("90"));

        let approver = Roles { approver: true, ..Roles::default() };
        let form = TypedToken::default().form(approver, FormErrors::default());
        assert!(form.groups.iter().all(|group| group.title != "People" && group.title != "Webhooks"));
        assert!(form.lives.iter().all(|life| life.value != NEVER));
    }

    #[test]
    fn a_life_that_is_not_offered_is_no_life() {
        let typed = |expires: &str| TypedToken { expires: expires.to_owned(), ..TypedToken::default() };
        assert_eq!(typed("never").days(), None);
        assert_eq!(typed("30").days(), Some(30));
        assert_eq!((typed("").days(), typed("soon").days(), typed("-1").days()), (Some(0), Some(0), Some(0)));
    }
}
