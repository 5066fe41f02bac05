//! What surrounds every page: who reads it, where they are, and a passing notice.

use serde::{Deserialize, Serialize};

use super::mark::Tone;

/// The frame of a page. Link, sign-in and error pages shown to strangers have no viewer and therefore no navigation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Who is signed in.
    pub viewer: Option<Viewer>,
    /// A message about what was just done, shown once above the page.
    pub notice: Option<Notice>,
}

impl Frame {
    /// Whether an admin reads the page: they see what others started too.
    #[must_use]
    pub fn is_for_admin(&self) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.roles.admin)
    }
}

/// The signed-in reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Display name.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// What they may do.
    pub roles: RoleSet,
    /// How many requests wait for them, up to [`super::inbox::MOST`].
    pub waiting: u64,
    /// Whether single keys do something on pages.
    pub shortcuts: bool,
}

/// A set of roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleSet {
    /// May submit requests.
    pub requester: bool,
    /// Is offered as an approver.
    pub approver: bool,
    /// May see and manage everything.
    pub admin: bool,
}

impl RoleSet {
    /// The roles held, as (form value, word), in a fixed order.
    #[must_use]
    pub fn held(self) -> Vec<(&'static str, &'static str)> {
        Self::choices().into_iter().filter(|(key, _, _)| self.has(key)).map(|(key, word, _)| (key, word)).collect()
    }

    /// Every role as (value of the form field `role`, word, what it allows).
    #[must_use]
    pub const fn choices() -> [(&'static str, &'static str, &'static str); 3] {
        [
            ("requester", "Requester", "Submits documents for approval."),
            ("approver", "Approver", "Decides after signing in, with an inbox."),
            ("admin", "Admin", "Sees everything; manages people, mail and instances."),
        ]
    }

    /// Whether the role with this form value is held.
    #[must_use]
    pub fn has(self, key: &str) -> bool {
        match key {
            "requester" => self.requester,
            "approver" => self.approver,
            "admin" => self.admin,
            _ => false,
        }
    }

    /// The set that a form posted as repeated `role` fields; unknown values are ignored.
    #[must_use]
    pub fn from_keys<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        keys.into_iter().fold(Self::default(), |set, key| match key {
            "requester" => Self { requester: true, ..set },
            "approver" => Self { approver: true, ..set },
            "admin" => Self { admin: true, ..set },
            _ => set,
        })
    }
}

/// An entry of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Section {
    /// `/`
    Inbox,
    /// `/requests/new`
    NewRequest,
    /// `/workflows`
    Workflows,
    /// `/instances`
    Instances,
    /// `/people`
    People,
    /// `/groups`
    Groups,
    /// `/policies`
    Policies,
    /// `/settings`
    Settings,
    /// `/outbox`
    Outbox,
    /// `/audit`
    Audit,
    /// `/monitors`
    Monitors,
    /// `/tokens`
    Tokens,
    /// `/webhooks`
    Webhooks,
    /// `/api`
    Api,
    /// `/absence`
    Absence,
}

/// A passing message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Good news, bad news, or neither.
    pub tone: Tone,
    /// One or two sentences.
    pub text: String,
}

/// A person as pages name them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Display name; empty for a guest of whom only the address is known.
    pub name: String,
    /// Mail address.
    pub email: String,
}

impl Person {
    /// The name, or the address where there is no name.
    #[must_use]
    pub fn label(&self) -> String {
        if self.name.trim().is_empty() { self.email.clone() } else { self.name.clone() }
    }
}
