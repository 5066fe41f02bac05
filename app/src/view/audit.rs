//! The audit log, for admins.

use serde::{Deserialize, Serialize};

use super::moment::Moment;

/// `GET /audit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLog {
    /// What is looked for.
    pub filter: AuditFilter,
    /// The rows of this page, newest first.
    pub rows: Vec<AuditRow>,
    /// Whether this is not the first page.
    pub paged: bool,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// The row and the moment of the newest checkpoint.
    pub checkpoint: Option<(i64, Moment)>,
}

/// What is looked for; empty texts for everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFilter {
    /// Who: an id, a mail address or a kind.
    pub actor: String,
    /// What.
    pub action: String,
    /// On what: an id.
    pub object: String,
}

impl AuditFilter {
    /// Whether anything is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.actor.is_empty() && self.action.is_empty() && self.object.is_empty()
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Its number.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// Who: a person's name, or the kind of actor.
    pub who: String,
    /// Which of that kind, where there are several: an id or the name of a rule.
    pub which: String,
    /// What the filter by this actor takes.
    pub actor: String,
    /// What, such as `request.submitted`.
    pub action: String,
    /// On what: an id; empty for nothing.
    pub object: String,
    /// What else is said.
    pub detail: String,
    /// Its hash in hexadecimal digits.
    pub hash: String,
}
