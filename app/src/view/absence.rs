//! Absence and workload.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::form::FormErrors;
use super::frame::Person;
use super::moment::Moment;

/// `GET /absence` and `GET /people/{id}/absence`, and again with messages after a form that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsencePage {
    /// Whose, where they are not the reader.
    pub of: Option<(Uuid, Person)>,
    /// The name of the time zone whose days are meant.
    pub zone: String,
    /// How it stands while the person is away.
    pub now: Option<AwayNow>,
    /// What is planned, by its beginning.
    pub planned: Vec<AbsenceRow>,
    /// The form for another one.
    pub form: AbsenceForm,
    /// The form for the backup.
    pub backup: BackupForm,
    /// Who set the backup, where that was somebody else.
    pub backup_by: Option<String>,
    /// Where questions would not go to the backup if the person were away from now on, and why, as sentences.
    pub backup_conflicts: Vec<String>,
}

/// What becomes of questions while somebody is away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwayNow {
    /// Where new ones go, as sentences.
    pub asked: String,
    /// What became of those that were open when the absence began; `None` while that is under way.
    pub handed_over: Option<String>,
}

/// One absence in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsenceRow {
    /// Its id.
    pub id: Uuid,
    /// The first day: `3 May 2027`.
    pub first: String,
    /// The last day, if there is one.
    pub last: Option<String>,
    /// Whether the person is away now.
    pub is_now: bool,
    /// Who stands in.
    pub substitute: Substitute,
    /// A word about it; may be empty.
    pub note: String,
    /// Who planned it, where that was somebody else.
    pub by: Option<String>,
    /// Where questions do not go to the substitute, and why, as sentences.
    pub conflicts: Vec<String>,
}

/// Who stands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Substitute {
    /// Whom the absence names.
    Named(Person),
    /// The backup.
    Backup(Person),
    /// Nobody.
    Nobody,
}

/// `POST /absence`. Fields: `from`, `to`, `substitute`, `note`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsenceForm {
    /// What was typed.
    pub from: String,
    /// What was typed.
    pub to: String,
    /// What was typed.
    pub substitute: String,
    /// What was typed.
    pub note: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// `POST /absence/backup`. Field: `backup`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupForm {
    /// The address as it is or was typed.
    pub backup: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// Somebody who is away now, where other pages say so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// The last day, if there is one.
    pub last: Option<String>,
    /// Whoever is asked in their place.
    pub substitute: Option<Person>,
}

impl Away {
    /// `Absent until 14 May 2027, Cleo stands in`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let until = self.last.as_ref().map(|last| format!(" until {last}")).unwrap_or_default();
        match &self.substitute {
            Some(substitute) => format!("Absent{until}, {} stands in", substitute.label()),
            None => format!("Absent{until}, nobody stands in"),
        }
    }
}

/// Somebody who will be asked, or whoever will be in their place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToAsk {
    /// Who.
    pub person: Person,
    /// In whose place, `for Ben Okafor, who is absent until 3 May 2027`, or that they are asked although they are away.
    pub absence: Option<String>,
}

impl From<Person> for ToAsk {
    fn from(person: Person) -> Self {
        Self { person, absence: None }
    }
}

impl ToAsk {
    /// All of them as a list: `Ana Duarte (for Ben Okafor, who is absent), Chiara`.
    #[must_use]
    pub fn in_words(people: &[Self]) -> String {
        let words = people.iter().map(|asked| match &asked.absence {
            Some(absence) => format!("{} ({absence})", asked.person.label()),
            None => asked.person.label(),
        });
        words.collect::<Vec<_>>().join(", ")
    }
}

/// `GET /workload`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload {
    /// Those who have questions, the fullest desk first.
    pub rows: Vec<WorkloadRow>,
}

/// What is on one person's desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkloadRow {
    /// Their id.
    pub id: Uuid,
    /// Whose desk it is.
    pub person: Person,
    /// Questions that wait for them.
    pub open: u64,
    /// Those whose requests are due already.
    pub overdue: u64,
    /// When the oldest of them was asked.
    pub oldest_at: Option<Moment>,
    /// How many they have answered in the last 30 days.
    pub answered: u64,
    /// Half of those answers took no longer, in words: `3 hours`.
    pub median: Option<String>,
    /// Whether they are away.
    pub away: Option<Away>,
}
