//! What happens in the story, as data.

use super::chores::Chore;
use super::clock::When;

/// Somebody does something at some time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene {
    /// When.
    pub(super) when: When,
    /// Who, by their first name.
    pub(super) who: &'static str,
    /// On which request, by its key within the story; empty for a chore.
    pub(super) about: &'static str,
    /// What.
    pub(super) act: Act,
}

/// Something done to a request.
pub(super) const fn scene(when: When, who: &'static str, about: &'static str, act: Act) -> Scene {
    Scene { when, who, about, act }
}

/// Something else.
pub(super) const fn chore(when: When, who: &'static str, chore: Chore) -> Scene {
    Scene { when, who, about: "", act: Act::Chore(chore) }
}

/// What somebody does. Names are first names; reasons may be empty where the portal lets them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    /// Submit the request.
    Submit(&'static Submission),
    /// Say yes, and why.
    Approve(&'static str),
    /// Say no, and why.
    Reject(&'static str),
    /// Ask for another revision: what is to be changed.
    AskForChanges(&'static str),
    /// Submit another revision.
    Revise(&'static NewText),
    /// Write a comment.
    Comment(&'static str),
    /// Let somebody observe it.
    Observe(&'static str),
    /// Remind those who have not answered.
    Remind,
    /// Ask one more person.
    AddApprover(&'static str),
    /// Pass the question of the first to the second.
    PassOn {
        /// Whose question it is.
        from: &'static str,
        /// Who gets it.
        to: &'static str,
        /// Why.
        why: &'static str,
    },
    /// Take it back.
    Withdraw(&'static str),
    /// Stop its clock.
    Hold(&'static str),
    /// Let its clock run again.
    Resume(&'static str),
    /// End it without a verdict.
    Terminate(&'static str),
    /// Begin it anew.
    Restart(&'static str),
    /// Approve it over the heads of those who are asked.
    Overrule(&'static str),
    /// Something beside requests.
    Chore(Chore),
}

/// A request to submit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Submission {
    /// One line.
    pub(super) title: &'static str,
    /// Markdown.
    pub(super) text: &'static str,
    /// What is attached.
    pub(super) files: &'static [Document],
    /// Who decides how.
    pub(super) rules: Rules,
}

/// Who decides how.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rules {
    /// As the policy of this name says.
    Policy(&'static str),
    /// As the requester says.
    Own(Own),
}

/// What a requester chooses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own {
    /// First names of those who are asked.
    pub(super) approvers: &'static [&'static str],
    /// `any`, `all` or `at_least`.
    pub(super) rule: &'static str,
    /// The number for `at_least`.
    pub(super) needed: &'static str,
    /// How many days they have.
    pub(super) due: &'static str,
    /// How many days before that they are reminded; may be empty.
    pub(super) remind: &'static str,
    /// Whom it is escalated to, and how many days they have; nobody without a name.
    pub(super) escalate: (&'static str, &'static str),
    /// `reject`, `approve` or `expire`.
    pub(super) finally: &'static str,
}

impl Own {
    /// One of these people, within a week, or nobody.
    pub(super) const fn any_of(approvers: &'static [&'static str]) -> Self {
        Self { approvers, rule: "any", needed: "", due: "7", remind: "2", escalate: ("", ""), finally: "expire" }
    }

    /// All of these people, within two weeks, or it is rejected.
    pub(super) const fn all_of(approvers: &'static [&'static str]) -> Self {
        Self { approvers, rule: "all", needed: "", due: "14", remind: "3", escalate: ("", ""), finally: "reject" }
    }
}

/// The next revision of a request. Its files stay, but for the first one where there is another to take its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewText {
    /// One line.
    pub(super) title: &'static str,
    /// Markdown.
    pub(super) text: &'static str,
    /// What takes the place of the first file.
    pub(super) file: Option<Document>,
    /// What the requester says about it.
    pub(super) note: &'static str,
}

/// A file to attach.
#[derive(Clone, Copy, Debug)]
pub(super) struct Document {
    /// Its name.
    pub(super) name: &'static str,
    /// What is in it.
    pub(super) content: Content,
}

/// What is in a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    /// Plain text.
    Text(&'static str),
    /// A PDF: pages of lines, of which the first is a heading.
    Pdf(&'static [&'static [&'static str]]),
    /// A PNG: bars of these heights, in percent.
    Bars(&'static [u32]),
}

impl Act {
    /// What somebody does to the request of this title, in words that go after their name.
    pub(super) fn in_words(&self, title: &str) -> String {
        let verb = match self {
            Self::Submit(_) => "submits",
            Self::Approve(_) => "approves",
            Self::Reject(_) => "rejects",
            Self::AskForChanges(_) => "asks for changes of",
            Self::Revise(_) => "revises",
            Self::Comment(_) => "comments on",
            Self::Observe(whom) => return format!("lets {whom} observe \u{201c}{title}\u{201d}"),
            Self::Remind => "reminds of",
            Self::AddApprover(whom) => return format!("adds {whom} to \u{201c}{title}\u{201d}"),
            Self::PassOn { to, .. } => return format!("passes \u{201c}{title}\u{201d} on to {to}"),
            Self::Withdraw(_) => "withdraws",
            Self::Hold(_) => "puts on hold",
            Self::Resume(_) => "resumes",
            Self::Terminate(_) => "terminates",
            Self::Restart(_) => "restarts",
            Self::Overrule(_) => "overrules the approvers of",
            Self::Chore(chore) => return chore.in_words(),
        };
        format!("{verb} \u{201c}{title}\u{201d}")
    }
}
