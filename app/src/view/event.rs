//! The event stream of a request.

use serde::{Deserialize, Serialize};

use super::mark::{Icon, Tone};
use super::moment::Moment;
use super::rule::Verdict;
use super::state::RequestState;

/// One line of the stream, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventLine {
    /// Its number within the request.
    pub seq: i64,
    /// When it happened.
    pub at: Moment,
    /// What happened.
    pub kind: EventKind,
    /// Who did it (a name or an address); nobody when it happened by rule.
    pub actor: Option<String>,
    /// Whom it concerns (a name or an address).
    pub subject: Option<String>,
    /// What they wrote: a reason, a comment, or the mail server's sentence.
    pub note: Option<String>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    /// The actor submitted the request.
    Submitted,
    /// The subject was asked.
    Asked,
    /// A mail to the subject was accepted by the mail server, or kept in the local outbox.
    Mailed,
    /// A mail to the subject could not be sent.
    MailFailed,
    /// The subject was reminded.
    Reminded,
    /// Time ran out and the subject was asked too.
    Escalated,
    /// The actor decided.
    Decided(Verdict),
    /// The request ended in this state; by rule when there is no actor.
    Closed(RequestState),
    /// The actor put the request on hold.
    Held,
    /// The actor resumed it.
    Resumed,
    /// The actor restarted it.
    Restarted,
    /// The actor terminated it.
    Terminated,
    /// The actor withdrew it.
    Withdrawn,
    /// The stage that the note names was approved.
    StagePassed,
    /// The subject was asked in the place of the actor.
    StandsIn,
    /// The subject was asked too, because the actor added them.
    Added,
    /// The actor submitted another revision.
    Revised,
    /// The actor passed the subject's question on; by an absence when there is no actor.
    Reassigned,
    /// The actor made the subject an observer.
    Observing,
    /// The actor ended it over everybody's head.
    Overruled(Verdict),
    /// The actor wrote a comment, which the note is.
    Commented,
    /// A new link was mailed to the subject.
    LinkRenewed,
    /// Something that has no line of its own yet; the note says what.
    Other,
}

impl EventLine {
    /// The line as a sentence without its full stop.
    #[must_use]
    pub fn sentence(&self) -> String {
        let actor = self.actor.as_deref();
        let who = actor.unwrap_or("The portal");
        let whom = self.subject.as_deref().unwrap_or("an approver");
        let by = actor.map_or_else(|| "automatically, by rule".to_owned(), |actor| format!("by {actor}"));
        match self.kind {
            EventKind::Submitted => format!("{who} asked for approval"),
            EventKind::Asked => format!("{whom} was asked"),
            EventKind::Mailed => format!("Mail sent to {whom}"),
            EventKind::MailFailed => format!("Mail to {whom} could not be sent"),
            EventKind::Reminded => format!("{whom} was reminded"),
            EventKind::Escalated => format!("Nobody decided in time: escalated to {whom}"),
            EventKind::Decided(Verdict::RequestChanges) => format!("{who} asked for changes"),
            EventKind::Decided(verdict) => format!("{who} {}", verdict.past()),
            EventKind::StagePassed => "A stage was approved".to_owned(),
            EventKind::StandsIn => format!("{whom} was asked in place of {}", actor.unwrap_or("an approver")),
            EventKind::Added => format!("{who} added {whom} to those asked"),
            EventKind::Revised => format!("{who} submitted another revision"),
            EventKind::Reassigned => match (actor, self.subject.as_deref()) {
                (Some(actor), Some(subject)) if actor == subject => format!("{actor} passed their question on"),
                (Some(actor), _) => format!("{actor} passed the question of {whom} on"),
                (None, _) => format!("{whom} is absent; the question was passed on"),
            },
            EventKind::Observing => format!("{who} lets {whom} observe the request"),
            EventKind::Overruled(verdict) => {
                format!("{who} {} the request over the heads of those asked", verdict.past())
            }
            EventKind::Closed(RequestState::Approved) => format!("The request was approved {by}"),
            EventKind::Closed(RequestState::Rejected) => format!("The request was rejected {by}"),
            EventKind::Closed(RequestState::Expired) => "The request expired: nobody decided in time".to_owned(),
            EventKind::Closed(_) => format!("The request was closed {by}"),
            EventKind::Held => format!("{who} put the request on hold; the clock stands still"),
            EventKind::Resumed => format!("{who} resumed the request; due times moved by the time on hold"),
            EventKind::Restarted => format!("{who} restarted the request; everybody is asked again"),
            EventKind::Terminated => format!("{who} terminated the request"),
            EventKind::Withdrawn => format!("{who} withdrew the request"),
            EventKind::Commented => format!("{who} commented"),
            EventKind::LinkRenewed => format!("A new link was mailed to {whom}"),
            EventKind::Other => who.to_owned(),
        }
    }

    /// Colour and icon of the line.
    #[must_use]
    pub const fn look(&self) -> (Tone, Icon) {
        match self.kind {
            EventKind::Submitted => (Tone::Ink, Icon::Page),
            EventKind::Asked => (Tone::Ink, Icon::Person),
            EventKind::Mailed | EventKind::LinkRenewed => (Tone::Ink, Icon::Mail),
            EventKind::MailFailed => (Tone::Bad, Icon::Warning),
            EventKind::Reminded => (Tone::Waiting, Icon::Bell),
            EventKind::Escalated => (Tone::Escalated, Icon::ArrowUp),
            EventKind::Decided(Verdict::Approve) => (Tone::Good, Icon::Pen),
            EventKind::Decided(Verdict::Reject) => (Tone::Bad, Icon::Pen),
            EventKind::Decided(Verdict::RequestChanges) => (Tone::Changes, Icon::Pen),
            EventKind::StagePassed => (Tone::Good, Icon::Check),
            EventKind::StandsIn | EventKind::Added | EventKind::Reassigned | EventKind::Observing => {
                (Tone::Ink, Icon::Person)
            }
            EventKind::Revised => (Tone::Ink, Icon::Page),
            EventKind::Overruled(Verdict::Approve) => (Tone::Good, Icon::Stop),
            EventKind::Overruled(_) => (Tone::Bad, Icon::Stop),
            EventKind::Closed(state) => (state.mark().tone, state.mark().icon),
            EventKind::Held => (Tone::Held, Icon::Pause),
            EventKind::Resumed => (Tone::Ink, Icon::Play),
            EventKind::Restarted => (Tone::Ink, Icon::Again),
            EventKind::Terminated => (Tone::Gone, Icon::Stop),
            EventKind::Withdrawn => (Tone::Gone, Icon::Back),
            EventKind::Commented => (Tone::Ink, Icon::Speech),
            EventKind::Other => (Tone::Gone, Icon::Dot),
        }
    }
}
