//! What people do beside requests: absences, policies, monitors, webhooks, runs, views.

use serde_json::Value;

use super::error::DemoError;
use super::people::address;
use super::policies;
use super::story::Story;
use crate::portal::absence::AbsenceDraft;
use crate::portal::monitors::MonitorDraft;
use crate::portal::reads::InboxTab;
use crate::portal::webhooks::WebhookDraft;
use crate::portal::workflows::{EntitySignal, StartWorkflow, WorkflowVerb};
use crate::portal::{Actor, PortalError, SavedViewDraft, SpanDraft};

/// What somebody does. Names are first names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Chore {
    /// Import a policy.
    Policy(&'static str),
    /// Save the second version of the purchases.
    ChangePurchases,
    /// Let nobody choose the policy of this name any more.
    Archive(&'static str),
    /// Shut somebody out.
    Disable(&'static str),
    /// Say who stands in where an absence names nobody.
    Backup(&'static str),
    /// Plan an absence.
    Absence(Away),
    /// Save a view of the inbox: its name, its tab, and the filter as an address says it.
    View(&'static str, InboxTab, &'static str),
    /// Have a service watched: name, address, seconds between two checks.
    Watch(&'static str, &'static str, &'static str),
    /// Stop watching, so that a portal that goes on from here asks nobody.
    PauseMonitors,
    /// Have requests told to a program.
    Webhook(&'static str),
    /// Stop telling.
    DisableWebhooks,
    /// Start a run: workflow, id, input as JSON.
    Start(&'static str, &'static str, &'static str),
    /// Raise an event of a run: id, event, value as JSON.
    Raise(&'static str, &'static str, &'static str),
    /// Suspend or end a run: id, verb, reason.
    Steer(&'static str, WorkflowVerb, &'static str),
    /// Add to a counter: key and number.
    Count(&'static str, i64),
}

/// A time away.
#[derive(Clone, Copy, Debug)]
pub(super) struct Away {
    /// The first day.
    pub(super) from: Day,
    /// The last day, so many days after today.
    pub(super) until: i64,
    /// Who stands in; empty for the backup.
    pub(super) substitute: &'static str,
    /// A word about it.
    pub(super) note: &'static str,
}

/// A day, seen from today.
#[derive(Clone, Copy, Debug)]
pub(super) enum Day {
    /// The working day so many before today.
    Working(u32),
    /// So many days after today.
    Ahead(i64),
}

impl Chore {
    /// The same in words that go after a name.
    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Policy(_) => "imports a policy".to_owned(),
            Self::ChangePurchases => "changes a policy".to_owned(),
            Self::Archive(name) => format!("archives the policy {name}"),
            Self::Disable(whom) => format!("disables the account of {whom}"),
            Self::Backup(whom) => format!("names {whom} as backup"),
            Self::Absence(away) => format!("plans an absence ({})", away.note),
            Self::View(name, ..) => format!("saves the view \u{201c}{name}\u{201d}"),
            Self::Watch(name, ..) => format!("has the service {name} watched"),
            Self::PauseMonitors => "pauses the monitors".to_owned(),
            Self::Webhook(_) => "adds a webhook".to_owned(),
            Self::DisableWebhooks => "disables the webhooks".to_owned(),
            Self::Start(workflow, ..) => format!("starts {workflow}"),
            Self::Raise(id, ..) => format!("answers the run {id}"),
            Self::Steer(id, WorkflowVerb::Suspend, _) => format!("suspends the run {id}"),
            Self::Steer(id, ..) => format!("ends the run {id}"),
            Self::Count(..) => "counts".to_owned(),
        }
    }
}

impl Story<'_> {
    /// Does it.
    pub(super) async fn do_chore(&mut self, who: &str, chore: Chore) -> Result<(), PortalError> {
        let actor = self.cast.member(who)?.clone();
        match chore {
            Chore::Policy(text) => self.import(&actor, text).await,
            Chore::ChangePurchases => {
                let (old, new) = policies::PURCHASES_WITH_TWO_REMINDERS;
                self.import(&actor, &policies::PURCHASES.replace(old, new)).await
            }
            Chore::Archive(name) => self.portal.archive_policy(&actor, self.policy(name)?).await,
            Chore::Disable(whom) => {
                let user = self.cast.member(whom)?.signed_in()?.id;
                self.portal.disable_user(&actor, user).await
            }
            Chore::Backup(whom) => {
                let user = actor.signed_in()?.id;
                self.portal.set_backup(&actor, user, &address(whom)).await.map(|_| ())
            }
            Chore::Absence(away) => self.plan(&actor, away).await,
            Chore::View(name, tab, query) => {
                let draft = SavedViewDraft { name: name.to_owned(), tab, query: query.to_owned() };
                self.portal.save_view(&actor, draft).await.map(|_| ())
            }
            Chore::Watch(..) | Chore::PauseMonitors | Chore::Webhook(_) | Chore::DisableWebhooks => {
                self.arrange(&actor, chore).await
            }
            Chore::Start(..) | Chore::Raise(..) | Chore::Steer(..) | Chore::Count(..) => self.run(&actor, chore).await,
        }
    }

    async fn import(&mut self, actor: &Actor, text: &str) -> Result<(), PortalError> {
        let id = self.portal.import_policy(actor, text).await?;
        let name = self.portal.policy(actor, id, None).await?.policy.draft.name;
        self.policies.insert(name, id);
        Ok(())
    }

    async fn plan(&self, actor: &Actor, away: Away) -> Result<(), PortalError> {
        let no_day = |error: DemoError| PortalError::Internal(error.to_string());
        let from = match away.from {
            Day::Working(back) => self.calendar.working_day(back),
            Day::Ahead(days) => self.calendar.ahead(days),
        };
        let draft = AbsenceDraft {
            from: from.map_err(no_day)?.to_string(),
            to: self.calendar.ahead(away.until).map_err(no_day)?.to_string(),
            substitute: address(away.substitute),
            note: away.note.to_owned(),
        };
        self.portal.plan_absence(actor, actor.signed_in()?.id, draft).await.map(|_| ())
    }

    /// What calls other services.
    async fn arrange(&self, actor: &Actor, chore: Chore) -> Result<(), PortalError> {
        let portal = self.portal;
        match chore {
            Chore::Watch(name, url, interval) => {
                portal.create_monitor(actor, monitor(name, url, interval)).await.map(|_| ())
            }
            Chore::Webhook(url) => {
                let events = ["request.submitted", "request.closed", "monitor.down", "monitor.recovered"];
                let draft = WebhookDraft {
                    url: url.to_owned(),
                    description: "Tells the chat of the office".to_owned(),
                    events: Vec::from(events.map(str::to_owned)),
                };
                portal.create_webhook(actor, draft).await.map(|_| ())
            }
            Chore::PauseMonitors => {
                for line in portal.monitors(actor).await? {
                    portal.pause_monitor(actor, line.monitor.id).await?;
                }
                Ok(())
            }
            _ => {
                for line in portal.webhooks(actor).await? {
                    portal.disable_webhook(actor, line.webhook.id).await?;
                }
                Ok(())
            }
        }
    }

    /// What concerns runs and entities.
    async fn run(&self, actor: &Actor, chore: Chore) -> Result<(), PortalError> {
        let portal = self.portal;
        match chore {
            Chore::Start(workflow, id, input) => {
                let (name, id, input) = (workflow.to_owned(), Some(id.to_owned()), json(input)?);
                let start = StartWorkflow { name, version: None, id, input, traceparent: None };
                portal.start_workflow(actor, start).await?;
            }
            Chore::Raise(id, event, value) => portal.raise_event(actor, id, event, json(value)?).await?,
            Chore::Steer(id, verb, reason) => portal.steer_workflow(actor, id, verb, reason).await?,
            Chore::Count(key, number) => {
                let (name, operation) = ("Counter".to_owned(), "add".to_owned());
                let signal = EntitySignal { name, key: key.to_owned(), operation, input: number.into() };
                portal.signal_entity(actor, signal).await?;
            }
            _ => return Err(PortalError::Internal("this concerns no run".to_owned())),
        }
        Ok(())
    }
}

fn monitor(name: &str, url: &str, interval: &str) -> MonitorDraft {
    MonitorDraft {
        name: name.to_owned(),
        url: url.to_owned(),
        certificate_days: "14".to_owned(),
        interval: interval.to_owned(),
        timeout: "10".to_owned(),
        retries: "1".to_owned(),
        alert_to: address("Emil"),
        remind: SpanDraft { number: "4".to_owned(), unit: "hours".to_owned() },
        escalate_to: address("Gita"),
        escalate: SpanDraft { number: "3".to_owned(), unit: "hours".to_owned() },
        ..MonitorDraft::default()
    }
}

fn json(text: &str) -> Result<Value, PortalError> {
    serde_json::from_str(text).map_err(|error| PortalError::Internal(format!("{text} is no JSON: {error}")))
}
