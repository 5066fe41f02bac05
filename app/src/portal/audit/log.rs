//! The log for people: newest first, by who, what and on what.

use super::chain::ChainedEntry;
use super::checkpoint::Checkpoint;
use crate::portal::actor::Actor;
use crate::portal::error::Result;
use crate::portal::pages::{PAGE_ROWS, Page};
use crate::portal::service::Portal;
use crate::portal::user::{Email, Person};

/// What somebody looks for. Empty texts count as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// An actor's id, a person's mail address, or a kind of actor.
    pub actor: String,
    /// A whole action such as `request.submitted`, or what it begins with before the dot: `request`.
    pub action: String,
    /// An object's id.
    pub object: String,
}

/// Which actors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditActor {
    /// All of a kind.
    Kind(String),
    /// The one with this id.
    Id(String),
}

/// Which rows of the log, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditQuery {
    /// By whom.
    pub actor: Option<AuditActor>,
    /// A whole action, or the part before its dot.
    pub action: Option<String>,
    /// On what.
    pub object: Option<String>,
    /// Older than the row of this number.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u64,
}

/// A row with whom it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// The row.
    pub row: ChainedEntry,
    /// The person who did it, where it was a person with a session.
    pub person: Option<Person>,
}

/// A page of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLog {
    /// The rows, and the number of the last one as the cursor.
    pub page: Page<AuditLine, i64>,
    /// The newest checkpoint that the database keeps.
    pub checkpoint: Option<Checkpoint>,
}

/// The kinds of [`Actor::in_audit`].
const KINDS: [&str; 6] = ["user", "token", "rpc", "link", "system", "cli"];

impl Portal {
    /// A page of the audit log, newest first, for admins.
    pub async fn audit_log(&self, actor: &Actor, filter: &AuditFilter, before: Option<i64>) -> Result<AuditLog> {
        actor.require_admin_in_person()?;
        let query = AuditQuery {
            actor: self.audit_actor(filter.actor.trim()).await?,
            action: typed(&filter.action),
            object: typed(&filter.object),
            before,
            limit: PAGE_ROWS + 1,
        };
        let rows = self.reads().list_audit(&query).await?;
        let checkpoint = self.reads().newest_stored_checkpoint().await?;
        Ok(AuditLog { page: Page::cut(rows, |line| line.row.seq), checkpoint })
    }

    async fn audit_actor(&self, text: &str) -> Result<Option<AuditActor>> {
        if text.is_empty() {
            return Ok(None);
        }
        if KINDS.contains(&text) {
            return Ok(Some(AuditActor::Kind(text.to_owned())));
        }
        if let Ok(email) = Email::parse(text)
            && let Some(user) = self.reads().find_user_by_email(&email).await?
        {
            return Ok(Some(AuditActor::Id(user.id.to_string())));
        }
        Ok(Some(AuditActor::Id(text.to_owned())))
    }
}

fn typed(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
