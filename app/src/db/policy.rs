//! A policy as JSON, in a shape of its own: fields may be added, never renamed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::words::{Row, Word};
use crate::portal::error::{PortalError, Result};
use crate::portal::policy::{Escalation, Policy, Rule};

#[derive(Serialize, Deserialize)]
struct Stored {
    approvers: Vec<String>,
    /// `any`, `all`, or a number as text.
    rule: String,
    due_seconds: Option<u64>,
    remind_seconds: Option<u64>,
    escalate_to: Option<String>,
    escalate_seconds: Option<u64>,
    final_rule: String,
}

/// The policy as stored text.
pub(super) fn to_json(policy: &Policy) -> Result<String> {
    let stored = Stored {
        approvers: policy.approvers.iter().map(ToString::to_string).collect(),
        rule: match policy.rule {
            Rule::Any => "any".to_owned(),
            Rule::All => "all".to_owned(),
            Rule::AtLeast(number) => number.to_string(),
        },
        due_seconds: policy.due_in.map(|span| span.as_secs()),
        remind_seconds: policy.remind_before.map(|span| span.as_secs()),
        escalate_to: policy.escalation.map(|escalation| escalation.to.to_string()),
        escalate_seconds: policy.escalation.map(|escalation| escalation.gives.as_secs()),
        final_rule: policy.final_rule.word().to_owned(),
    };
    serde_json::to_string(&stored).map_err(|error| PortalError::Internal(format!("a policy has no JSON form: {error}")))
}

/// The policy of stored text.
pub(super) fn from_json(row: Row<'_>, text: &str) -> Result<Policy> {
    let unreadable = || super::error::unreadable(row.table, "policy", row.id);
    let stored: Stored = serde_json::from_str(text).map_err(|_| unreadable())?;
    let escalation = match (&stored.escalate_to, stored.escalate_seconds) {
        (Some(to), Some(seconds)) => {
            Some(Escalation { to: row.id("policy", to)?, gives: Duration::from_secs(seconds) })
        }
        (None, None) => None,
        _ => return Err(unreadable()),
    };
    Ok(Policy {
        approvers: stored.approvers.iter().map(|id| row.id("policy", id)).collect::<Result<_>>()?,
        rule: match stored.rule.as_str() {
            "any" => Rule::Any,
            "all" => Rule::All,
            number => Rule::AtLeast(number.parse().map_err(|_| unreadable())?),
        },
        due_in: stored.due_seconds.map(Duration::from_secs),
        remind_before: stored.remind_seconds.map(Duration::from_secs),
        escalation,
        final_rule: row.word("policy", &stored.final_rule)?,
    })
}
