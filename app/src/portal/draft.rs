//! A new request as it was typed, and what it becomes when everything is right.

use std::time::Duration;

use super::error::FieldError;
use super::ids::{PolicyId, UploadId};
use super::policy::{FinalRule, Rule};
use super::span::SpanDraft;
use super::user::{Email, checked_email, one_line};

/// The longest title in characters.
pub(super) const MAX_TITLE_CHARS: usize = 200;
/// The longest text in bytes.
pub(super) const MAX_TEXT_BYTES: usize = 200_000;
/// The most people asked.
pub const MAX_APPROVERS: usize = 20;

/// A new request as it was typed. Field names in errors are those of the form: `title`, `text`, `file`, `policy`, `approver.N` (N from 0),
/// `approver`, `rule`, `needed`, `due`, `remind`, `escalate_to`, `escalate`, `final_rule`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestDraft {
    /// One line.
    pub title: String,
    /// Markdown.
    pub text: String,
    /// Finished uploads of the requester.
    pub files: Vec<UploadId>,
    /// The policy that was chosen; nothing of what follows counts then.
    pub policy: Option<PolicyId>,
    /// The rows of addresses, empty ones included.
    pub approvers: Vec<String>,
    /// `any`, `all` or `at_least`.
    pub rule: String,
    /// The number for `at_least`.
    pub needed: String,
    /// How long they have.
    pub due: SpanDraft,
    /// How long before the due time to remind; without meaning when there is none.
    pub remind: SpanDraft,
    /// Whom to escalate to; empty for nobody.
    pub escalate_to: String,
    /// How long that person has; without meaning when there is nobody.
    pub escalate: SpanDraft,
    /// `reject`, `approve` or `expire`.
    pub final_rule: String,
}

/// A draft in which everything is right, with addresses instead of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// One line.
    pub title: String,
    /// Markdown.
    pub text: String,
    /// The policy that was chosen; nothing of what follows counts then.
    pub policy: Option<PolicyId>,
    /// With the place among the typed rows.
    pub approvers: Vec<(usize, Email)>,
    /// How many must approve.
    pub rule: Rule,
    /// How long they have.
    pub due_in: Option<Duration>,
    /// How long before the due time to remind.
    pub remind_before: Option<Duration>,
    /// Whom to escalate to, and how long they have.
    pub escalation: Option<(Email, Duration)>,
    /// How it ends.
    pub final_rule: FinalRule,
}

impl Checked {
    /// A document, about which the people of a policy decide.
    fn with_policy(title: String, text: String, policy: PolicyId) -> Self {
        Self {
            title,
            text,
            policy: Some(policy),
            approvers: Vec::new(),
            rule: Rule::Any,
            due_in: None,
            remind_before: None,
            escalation: None,
            final_rule: FinalRule::Expire,
        }
    }
}

impl RequestDraft {
    /// Everything that is wrong with the draft, or what it becomes. `requester` may not be among those asked.
    pub fn check(&self, requester: &Email) -> Result<Checked, Vec<FieldError>> {
        let mut errors = Vec::new();
        let title = checked_title(&self.title, &mut errors);
        check_text(&self.text, &mut errors);
        if let Some(policy) = self.policy {
            let checked = Checked::with_policy(title, self.text.clone(), policy);
            return if errors.is_empty() { Ok(checked) } else { Err(errors) };
        }
        let approvers = self.approvers(requester, &mut errors);
        let rule = self.rule(approvers.len(), &mut errors);
        let due_in = self.due.read("due", &mut errors);
        let remind_before = due_in.and_then(|due_in| self.remind(due_in, &mut errors));
        let escalation = self.escalation(requester, &approvers, due_in, &mut errors);
        let final_rule = self.final_rule(&mut errors);
        match (rule, final_rule) {
            (Some(rule), Some(final_rule)) if errors.is_empty() => Ok(Checked {
                title,
                text: self.text.clone(),
                policy: None,
                approvers,
                rule,
                due_in,
                remind_before,
                escalation,
                final_rule,
            }),
            _ => Err(errors),
        }
    }

    fn approvers(&self, requester: &Email, errors: &mut Vec<FieldError>) -> Vec<(usize, Email)> {
        let mut approvers: Vec<(usize, Email)> = Vec::new();
        for (row, typed) in self.approvers.iter().enumerate().filter(|(_, typed)| !typed.trim().is_empty()) {
            let field = format!("approver.{row}");
            let Some(email) = checked_email(&field, typed, errors) else { continue };
            if email == *requester {
                errors.push(FieldError::new(field, "You cannot approve your own request."));
            } else if approvers.iter().any(|(_, other)| *other == email) {
                errors.push(FieldError::new(field, "This person is asked already."));
            } else {
                approvers.push((row, email));
            }
        }
        if approvers.is_empty() && !errors.iter().any(|error| error.field.starts_with("approver")) {
            errors.push(FieldError::new("approver.0", "Enter at least one approver."));
        } else if approvers.len() > MAX_APPROVERS {
            errors.push(FieldError::new("approver.0", format!("At most {MAX_APPROVERS} people can be asked.")));
        }
        approvers
    }

    fn rule(&self, asked: usize, errors: &mut Vec<FieldError>) -> Option<Rule> {
        match self.rule.as_str() {
            "any" => Some(Rule::Any),
            "all" => Some(Rule::All),
            "at_least" => match self.needed.trim().parse::<u32>() {
                Ok(needed) if needed >= 1 && usize::try_from(needed).is_ok_and(|n| n <= asked.max(1)) => {
                    Some(Rule::AtLeast(needed))
                }
                _ => {
                    errors.push(FieldError::new("needed", format!("Enter a number from 1 to {}.", asked.max(1))));
                    None
                }
            },
            _ => {
                errors.push(FieldError::new("rule", "Choose how many must approve."));
                None
            }
        }
    }

    fn remind(&self, due_in: Duration, errors: &mut Vec<FieldError>) -> Option<Duration> {
        let remind = self.remind.read("remind", errors)?;
        if remind >= due_in {
            errors.push(FieldError::new(
                "remind",
                "The reminder must come after the request was sent: choose a shorter time than they have.",
            ));
            return None;
        }
        Some(remind)
    }

    fn escalation(
        &self,
        requester: &Email,
        approvers: &[(usize, Email)],
        due_in: Option<Duration>,
        errors: &mut Vec<FieldError>,
    ) -> Option<(Email, Duration)> {
        if self.escalate_to.trim().is_empty() {
            return None;
        }
        let to = checked_email("escalate_to", &self.escalate_to, errors)?;
        let refusal = if to == *requester {
            Some("You cannot approve your own request.")
        } else if approvers.iter().any(|(_, email)| *email == to) {
            Some("This person is asked already; choose somebody else.")
        } else if due_in.is_none() && self.due.number.trim().is_empty() {
            Some("Without a due time nothing is escalated. Enter one, or leave this empty.")
        } else {
            None
        };
        if let Some(message) = refusal {
            errors.push(FieldError::new("escalate_to", message));
            return None;
        }
        match self.escalate.read("escalate", errors) {
            Some(gives) => Some((to, gives)),
            None if self.escalate.number.trim().is_empty() => {
                errors.push(FieldError::new("escalate", "Enter how long this person has."));
                None
            }
            None => None,
        }
    }

    fn final_rule(&self, errors: &mut Vec<FieldError>) -> Option<FinalRule> {
        match self.final_rule.as_str() {
            "reject" => Some(FinalRule::Reject),
            "approve" => Some(FinalRule::Approve),
            "expire" => Some(FinalRule::Expire),
            _ => {
                errors.push(FieldError::new("final_rule", "Choose how the request ends if nobody decides."));
                None
            }
        }
    }
}

/// A title as one line.
pub(super) fn checked_title(typed: &str, errors: &mut Vec<FieldError>) -> String {
    let title = one_line(typed);
    if title.is_empty() {
        errors.push(FieldError::new("title", "Enter a title."));
    } else if title.chars().count() > MAX_TITLE_CHARS {
        errors.push(FieldError::new("title", format!("The title may have at most {MAX_TITLE_CHARS} characters.")));
    }
    title
}

/// Whether a text can be kept.
pub(super) fn check_text(text: &str, errors: &mut Vec<FieldError>) {
    if text.len() > MAX_TEXT_BYTES {
        errors.push(FieldError::new("text", "The text is too long. Attach it as a file instead."));
    } else if text.contains('\0') {
        errors.push(FieldError::new("text", "The text holds characters that are no text."));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn me() -> Email {
        Email::parse("me@example.org").expect("an address")
    }

    fn span(number: &str, unit: &str) -> SpanDraft {
        SpanDraft { number: number.into(), unit: unit.into() }
    }

    fn draft() -> RequestDraft {
        RequestDraft {
            title: "Contract".into(),
            approvers: vec!["ana@example.org".into(), String::new(), "Ben@example.org ".into()],
            rule: "all".into(),
            due: span("3", "days"),
            remind: span("1", "days"),
            escalate: span("2", "days"),
            final_rule: "reject".into(),
            ..RequestDraft::default()
        }
    }

    fn wrong(change: impl FnOnce(&mut RequestDraft)) -> Vec<String> {
        let mut draft = draft();
        change(&mut draft);
        draft.check(&me()).expect_err("must be refused").into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn a_proper_draft_is_accepted_and_empty_rows_are_left_out() {
        let checked = draft().check(&me()).expect("nothing is wrong");
        assert_eq!(
            checked.approvers.iter().map(|(row, email)| (*row, email.as_str())).collect::<Vec<_>>(),
            [(0, "ana@example.org"), (2, "ben@example.org")]
        );
        assert_eq!(checked.due_in, Some(Duration::from_secs(3 * 86_400)));
        assert_eq!(checked.escalation, None);
    }

    #[test]
    fn with_a_policy_nothing_else_is_asked_for_but_the_document() {
        let policy = Some(PolicyId(uuid::Uuid::nil()));
        let checked = RequestDraft { title: "Contract".into(), policy, ..RequestDraft::default() }.check(&me());
        assert_eq!(checked.expect("nothing is wrong").policy, policy);
        let nameless = RequestDraft { policy, ..RequestDraft::default() }.check(&me()).expect_err("no title");
        assert_eq!(nameless.into_iter().map(|error| error.field).collect::<Vec<_>>(), ["title"]);
    }

    #[test]
    fn times_may_be_decimal_and_are_kept_in_whole_seconds() {
        let due = |number: &str, unit: &str| {
            let draft = RequestDraft { due: span(number, unit), remind: SpanDraft::default(), ..draft() };
            draft.check(&me()).expect("nothing is wrong").due_in
        };
        assert_eq!(due("1.5", "hours"), Some(Duration::from_secs(5_400)));
        assert_eq!(due("0,5", "days"), Some(Duration::from_secs(43_200)));
        assert_eq!(due("0.1", "minutes"), Some(Duration::from_secs(6)));
    }

    #[test]
    fn every_mistake_is_named_by_its_field() {
        assert_eq!(wrong(|d| d.title = " \n ".into()), ["title"]);
        assert_eq!(wrong(|d| d.title = "x".repeat(201)), ["title"]);
        assert_eq!(wrong(|d| d.text = "x".repeat(MAX_TEXT_BYTES + 1)), ["text"]);
        assert_eq!(wrong(|d| d.approvers.clear()), ["approver.0"]);
        assert_eq!(wrong(|d| d.approvers[2] = "nobody".into()), ["approver.2"]);
        assert_eq!(wrong(|d| d.approvers[2] = "ANA@example.org".into()), ["approver.2"]);
        assert_eq!(wrong(|d| d.approvers[0] = "me@EXAMPLE.org".into()), ["approver.0"]);
        assert_eq!(wrong(|d| d.approvers = (0..21).map(|n| format!("a{n}@x")).collect()), ["approver.0"]);
        assert_eq!(wrong(|d| d.rule = "most".into()), ["rule"]);
        assert_eq!(wrong(|d| (d.rule, d.needed) = ("at_least".into(), "3".into())), ["needed"]);
        for number in ["-1", "0", "0.001", "1e3", "inf", "NaN", "1.2.3", "."] {
            assert_eq!(wrong(|d| d.due = span(number, "minutes")), ["due"], "{number}");
        }
        assert_eq!(wrong(|d| d.due = span("9999999999", "days")), ["due"]);
        assert_eq!(wrong(|d| d.due = span("400", "days")), ["due"]);
        assert_eq!(wrong(|d| d.due = span("1", "weeks")), ["due"]);
        assert_eq!(wrong(|d| d.remind = span("3", "days")), ["remind"]);
        assert_eq!(wrong(|d| d.escalate_to = "ana@example.org".into()), ["escalate_to"]);
        assert_eq!(wrong(|d| d.escalate_to = "me@example.org".into()), ["escalate_to"]);
        assert_eq!(wrong(|d| (d.escalate_to, d.due) = ("c@x".into(), SpanDraft::default())), ["escalate_to"]);
        assert_eq!(wrong(|d| (d.escalate_to, d.escalate) = ("c@x".into(), SpanDraft::default())), ["escalate"]);
        assert_eq!(wrong(|d| d.final_rule.clear()), ["final_rule"]);
    }
}
