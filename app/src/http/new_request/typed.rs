//! The fields of the form, as they were typed.

use crate::http::received::{Fields, MAX_REPEATED};
use crate::portal::{FieldError, PolicyId, RequestDraft, SpanDraft, UploadId};
use crate::view::{ApproverForm, FinalRule, FormErrors, KeptFile, NewRequest, SpanField, SpanUnit};

/// What no policy's id is.
const NO_POLICY: PolicyId = PolicyId(uuid::Uuid::nil());

/// What was typed; an absent field counts as empty.
#[derive(Debug, Default)]
pub(super) struct Typed {
    draft: RequestDraft,
    intent: Intent,
}

/// Which button was pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Intent {
    /// The one that sends the request.
    #[default]
    Submit,
    /// The one that shows whom a policy asks.
    Preview,
    /// The one that adds rows for approvers.
    MoreRows,
}

impl Fields for Typed {
    fn set(&mut self, name: &str, value: String) {
        let draft = &mut self.draft;
        match name {
            "title" => draft.title = value,
            "text" => draft.text = value,
            "approver" if draft.approvers.len() < MAX_REPEATED => draft.approvers.push(value),
            "rule" => draft.rule = value,
            "needed" => draft.needed = value,
            "due" => draft.due.number = value,
            "due_unit" => draft.due.unit = value,
            "remind" => draft.remind.number = value,
            "remind_unit" => draft.remind.unit = value,
            "escalate_to" => draft.escalate_to = value,
            "escalate" => draft.escalate.number = value,
            "escalate_unit" => draft.escalate.unit = value,
            "final_rule" => draft.final_rule = value,
            // What is no id is kept as one that no policy has, so that it is refused and not passed over.
            "policy" => draft.policy = (!value.is_empty()).then(|| value.parse().unwrap_or(NO_POLICY)),
            "intent" => {
                self.intent = match value.as_str() {
                    "more_rows" => Intent::MoreRows,
                    "preview" => Intent::Preview,
                    _ => Intent::Submit,
                }
            }
            _ => {}
        }
    }
}

impl Typed {
    /// The form as it is opened, with the policy that the address names.
    pub(super) fn fresh(policy: &str) -> Self {
        let form = NewRequest::default();
        let span = |field: SpanField| SpanDraft { number: field.number, unit: field.unit.key().to_owned() };
        let draft = RequestDraft {
            approvers: form.approvers.rows,
            rule: form.approvers.rule,
            needed: form.approvers.needed,
            due: span(form.approvers.due),
            remind: span(form.remind),
            escalate: span(form.escalate),
            final_rule: form.final_rule.key().to_owned(),
            ..RequestDraft::default()
        };
        let mut typed = Self { draft, intent: Intent::Submit };
        typed.set("policy", policy.to_owned());
        typed
    }

    /// Which button was pressed.
    pub(super) fn intent(&self) -> Intent {
        self.intent
    }

    /// The policy that was chosen.
    pub(super) fn policy(&self) -> Option<PolicyId> {
        self.draft.policy
    }

    /// Begins title and text with these where nothing was typed.
    pub(super) fn begin_with(&mut self, title: &str, text: &str) {
        for (typed, template) in [(&mut self.draft.title, title), (&mut self.draft.text, text)] {
            if typed.trim().is_empty() {
                template.clone_into(typed);
            }
        }
    }

    /// Adds the rows that the button promises.
    pub(super) fn add_rows(&mut self) {
        let rows = (self.draft.approvers.len() + ApproverForm::ROWS).min(ApproverForm::MAX);
        self.draft.approvers.resize(rows.max(self.draft.approvers.len()), String::new());
    }

    /// What the portal is asked to submit.
    pub(super) fn draft(&self, files: Vec<UploadId>) -> RequestDraft {
        RequestDraft { files, ..self.draft.clone() }
    }

    /// The form with everything as it was typed.
    pub(super) fn into_view(self, kept: Vec<KeptFile>, max_file_size: u64, errors: Vec<FieldError>) -> NewRequest {
        let draft = self.draft;
        let approvers = ApproverForm {
            rows: draft.approvers,
            rule: draft.rule,
            needed: draft.needed,
            due: span(draft.due),
            errors: FormErrors::default(),
        };
        NewRequest {
            title: draft.title,
            text: draft.text,
            kept,
            max_file_size,
            policies: Vec::new(),
            policy: draft.policy.map(|id| id.to_string()).unwrap_or_default(),
            preview: None,
            approvers,
            remind: span(draft.remind),
            escalate_to: draft.escalate_to,
            escalate: span(draft.escalate),
            final_rule: FinalRule::from_key(&draft.final_rule).unwrap_or(FinalRule::Reject),
            errors: errors.into(),
        }
    }
}

fn span(draft: SpanDraft) -> SpanField {
    SpanField { number: draft.number, unit: SpanUnit::from_key(&draft.unit).unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_rows_are_added_without_losing_what_was_typed() {
        let mut typed = Typed::default();
        typed.set("approver", String::from("ana@example.org"));
        typed.set("intent", String::from("more_rows"));
        typed.add_rows();
        let form = typed.into_view(Vec::new(), 1, Vec::new());
        assert_eq!(form.approvers.rows.len(), 6);
        assert_eq!(form.approvers.rows[0], "ana@example.org");
    }

    #[test]
    fn a_template_begins_only_what_is_empty() {
        let mut typed = Typed::default();
        typed.set("title", String::from("My own"));
        typed.set("text", String::from(" \n"));
        typed.set("policy", String::from("nonsense"));
        typed.begin_with("Purchase", "Why?");
        let form = typed.into_view(Vec::new(), 1, Vec::new());
        assert_eq!((form.title.as_str(), form.text.as_str()), ("My own", "Why?"));
        assert_eq!(form.policy, NO_POLICY.to_string());
    }

    #[test]
    fn the_form_is_opened_with_choices_that_can_be_sent() {
        let fresh = Typed::fresh("");
        assert_eq!((fresh.draft.rule.as_str(), fresh.draft.final_rule.as_str()), ("any", "reject"));
        assert_eq!(fresh.draft.due.unit, "days");
    }
}
