//! Policies: the list, the editor, the preview.

use super::absence::Known;
use super::{Seen, moment};
use crate::portal::absence::Barred;
use crate::portal::error::FieldError;
use crate::portal::groups::Group;
use crate::portal::ids::UserId;
use crate::portal::policies::{
    PLACEHOLDERS, PolicyLine, PolicyPage, PolicyPreview, PolicyVersion, PreviewDoes, PreviewPerson, PreviewStage,
    TypedHours, TypedPolicy, TypedRung, TypedStage, UsablePolicy,
};
use crate::portal::{SpanDraft, Zone};
use crate::view;
use crate::view::policy::{EditedPolicy, GroupChoice, HoursFields, PolicyFields, RungFields, StageFields, VersionRow};
use crate::view::{SpanField, SpanUnit};

/// What the editor shows beside what is stored.
pub(crate) struct Shown {
    /// The form as it was typed.
    pub(crate) typed: TypedPolicy,
    /// The older version that it is, if it is one.
    pub(crate) older: Option<u32>,
    /// Who would be asked when.
    pub(crate) preview: Option<view::PolicyPreview>,
    /// Whom the preview takes for the requester.
    pub(crate) preview_as: String,
    /// What is wrong.
    pub(crate) errors: Vec<FieldError>,
}

impl Shown {
    /// Nothing but the form.
    pub(crate) fn of(typed: TypedPolicy) -> Self {
        Self { typed, older: None, preview: None, preview_as: String::new(), errors: Vec::new() }
    }

    /// The same with what is wrong.
    pub(crate) fn with_errors(self, errors: Vec<FieldError>) -> Self {
        Self { errors, ..self }
    }
}

/// The list.
pub(crate) fn list(lines: Vec<PolicyLine>, seen: Seen) -> view::Policies {
    let (archived, rows): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.policy.archived_at.is_some());
    let all = |lines: Vec<PolicyLine>| lines.into_iter().map(|line| row(line, seen)).collect();
    view::Policies { rows: all(rows), archived: all(archived) }
}

fn row(line: PolicyLine, seen: Seen) -> view::PolicyRow {
    let PolicyLine { policy, by } = line;
    view::PolicyRow {
        id: policy.id.0,
        stages: policy.draft.stages.len(),
        version: policy.version,
        changed_at: moment(policy.changed_at, seen),
        by: by.map(|by| by.label().to_owned()),
        name: policy.draft.name,
        description: policy.draft.description,
    }
}

/// The editor of a stored policy, or of a new one.
pub(crate) fn editor(page: Option<PolicyPage>, shown: Shown, groups: Vec<Group>, seen: Seen) -> view::PolicyEditor {
    let older = shown.older;
    let group = |group: Group| GroupChoice { id: group.id.to_string(), name: group.name };
    view::PolicyEditor {
        policy: page.map(|page| edited(page, older, seen)),
        fields: fields(shown.typed),
        groups: groups.into_iter().map(group).collect(),
        zones: Zone::names().map(str::to_owned).collect(),
        placeholders: PLACEHOLDERS.map(|(name, meaning)| (name.to_owned(), meaning.to_owned())).to_vec(),
        preview: shown.preview,
        preview_as: shown.preview_as,
        errors: shown.errors.into(),
    }
}

fn edited(page: PolicyPage, older: Option<u32>, seen: Seen) -> EditedPolicy {
    let version = |version: PolicyVersion| VersionRow {
        version: version.version,
        at: moment(version.at, seen),
        by: version.by.map(|by| by.label().to_owned()),
    };
    EditedPolicy {
        id: page.policy.id.0,
        name: page.policy.draft.name,
        version: page.policy.version,
        older,
        archived_at: page.policy.archived_at.map(|at| moment(at, seen)),
        versions: page.versions.into_iter().map(version).collect(),
    }
}

fn fields(typed: TypedPolicy) -> PolicyFields {
    PolicyFields {
        name: typed.name,
        description: typed.description,
        title: typed.title,
        text: typed.text,
        stages: typed.stages.into_iter().map(stage).collect(),
        on_revision: typed.on_revision,
        self_approval: typed.self_approval,
        reconsider: span(typed.reconsider),
        assurance: typed.assurance,
        link_life: span(typed.link_life),
        observers: typed.observers,
        offered_to: typed.offered_to,
    }
}

fn stage(typed: TypedStage) -> StageFields {
    StageFields {
        name: typed.name,
        manager: typed.manager,
        approvers: typed.approvers,
        groups: typed.groups,
        rule: typed.rule,
        needed: typed.needed,
        due: span(typed.due),
        rungs: typed.rungs.into_iter().map(rung).collect(),
        hours: hours(typed.hours),
    }
}

fn rung(typed: TypedRung) -> RungFields {
    RungFields { does: typed.does, span: span(typed.span), when: typed.when, to: typed.to }
}

fn hours(typed: TypedHours) -> HoursFields {
    let TypedHours { on, days, from, to, zone, days_off } = typed;
    HoursFields { on, days, from, to, zone, days_off }
}

fn span(typed: SpanDraft) -> SpanField {
    SpanField { unit: SpanUnit::from_key(&typed.unit).unwrap_or_default(), number: typed.number }
}

/// Who would be asked when, by the absences that are known.
pub(crate) fn preview(preview: PolicyPreview, known: &Known<'_>) -> view::PolicyPreview {
    let requester = preview.barred();
    view::PolicyPreview {
        requester: preview.requester.into(),
        stages: preview.stages.into_iter().map(|stage| preview_stage(stage, requester, known)).collect(),
        observers: preview.observers.into_iter().map(|person| named(person).1).collect(),
    }
}

fn preview_stage(stage: PreviewStage, requester: Option<UserId>, known: &Known<'_>) -> view::policy::PreviewStage {
    let mut asked = Vec::new();
    let to_ask = |people: Vec<PreviewPerson>, at, asked: &mut Vec<UserId>| {
        known.asked_in_truth(people.into_iter().map(named).collect(), at, requester, asked)
    };
    let at_first = to_ask(stage.asked, stage.opens_at, &mut asked);
    let steps = stage.steps.into_iter().map(|step| view::policy::PreviewStep {
        at: moment(step.at, known.seen),
        does: match step.does {
            PreviewDoes::Remind => view::policy::PreviewDoes::Remind,
            PreviewDoes::Escalate(to) => {
                // Nobody has answered by then, and whoever has gone away has passed their question on.
                let passed_on = known.outlook().stand_ins(&asked, step.at, Barred { requester, asked: &[] });
                asked.extend(passed_on);
                view::policy::PreviewDoes::Escalate(to_ask(to, step.at, &mut asked))
            }
            PreviewDoes::Finish(rule) => view::policy::PreviewDoes::End(rule.into()),
        },
    });
    view::policy::PreviewStage {
        name: stage.name,
        rule: stage.rule.into(),
        steps: steps.collect(),
        asked: at_first,
        opens_at: moment(stage.opens_at, known.seen),
        due_at: stage.due_at.map(|at| moment(at, known.seen)),
    }
}

fn named(person: PreviewPerson) -> (Option<UserId>, view::Person) {
    (person.id, view::Person { name: person.name, email: person.email })
}

/// The policies to choose for a new request.
pub(crate) fn choices(usable: &[UsablePolicy]) -> Vec<view::PolicyChoice> {
    let choice = |usable: &UsablePolicy| view::PolicyChoice {
        id: usable.policy.id.to_string(),
        name: usable.policy.draft.name.clone(),
        description: usable.policy.draft.description.clone(),
    };
    usable.iter().map(choice).collect()
}
