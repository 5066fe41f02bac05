//! The event stream of a request.

use serde::{Deserialize, Serialize};

use super::mark::{Icon, Tone};
use super::moment::Moment;
use super::rule::Verdict;
use super::state::RequestState;

/// How long after the first line another one may have happened that reads as one with it, in microseconds: ten minutes.
const GATHERED_WITHIN: i64 = 600 * 1_000_000;

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
    /// Whom it concerns (names or addresses); several where the same happened to them one after the other.
    pub subjects: Vec<String>,
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

impl EventKind {
    /// Whether lines of this kind that follow one another, and of which nothing else is to be said, read as one.
    const fn gathers(self) -> bool {
        matches!(self, Self::Asked | Self::Mailed | Self::Reminded)
    }
}

impl EventLine {
    /// Makes one line of those that tell the same of several people, one soon after the other.
    #[must_use]
    pub fn gathered(lines: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut gathered: Vec<Self> = Vec::new();
        // When the first of the lines that make up the last one happened.
        let mut begun = 0;
        for line in lines {
            let is_soon = line.at.micros.saturating_sub(begun) <= GATHERED_WITHIN;
            match gathered.last_mut() {
                Some(last) if is_soon && last.tells_the_same_as(&line) => {
                    // Nobody is named twice: a second mail to the same person says no more than the first.
                    let new = line.subjects.into_iter().filter(|subject| !last.subjects.contains(subject));
                    let new: Vec<_> = new.collect();
                    last.subjects.extend(new);
                    (last.seq, last.at) = (line.seq, line.at);
                }
                _ => {
                    begun = line.at.micros;
                    gathered.push(line);
                }
            }
        }
        gathered
    }

    fn tells_the_same_as(&self, other: &Self) -> bool {
        self.kind.gathers() && self.kind == other.kind && self.actor == other.actor && self.note == other.note
    }

    /// The line as a sentence without its full stop.
    #[must_use]
    pub fn sentence(&self) -> String {
        let actor = self.actor.as_deref();
        let who = actor.unwrap_or("The portal");
        let whom = in_words(&self.subjects);
        let were = if self.subjects.len() > 1 { "were" } else { "was" };
        let by = actor.map_or_else(|| "automatically, by rule".to_owned(), |actor| format!("by {actor}"));
        match self.kind {
            EventKind::Submitted => format!("{who} asked for approval"),
            EventKind::Asked => format!("{whom} {were} asked"),
            EventKind::Mailed => format!("Mail sent to {whom}"),
            EventKind::MailFailed => format!("Mail to {whom} could not be sent"),
            EventKind::Reminded => format!("{whom} {were} reminded"),
            EventKind::Escalated => format!("Nobody decided in time: escalated to {whom}"),
            EventKind::Decided(Verdict::RequestChanges) => format!("{who} asked for changes"),
            EventKind::Decided(verdict) => format!("{who} {}", verdict.past()),
            EventKind::StagePassed => "A stage was approved".to_owned(),
            EventKind::StandsIn => format!("{whom} was asked in place of {}", actor.unwrap_or("an approver")),
            EventKind::Added => format!("{who} added {whom} to those asked"),
            EventKind::Revised => format!("{who} submitted another revision"),
            EventKind::Reassigned => match (actor, self.subjects.first()) {
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

/// Names as they stand in a sentence.
fn in_words(names: &[String]) -> String {
    match names {
        [] => "an approver".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
