//! A group, and one as typed.

use crate::portal::clock::Time;
use crate::portal::error::FieldError;
use crate::portal::ids::{GroupId, UserId};
use crate::portal::user::{Email, one_line};

/// The most people in a group.
pub const MAX_GROUP_MEMBERS: usize = 200;
/// The longest name of a group.
pub const MAX_GROUP_NAME_CHARS: usize = 60;

/// Some people under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Which.
    pub id: GroupId,
    /// What it is called. No other group is called the same, whatever the case of its letters.
    pub name: String,
    /// Who belongs to it, nobody twice, in no order.
    pub members: Vec<UserId>,
    /// When it was made.
    pub created_at: Time,
}

/// A group as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupDraft {
    /// What it is called.
    pub name: String,
    /// The addresses of its members, with white space, commas or semicolons between them. Nobody has to belong to it yet.
    pub members: String,
}

/// A group that was checked.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) name: String,
    /// Nobody twice, in the order in which they were typed.
    pub(super) members: Vec<Email>,
}

impl GroupDraft {
    /// What was typed, if all of it is right. Errors name `name` and `members`.
    pub(super) fn check(&self) -> Result<Checked, Vec<FieldError>> {
        let mut errors = Vec::new();
        let name = one_line(&self.name);
        if name.is_empty() {
            errors.push(FieldError::new("name", "Enter a name."));
        } else if name.chars().count() > MAX_GROUP_NAME_CHARS {
            let message = format!("The name may have at most {MAX_GROUP_NAME_CHARS} characters.");
            errors.push(FieldError::new("name", message));
        }
        let mut members: Vec<Email> = Vec::new();
        for typed in self.addresses() {
            if members.len() > MAX_GROUP_MEMBERS {
                break;
            }
            match Email::parse(typed) {
                Ok(email) if members.contains(&email) => {}
                Ok(email) => members.push(email),
                Err(_) => {
                    let shown: String = typed.chars().take(60).collect();
                    errors.push(FieldError::new("members", format!("“{shown}” is not a mail address.")));
                    break;
                }
            }
        }
        if members.len() > MAX_GROUP_MEMBERS {
            let message = format!("A group may have at most {MAX_GROUP_MEMBERS} people.");
            errors.push(FieldError::new("members", message));
        }
        if errors.is_empty() { Ok(Checked { name, members }) } else { Err(errors) }
    }

    fn addresses(&self) -> impl Iterator<Item = &str> {
        let between = |c: char| c.is_whitespace() || c == ',' || c == ';';
        self.members.split(between).filter(|typed| !typed.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(draft: &GroupDraft) -> Vec<String> {
        draft.check().expect_err("not right").into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn addresses_are_told_apart_however_they_are_listed() {
        let members = " Ana@x.org,ben@x.org; cem@x.org\r\nana@x.org\n\n".into();
        let checked = GroupDraft { name: " Finance\n team ".into(), members }.check().expect("right");
        assert_eq!(checked.name, "Finance team");
        let members: Vec<_> = checked.members.iter().map(Email::as_str).collect();
        assert_eq!(members, ["ana@x.org", "ben@x.org", "cem@x.org"]);
    }

    #[test]
    fn a_group_may_be_empty_but_not_nameless() {
        assert!(GroupDraft { name: "Board".into(), members: String::new() }.check().is_ok());
        assert_eq!(fields(&GroupDraft { name: " ".into(), members: "nonsense".into() }), ["name", "members"]);
        assert_eq!(fields(&GroupDraft { name: "x".repeat(61), ..GroupDraft::default() }), ["name"]);
    }

    #[test]
    fn two_hundred_people_belong_to_a_group_and_no_more() {
        let people = |number| (0..number).map(|n| format!("p{n}@x.org")).collect::<Vec<_>>().join("\n");
        assert!(GroupDraft { name: "All".into(), members: people(200) }.check().is_ok());
        assert_eq!(fields(&GroupDraft { name: "All".into(), members: people(201) }), ["members"]);
    }
}
