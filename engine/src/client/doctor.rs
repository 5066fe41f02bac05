//! The doctor: finds what does not move although nobody said that it should not, and says what to do.
//!
//! It reads only, in pages, and may run beside a server. While the server works, rows change between two looks; so whatever
//! could also be work that is just being done is looked at again after a while, and counts if nothing moved.

use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use super::{Client, EngineError};
use crate::clock::Timestamp;
use crate::ids::InstanceId;
use crate::model::{Blocked, BlockedKind};
use crate::store::{OrphanLock, Parent, Vitals, Walk};

/// How many instances are read at a time.
const PAGE: u32 = 500;

/// What the doctor takes for an illness. The defaults fit a server.
#[derive(Clone, Debug)]
pub struct Checkup {
    /// How long work may lie still before it counts as left alone.
    pub settle: Duration,
    /// How late a timer or a schedule may be.
    pub lateness: Duration,
    /// How many events of an execution are many. A history is read whole when its instance is not in memory, so one that goes
    /// on and on should continue as new.
    pub long_history: u32,
    /// The most findings of one kind.
    pub limit: usize,
}

impl Default for Checkup {
    fn default() -> Self {
        Self { settle: Duration::from_secs(2), lateness: Duration::from_secs(5 * 60), long_history: 10_000, limit: 100 }
    }
}

/// What the doctor says.
#[derive(Clone, Debug, Default)]
pub struct Diagnosis {
    /// What was found, at most [`Checkup::limit`] of each kind.
    pub findings: Vec<Finding>,
    /// How many instances were looked at: all that have not ended, and all entities.
    pub inspected: u64,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FindingKind {
    /// An instance waits, and nothing will ever wake it: no message, task, timer, child or event can come.
    NothingWakes,
    /// An instance has work, and no node that lives does it.
    NobodyWorks,
    /// An instance is blocked.
    Blocked,
    /// A timer has not fired although its moment has passed.
    OverdueTimer,
    /// A schedule has not fired although its moment has passed.
    OverdueSchedule,
    /// Messages came to instances after or with their end.
    Undelivered,
    /// An execution has a long history.
    LongHistory,
    /// An entity is locked by an execution that has ended.
    OrphanLock,
}

/// Something that needs a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// The id of the instance or the schedule.
    pub subject: Option<String>,
    /// Since when, as far as is known.
    pub since: Option<Timestamp>,
    /// What was found, as a sentence.
    pub message: String,
    /// What to do, as a sentence that names the verb.
    pub advice: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(subject) = &self.subject {
            write!(f, "{subject}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(since) = self.since {
            write!(f, ", since {}", since.to_rfc3339())?;
        }
        write!(f, ". {}", self.advice)
    }
}

impl Client {
    /// Looks at everything that has not ended and tells what needs a person. Reads only.
    pub async fn doctor(&self, checkup: &Checkup) -> Result<Diagnosis, EngineError> {
        let mut diagnosis = Diagnosis::default();
        let mut suspects = Vec::new();
        let mut walk = Some(Walk::default());
        while let Some(from) = walk {
            let walked = self.store().walk(from, PAGE).await?;
            diagnosis.inspected += walked.instances.len() as u64;
            for vitals in &walked.instances {
                diagnosis.extend(checkup, ill(vitals, checkup));
            }
            suspects.extend(self.suspects(walked.instances).await?);
            walk = walked.next;
        }
        if !suspects.is_empty() {
            self.clock().sleep_until(self.clock().now() + checkup.settle).await;
            for finding in self.confirm(suspects).await? {
                diagnosis.extend(checkup, [finding]);
            }
        }
        self.look_at_what_is_late(checkup, &mut diagnosis).await?;
        let orphans = self.store().find_orphan_locks(None).await?;
        diagnosis.extend(checkup, orphans.iter().map(orphaned));
        let undelivered = self.store().undelivered().await?;
        if undelivered.messages > 0 {
            diagnosis.extend(checkup, [lost(undelivered.messages, undelivered.instances)]);
        }
        Ok(diagnosis)
    }

    /// Those that nothing moves at this moment. Whether children can wake them is asked for these few only.
    async fn suspects(&self, instances: Vec<Vitals>) -> Result<Vec<Vitals>, EngineError> {
        let still: Vec<Vitals> = instances.into_iter().filter(|vitals| symptom(vitals).is_some()).collect();
        let asleep = still.iter().filter(|vitals| symptom(vitals) == Some(FindingKind::NothingWakes));
        let parents: Vec<Parent> = asleep.filter_map(parent).collect();
        if parents.is_empty() {
            return Ok(still);
        }
        let awaited: HashSet<Parent> = self.store().have_open_children(&parents).await?;
        let waits_for_child = |vitals: &Vitals| parent(vitals).is_some_and(|parent| awaited.contains(&parent));
        let is_suspect =
            |vitals: &Vitals| symptom(vitals) != Some(FindingKind::NothingWakes) || !waits_for_child(vitals);
        Ok(still.into_iter().filter(is_suspect).collect())
    }

    /// Those of whom nothing has changed.
    async fn confirm(&self, suspects: Vec<Vitals>) -> Result<Vec<Finding>, EngineError> {
        let mut findings = Vec::new();
        for before in suspects {
            let Some(now) = self.store().vitals(before.key).await? else { continue };
            if now == before {
                findings.extend(symptom(&now).map(|kind| still(&now, kind)));
            }
        }
        Ok(findings)
    }

    async fn look_at_what_is_late(&self, checkup: &Checkup, diagnosis: &mut Diagnosis) -> Result<(), EngineError> {
        let before = self.clock().now() - checkup.lateness;
        let overdue = self.store().overdue(before, u32::try_from(checkup.limit).unwrap_or(u32::MAX)).await?;
        let timers = overdue.timers.into_iter().map(|(id, moment)| Finding {
            kind: FindingKind::OverdueTimer,
            subject: Some(id.to_string()),
            since: Some(moment),
            message: "a timer has not fired".to_owned(),
            advice: "Start a node, or see in its log why it cannot write.",
        });
        let schedules = overdue.schedules.into_iter().map(|(id, moment)| Finding {
            kind: FindingKind::OverdueSchedule,
            subject: Some(id.to_string()),
            since: Some(moment),
            message: "the schedule has not fired".to_owned(),
            advice: "Start a node, or see in its log why it cannot write.",
        });
        diagnosis.extend(checkup, timers.chain(schedules));
        Ok(())
    }
}

impl Diagnosis {
    fn extend(&mut self, checkup: &Checkup, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            let same = self.findings.iter().filter(|known| known.kind == finding.kind).count();
            if same < checkup.limit {
                self.findings.push(finding);
            }
        }
    }
}

fn parent(vitals: &Vitals) -> Option<Parent> {
    Some((InstanceId::parse(&vitals.id).ok()?, vitals.execution))
}

/// What could be wrong with an instance that nobody stopped.
fn symptom(vitals: &Vitals) -> Option<FindingKind> {
    if vitals.suspended || vitals.blocked.is_some() {
        return None;
    }
    if vitals.has_stranded_task || (vitals.first_unread.is_some() && !vitals.is_held) {
        return Some(FindingKind::NobodyWorks);
    }
    let can_wake = vitals.first_unread.is_some() || vitals.has_task || vitals.has_timer;
    // Before the first turn the start message wakes it; without it nothing does.
    let waits_outside = vitals.awaits_outside == Some(true);
    (!can_wake && !waits_outside).then_some(FindingKind::NothingWakes)
}

fn still(vitals: &Vitals, kind: FindingKind) -> Finding {
    let (message, advice) = match kind {
        FindingKind::NobodyWorks => {
            ("it has work, and no node that lives has it in hand", "Start a node; it takes over what is left.")
        }
        _ => ("nothing can wake it", "Terminate it and start it anew; keep its history for a report."),
    };
    let subject = Some(vitals.id.to_string());
    Finding { kind, subject, since: Some(vitals.updated_at), message: message.to_owned(), advice }
}

/// What is wrong with an instance whatever happens around it.
fn ill(vitals: &Vitals, checkup: &Checkup) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(blocked) = &vitals.blocked {
        findings.push(stopped(vitals, blocked));
    }
    if vitals.events >= checkup.long_history {
        findings.push(Finding {
            kind: FindingKind::LongHistory,
            subject: Some(vitals.id.to_string()),
            since: None,
            message: format!("its history has more than {} events", vitals.events),
            advice: "Let its code continue as new, or hand parts of the work to children.",
        });
    }
    findings
}

fn stopped(vitals: &Vitals, blocked: &Blocked) -> Finding {
    let advice = match blocked.kind {
        BlockedKind::UnknownCode => "Deploy a build that registers it; the instance then goes on by itself.",
        BlockedKind::NonDeterminism => "Deploy a build that does what the history says, or terminate the instance.",
        BlockedKind::Poison => "Cure the activity and re-drive the instance, or terminate it.",
        BlockedKind::LimitExceeded => "Start a node with a higher limit, deploy code that needs less, or terminate it.",
    };
    Finding {
        kind: FindingKind::Blocked,
        subject: Some(vitals.id.to_string()),
        since: Some(blocked.since),
        message: format!("blocked ({}): {}", blocked.kind.as_str(), blocked.message),
        advice,
    }
}

fn orphaned(lock: &OrphanLock) -> Finding {
    Finding {
        kind: FindingKind::OrphanLock,
        subject: Some(lock.entity.to_string()),
        since: Some(lock.since),
        message: format!("locked by {}, whose execution has ended", lock.section.instance),
        advice: "Release orphan locks by the client; a node that starts does so too.",
    }
}

fn lost(messages: u64, instances: u64) -> Finding {
    Finding {
        kind: FindingKind::Undelivered,
        subject: None,
        since: None,
        message: format!("{messages} messages to {instances} instances were not read before these ended"),
        advice: "None is needed; they go when the instances are purged. Many hint at senders that are too late.",
    }
}
