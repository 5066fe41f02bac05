//! Groups of people.

use super::people::link;
use crate::portal::error::FieldError;
use crate::portal::groups::{Group, GroupDraft, GroupPage};
use crate::view;

/// One group in the list.
pub(crate) fn row(group: Group) -> view::GroupRow {
    view::GroupRow { id: group.id.0, members: group.members.len(), name: group.name }
}

/// The page of one group. `form` is what came back with messages; without it the form shows the group as it is.
pub(crate) fn detail(page: GroupPage, form: Option<view::GroupForm>) -> view::GroupDetail {
    let GroupPage { group, members, policies } = page;
    let addresses: Vec<_> = members.iter().map(|user| user.email.to_string()).collect();
    let draft = GroupDraft { name: group.name.clone(), members: addresses.join("\n") };
    view::GroupDetail {
        id: group.id.0,
        name: group.name,
        members: members.iter().map(link).collect(),
        policies,
        form: form.unwrap_or_else(|| self::form(draft, Vec::new())),
    }
}

/// The form with what was typed.
pub(crate) fn form(draft: GroupDraft, errors: Vec<FieldError>) -> view::GroupForm {
    view::GroupForm { name: draft.name, members: draft.members, errors: errors.into() }
}
