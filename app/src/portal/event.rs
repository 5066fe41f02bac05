//! What happened to a request.

use super::ids::UserId;
use super::policy::{Ruling, Verdict};

/// What happened to a request, as its page tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The actor submitted it.
    Submitted,
    /// The subject was asked.
    Asked,
    /// A mail to the subject was accepted by the server, or kept in the local outbox.
    Mailed,
    /// A mail to the subject could not be sent; the note is the server's sentence.
    MailFailed,
    /// The subject was reminded.
    Reminded,
    /// Time ran out and the subject was asked too.
    Escalated,
    /// The actor decided; the note is their reason.
    Decided(Verdict),
    /// It ended; by rule when there is no actor.
    Closed(Ruling),
    /// The actor put it on hold.
    Held,
    /// The actor resumed it.
    Resumed,
    /// The actor restarted it.
    Restarted,
    /// The actor terminated it.
    Terminated,
    /// The stage that the note names was approved; by the actor's answer, or by rule.
    StagePassed,
    /// The subject was asked in the place of the actor, who is absent or passed it on.
    StandsIn,
    /// The subject was asked too, because the actor added them.
    Added,
    /// The actor submitted another revision; the note is what they say about it.
    Revised,
    /// The actor passed the question of the subject on to somebody else; the note is their reason.
    Reassigned,
    /// The actor made the subject an observer.
    Observing,
    /// The actor ended it over the heads of those who were asked; the note is their reason.
    Overruled(Verdict),
    /// The actor withdrew it; the note is their reason.
    Withdrawn,
    /// The actor wrote a comment; the note is its text.
    Commented,
    /// A new link was mailed to the subject.
    LinkRenewed,
}

/// Something that happened, about to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// What.
    pub kind: EventKind,
    /// Who did it; nobody when it happened by rule.
    pub actor: Option<UserId>,
    /// Whom it concerns.
    pub subject: Option<UserId>,
    /// What they wrote; empty when nothing.
    pub note: String,
}

impl NewEvent {
    /// An event without actor, subject and note.
    pub const fn of(kind: EventKind) -> Self {
        Self { kind, actor: None, subject: None, note: String::new() }
    }

    /// Says who did it.
    #[must_use]
    pub const fn by(mut self, actor: Option<UserId>) -> Self {
        self.actor = actor;
        self
    }

    /// Says whom it concerns.
    #[must_use]
    pub const fn about(mut self, subject: UserId) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Adds what was written.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}
