//! What can be done to an instance, and what that means.

use serde::{Deserialize, Serialize};

use super::form::FormErrors;
use super::instance::Owner;
use super::state::InstanceState;

/// What somebody can do to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verb {
    /// Stop the clock.
    Suspend,
    /// Let it run again.
    Resume,
    /// Go back to before the failure.
    Rewind,
    /// Run it again from the beginning.
    Restart,
    /// Run the same again beside it.
    RestartAsNew,
    /// End it.
    Terminate,
    /// Remove it.
    Purge,
}

/// What a verb's form asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Why, for the record. Field: `reason`.
    Reason,
    /// The instance's id, so that nobody removes the wrong one. Field: `confirm`.
    Confirmation,
}

impl Verb {
    /// Every verb, in the order shown.
    pub const ALL: [Self; 7] =
        [Self::Suspend, Self::Resume, Self::Rewind, Self::Restart, Self::RestartAsNew, Self::Terminate, Self::Purge];

    /// Those that the portal carries out on what it owns, in the order shown.
    pub const OWNED: [Self; 4] = [Self::Suspend, Self::Resume, Self::Restart, Self::Terminate];

    /// The last part of its path.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Rewind => "rewind",
            Self::Restart => "restart",
            Self::RestartAsNew => "restart-as-new",
            Self::Terminate => "terminate",
            Self::Purge => "purge",
        }
    }

    /// The verb that [`Self::key`] names.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.key() == key)
    }

    /// Its word on a button.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Suspend => "Suspend",
            Self::Resume => "Resume",
            Self::Rewind => "Rewind",
            Self::Restart => "Restart",
            Self::RestartAsNew => "Start another one",
            Self::Terminate => "Terminate",
            Self::Purge => "Purge",
        }
    }

    /// What its form asks for.
    #[must_use]
    pub const fn asks(self) -> Asks {
        match self {
            Self::Purge => Asks::Confirmation,
            _ => Asks::Reason,
        }
    }

    /// What it means for what the instance belongs to.
    #[must_use]
    pub const fn consequence(self, owner: &Owner) -> &'static str {
        match (self, owner) {
            (Self::Suspend, Owner::Request { .. }) => {
                "Puts the request on hold. The clock stops: no reminder, no escalation, no automatic verdict. Links \
                    stay, but answer \u{201c}on hold\u{201d}."
            }
            (Self::Resume, Owner::Request { .. }) => {
                "Continues the request. Every due time moves by the time it was on hold."
            }
            (Self::Restart, Owner::Request { .. }) => {
                "Asks everybody again and mails new links. The old links stop working; the old decisions stay in \
                    the record, but no longer count."
            }
            (Self::Terminate, Owner::Request { .. }) => {
                "Ends the request without a verdict. All links stop working, and the requester and the approvers \
                    are told, with your reason."
            }
            (Self::Suspend, Owner::Mail { .. }) => "Holds the mail back until it is resumed.",
            (Self::Resume, Owner::Mail { .. }) => "Lets the mail go on where it was held back.",
            (Self::Restart, Owner::Mail { .. }) => "Sends the mail again, with the same message id.",
            (Self::Terminate, Owner::Mail { .. }) => "Gives the mail up. It is not sent any more.",
            (Self::Suspend, Owner::Delivery { .. }) => "Holds the delivery back until it is resumed.",
            (Self::Resume, Owner::Delivery { .. }) => "Lets the delivery go on where it was held back.",
            (Self::Restart, Owner::Delivery { .. }) => "Posts it again, under the same webhook-id.",
            (Self::Terminate, Owner::Delivery { .. }) => "Gives the delivery up. It is not posted any more.",
            (Self::Suspend, Owner::Monitor { .. }) => "Pauses the monitor: nothing is checked and nobody is told.",
            (Self::Resume, Owner::Monitor { .. }) => "Checks again, at once.",
            (Self::Restart, Owner::Monitor { .. }) => "Gives the monitor its instance back, which checks at once.",
            (Self::Suspend, Owner::Preview { .. }) => "Draws no further page until it is resumed.",
            (Self::Resume, Owner::Preview { .. }) => "Goes on drawing where it was held back.",
            (Self::Restart, Owner::Preview { .. }) => "Draws all pages of the file again.",
            (Self::Terminate, Owner::Preview { .. }) => "Leaves the preview as it is. No further page is drawn.",
            (Self::Suspend, Owner::Digests { .. }) => "Holds the digests back until it is resumed.",
            (Self::Resume, Owner::Digests { .. }) => "Lets the digests go on, with the one that is due.",
            (Self::Restart, Owner::Digests { .. }) => "Gives the digests their instance back.",
            (Self::Restart, Owner::Absence { .. }) => "Plans it once more, if the rules allow it.",
            (verb, _) => verb.in_general(),
        }
    }

    /// What it means for an instance as such.
    const fn in_general(self) -> &'static str {
        match self {
            Self::Suspend => {
                "Nothing goes on until it is resumed. What already runs is finished, and events are kept for it."
            }
            Self::Resume => "Lets it go on, with the events that came in the meantime.",
            Self::Rewind => {
                "Takes it back to before its failure and lets it go on from there. What succeeded is not done \
                    again; what failed is tried once more."
            }
            Self::Restart => {
                "Runs it again from the beginning, under the same id and with the same input. Everything is done \
                    again."
            }
            Self::RestartAsNew => {
                "Runs the same input again beside it, under an id of its own. This one stays as it is."
            }
            Self::Terminate => "Ends it at once, without an output. What it has done stays done.",
            Self::Purge => "Removes it with its history, input and output. This cannot be undone.",
        }
    }
}

/// One verb's form. Its field is what [`Verb::asks`] says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerbForm {
    /// The verb.
    pub verb: Verb,
    /// Why it is not possible now; `None` when it is.
    pub not_possible: Option<String>,
    /// What was typed.
    pub typed: String,
    /// What is wrong.
    pub errors: FormErrors,
}

impl VerbForm {
    /// The verbs of an instance in `state` that belongs to `owner`, untouched.
    #[must_use]
    pub fn all(state: InstanceState, owner: &Owner) -> Vec<Self> {
        let verbs: &[Verb] = if matches!(owner, Owner::None) { &Verb::ALL } else { &Verb::OWNED };
        let form = |verb: &Verb| Self {
            verb: *verb,
            not_possible: refused(*verb, owner).or(not_possible(*verb, state)).map(str::to_owned),
            typed: String::new(),
            errors: FormErrors::default(),
        };
        verbs.iter().map(form).collect()
    }
}

/// What an owner never allows.
fn refused(verb: Verb, owner: &Owner) -> Option<&'static str> {
    match (verb, owner) {
        (Verb::Terminate, Owner::Digests { .. }) => Some("Digests end when their reader turns them off."),
        (Verb::Terminate, Owner::Monitor { .. }) => Some("A monitor runs until it is deleted, on its own page."),
        (Verb::Suspend | Verb::Resume | Verb::Terminate, Owner::Absence { .. }) => {
            Some("An absence is cancelled on the page of its person.")
        }
        _ => None,
    }
}

fn not_possible(verb: Verb, state: InstanceState) -> Option<&'static str> {
    let running = matches!(state, InstanceState::Pending | InstanceState::Running);
    let suspended = matches!(state, InstanceState::Suspended);
    match verb {
        Verb::Suspend if suspended => Some("It is suspended already."),
        Verb::Suspend if !running => Some("It has finished."),
        Verb::Resume if !suspended => Some("It is not suspended."),
        Verb::Rewind if state != InstanceState::Failed => Some("Only what has failed can be rewound."),
        Verb::Restart if running || suspended => Some("Only what has finished can be restarted. Terminate it first."),
        Verb::Terminate if !running && !suspended => Some("It has finished."),
        Verb::Purge if running || suspended => Some("Only what has finished can be removed."),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn possible(state: InstanceState, owner: &Owner) -> Vec<Verb> {
        let forms = VerbForm::all(state, owner).into_iter();
        forms.filter(|form| form.not_possible.is_none()).map(|form| form.verb).collect()
    }

    #[test]
    fn each_state_allows_the_verbs_that_make_sense() {
        let none = Owner::None;
        let again = [Verb::Restart, Verb::RestartAsNew, Verb::Purge];
        assert_eq!(possible(InstanceState::Running, &none), [Verb::Suspend, Verb::RestartAsNew, Verb::Terminate]);
        assert_eq!(possible(InstanceState::Suspended, &none), [Verb::Resume, Verb::RestartAsNew, Verb::Terminate]);
        assert_eq!(possible(InstanceState::Completed, &none), again);
        assert_eq!(possible(InstanceState::Failed, &none)[0], Verb::Rewind);
        assert_eq!(possible(InstanceState::Failed, &none)[1..], again);
    }

    #[test]
    fn what_the_portal_owns_is_neither_rewound_nor_purged_by_hand() {
        let owner = Owner::Mail { id: Uuid::nil(), subject: String::new() };
        for state in InstanceState::ALL {
            assert!(possible(state, &owner).iter().all(|verb| Verb::OWNED.contains(verb)), "{state:?}");
        }
        assert_eq!(possible(InstanceState::Failed, &owner), [Verb::Restart]);
    }
}
