//! The facts in words. Times are in UTC and say so.

use jiff::Timestamp;

use crate::portal::certificate::{CertifiedEnd, CertifiedLink, CertifiedQuestion, CertifiedStage, HowEnded, LinkMail};
use crate::portal::clock::Time;
use crate::portal::link::{Invalid, LinkState};
use crate::portal::mail::{MailKind, MailState};
use crate::portal::policy::{PolicySource, Rule, Verdict};
use crate::portal::request::{AssignmentState, RequestState, Said, StandInReason, Strength};
use crate::portal::user::Person;

/// Names one after the other.
pub(super) fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [firsts @ .., last] => format!("{} and {last}", firsts.join(", ")),
    }
}

/// A person's name with the address, which is theirs alone.
pub(super) fn person(person: &Person) -> String {
    if person.name.is_empty() { person.email.clone() } else { format!("{} ({})", person.name, person.email) }
}

/// A moment to the second: `2026-11-22 08:06:35 UTC`.
pub(super) fn time(at: Time) -> String {
    moment(at).strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A moment as it is said: `Sunday 22 November 2026, 08:06:35 UTC`.
pub(super) fn long_time(at: Time) -> String {
    moment(at).strftime("%A %-d %B %Y, %H:%M:%S UTC").to_string()
}

/// The moment; one that no calendar has is 1970.
pub(super) fn moment(at: Time) -> Timestamp {
    Timestamp::from_microsecond(at.micros()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// What became of the request.
pub(super) const fn ended(state: RequestState) -> &'static str {
    match state {
        RequestState::Approved => "approved",
        RequestState::Rejected => "rejected",
        RequestState::Expired => "expired",
        RequestState::Terminated => "terminated",
        RequestState::Withdrawn => "withdrawn",
        RequestState::Waiting | RequestState::Escalated | RequestState::OnHold | RequestState::ChangesRequested => {
            "open"
        }
    }
}

/// By what a request ended, as a sentence.
pub(super) fn how(end: &CertifiedEnd, policy: Option<&PolicySource>) -> String {
    let by = end.by.as_ref().map_or_else(|| String::from("an administrator"), person);
    match end.how {
        HowEnded::Answers => format!("Decided by those who were asked; the answer of {by} made the outcome certain."),
        HowEnded::Automatic => format!("{}: nobody decided in time.", automatic(policy)),
        HowEnded::Overridden => format!("Decided by {by} as an administrator, over the heads of those who were asked."),
        HowEnded::Withdrawn => format!("Withdrawn by {by}."),
        HowEnded::Terminated => format!("Terminated by {by} as an administrator."),
    }
}

/// Which rule decided where nobody did.
pub(super) fn automatic(policy: Option<&PolicySource>) -> String {
    policy.map_or_else(
        || String::from("Automatic (the deadline that the requester chose)"),
        |policy| format!("Automatic (policy \u{201c}{}\u{201d}, version {})", policy.name, policy.version),
    )
}

/// A policy's name and version.
pub(super) fn policy(policy: Option<&PolicySource>) -> String {
    policy.map_or_else(
        || String::from("None: the requester chose the approvers"),
        |policy| format!("{}, version {}", policy.name, policy.version),
    )
}

/// A stage by its number and name.
pub(super) fn stage(stage: &CertifiedStage, count: usize) -> String {
    let number = format!("Stage {} of {count}", stage.number);
    if stage.name.is_empty() { number } else { format!("{number}: {}", stage.name) }
}

/// How many of a stage had to approve.
pub(super) fn rule(rule: Rule, asked: usize) -> String {
    match rule {
        Rule::Any => String::from("One approval was enough"),
        Rule::All => String::from("Everybody had to approve"),
        Rule::AtLeast(number) => format!("{number} of {asked} had to approve"),
    }
}

/// How a question came to a person, as the beginning of a sentence.
pub(super) fn asked(question: &CertifiedQuestion) -> String {
    let mut parts = vec![format!("Asked on {} about revision {}", time(question.asked_at), question.revision)];
    if question.escalation {
        parts.push(String::from("because time had run out"));
    }
    if let Some(by) = &question.added_by {
        parts.push(format!("added by {}", person(by)));
    }
    if let Some((whom, why)) = &question.stands_in {
        let why = match why {
            StandInReason::Absent => "who was absent",
            StandInReason::Delegated => "who passed the question on",
            StandInReason::Reassigned => "from whom an administrator took the question",
        };
        parts.push(format!("for {}, {why}", person(whom)));
    }
    format!("{}.", parts.join(", "))
}

/// What became of a question.
pub(super) const fn outcome(state: AssignmentState) -> &'static str {
    match state {
        AssignmentState::Pending => "Not answered",
        AssignmentState::Answered(Verdict::Approve) => "Approved",
        AssignmentState::Answered(Verdict::Reject) => "Rejected",
        AssignmentState::Answered(Verdict::RequestChanges) => "Requested changes",
        AssignmentState::NotNeeded => "Not needed",
        AssignmentState::Withdrawn => "Withdrawn",
        AssignmentState::Stale => "Void: asked anew",
        AssignmentState::Reassigned => "Passed on",
    }
}

/// A decision in the past tense.
pub(super) const fn said(said: Said) -> &'static str {
    match said {
        Said::Approved => "Approved",
        Said::Rejected => "Rejected",
        Said::ChangesRequested => "Requested changes",
        Said::Expired => "Expired",
    }
}

/// By what the decider was known.
pub(super) const fn strength(strength: Strength) -> &'static str {
    match strength {
        Strength::Link => "known by the signed link mailed to their address",
        Strength::LinkAndCode => "known by the signed link and a code, both mailed to their address",
        Strength::Session => "known by signing in",
        Strength::Token => "known by an API token of theirs",
        Strength::Rule => "decided by rule",
    }
}

/// The life of a link, in sentences.
pub(super) fn link(link: &CertifiedLink) -> String {
    let mut sentences = vec![format!("Made on {}.", time(link.minted_at))];
    if link.mails.is_empty() {
        sentences.push(String::from("Never mailed."));
    }
    sentences.extend(link.mails.iter().map(mailed));
    let at = link.settled_at.map(|at| format!(" on {}", time(at))).unwrap_or_default();
    sentences.push(match link.state {
        LinkState::Live => format!("Not used; it worked until {} at the longest.", time(link.expires_at)),
        LinkState::Used => format!("Used{at}."),
        LinkState::Revoked(why) => format!("Revoked{at}: {}.", revoked(why)),
    });
    sentences.join(" ")
}

fn mailed(mail: &LinkMail) -> String {
    let kind = match mail.kind {
        MailKind::Reminder => "as a reminder",
        MailKind::Escalation => "by escalation",
        MailKind::NewLink => "on request",
        MailKind::Resumed => "after a hold",
        _ => "with the question",
    };
    match (mail.state, mail.sent_at) {
        (MailState::Sent, Some(at)) => format!("Mailed {kind} on {}.", time(at)),
        (MailState::Kept, Some(at)) => format!("Kept in the local outbox {kind} on {}.", time(at)),
        (MailState::Failed, _) => format!("The mail {kind} could not be sent."),
        _ => format!("The mail {kind} was not sent."),
    }
}

const fn revoked(why: Invalid) -> &'static str {
    match why {
        Invalid::Reassigned => "somebody else was asked instead",
        Invalid::Disabled => "the account was disabled",
        Invalid::Superseded => "a newer one took its place",
        Invalid::Restarted => "the request was restarted",
        Invalid::Terminated => "the request was terminated",
        Invalid::Withdrawn => "the request was withdrawn",
        Invalid::NotNeeded => "the answer was not needed any more",
    }
}
