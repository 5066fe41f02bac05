//! The question of a run, for whoever was asked by mail.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::decision::DecisionForm;
use super::frame::Person;
use super::moment::{Due, Moment};

/// `GET /answer/{link}` for an open question. Fields: `verdict` (`approve`, `reject`), hidden `nonce`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunQuestion {
    /// The link's id, which is in the path.
    pub link: Uuid,
    /// What it is about.
    pub title: String,
    /// Who started the run; nobody when it was no person.
    pub asked_by: Option<Person>,
    /// As whom the reader is asked.
    pub asked_as: Person,
    /// When they were asked.
    pub asked_at: Moment,
    /// By when.
    pub due: Due,
    /// Sanitised HTML of the text to read.
    pub text_html: String,
    /// The form; its reason is not asked for.
    pub form: DecisionForm,
}

/// The same when the question is not open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunQuestionClosed {
    /// What it was about.
    pub title: String,
    /// Why.
    pub why: QuestionClosed,
}

/// Why a question of a run is not open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum QuestionClosed {
    /// The reader has answered.
    Answered,
    /// The time ran out.
    Expired {
        /// When.
        at: Moment,
    },
    /// A later question has taken its place.
    Superseded,
    /// The reader may no longer decide here.
    Disabled,
    /// The run has ended.
    Ended,
}

impl QuestionClosed {
    /// What is the case, in a few words.
    #[must_use]
    pub const fn heading(&self) -> &'static str {
        match self {
            Self::Answered => "Your answer is recorded",
            Self::Expired { .. } => "The time has run out",
            Self::Superseded | Self::Disabled => "This link is no longer valid",
            Self::Ended => "No answer is needed any more",
        }
    }

    /// The same as one or two sentences.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Answered => "It has been passed on. There is nothing left for you to do.".to_owned(),
            Self::Expired { at } => {
                format!("It could be answered until {}. What happens now was settled when it was asked.", at.full)
            }
            Self::Superseded => {
                "It was asked again since, of you or of somebody else. Please use the link in the latest mail, if you have \
                 one."
                    .to_owned()
            }
            Self::Disabled => {
                "Your address may no longer decide here. If that surprises you, ask an administrator.".to_owned()
            }
            Self::Ended => "What waited for it has ended.".to_owned(),
        }
    }
}
