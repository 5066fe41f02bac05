//! A request's policy as JSON, in a shape of its own: fields may be added, never renamed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::words::{Row, Word};
use crate::portal::calendar::WorkingHours;
use crate::portal::error::{PortalError, Result};
use crate::portal::policy::{Assurance, Does, Policy, PolicySource, Rule, Rung, Stage, StaleRule};

#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<StoredSource>,
    stages: Vec<StoredStage>,
    on_revision: String,
    #[serde(default)]
    self_approval: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reconsider_seconds: Option<u64>,
    assurance: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link_seconds: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct StoredSource {
    id: String,
    name: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct StoredStage {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    approvers: Vec<String>,
    /// `any`, `all`, or a number as text.
    rule: String,
    due_seconds: Option<u64>,
    #[serde(default)]
    ladder: Vec<StoredRung>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hours: Option<StoredHours>,
}

#[derive(Serialize, Deserialize)]
struct StoredRung {
    /// Seconds from the due time.
    at: i64,
    /// `remind`, `escalate`, or a final rule.
    does: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    to: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct StoredHours {
    zones: Vec<String>,
    days: [bool; 7],
    from_minute: u16,
    to_minute: u16,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    days_off: Vec<String>,
}

/// The shape of the time when a request had one stage.
#[derive(Deserialize)]
struct OneStage {
    approvers: Vec<String>,
    rule: String,
    due_seconds: Option<u64>,
    remind_seconds: Option<u64>,
    escalate_to: Option<String>,
    escalate_seconds: Option<u64>,
    final_rule: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Any {
    Stages(Stored),
    One(OneStage),
}

/// The policy as stored text.
pub(super) fn to_json(policy: &Policy) -> Result<String> {
    let stored = Stored {
        source: policy.source.as_ref().map(|source| StoredSource {
            id: source.id.to_string(),
            name: source.name.clone(),
            version: source.version,
        }),
        stages: policy.stages.iter().map(StoredStage::of).collect(),
        on_revision: policy.on_revision.word().to_owned(),
        self_approval: policy.self_approval,
        reconsider_seconds: policy.reconsider_within.map(|span| span.as_secs()),
        assurance: policy.assurance.word().to_owned(),
        link_seconds: policy.max_link_life.map(|span| span.as_secs()),
    };
    serde_json::to_string(&stored).map_err(|error| PortalError::Internal(format!("a policy has no JSON form: {error}")))
}

/// The policy of stored text.
pub(super) fn from_json(row: Row<'_>, text: &str) -> Result<Policy> {
    let unreadable = || super::error::unreadable(row.table, "policy", row.id);
    let stored = match serde_json::from_str(text).map_err(|_| unreadable())? {
        Any::Stages(stored) => stored,
        Any::One(one) => one.into(),
    };
    if stored.stages.is_empty() {
        return Err(unreadable());
    }
    let source = stored.source.as_ref().map(|source| {
        let (name, version) = (source.name.clone(), source.version);
        Ok::<_, PortalError>(PolicySource { id: row.id("policy", &source.id)?, name, version })
    });
    Ok(Policy {
        source: source.transpose()?,
        stages: stored.stages.iter().map(|stage| stage.read(row)).collect::<Result<_>>()?,
        on_revision: row.word("policy", &stored.on_revision)?,
        self_approval: stored.self_approval,
        reconsider_within: stored.reconsider_seconds.map(Duration::from_secs),
        assurance: row.word("policy", &stored.assurance)?,
        max_link_life: stored.link_seconds.map(Duration::from_secs),
    })
}

impl StoredStage {
    fn of(stage: &Stage) -> Self {
        Self {
            name: stage.name.clone(),
            approvers: stage.approvers.iter().map(ToString::to_string).collect(),
            rule: match stage.rule {
                Rule::Any => "any".to_owned(),
                Rule::All => "all".to_owned(),
                Rule::AtLeast(number) => number.to_string(),
            },
            due_seconds: stage.due_in.map(|span| span.as_secs()),
            ladder: stage.ladder.iter().map(StoredRung::of).collect(),
            hours: stage.hours.as_ref().map(|hours| StoredHours {
                zones: hours.zones.clone(),
                days: hours.days,
                from_minute: hours.from_minute,
                to_minute: hours.to_minute,
                days_off: hours.days_off.iter().map(ToString::to_string).collect(),
            }),
        }
    }

    fn read(&self, row: Row<'_>) -> Result<Stage> {
        let unreadable = || super::error::unreadable(row.table, "policy", row.id);
        let days_off = |hours: &StoredHours| {
            hours.days_off.iter().map(|day| day.parse().map_err(|_| unreadable())).collect::<Result<_>>()
        };
        let hours = self.hours.as_ref().map(|hours| {
            Ok::<_, PortalError>(WorkingHours {
                zones: hours.zones.clone(),
                days: hours.days,
                from_minute: hours.from_minute,
                to_minute: hours.to_minute,
                days_off: days_off(hours)?,
            })
        });
        Ok(Stage {
            name: self.name.clone(),
            approvers: self.approvers.iter().map(|id| row.id("policy", id)).collect::<Result<_>>()?,
            rule: match self.rule.as_str() {
                "any" => Rule::Any,
                "all" => Rule::All,
                number => Rule::AtLeast(number.parse().map_err(|_| unreadable())?),
            },
            due_in: self.due_seconds.map(Duration::from_secs),
            ladder: self.ladder.iter().map(|rung| rung.read(row)).collect::<Result<_>>()?,
            hours: hours.transpose()?,
        })
    }
}

impl StoredRung {
    fn of(rung: &Rung) -> Self {
        let (does, to) = match &rung.does {
            Does::Remind => ("remind", Vec::new()),
            Does::Escalate(people) => ("escalate", people.iter().map(ToString::to_string).collect()),
            Does::Finish(rule) => (rule.word(), Vec::new()),
        };
        Self { at: rung.offset, does: does.to_owned(), to }
    }

    fn read(&self, row: Row<'_>) -> Result<Rung> {
        let does = match self.does.as_str() {
            "remind" => Does::Remind,
            "escalate" => Does::Escalate(self.to.iter().map(|id| row.id("policy", id)).collect::<Result<_>>()?),
            rule => Does::Finish(row.word("policy", rule)?),
        };
        Ok(Rung { offset: self.at, does })
    }
}

impl From<OneStage> for Stored {
    fn from(one: OneStage) -> Self {
        let seconds = |span: u64| i64::try_from(span).unwrap_or(i64::MAX);
        let rung = |at, does: &str, to| StoredRung { at, does: does.to_owned(), to };
        let mut ladder: Vec<StoredRung> =
            one.remind_seconds.map(|before| rung(-seconds(before), "remind", Vec::new())).into_iter().collect();
        ladder.extend(one.escalate_to.map(|to| rung(0, "escalate", vec![to])));
        ladder.push(rung(one.escalate_seconds.map_or(0, seconds), &one.final_rule, Vec::new()));
        let (approvers, rule, due_seconds) = (one.approvers, one.rule, one.due_seconds);
        let stage = StoredStage { name: String::new(), approvers, rule, due_seconds, ladder, hours: None };
        Self {
            source: None,
            stages: vec![stage],
            on_revision: StaleRule::IfChanged.word().to_owned(),
            self_approval: false,
            reconsider_seconds: None,
            assurance: Assurance::Link.word().to_owned(),
            link_seconds: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::portal::ids::{PolicyId, UserId};
    use crate::portal::policy::FinalRule;

    const ROW: Row<'_> = Row { table: "requests", id: "1" };

    #[test]
    fn a_policy_is_read_back_as_it_was() {
        let (ana, boss) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let hours = WorkingHours {
            zones: vec!["Europe/Berlin".into()],
            days: [true, true, true, true, true, false, false],
            from_minute: 540,
            to_minute: 1_020,
            days_off: vec![jiff::civil::date(2026, 12, 25)],
        };
        let ladder = vec![
            Rung { offset: -3_600, does: Does::Remind },
            Rung { offset: 0, does: Does::Escalate(vec![boss]) },
            Rung { offset: 7_200, does: Does::Finish(FinalRule::Expire) },
        ];
        let due_in = Some(Duration::from_secs(86_400));
        let stage = |name: &str, rule, hours| Stage {
            name: name.into(),
            approvers: vec![ana],
            rule,
            due_in,
            ladder: ladder.clone(),
            hours,
        };
        let policy = Policy {
            source: Some(PolicySource { id: PolicyId(Uuid::from_u128(3)), name: "Contracts".into(), version: 4 }),
            stages: vec![stage("Legal", Rule::All, Some(hours)), stage("", Rule::AtLeast(1), None)],
            on_revision: StaleRule::Keep,
            self_approval: true,
            reconsider_within: Some(Duration::from_secs(600)),
            assurance: Assurance::Code,
            max_link_life: Some(Duration::from_secs(3_600)),
        };
        let text = to_json(&policy).expect("a text");
        assert_eq!(from_json(ROW, &text).expect("a policy"), policy);
    }

    #[test]
    fn a_policy_of_the_time_of_one_stage_is_still_read() {
        let boss = Uuid::from_u128(2);
        let text = format!(
            r#"{{"approvers":["{}"],"rule":"any","due_seconds":600,"remind_seconds":60,"escalate_to":"{boss}","escalate_seconds":120,"final_rule":"reject"}}"#,
            Uuid::from_u128(1)
        );
        let policy = from_json(ROW, &text).expect("a policy");
        let does: Vec<_> = policy.stages[0].ladder.iter().map(|rung| (rung.offset, rung.does.clone())).collect();
        let expected =
            [(-60, Does::Remind), (0, Does::Escalate(vec![UserId(boss)])), (120, Does::Finish(FinalRule::Reject))];
        assert_eq!(does, expected);
    }
}
