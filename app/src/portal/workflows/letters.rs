//! Mails that the activities of runs send. Each is queued once for each call of its activity, however often that is tried.

use super::work::Run;
use crate::portal::actor::Actor;
use crate::portal::advance;
use crate::portal::clock::Time;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::{LinkId, UserId};
use crate::portal::link::{Binding, Link, LinkState, Purpose, whole_seconds};
use crate::portal::mail::{Mail, MailKind, MailedRun};
use crate::portal::policy::Ruling;
use crate::portal::request::MAX_LINK_LIFE;
use crate::portal::service::{Parts, Portal};
use crate::portal::stage::{Letter, Post, insert_minted};
use crate::portal::submit::person;
use crate::portal::user::{Email, one_line};
use crate::portal::work::Work;

/// The longest title of what a mail is about, in characters.
const MAX_TITLE_CHARS: usize = 120;

/// Which call of an activity mails something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowPost {
    /// The run.
    pub run: String,
    /// What is the same for all tries of the call and for nothing else.
    pub key: String,
}

/// What became of a service that a run watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceNews {
    /// The address of whoever is told.
    pub to: String,
    /// What changed.
    pub change: ServiceChange,
    /// The service's address.
    pub url: String,
    /// What the last check found.
    pub detail: String,
}

/// How a service changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceChange {
    /// It has gone down.
    Down,
    /// It stays down.
    StillDown,
    /// It is back.
    Recovered,
}

/// A mail of a run before it has a receiver.
struct Draft {
    kind: MailKind,
    title: String,
    note: String,
    ruling: Option<Ruling>,
}

impl Portal {
    /// Mails a receipt to whoever started the run. Nobody is mailed when nobody signed in for it.
    pub async fn mail_receipt(&self, post: WorkflowPost, order: &str, confirmation: &str) -> Result<()> {
        let draft = draft(MailKind::Receipt, order, confirmation);
        self.mail_to_starter("mail_receipt", post, draft).await
    }

    /// Mails the verdict on a document to whoever started the run. `by` is an address, or what decided in its place.
    pub async fn mail_outcome(&self, post: WorkflowPost, document: &str, ruling: Ruling, by: &str) -> Result<()> {
        let draft = Draft { ruling: Some(ruling), ..draft(MailKind::Outcome, document, by) };
        self.mail_to_starter("mail_outcome", post, draft).await
    }

    /// Mails news of a service. [`PortalError::Invalid`] when the address is none or its owner may not be asked any more.
    pub async fn mail_service_news(&self, post: WorkflowPost, news: &ServiceNews) -> Result<()> {
        let kind = match news.change {
            ServiceChange::Down => MailKind::ServiceDown,
            ServiceChange::StillDown => MailKind::ServiceStillDown,
            ServiceChange::Recovered => MailKind::ServiceRecovered,
        };
        let (to, draft, parts) = (address(&news.to)?, draft(kind, &news.url, &news.detail), self.parts.clone());
        self.unit("mail_service_news", move |work| {
            Box::pin(async move {
                let Some(run) = found(work, &post).await? else { return Ok(()) };
                let to = person(&Actor::System("mail"), work, &*parts.clock, &to, "to", parts.clock.now()).await?;
                advance::queue(work, &write(&parts, &post, &run, to, draft)).await
            })
        })
        .await
    }

    /// Mails a question with a link that answers it until `due_at`; the links of earlier questions of the run stop working.
    /// [`PortalError::Invalid`] when the address is none or its owner may not be asked any more.
    pub async fn mail_question(&self, post: WorkflowPost, to: &str, text: &str, due_at: Time) -> Result<()> {
        let (to, parts) = (address(to)?, self.parts.clone());
        let draft = Draft { note: text.to_owned(), ..draft(MailKind::Question, first_line(text), "") };
        self.unit("mail_question", move |work| {
            Box::pin(async move {
                let Some(run) = found(work, &post).await? else { return Ok(()) };
                let to = person(&Actor::System("mail"), work, &*parts.clock, &to, "to", parts.clock.now()).await?;
                if !work.is_mail_key_free(&natural_key(&post, to)).await? {
                    return Ok(());
                }
                work.supersede_run_links(&run.id).await?;
                let link = mint(work, &parts, &post, &draft, to, due_at).await?;
                let by = starter(work, &run).await?;
                let mail = Mail { link: Some(link), by, ..write(&parts, &post, &run, to, draft) };
                advance::queue(work, &mail).await
            })
        })
        .await
    }

    async fn mail_to_starter(&self, caller: &'static str, post: WorkflowPost, draft: Draft) -> Result<()> {
        let parts = self.parts.clone();
        self.unit(caller, move |work| {
            Box::pin(async move {
                let Some(run) = found(work, &post).await? else { return Ok(()) };
                match starter(work, &run).await? {
                    Some(to) => advance::queue(work, &write(&parts, &post, &run, to, draft)).await,
                    None => Ok(()),
                }
            })
        })
        .await
    }
}

/// The run, unless it is gone.
async fn found(work: &dyn Work, post: &WorkflowPost) -> Result<Option<Run>> {
    work.find_run(&post.run).await.map_err(PortalError::from)
}

/// The person who started the run, if there is one.
async fn starter(work: &dyn Work, run: &Run) -> Result<Option<UserId>> {
    let Some(id) = run.starter_id() else { return Ok(None) };
    Ok(work.find_user(id).await?.map(|user| user.id))
}

fn write(parts: &Parts, post: &WorkflowPost, run: &Run, to: UserId, draft: Draft) -> Mail {
    let Draft { kind, title, note, ruling } = draft;
    let by = Post { clock: &*parts.clock, keys: &*parts.keys, now: parts.clock.now() };
    let mail = by.mail(Letter { kind, to, natural_key: natural_key(post, to) });
    Mail { run: Some(MailedRun { id: run.id.clone(), title }), note, ruling, ..mail }
}

/// Mints the link that answers a question.
async fn mint(
    work: &dyn Work,
    parts: &Parts,
    post: &WorkflowPost,
    draft: &Draft,
    to: UserId,
    due_at: Time,
) -> Result<LinkId> {
    let now = parts.clock.now();
    let user = work.find_user(to).await?.ok_or_else(|| crate::portal::stage::lost("person", to))?;
    let link = Link {
        id: LinkId(uuid::Uuid::from_bytes(parts.clock.random())),
        purpose: Purpose::Answer,
        user: Some(to),
        assignment: None,
        key: parts.keys.active_key(),
        binding: Binding::of_run(&post.run, &natural_key(post, to), user.email.as_str(), &draft.note),
        created_at: now,
        // Rounded up, so that a link works until the due time and not almost until it.
        expires_at: whole_seconds(due_at.min(now + MAX_LINK_LIFE) + std::time::Duration::from_micros(999_999)),
        state: LinkState::Live,
    };
    insert_minted(work, &link, format!("run {}, user {to}", post.run)).await?;
    Ok(link.id)
}

fn natural_key(post: &WorkflowPost, to: UserId) -> String {
    format!("run/{}/{to}", post.key)
}

fn draft(kind: MailKind, title: &str, note: &str) -> Draft {
    let title: String = one_line(title).chars().take(MAX_TITLE_CHARS).collect();
    Draft { kind, title, note: one_line(note), ruling: None }
}

fn first_line(text: &str) -> &str {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("Document")
}

fn address(typed: &str) -> Result<Email> {
    Email::parse(typed).map_err(|message| PortalError::field("to", message))
}
