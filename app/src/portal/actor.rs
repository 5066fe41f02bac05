//! Who does something. Every use case that changes anything takes an [`Actor`].

use super::error::{PortalError, Result};
use super::ids::{LinkId, TokenId, UserId};
use super::once::Once;
use super::scope::{Scope, Scopes};
use super::zone::Zone;

/// A set of roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// May submit requests.
    pub requester: bool,
    /// Decides after signing in.
    pub approver: bool,
    /// Sees and manages everything.
    pub admin: bool,
}

impl Roles {
    /// Every role.
    pub const ALL: Self = Self { requester: true, approver: true, admin: true };

    /// Whether no role is held.
    pub const fn is_empty(self) -> bool {
        !self.requester && !self.approver && !self.admin
    }
}

/// Somebody with a session, as the database knows them now (not as they were when they signed in).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub id: UserId,
    /// Display name.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// What they may do.
    pub roles: Roles,
    /// In which time zone they read times.
    pub zone: Zone,
    /// Whether single keys do something on the pages that they read.
    pub shortcuts: bool,
}

/// Whoever shows an API token that works: its owner, within the token's scopes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// Which token.
    pub id: TokenId,
    /// Its owner, as the database knows them now.
    pub user: SignedIn,
    /// What it may be used for; never more than its owner's roles of now allow.
    pub scopes: Scopes,
    /// The call that it makes, if that may be repeated: whatever it changes next is remembered under the call's key.
    pub once: Option<Once>,
    /// Whether this call may do what is else done after signing in only; see [`Actor::in_person_by`].
    pub in_person: bool,
}

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody with a session.
    User(SignedIn),
    /// A program with an API token, in the name of the token's owner.
    Token(Bearer),
    /// A program on this machine that came through the listener for local calls, which asks for no credentials.
    LocalRpc,
    /// Whoever holds a signed link whose signature or cookie has been checked.
    Link(LinkId),
    /// A rule of the portal, by its name; never shown as a person.
    System(&'static str),
    /// The operator at the command line.
    Cli,
}

const ADMINS_ONLY: &str = "Only administrators may see and do this.";

impl Actor {
    /// The person with a session, or the owner of the token: what a token may be used for is asked before, by
    /// [`Actor::require_scope`]. [`PortalError::NotSignedIn`] for everybody else.
    pub fn signed_in(&self) -> Result<&SignedIn> {
        match self {
            Self::User(user) | Self::Token(Bearer { user, .. }) => Ok(user),
            Self::LocalRpc | Self::Link(_) | Self::System(_) | Self::Cli => Err(PortalError::NotSignedIn),
        }
    }

    /// The person with a session, or the owner of a token that calls in person. For what no other token may do, whatever
    /// its scopes.
    pub fn require_session(&self) -> Result<&SignedIn> {
        match self {
            Self::User(user) | Self::Token(Bearer { user, in_person: true, .. }) => Ok(user),
            Self::Token(_) => Err(not_by_token()),
            Self::LocalRpc | Self::Link(_) | Self::System(_) | Self::Cli => Err(PortalError::NotSignedIn),
        }
    }

    /// Passes everybody whose credential allows `scope`: people with a session and the command line always, callers of
    /// this machine for what the engine runs, a token when it has the scope. Roles are another question.
    pub fn require_scope(&self, scope: Scope) -> Result<()> {
        match self {
            Self::User(_) | Self::Cli => Ok(()),
            Self::Token(bearer) if bearer.scopes.contains(scope) => Ok(()),
            Self::LocalRpc if scope.is_of_engine() => Ok(()),
            Self::Token(_) => {
                Err(PortalError::forbidden(format!("This needs an API token with the scope {}.", scope.word())))
            }
            Self::LocalRpc => {
                Err(PortalError::forbidden(format!("This needs a credential with the scope {}.", scope.word())))
            }
            Self::Link(_) | Self::System(_) => Err(PortalError::NotSignedIn),
        }
    }

    /// The actor of one call that does, by `scope`, what is else done after signing in only: refused to a token as by
    /// [`Actor::require_scope`]. One that gets it is an admin only where the scope is for admins alone or it has
    /// [`Scope::RequestsManage`] too: what its owner takes part in is one thing, everybody's requests are another.
    /// The use case asks the rest, as of somebody with a session.
    pub fn in_person_by(&self, scope: Scope) -> Result<Self> {
        self.require_scope(scope)?;
        let Self::Token(bearer) = self else { return Ok(self.clone()) };
        let as_admin = scope.is_for_admins() || bearer.scopes.contains(Scope::RequestsManage);
        let mut bearer = Bearer { in_person: true, ..bearer.clone() };
        bearer.user.roles.admin &= as_admin;
        Ok(Self::Token(bearer))
    }

    /// Passes admins, by session or by token, and the command line.
    pub fn require_admin(&self) -> Result<()> {
        match self {
            Self::Cli => Ok(()),
            Self::User(user) | Self::Token(Bearer { user, .. }) if user.roles.admin => Ok(()),
            Self::User(_) | Self::Token(_) => Err(PortalError::forbidden(ADMINS_ONLY)),
            Self::LocalRpc | Self::Link(_) | Self::System(_) => Err(PortalError::NotSignedIn),
        }
    }

    /// Passes admins with a session or by a token that calls in person, and the command line. For what no other token may
    /// do, whatever its scopes.
    pub fn require_admin_in_person(&self) -> Result<()> {
        match self {
            Self::Token(Bearer { in_person: false, .. }) => Err(not_by_token()),
            _ => self.require_admin(),
        }
    }

    /// The signed-in person, if they may submit requests.
    pub fn require_requester(&self) -> Result<&SignedIn> {
        let user = self.signed_in()?;
        if user.roles.requester || user.roles.admin {
            return Ok(user);
        }
        Err(PortalError::forbidden("Only requesters may submit requests."))
    }

    /// Whether nothing is hidden from them: admins, the command line, callers of this machine.
    pub fn sees_everything(&self) -> bool {
        match self {
            Self::User(user) | Self::Token(Bearer { user, .. }) => user.roles.admin,
            Self::LocalRpc | Self::Cli => true,
            Self::Link(_) | Self::System(_) => false,
        }
    }

    /// The person, if one is known by session or token.
    pub fn user_id(&self) -> Option<UserId> {
        self.signed_in().ok().map(|user| user.id)
    }

    /// The same token, whose next change is remembered as what this call made. Others never repeat a call.
    #[must_use]
    pub fn once(&self, once: Once) -> Self {
        match self {
            Self::Token(bearer) => Self::Token(Bearer { once: Some(once), ..bearer.clone() }),
            other => other.clone(),
        }
    }

    /// How the audit log names the kind of actor and which one.
    pub fn in_audit(&self) -> (&'static str, String) {
        match self {
            Self::User(user) => ("user", user.id.to_string()),
            Self::Token(bearer) => ("token", bearer.id.to_string()),
            Self::LocalRpc => ("rpc", String::new()),
            Self::Link(link) => ("link", link.to_string()),
            Self::System(rule) => ("system", (*rule).to_owned()),
            Self::Cli => ("cli", String::new()),
        }
    }
}

fn not_by_token() -> PortalError {
    PortalError::forbidden("No API token may do this. It is done in the portal, after signing in.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(roles: Roles) -> SignedIn {
        let (name, email) = ("Ana".into(), "ana@example.org".into());
        SignedIn { id: UserId(uuid::Uuid::nil()), name, email, roles, zone: Zone::UTC, shortcuts: true }
    }

    fn token(roles: Roles, scopes: &[Scope]) -> Actor {
        let id = TokenId(uuid::Uuid::nil());
        let scopes = scopes.iter().copied().collect();
        Actor::Token(Bearer { id, user: user(roles), scopes, once: None, in_person: false })
    }

    #[test]
    fn a_token_needs_the_scope_and_the_refusal_names_it() {
        for scope in Scope::ALL {
            assert_eq!(token(Roles::ALL, &[scope]).require_scope(scope), Ok(()));
            let others: Vec<_> = Scope::ALL.into_iter().filter(|other| *other != scope).collect();
            let refused = token(Roles::ALL, &others).require_scope(scope);
            assert!(matches!(refused, Err(PortalError::Forbidden(why)) if why.contains(scope.word())), "{scope:?}");
        }
    }

    #[test]
    fn callers_without_credentials_reach_what_the_engine_runs_and_nothing_else() {
        for scope in Scope::ALL {
            let of_engine = ["instances:", "entities:"].iter().any(|of| scope.word().starts_with(of));
            assert_eq!(Actor::LocalRpc.require_scope(scope).is_ok(), of_engine, "{scope:?}");
        }
        assert_eq!(Actor::LocalRpc.signed_in(), Err(PortalError::NotSignedIn));
        assert_eq!(Actor::LocalRpc.require_admin(), Err(PortalError::NotSignedIn));
    }

    #[test]
    fn a_token_of_an_admin_is_an_admin_but_not_a_session() {
        let token = token(Roles::ALL, &Scope::ALL);
        assert_eq!(token.require_admin(), Ok(()));
        assert!(token.sees_everything());
        assert!(matches!(token.require_session(), Err(PortalError::Forbidden(_))));
        assert!(matches!(token.require_admin_in_person(), Err(PortalError::Forbidden(_))));
    }

    #[test]
    fn a_token_calls_in_person_by_a_scope_that_it_has_and_as_an_admin_by_one_for_admins_only() {
        let by = |scopes: &[Scope], scope| token(Roles::ALL, scopes).in_person_by(scope);
        assert!(matches!(by(&[Scope::RequestsManage], Scope::RequestsAct), Err(PortalError::Forbidden(_))));
        let part = by(&[Scope::RequestsAct], Scope::RequestsAct).expect("it has the scope");
        assert!(part.require_session().is_ok() && part.require_admin_in_person().is_err() && !part.sees_everything());
        let both = by(&[Scope::RequestsAct, Scope::RequestsManage], Scope::RequestsAct).expect("it has the scope");
        assert!(both.require_session().is_ok() && both.require_admin_in_person().is_ok());
        let manager = by(&[Scope::RequestsManage], Scope::RequestsManage).expect("it has the scope");
        assert_eq!(manager.require_admin_in_person(), Ok(()));
        assert_eq!(manager.in_audit().0, "token");
        assert!(Actor::Link(LinkId(uuid::Uuid::nil())).in_person_by(Scope::RequestsAct).is_err());
    }

    #[test]
    fn a_token_with_every_scope_has_no_role_that_its_owner_has_not() {
        let token = token(Roles { approver: true, ..Roles::default() }, &Scope::ALL);
        assert!(matches!(token.require_admin(), Err(PortalError::Forbidden(_))));
        assert!(matches!(token.require_requester(), Err(PortalError::Forbidden(_))));
        assert!(!token.sees_everything());
    }
}
