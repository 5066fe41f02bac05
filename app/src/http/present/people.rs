//! People and invitations.

use super::moment;
use crate::portal::clock::Time;
use crate::portal::ids::UserId;
use crate::portal::user::User;
use crate::view;

/// One person, as `viewer` sees them.
pub(crate) fn row(user: User, viewer: UserId, now: Time) -> view::PersonRow {
    view::PersonRow {
        id: user.id.0,
        person: user.person().into(),
        state: user.state.into(),
        roles: user.roles.into(),
        signed_in_at: user.signed_in_at.map(|at| moment(at, now)),
        is_viewer: user.id == viewer,
    }
}
