//! Workflows that people start themselves, and the form that starts one.

use serde::{Deserialize, Serialize};

use super::form::FormErrors;
use super::instance::InstanceRow;

/// `GET /workflows`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workflows {
    /// Every workflow, in the order of the catalogue.
    pub rows: Vec<WorkflowRow>,
    /// Whether the runs of everybody are counted; otherwise the reader's own.
    pub everybody: bool,
}

/// One workflow in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowRow {
    /// Its name.
    pub name: String,
    /// The version that a new run gets; empty when there are no versions.
    pub version: String,
    /// One sentence.
    pub summary: String,
    /// What it does, in a few sentences.
    pub description: String,
    /// Runs started in the last seven days.
    pub recent: u64,
    /// Those of them that have not finished.
    pub open: u64,
}

/// `GET /workflows/{name}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowDetail {
    /// Its name.
    pub name: String,
    /// The version that a new run gets; empty when there are no versions.
    pub version: String,
    /// One sentence.
    pub summary: String,
    /// What it does, in a few sentences.
    pub description: String,
    /// The form.
    pub form: StartForm,
    /// The JSON schema of its input, pretty-printed.
    pub schema: String,
    /// A command line that starts the same by the API.
    pub curl: String,
    /// The newest runs.
    pub runs: Vec<InstanceRow>,
    /// Whether these are the runs of everybody; otherwise the reader's own.
    pub everybody: bool,
}

/// `POST /workflows/{name}`: either one control per property of the input, or the input as JSON.
///
/// Fields: `way` ([`Way::key`]), `instance_id`, and with [`Way::Fields`] the [`InputField::key`] of each, with
/// [`Way::Json`] `input`. Errors use these names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartForm {
    /// The controls; empty where the input's schema is nothing that controls could ask for.
    pub fields: Vec<InputField>,
    /// The input as JSON.
    pub json: String,
    /// The id that was typed; empty for one that the portal chooses.
    pub id: String,
    /// Which of both forms is filled in.
    pub way: Way,
    /// What is wrong with that one.
    pub errors: FormErrors,
}

impl StartForm {
    /// What is wrong with the form of `way`.
    #[must_use]
    pub fn errors_of(&self, way: Way) -> FormErrors {
        if self.way == way { self.errors.clone() } else { FormErrors::default() }
    }
}

/// How the input is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// By one control per property.
    #[default]
    Fields,
    /// As JSON.
    Json,
}

impl Way {
    /// The form value.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Fields => "fields",
            Self::Json => "json",
        }
    }

    /// The way that [`Self::key`] names.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Fields, Self::Json].into_iter().find(|way| way.key() == key)
    }
}

/// One control of a start form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputField {
    /// The property that it fills in; empty when it is the whole input.
    pub name: String,
    /// Its label.
    pub label: String,
    /// What to enter; empty for nothing to say.
    pub hint: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// What is entered.
    pub kind: InputKind,
    /// What was typed. A check box is ticked unless this is empty.
    pub value: String,
}

impl InputField {
    /// The control's name. With a prefix, so that no property meets the other fields of the form.
    #[must_use]
    pub fn key(&self) -> String {
        if self.name.is_empty() { "in".to_owned() } else { format!("in.{}", self.name) }
    }
}

/// What a control asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InputKind {
    /// A line of text.
    Text,
    /// A whole number.
    Integer {
        /// The least that is taken.
        least: Option<i64>,
        /// The most that is taken.
        most: Option<i64>,
    },
    /// A number.
    Number,
    /// Yes or no.
    Check,
    /// One of these.
    Choice(Vec<String>),
    /// Texts, one per line.
    Lines,
    /// Anything else, as JSON.
    Json,
}
