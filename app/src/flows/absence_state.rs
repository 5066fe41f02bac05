//! What the entity of somebody's absences keeps, what its operations take and give, and what the instance of an absence says
//! of itself: stored shapes, apart from the rules that work on them ([`Absences`]).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::portal::Time;
use crate::portal::absence::{Absence, Absences};
use crate::portal::ids::{AbsenceId, UserId};

/// The state of the entity `absence@<user id>`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAbsences {
    /// What is planned.
    #[serde(default)]
    pub planned: Vec<StoredAbsence>,
    /// Who stands in where an absence names nobody.
    #[serde(default)]
    pub backup: Option<Uuid>,
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
        }
    }
}

impl From<StoredAbsences> for Absences {
    fn from(stored: StoredAbsences) -> Self {
        let planned = stored.planned.into_iter().map(Absence::from).collect();
        Self { planned, backup: stored.backup.map(UserId) }
    }
}

impl From<&Absences> for StoredAbsences {
    fn from(absences: &Absences) -> Self {
        let planned = absences.planned.iter().map(StoredAbsence::from).collect();
        Self { planned, backup: absences.backup.map(|user| user.0) }
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
        };
        let absences = Absences { planned: vec![absence], backup: Some(UserId(Uuid::from_u128(3))) };
        let text = serde_json::to_string(&StoredAbsences::from(&absences)).expect("JSON");
        let read: StoredAbsences = serde_json::from_str(&text).expect("the same shape");
        assert_eq!(Absences::from(read), absences);
        let empty: StoredAbsences = serde_json::from_str("{}").expect("nothing is needed");
        assert!(Absences::from(empty).is_empty());
    }
}
