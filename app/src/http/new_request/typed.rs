//! The fields of the form, as they were typed.

use crate::portal::file::Upload;
use crate::portal::{FieldError, RequestDraft, SpanDraft, UploadId};
use crate::view::{ApproverForm, FinalRule, FormErrors, KeptFile, NewRequest, SpanField, SpanUnit};

/// The most rows of approvers and kept files that are read; more are no form of ours.
const MAX_REPEATED: usize = 100;

/// What was typed; an absent field counts as empty.
#[derive(Debug, Default)]
pub(super) struct Typed {
    draft: RequestDraft,
    kept: Vec<UploadId>,
    more_rows: bool,
}

impl Typed {
    /// The form as it is opened.
    pub(super) fn fresh() -> Self {
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
        Self { draft, kept: Vec::new(), more_rows: false }
    }

    /// Takes one field. Unknown ones are ignored, repeated ones are collected where the form repeats them.
    pub(super) fn set(&mut self, name: &str, value: String) {
        let draft = &mut self.draft;
        match name {
            "title" => draft.title = value,
            "text" => draft.text = value,
            "kept_file" if self.kept.len() < MAX_REPEATED => self.kept.extend(value.parse::<UploadId>()),
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
            "intent" => self.more_rows = value == "more_rows",
            _ => {}
        }
    }

    /// Whether the button for more rows was pressed.
    pub(super) fn wants_more_rows(&self) -> bool {
        self.more_rows
    }

    /// Adds the rows that the button promises.
    pub(super) fn add_rows(&mut self) {
        let rows = (self.draft.approvers.len() + ApproverForm::ROWS).min(ApproverForm::MAX);
        self.draft.approvers.resize(rows.max(self.draft.approvers.len()), String::new());
    }

    /// The earlier uploads that are still wanted.
    pub(super) fn kept_files(&self) -> Vec<UploadId> {
        self.kept.clone()
    }

    /// What the portal is asked to submit.
    pub(super) fn draft(&self, uploads: &[Upload]) -> RequestDraft {
        RequestDraft { files: uploads.iter().map(|upload| upload.id).collect(), ..self.draft.clone() }
    }

    /// The form with everything as it was typed.
    pub(super) fn into_view(self, uploads: &[Upload], max_file_size: u64, errors: Vec<FieldError>) -> NewRequest {
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
            kept: uploads.iter().filter_map(kept).collect(),
            max_file_size,
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

fn kept(upload: &Upload) -> Option<KeptFile> {
    let file = upload.file.as_ref()?;
    Some(KeptFile { token: upload.id.to_string(), name: upload.name.clone(), size: file.size })
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
        let form = typed.into_view(&[], 1, Vec::new());
        assert_eq!(form.approvers.rows.len(), 6);
        assert_eq!(form.approvers.rows[0], "ana@example.org");
    }

    #[test]
    fn the_form_is_opened_with_choices_that_can_be_sent() {
        let fresh = Typed::fresh();
        assert_eq!((fresh.draft.rule.as_str(), fresh.draft.final_rule.as_str()), ("any", "reject"));
        assert_eq!(fresh.draft.due.unit, "days");
    }
}
