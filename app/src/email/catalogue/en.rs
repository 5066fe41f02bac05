//! English.

use super::sentences::{
    Asking, Button, Condition, Digested, How, Label, Local, Number, Opening, Place, Sentences, Subject,
};
use crate::portal::policy::{FinalRule, Ruling};
use crate::portal::request::Ending;
use crate::view::moment::span_in_words;

/// English.
pub(super) struct English;

const AN_ADMIN: &str = "An administrator";

fn opening(heading: impl Into<String>, line: impl Into<String>) -> Opening {
    Opening { heading: heading.into(), line: line.into() }
}

impl Sentences for English {
    fn moment(&self, at: &Local) -> String {
        format!("{} {}", at.clock.strftime("%A %-d %B %Y, %H:%M"), at.zone)
    }

    fn day(&self, at: &Local) -> String {
        at.clock.strftime("%-d %B").to_string()
    }

    fn span(&self, seconds: i64) -> String {
        span_in_words(seconds)
    }

    fn files(&self, count: u32) -> String {
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} file{plural}")
    }

    fn stage(&self, number: u32, of: u32, name: &str) -> String {
        if name.is_empty() { format!("{number} of {of}") } else { format!("{number} of {of}: {name}") }
    }

    fn subject(&self, subject: Subject<'_>) -> String {
        match subject {
            Subject::Approval(title) => format!("Approval: {title}"),
            Subject::Receipt(title) => format!("Confirmed: {title}"),
            Subject::Service(title) => format!("Service: {title}"),
            Subject::Monitor(title) => format!("Monitor: {title}"),
            Subject::Invitation => "Your invitation to Countersign".into(),
            Subject::Test => "Test mail from Countersign".into(),
            Subject::Digest => "Your daily overview from Countersign".into(),
            Subject::Other => "Countersign".into(),
        }
    }

    fn label(&self, label: Label) -> &'static str {
        match label {
            Label::Code => "Your code",
            Label::Request => "Request",
            Label::AskedBy => "Asked by",
            Label::Stage => "Stage",
            Label::Attached => "Attached",
            Label::DecideBy => "Decide by",
            Label::Otherwise => "Otherwise",
            Label::Reason => "Reason",
            Label::YourAccount => "Your account",
            Label::SentTo => "Sent to",
            Label::Order => "Order",
            Label::Document => "Document",
            Label::Service => "Service",
            Label::LastCheck => "Last check",
            Label::At => "At",
            Label::Monitor => "Monitor",
            Label::Address => "Address",
            Label::Problem => "Problem",
            Label::DownSince => "Down since",
            Label::BackSince => "Back since",
            Label::DownFor => "Down for",
        }
    }

    fn button(&self, button: Button) -> &'static str {
        match button {
            Button::Decide => "Look and decide",
            Button::SeeRequest => "See the request",
            Button::Revise => "Submit a new revision",
            Button::AcceptInvitation => "Accept the invitation",
            Button::SeeRun => "See the run",
            Button::SeeMonitor => "See the monitor",
            Button::OpenInbox => "Open your inbox",
        }
    }

    fn sent_by(&self, host: &str) -> String {
        format!("Sent by Countersign at {host}")
    }

    fn asking(&self, why: Asking, who: &str) -> Opening {
        match why {
            Asking::First => opening(
                format!("{who} asks for your approval"),
                "Please look at it and say yes or no. You need no account.",
            ),
            Asking::Reminder => opening(
                format!("Reminder: {who} waits for your decision"),
                "You were asked to decide on this and have not answered yet.",
            ),
            Asking::Escalation => opening(
                format!("{who} needs your decision"),
                "Nobody decided on this in time, so it was escalated to you. Your answer decides alone.",
            ),
            Asking::Escalated => opening(
                "Time ran out, and somebody else is asked too",
                "Nobody decided on this in time, so it was escalated. Until it is decided you can still answer.",
            ),
            Asking::NewLink => opening("Your new link", "You asked for a new link. The one before no longer works."),
            Asking::Resumed => opening(
                format!("{who} waits for your decision again"),
                "This was on hold and goes on now, with more time. Please use this link; the one before no longer \
                 works.",
            ),
        }
    }

    fn in_place(&self, place: Place<'_>) -> String {
        match place {
            Place::Absent { of, until: Some(until) } => format!("You stand in for {of} until {until}."),
            Place::Absent { of, until: None } => format!("You stand in for {of}."),
            Place::Delegated { of } => format!("{of} passed this on to you."),
            Place::Reassigned { of } => {
                format!("{of} was asked before; an administrator passed this on to you.")
            }
        }
    }

    fn link_is_yours(&self) -> &'static str {
        "This link is yours alone: whoever has it can decide in your name, so please do not forward this mail."
    }

    fn link_works_until(&self, until: &str) -> String {
        format!("It works until {until}.")
    }

    fn code(&self) -> Opening {
        opening("The code for your decision", "Type it on the page that your link opened, together with your answer.")
    }

    fn code_works_until(&self, until: &str) -> String {
        format!("It works until {until} and for one decision. Nobody will ask you for it but that page: tell nobody.")
    }

    fn otherwise(&self, rule: FinalRule) -> &'static str {
        match rule {
            FinalRule::Reject => "it is rejected automatically",
            FinalRule::Approve => "it is approved automatically",
            FinalRule::Expire => "it expires undecided",
        }
    }

    fn decided(&self, ruling: Ruling, how: How<'_>, title: &str) -> Opening {
        let (heading, outcome) = match ruling {
            Ruling::Approved => ("Approved", "approved"),
            Ruling::Rejected => ("Rejected", "rejected"),
            Ruling::Expired => ("Expired", "closed undecided"),
        };
        let line = match how {
            How::By(who) => format!("It was {outcome} with the decision of {who}."),
            How::Overriding(who) => {
                format!("It was {outcome} by administrator {who}, overriding those who were asked.")
            }
            How::Automatic(Some(policy)) => format!("Automatic (policy {policy}): it was {outcome}."),
            How::Automatic(None) => {
                format!("It was {outcome} automatically, by the rule that the request was submitted with.")
            }
        };
        opening(format!("{heading}: {title}"), line)
    }

    fn terminated(&self, who: Option<&str>, title: &str) -> Opening {
        let who = who.unwrap_or(AN_ADMIN);
        let line = format!(
            "{who} ended this request without a verdict. No decision is needed any more; earlier links no longer work."
        );
        opening(format!("Ended: {title}"), line)
    }

    fn withdrawn(&self, who: Option<&str>, title: &str) -> Opening {
        let who = who.unwrap_or(AN_ADMIN);
        let line =
            format!("{who} withdrew this request. No decision is needed any more; earlier links no longer work.");
        opening(format!("Withdrawn: {title}"), line)
    }

    fn changes_requested(&self, who: Option<&str>, title: &str) -> Opening {
        let who = who.unwrap_or("Somebody who was asked");
        let line = format!(
            "{who} asks you to change it. Nobody decides until you submit a new revision; those concerned are then \
             asked again."
        );
        opening(format!("Changes requested: {title}"), line)
    }

    fn reassigned(&self, who: Option<&str>, title: &str) -> Opening {
        let who = who.unwrap_or(AN_ADMIN);
        let line = format!(
            "{who} passed your question on to somebody else. There is nothing left for you to do, and your link no \
             longer works."
        );
        opening(format!("No longer yours to decide: {title}"), line)
    }

    fn observing(&self, who: Option<&str>, title: &str) -> Opening {
        let who = who.unwrap_or("Somebody");
        let line = "You can read the request and its comments, and are told how it ends. Nothing is asked of you.";
        opening(format!("{who} made you an observer of: {title}"), line)
    }

    fn mentioned(&self, who: Option<&str>) -> String {
        format!("{} mentioned you in a comment", who.unwrap_or("Somebody"))
    }

    fn answer_on_the_page(&self) -> &'static str {
        "Answer on the page of the request; whoever answers this mail reaches nobody."
    }

    fn use_your_link(&self) -> &'static str {
        "If you were asked to decide, the link in that mail is the way to the document."
    }

    fn invitation(&self, who: Option<&str>) -> Opening {
        opening(
            format!("{} invites you", who.unwrap_or(AN_ADMIN)),
            "Choose a name and a password, and you can submit documents for approval and decide on those of others.",
        )
    }

    fn invitation_works_until(&self, until: &str) -> String {
        format!("The invitation is yours alone and works until {until}.")
    }

    fn test(&self) -> Opening {
        opening(
            "Mail works",
            "This is the test mail that you asked for. Whoever is asked to decide will get theirs the same way.",
        )
    }

    fn receipt(&self) -> &'static str {
        "Your order is confirmed"
    }

    fn run_asks(&self, who: Option<&str>) -> Opening {
        let heading = match who {
            Some(who) => format!("{who} asks for your approval"),
            None => "Your approval is asked for".into(),
        };
        opening(heading, "Please look at it and say yes or no. You need no account.")
    }

    fn run_outcome(&self, approved: bool, by: Option<&str>, title: &str) -> Opening {
        let verdict = if approved { "Approved" } else { "Rejected" };
        let line = match by {
            Some(by) => format!("The answer came from {by}."),
            None => "Nobody answered in time, so it was settled by the deadline, as you asked for.".into(),
        };
        opening(format!("{verdict}: {title}"), line)
    }

    fn service(&self, condition: Condition, name: &str) -> Opening {
        match condition {
            Condition::Down => opening(
                format!("{name} is down"),
                "It has stopped answering as it should. You hear again when it is back.",
            ),
            Condition::StillDown | Condition::Escalated => {
                opening(format!("{name} is still down"), "It has not answered as it should for some time now.")
            }
            Condition::Back => opening(format!("{name} is back"), "It answers as it should again."),
        }
    }

    fn monitor(&self, condition: Condition, name: &str) -> Opening {
        match condition {
            Condition::Down => opening(
                format!("{name} is down"),
                "The service does not answer as it should. You are told when it is back.",
            ),
            Condition::StillDown => {
                opening(format!("{name} is still down"), "The service still does not answer as it should.")
            }
            Condition::Escalated => opening(
                format!("{name} has been down for a while"),
                "Others were told when the service went down, and it has not come back, so now you are told too.",
            ),
            Condition::Back => opening(format!("{name} is back"), "The service answers as it should again."),
        }
    }

    fn monitor_needs_an_account(&self) -> &'static str {
        "The monitor's page needs an account."
    }

    fn digest(&self, waiting: Number, day: &Local) -> Opening {
        let heading = match waiting {
            Number(0) => "News of your requests".into(),
            Number(1) => "1 request waits for your decision".into(),
            more => format!("{more} requests wait for your decision"),
        };
        opening(heading, format!("Your overview of {}.", day.clock.strftime("%A %-d %B %Y")))
    }

    fn digested(&self, part: Digested) -> &'static str {
        match part {
            Digested::Waiting => "Waiting for your decision",
            Digested::ChangesRequested => "Waiting for a new revision of yours",
            Digested::Decided => "Decided since the last overview",
        }
    }

    fn digested_question(&self, who: &str, due: Option<&str>) -> String {
        match due {
            Some(due) => format!("Asked by {who}, to be decided by {due}"),
            None => format!("Asked by {who}"),
        }
    }

    fn digested_outcome(&self, ending: Ending) -> &'static str {
        match ending {
            Ending::Ruled(Ruling::Approved) => "Approved",
            Ending::Ruled(Ruling::Rejected) => "Rejected",
            Ending::Ruled(Ruling::Expired) => "Expired undecided",
            Ending::Terminated => "Ended without a verdict",
            Ending::Withdrawn => "Withdrawn",
        }
    }

    fn why_a_digest(&self) -> &'static str {
        "Each link to a decision is yours alone, so please do not forward this mail. You get this overview once a day \
         when something waits, because you chose so in your settings."
    }

    fn unsubscribe(&self) -> &'static str {
        "Stop the daily overview"
    }
}
