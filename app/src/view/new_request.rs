//! The form for a new request.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::form::{FormErrors, SpanField, SpanUnit};
use super::policy::{PolicyChoice, PolicyPreview};
use super::rule::{FinalRule, Rule};

/// `GET` and `POST /requests/new` (multipart). Every field holds what was typed.
///
/// Field names: `title`, `text`, `file` (repeated), `kept_file` (repeated), `policy`, `approver` (repeated), `rule`
/// (`any`, `all`, `at_least`), `needed`, `due` and `due_unit`, `remind` and `remind_unit`, `escalate_to`,
/// `escalate` and `escalate_unit`, `final_rule`, and the button `intent` (`submit`, `preview`, `more_rows`). With a `policy`
/// nothing below it counts.
/// Errors use these names; an error of one approver is `approver.N`, N being its place among the posted rows, from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRequest {
    /// One line.
    pub title: String,
    /// Markdown.
    pub text: String,
    /// Files that an earlier, refused submission has already stored; each stays chosen unless unticked.
    pub kept: Vec<KeptFile>,
    /// The largest size of one file in bytes, for the hint.
    pub max_file_size: u64,
    /// The policies that the reader may choose, by name.
    pub policies: Vec<PolicyChoice>,
    /// The chosen one; empty when the requester chooses the approvers.
    pub policy: String,
    /// Who would be asked when by it, if that is known.
    pub preview: Option<PolicyPreview>,
    /// Who is asked, under which rule, by when.
    pub approvers: ApproverForm,
    /// How long before the due time to remind; an empty number means never.
    pub remind: SpanField,
    /// Whom to escalate to; empty means nobody.
    pub escalate_to: String,
    /// How much time the escalation person gets.
    pub escalate: SpanField,
    /// How the request ends.
    pub final_rule: FinalRule,
    /// What is wrong.
    pub errors: FormErrors,
}

impl Default for NewRequest {
    fn default() -> Self {
        Self {
            title: String::new(),
            text: String::new(),
            kept: Vec::new(),
            max_file_size: 25_000_000,
            policies: Vec::new(),
            policy: String::new(),
            preview: None,
            approvers: ApproverForm::default(),
            remind: SpanField::of(1, SpanUnit::Days),
            escalate_to: String::new(),
            escalate: SpanField::of(2, SpanUnit::Days),
            final_rule: FinalRule::Reject,
            errors: FormErrors::default(),
        }
    }
}

/// The part of the form that the `ApproverPicker` island brings to life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApproverForm {
    /// The address rows, empty ones included.
    pub rows: Vec<String>,
    /// The chosen rule: `any`, `all` or `at_least`.
    pub rule: String,
    /// The number typed for `at_least`.
    pub needed: String,
    /// How long they have; an empty number means no due time.
    pub due: SpanField,
    /// The errors of these fields.
    pub errors: FormErrors,
}

impl ApproverForm {
    /// Rows shown when the form is opened, and added by "more rows".
    pub const ROWS: usize = 5;
    /// The most approvers that a request may have.
    pub const MAX: usize = 20;

    /// Adds as many empty rows as "more rows" promises, up to [`Self::MAX`].
    pub fn add_rows(&mut self) {
        let rows = (self.rows.len() + Self::ROWS).min(Self::MAX);
        self.rows.resize(rows, String::new());
    }

    /// What the form asks for, as one sentence: `Any one of 3 must approve, within 3 days.`
    #[must_use]
    pub fn sentence(&self) -> String {
        // One person counts once, however often the address is entered.
        let people: BTreeSet<_> =
            self.rows.iter().map(|row| row.trim().to_lowercase()).filter(|row| !row.is_empty()).collect();
        let asked = u32::try_from(people.len()).unwrap_or(u32::MAX);
        if asked == 0 {
            return "Enter the address of at least one approver.".to_owned();
        }
        let rule = match (self.rule.as_str(), self.needed.trim().parse::<u32>()) {
            ("any", _) => Rule::Any,
            ("all", _) => Rule::All,
            (_, Ok(needed)) if needed == 0 || needed > asked => return format!("Choose a number from 1 to {asked}."),
            (_, Ok(needed)) => Rule::AtLeast(needed),
            (_, Err(_)) => return "Enter how many must approve.".to_owned(),
        };
        let within =
            self.due.in_words().map_or_else(|| "without a time limit".to_owned(), |span| format!("within {span}"));
        format!("{}, {within}.", rule.in_words(asked))
    }
}

impl Default for ApproverForm {
    fn default() -> Self {
        Self {
            rows: vec![String::new(); Self::ROWS],
            rule: "any".to_owned(),
            needed: String::new(),
            due: SpanField::of(3, SpanUnit::Days),
            errors: FormErrors::default(),
        }
    }
}

/// A file that is already stored but belongs to no request yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// The value of `kept_file`: names the stored file in a way that only its uploader can use.
    pub token: String,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(rows: &[&str], rule: &str, needed: &str) -> ApproverForm {
        let rows = rows.iter().map(|row| (*row).to_owned()).collect();
        ApproverForm { rows, rule: rule.into(), needed: needed.into(), ..ApproverForm::default() }
    }

    #[test]
    fn the_sentence_counts_people_and_not_rows() {
        let form = form(&["ana@example.org", "", " ANA@example.org ", "ben@example.org"], "all", "");
        assert_eq!(form.sentence(), "Both must approve, within 3 days.");
    }

    #[test]
    fn the_sentence_says_what_is_missing() {
        assert_eq!(form(&[""], "any", "").sentence(), "Enter the address of at least one approver.");
        assert_eq!(form(&["ana@example.org"], "at_least", "2").sentence(), "Choose a number from 1 to 1.");
    }

    #[test]
    fn more_rows_stop_at_the_limit() {
        let mut form = form(&["ana@example.org"; 18], "any", "");
        form.add_rows();
        assert_eq!(form.rows.len(), ApproverForm::MAX);
    }
}
