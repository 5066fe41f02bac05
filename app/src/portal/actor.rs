//! Who does something. Every use case that changes anything takes an [`Actor`].

use super::error::{PortalError, Result};
use super::ids::{LinkId, UserId};

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
}

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody with a session.
    User(SignedIn),
    /// Whoever holds a signed link whose signature or cookie has been checked.
    Link(LinkId),
    /// A rule of the portal, by its name; never shown as a person.
    System(&'static str),
    /// The operator at the command line.
    Cli,
}

impl Actor {
    /// The person with a session. [`PortalError::NotSignedIn`] for everybody else.
    pub fn signed_in(&self) -> Result<&SignedIn> {
        match self {
            Self::User(user) => Ok(user),
            Self::Link(_) | Self::System(_) | Self::Cli => Err(PortalError::NotSignedIn),
        }
    }

    /// Passes admins and the command line.
    pub fn require_admin(&self) -> Result<()> {
        match self {
            Self::Cli => Ok(()),
            Self::User(user) if user.roles.admin => Ok(()),
            Self::User(_) => Err(PortalError::forbidden("Only administrators may see and do this.")),
            Self::Link(_) | Self::System(_) => Err(PortalError::NotSignedIn),
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

    /// The person, if one is known by session.
    pub fn user_id(&self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user.id),
            Self::Link(_) | Self::System(_) | Self::Cli => None,
        }
    }

    /// How the audit log names the kind of actor and which one.
    pub fn in_audit(&self) -> (&'static str, String) {
        match self {
            Self::User(user) => ("user", user.id.to_string()),
            Self::Link(link) => ("link", link.to_string()),
            Self::System(rule) => ("system", (*rule).to_owned()),
            Self::Cli => ("cli", String::new()),
        }
    }
}
