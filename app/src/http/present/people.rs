//! People and invitations.

use std::collections::HashMap;

use super::{Seen, moment};
use crate::portal::error::FieldError;
use crate::portal::ids::UserId;
use crate::portal::person::PersonPage;
use crate::portal::user::{Digest, User, UserState};
use crate::view;

/// Everybody, as `viewer` sees them; whether they are away is said by the caller.
pub(crate) fn rows(people: &[User], viewer: UserId, seen: Seen) -> Vec<view::PersonRow> {
    let labels: HashMap<UserId, String> = people.iter().map(|user| (user.id, label(user))).collect();
    let row_of = |user: &User| {
        let manager = user.manager.and_then(|manager| labels.get(&manager).cloned());
        row(user, manager, viewer, seen)
    };
    people.iter().map(row_of).collect()
}

/// The page of one person; whether they are away is said by the caller. `refused` is what was typed into its form, with what is wrong about it.
pub(crate) fn detail(
    page: PersonPage,
    refused: Option<(String, Vec<FieldError>)>,
    viewer: UserId,
    seen: Seen,
) -> view::PersonDetail {
    let PersonPage { user, manager, reports, groups, people } = page;
    let others = people.iter().filter(|other| other.id != user.id && other.state != UserState::Disabled);
    let (typed, errors) = refused
        .unwrap_or_else(|| (manager.as_ref().map_or_else(String::new, |user| user.email.to_string()), Vec::new()));
    view::PersonDetail {
        manager: manager.as_ref().map(link),
        reports: reports.iter().map(link).collect(),
        groups: groups.into_iter().map(|group| (group.id.0, group.name)).collect(),
        language: user.language.own_name().to_owned(),
        zone: user.zone.clone(),
        digest: user.digest == Digest::Daily,
        invited_at: user.invited_at.map(|at| moment(at, seen)),
        created_at: moment(user.created_at, seen),
        form: view::ManagerForm {
            manager: typed,
            others: others.map(|other| other.person().into()).collect(),
            errors: errors.into(),
        },
        row: row(&user, manager.as_ref().map(label), viewer, seen),
    }
}

/// A person with the way to their page.
pub(crate) fn link(user: &User) -> view::PersonLink {
    view::PersonLink { id: user.id.0, person: user.person().into(), state: user.state.into() }
}

fn row(user: &User, manager: Option<String>, viewer: UserId, seen: Seen) -> view::PersonRow {
    view::PersonRow {
        id: user.id.0,
        person: user.person().into(),
        state: user.state.into(),
        roles: user.roles.into(),
        manager,
        signed_in_at: user.signed_in_at.map(|at| moment(at, seen)),
        is_viewer: user.id == viewer,
        away: None,
    }
}

fn label(user: &User) -> String {
    user.person().label().to_owned()
}
