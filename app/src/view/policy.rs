//! Policies: the list, the editor, and who would be asked when.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::absence::ToAsk;
use super::form::{FormErrors, SpanField};
use super::frame::Person;
use super::moment::Moment;
use super::rule::{FinalRule, Rule};

/// `GET /policies`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policies {
    /// Those that can be chosen, by name.
    pub rows: Vec<PolicyRow>,
    /// Those that cannot any more.
    pub archived: Vec<PolicyRow>,
}

/// One policy in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRow {
    /// Which.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// When to choose it; may be empty.
    pub description: String,
    /// How many stages it has.
    pub stages: usize,
    /// Which version it is.
    pub version: u32,
    /// When that was saved.
    pub changed_at: Moment,
    /// By whom.
    pub by: Option<String>,
}

/// The editor: `/policies/new` and `/policies/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyEditor {
    /// The policy; none while it is a new one.
    pub policy: Option<EditedPolicy>,
    /// What was typed.
    pub fields: PolicyFields,
    /// The groups that there are, by name.
    pub groups: Vec<GroupChoice>,
    /// The time zones that there are.
    pub zones: Vec<String>,
    /// What templates may name, and what stands there later.
    pub placeholders: Vec<(String, String)>,
    /// Who would be asked when, if that was asked for.
    pub preview: Option<PolicyPreview>,
    /// The address of whom the preview takes for the requester; empty for the reader.
    pub preview_as: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// A policy that is there already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditedPolicy {
    /// Which.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its newest version.
    pub version: u32,
    /// The older version that the form shows, if it does.
    pub older: Option<u32>,
    /// Since when nobody can choose it.
    pub archived_at: Option<Moment>,
    /// Its versions, newest first.
    pub versions: Vec<VersionRow>,
}

/// One version of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// Its number, from 1.
    pub version: u32,
    /// When it was saved.
    pub at: Moment,
    /// By whom.
    pub by: Option<String>,
}

/// A group to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupChoice {
    /// The value posted.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A policy as typed. Field names are those of the form; stages and rungs have theirs below `stage.N.` and `stage.N.rung.M.`, N
/// and M from 0. The button `intent` says what to do: `save`, `preview`, `add_stage`, `remove_stage.N`, `move_up.N`,
/// `add_rung.N`, `remove_rung.N.M`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyFields {
    /// `name`
    pub name: String,
    /// `description`
    pub description: String,
    /// `title`
    pub title: String,
    /// `text`
    pub text: String,
    /// The stages.
    pub stages: Vec<StageFields>,
    /// `on_revision`: `keep`, `if_changed` or `all_again`.
    pub on_revision: String,
    /// `self_approval`
    pub self_approval: bool,
    /// `reconsider`
    pub reconsider: SpanField,
    /// `assurance`: `link` or `code`.
    pub assurance: String,
    /// `link_life`
    pub link_life: SpanField,
    /// `observers`
    pub observers: String,
    /// `offered_to`, repeated: ids of groups.
    pub offered_to: Vec<String>,
}

/// A stage as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageFields {
    /// `name`
    pub name: String,
    /// `manager`
    pub manager: bool,
    /// `approvers`
    pub approvers: String,
    /// `group`, repeated: ids of groups.
    pub groups: Vec<String>,
    /// `rule`: `any`, `all` or `at_least`.
    pub rule: String,
    /// `needed`
    pub needed: String,
    /// `due`
    pub due: SpanField,
    /// The rungs.
    pub rungs: Vec<RungFields>,
    /// When the clock runs.
    pub hours: HoursFields,
}

/// A rung as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RungFields {
    /// `does`; see [`RungFields::CHOICES`].
    pub does: String,
    /// `number` and `unit`
    pub span: SpanField,
    /// `when`: `before` or `after`.
    pub when: String,
    /// `to`
    pub to: String,
}

impl RungFields {
    /// What a rung can do, as (form value, words).
    pub const CHOICES: [(&'static str, &'static str); 7] = [
        ("remind", "Remind who has not answered"),
        ("escalate_manager", "Also ask the requester's manager"),
        ("escalate_managers", "Also ask the managers of the approvers"),
        ("escalate_address", "Also ask this address"),
        ("reject", "End with a no"),
        ("approve", "End with a yes"),
        ("expire", "End undecided"),
    ];
}

/// Working hours as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoursFields {
    /// `hours`
    pub on: bool,
    /// `day`, repeated: `0` for Monday to `6`.
    pub days: Vec<String>,
    /// `from`
    pub from: String,
    /// `to`
    pub to: String,
    /// `zone`
    pub zone: String,
    /// `days_off`
    pub days_off: String,
}

/// Who would be asked when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyPreview {
    /// Who would submit the request.
    pub requester: Person,
    /// The stages.
    pub stages: Vec<PreviewStage>,
    /// Who would observe it.
    pub observers: Vec<Person>,
}

/// A stage with its people and times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewStage {
    /// Its name; may be empty.
    pub name: String,
    /// How many must approve.
    pub rule: Rule,
    /// Who is asked.
    pub asked: Vec<ToAsk>,
    /// When they are asked.
    pub opens_at: Moment,
    /// By when they must decide; none where nothing happens by itself.
    pub due_at: Option<Moment>,
    /// What the clock does, in order of time.
    pub steps: Vec<PreviewStep>,
}

/// A rung of the ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewStep {
    /// When.
    pub at: Moment,
    /// What.
    pub does: PreviewDoes,
}

/// What a rung does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PreviewDoes {
    /// Reminds those who have not answered.
    Remind,
    /// Asks these people too, whose answer decides alone.
    Escalate(Vec<ToAsk>),
    /// Ends the stage.
    End(FinalRule),
}

impl PolicyPreview {
    /// When the stage of that place opens, in words: what its times take for granted.
    #[must_use]
    pub fn opens_in_words(&self, place: usize) -> String {
        let before = place.checked_sub(1).and_then(|before| self.stages.get(before));
        match before {
            None => "Asked as soon as the request is submitted".to_owned(),
            Some(PreviewStage { due_at: Some(_), .. }) => {
                format!("Asked when stage {place} is approved, here: at its due time")
            }
            Some(PreviewStage { due_at: None, .. }) => format!("Asked when stage {place} is approved, here: at once"),
        }
    }
}

impl PreviewStage {
    /// How many are asked.
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.asked.len()).unwrap_or(u32::MAX)
    }
}

impl PreviewDoes {
    /// The step as a phrase.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Remind => "Remind whoever has not answered".to_owned(),
            Self::Escalate(people) => format!("Also ask {}", ToAsk::in_words(people)),
            Self::End(FinalRule::Reject) => "Reject automatically".to_owned(),
            Self::End(FinalRule::Approve) => "Approve automatically".to_owned(),
            Self::End(FinalRule::Expire) => "Expire undecided".to_owned(),
        }
    }
}

/// The form that imports a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyImport {
    /// What was pasted or uploaded.
    pub text: String,
    /// What is wrong with it.
    pub errors: FormErrors,
}

/// A policy to choose for a new request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyChoice {
    /// The value posted.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When to choose it; may be empty.
    pub description: String,
}
