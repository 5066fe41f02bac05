//! A state as it is shown everywhere: an icon, a word and a colour.

use serde::{Deserialize, Serialize};

/// What a state looks like. The colour never speaks alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// One word or two, in the vocabulary of the page.
    pub word: &'static str,
    /// Its colour.
    pub tone: Tone,
    /// Its icon.
    pub icon: Icon,
}

/// A colour with a fixed meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tone {
    /// Amber: somebody is being waited for.
    Waiting,
    /// Green: approved, done, sent.
    Good,
    /// Red: rejected, failed.
    Bad,
    /// Orange: escalated, retrying.
    Escalated,
    /// Grey: expired, terminated, withdrawn, not needed.
    Gone,
    /// Violet: changes requested.
    Changes,
    /// Blue-grey: on hold.
    Held,
    /// Ink blue: information, work in progress.
    Ink,
}

impl Tone {
    /// The value of `data-tone`, which styles read.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Escalated => "escalated",
            Self::Gone => "gone",
            Self::Changes => "changes",
            Self::Held => "held",
            Self::Ink => "ink",
        }
    }
}

/// A picture from the small set that is drawn in `components::icon`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A clock face.
    Clock,
    /// A tick.
    Check,
    /// A cross.
    Cross,
    /// An arrow upwards.
    ArrowUp,
    /// Two upright bars.
    Pause,
    /// A horizontal bar.
    Minus,
    /// A filled dot.
    Dot,
    /// An envelope.
    Mail,
    /// A bell.
    Bell,
    /// An arrow in a circle.
    Again,
    /// A square.
    Stop,
    /// A triangle pointing right.
    Play,
    /// A sheet of paper.
    Page,
    /// A picture.
    Image,
    /// A paper clip.
    Clip,
    /// An arrow down to a line.
    Download,
    /// A triangle with an exclamation mark.
    Warning,
    /// A plus sign.
    Plus,
    /// A head and shoulders.
    Person,
    /// A pen.
    Pen,
    /// An arrow that turns back.
    Back,
    /// A speech bubble.
    Speech,
}
