//! What the entity of somebody's absences keeps, what its operations take and give, and what the instance of an absence says
//! of itself: stored shapes, apart from the rules that work on them ([`Absences`]).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::portal::Time;
use crate::portal::absence::{Absence, Absences, Backup};
use crate::portal::ids::{AbsenceId, UserId};

/// The state of the entity `absence@<user id>`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAbsences {
    /// What is planned.
    #[serde(default)]
    pub planned: Vec<StoredAbsence>,
    /// Who stands in where an absence names nobody.
    #[serde(default)]
    pub backup: Option<StoredBackup>,
}

/// A backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum StoredBackup {
    /// The person set it themself. Every backup was written so before it was kept who set it.
    Own(Uuid),
    /// Somebody else did.
    SetBy {
        /// Who stands in.
        user: Uuid,
        /// Who set it.
        by: Uuid,
    },
}

/// One absence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAbsence {
    /// Who it is.
    pub id: Uuid,
    /// Microseconds since 1970 UTC.
    pub from: i64,
    /// Microseconds since 1970 UTC; `None` until it is cancelled.
    pub to: Option<i64>,
    /// Who stands in.
    pub substitute: Option<Uuid>,
    /// A word about it.
    #[serde(default)]
    pub note: String,
    /// Who planned it for somebody else. Left out where nobody did, as it was before there was this field: what an instance
    /// has sent is sent again in the same bytes when its history is replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Uuid>,
}

/// What the entity says to a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum AbsenceAnswer {
    /// It is as was wished.
    Done,
    /// A rule forbids it; nothing was changed.
    Refused {
        /// Which, as a sentence for people.
        why: String,
    },
}

/// What the instance of an absence says of itself, as its custom status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AbsenceStatus {
    /// The entity has it.
    Planned,
    /// The entity refused it.
    Refused {
        /// Why, as a sentence for people.
        why: String,
    },
    /// It has begun.
    Begun {
        /// How many open questions the substitute has now.
        moved: u32,
        /// How many stay with the person.
        kept: u32,
    },
    /// It is over.
    Over,
    /// It was cancelled.
    Cancelled,
}

impl From<StoredAbsence> for Absence {
    fn from(stored: StoredAbsence) -> Self {
        Self {
            id: AbsenceId(stored.id),
            from: Time(stored.from),
            to: stored.to.map(Time),
            substitute: stored.substitute.map(UserId),
            note: stored.note,
            by: stored.by.map(UserId),
        }
    }
}

impl From<&Absence> for StoredAbsence {
    fn from(absence: &Absence) -> Self {
        Self {
            id: absence.id.0,
            from: absence.from.micros(),
            to: absence.to.map(Time::micros),
            substitute: absence.substitute.map(|user| user.0),
            note: absence.note.clone(),
            by: absence.by.map(|user| user.0),
        }
    }
}

impl From<StoredBackup> for Backup {
    fn from(stored: StoredBackup) -> Self {
        let (user, by) = match stored {
            StoredBackup::Own(user) => (user, None),
            StoredBackup::SetBy { user, by } => (user, Some(by)),
        };
        Self { user: UserId(user), by: by.map(UserId) }
    }
}

impl From<Backup> for StoredBackup {
    fn from(Backup { user, by }: Backup) -> Self {
        by.map_or(Self::Own(user.0), |by| Self::SetBy { user: user.0, by: by.0 })
    }
}

impl From<StoredAbsences> for Absences {
    fn from(stored: StoredAbsences) -> Self {
        let planned = stored.planned.into_iter().map(Absence::from).collect();
        Self { planned, backup: stored.backup.map(Backup::from) }
    }
}

impl From<&Absences> for StoredAbsences {
    fn from(absences: &Absences) -> Self {
        let planned = absences.planned.iter().map(StoredAbsence::from).collect();
        Self { planned, backup: absences.backup.map(StoredBackup::from) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stored_is_read_back_as_it_was() {
        let absence = Absence {
            id: AbsenceId(Uuid::from_u128(1)),
            from: Time(10),
            to: None,
            substitute: Some(UserId(Uuid::from_u128(2))),
            note: "Sailing".into(),
            by: Some(UserId(Uuid::from_u128(4))),
        };
        let backup = Some(Backup { user: UserId(Uuid::from_u128(3)), by: Some(UserId(Uuid::from_u128(4))) });
        let absences = Absences { planned: vec![absence], backup };
        let text = serde_json::to_string(&StoredAbsences::from(&absences)).expect("JSON");
        let read: StoredAbsences = serde_json::from_str(&text).expect("the same shape");
        assert_eq!(Absences::from(read), absences);
        let empty: StoredAbsences = serde_json::from_str("{}").expect("nothing is needed");
        assert!(Absences::from(empty).is_empty());
    }

    #[test]
    fn a_backup_that_somebody_set_themself_is_a_plain_id_as_it_always_was() {
        let user = Uuid::from_u128(3);
        let own = Absences { backup: Some(Backup { user: UserId(user), by: None }), ..Absences::default() };
        let text = serde_json::to_string(&StoredAbsences::from(&own)).expect("JSON");
        assert_eq!(text, format!(r#"{{"planned":[],"backup":"{user}"}}"#));
        let read: StoredAbsences = serde_json::from_str(&text).expect("the same shape");
        assert_eq!(Absences::from(read), own);
        let nobody: StoredAbsences = serde_json::from_str(r#"{"planned":[],"backup":null}"#).expect("nobody");
        assert_eq!(nobody.backup, None);
    }
}
