//! Writing the digest that is due.

use std::time::Duration;

use super::turn::Turn;
use super::work::{DigestAbout, DigestLine};
use crate::portal::clock::Time;
use crate::portal::error::Result;
use crate::portal::ids::{AssignmentId, LinkId, UserId};
use crate::portal::link::{Binding, Link, LinkState, Purpose, whole_seconds};
use crate::portal::mail::{Mail, MailKind};
use crate::portal::request::{AssignmentState, Request};
use crate::portal::service::{Parts, Portal};
use crate::portal::stage::{Letter, Post, insert_minted};
use crate::portal::user::{Digest, User, UserState};
use crate::portal::work::Work;

/// How long the link works that ends the digests: whoever finds an old one in their mails should still get rid of them.
const UNSUBSCRIBING_LIFE: Duration = Duration::from_secs(180 * 86_400);
/// A link that lasts at least so long is used again.
const LEAST_LIFE: Duration = Duration::from_secs(60 * 86_400);

impl Portal {
    /// Takes somebody's turn: writes their digest if `turn` is due and something waits, and gives the turn after it. `None`
    /// when they want no digests. Taken twice, the same turn writes one digest.
    pub async fn digest_turn(&self, user: UserId, turn: Option<Turn>) -> Result<Option<Turn>> {
        let parts = self.parts.clone();
        self.unit("digest_turn", move |work| {
            Box::pin(async move {
                let now = parts.clock.now();
                let reader = work.find_user(user).await?.filter(|user| user.digest == Digest::Daily);
                let Some(reader) = reader else { return Ok(None) };
                let due = turn.filter(|turn| turn.is_due(now) && reader.state == UserState::Active);
                if let Some(due) = due {
                    write(work, &parts, &reader, due, now).await?;
                }
                Ok(Some(Turn::after(turn, reader.time_zone(), now)))
            })
        })
        .await
    }
}

async fn write(work: &dyn Work, parts: &Parts, reader: &User, turn: Turn, now: Time) -> Result<()> {
    let natural_key = format!("digest/{}/{}", reader.id, turn.at.micros());
    if !work.is_mail_key_free(&natural_key).await? {
        return Ok(());
    }
    let post = Post { clock: &*parts.clock, keys: &*parts.keys, now };
    let mut lines = waiting(work, &post, reader.id).await?;
    let line = |about, request| DigestLine { about, request, link: None };
    let to_revise = work.list_to_revise(reader.id).await?;
    lines.extend(to_revise.into_iter().map(|request| line(DigestAbout::ChangesRequested, request)));
    let decided = work.list_decided(reader.id, turn.since, turn.at).await?;
    lines.extend(decided.into_iter().map(|request| line(DigestAbout::Decided, request)));
    if lines.is_empty() {
        return Ok(());
    }
    let link = unsubscribing_link(work, &post, reader).await?;
    let mail = post.mail(Letter { kind: MailKind::Digest, to: reader.id, natural_key });
    let mail = Mail { link: Some(link), ..mail };
    if work.queue_mail(&mail).await? {
        work.insert_digest_lines(mail.id, &lines).await?;
    }
    Ok(())
}

/// The questions put to the reader, most urgent first, each with its link.
async fn waiting(work: &dyn Work, post: &Post<'_>, reader: UserId) -> Result<Vec<DigestLine>> {
    let mut found = work.list_waiting_for(reader).await?;
    // In one order for everybody, so that nobody waits for a request that another one holds who waits for this one's.
    found.sort_by_key(|(_, request)| *request);
    let mut lines = Vec::with_capacity(found.len());
    for (question, request) in found {
        let Some(request) = work.lock_request(request).await? else { continue };
        if let Some(link) = link_to(work, post, &request, question).await? {
            let line = DigestLine { about: DigestAbout::Waiting, request: request.id, link: Some(link) };
            lines.push((request.deadline.due_at.unwrap_or(Time(i64::MAX)), line));
        }
    }
    lines.sort_by_key(|(due_at, _)| *due_at);
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

/// The link to a question of a locked request: the one it has, or a new one where that does not last long enough. None when the
/// question is open no more, or was not mailed yet: its own mail comes first.
async fn link_to(
    work: &dyn Work,
    post: &Post<'_>,
    request: &Request,
    question: AssignmentId,
) -> Result<Option<LinkId>> {
    let asked = work.find_assignment(question).await?.filter(|asked| asked.state == AssignmentState::Pending);
    let (Some(asked), true) = (asked, request.is_running()) else { return Ok(None) };
    let Some(newest) = work.newest_link_of(question).await? else { return Ok(None) };
    if newest.lasts_long_enough(request.deadline.due_at, post.now) {
        return Ok(Some(newest.id));
    }
    post.mint(work, request, &asked).await.map(Some)
}

/// The link with which the reader ends their digests.
async fn unsubscribing_link(work: &dyn Work, post: &Post<'_>, reader: &User) -> Result<LinkId> {
    let live = work.find_unsubscribing_link(reader.id).await?;
    if let Some(link) = live.filter(|link| link.expires_at >= post.now + LEAST_LIFE) {
        return Ok(link.id);
    }
    let link = Link {
        id: LinkId(uuid::Uuid::from_bytes(post.clock.random())),
        purpose: Purpose::Unsubscribe,
        user: Some(reader.id),
        assignment: None,
        key: post.keys.active_key(),
        binding: Binding::of_person(reader.id, reader.email.as_str()),
        created_at: post.now,
        expires_at: whole_seconds(post.now + UNSUBSCRIBING_LIFE),
        state: LinkState::Live,
    };
    insert_minted(work, &link, format!("digests, user {}", reader.id)).await?;
    Ok(link.id)
}
