//! Who reads a page.

use crate::portal::actor::{Roles, SignedIn};
use crate::portal::user::Person;
use crate::view;

impl From<Roles> for view::RoleSet {
    fn from(roles: Roles) -> Self {
        Self { requester: roles.requester, approver: roles.approver, admin: roles.admin }
    }
}

impl From<view::RoleSet> for Roles {
    fn from(roles: view::RoleSet) -> Self {
        Self { requester: roles.requester, approver: roles.approver, admin: roles.admin }
    }
}

impl From<Person> for view::Person {
    fn from(person: Person) -> Self {
        Self { name: person.name, email: person.email }
    }
}

/// The reader, with how many requests wait for them.
pub(crate) fn viewer(user: &SignedIn, waiting: u64) -> view::Viewer {
    let (name, email) = (user.name.clone(), user.email.clone());
    view::Viewer { name, email, roles: user.roles.into(), waiting, shortcuts: user.shortcuts }
}
