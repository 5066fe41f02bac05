//! A request is submitted: rows, questions and the instance that carries it, in one transaction.

use super::actor::Actor;
use super::clock::{Clock, Time};
use super::draft::{Checked, RequestDraft};
use super::error::{PortalError, Result};
use super::file::{MAX_FILES, RequestFile};
use super::ids::{RequestId, UploadId, UserId};
use super::ladder::{Deadline, seconds};
use super::observe::observe_from_start;
use super::policies::{Resolved, resolve_stored};
use super::policy::{Assurance, Does, Policy, Rung, Stage, StaleRule};
use super::previews;
use super::request::{EventKind, NewEvent, Request};
use super::revision::{NewRevision, revision_hash};
use super::scope::Scope;
use super::service::{Parts, Portal};
use super::stage::Asker;
use super::user::{Email, User, UserState};
use super::webhooks::{WebhookEvent, announce, request_news};
use super::work::{Audit, Work};

impl Portal {
    /// Submits a request. The requester needs the role requester or admin; the files must be finished uploads of theirs.
    pub async fn submit(&self, actor: &Actor, draft: RequestDraft) -> Result<RequestId> {
        actor.require_scope(Scope::RequestsWrite)?;
        let user = actor.require_requester()?;
        let requester =
            Email::parse(&user.email).map_err(|_| PortalError::Internal("the account has no proper address".into()))?;
        let checked = draft.check(&requester).map_err(PortalError::Invalid)?;
        if draft.files.len() > MAX_FILES {
            return Err(PortalError::field("file", format!("A request may have at most {MAX_FILES} files.")));
        }
        let (actor, requester, parts) = (actor.clone(), user.id, self.parts.clone());
        self.unit("submit", move |work| {
            Box::pin(async move {
                let submission = Submission { actor: &actor, requester, checked, uploads: &draft.files };
                submission.write(work, &parts).await
            })
        })
        .await
    }
}

struct Submission<'a> {
    actor: &'a Actor,
    requester: UserId,
    checked: Checked,
    uploads: &'a [UploadId],
}

impl Submission<'_> {
    async fn write(self, work: &dyn Work, parts: &Parts) -> Result<RequestId> {
        let clock = &*parts.clock;
        let now = clock.now();
        let files = attached(work, self.requester, self.uploads, 1).await?;
        let Resolved { policy, observers } = match self.checked.policy {
            Some(id) => resolve_stored(work, clock, id, self.actor, now).await?,
            None => Resolved { policy: self.policy(work, clock, now).await?, observers: Vec::new() },
        };
        let mut request = Request {
            id: RequestId(clock.new_id()),
            revision_hash: revision_hash(&self.checked.title, &self.checked.text, &files),
            title: self.checked.title,
            text: self.checked.text,
            requester: self.requester,
            policy,
            stage: 1,
            generation: 1,
            revision: 1,
            submitted_at: now,
            updated_at: now,
            held_at: None,
            changes_requested_at: None,
            closed: None,
            deadline: Deadline::default(),
        };
        request.enter_stage(1, now);
        work.insert_request(&request).await?;
        work.insert_revision(request.id, &first_revision(&request), &files).await?;
        previews::want(work, &files, now).await?;
        work.record(request.id, NewEvent::of(EventKind::Submitted).by(Some(self.requester)), now).await?;
        work.audit(Audit {
            at: now,
            actor: self.actor,
            action: "request.submitted",
            object: request.id.to_string(),
            detail: String::new(),
        })
        .await?;
        observe_from_start(work, parts, &request, &observers, now).await?;
        Asker::new(work, clock, &request, now).await?.ask_stage().await?;
        work.start_request(request.id, request.generation).await?;
        announce(work, parts, request_news(parts, WebhookEvent::RequestSubmitted, &request)).await?;
        Ok(request.id)
    }

    /// What was typed, as a policy with one stage.
    async fn policy(&self, work: &dyn Work, clock: &dyn Clock, now: Time) -> Result<Policy> {
        let mut approvers = Vec::with_capacity(self.checked.approvers.len());
        for (row, email) in &self.checked.approvers {
            approvers.push(person(self.actor, work, clock, email, &format!("approver.{row}"), now).await?);
        }
        let mut ladder = Vec::new();
        ladder.extend(self.checked.remind_before.map(|before| Rung { offset: -seconds(before), does: Does::Remind }));
        let mut ends_after = 0;
        if let Some((email, gives)) = &self.checked.escalation {
            let to = person(self.actor, work, clock, email, "escalate_to", now).await?;
            ladder.push(Rung { offset: 0, does: Does::Escalate(vec![to]) });
            ends_after = seconds(*gives);
        }
        ladder.push(Rung { offset: ends_after, does: Does::Finish(self.checked.final_rule) });
        let stage = Stage {
            name: String::new(),
            approvers,
            rule: self.checked.rule,
            due_in: self.checked.due_in,
            ladder,
            hours: None,
        };
        Ok(Policy {
            source: None,
            stages: vec![stage],
            on_revision: StaleRule::IfChanged,
            self_approval: false,
            reconsider_within: None,
            assurance: Assurance::Link,
            max_link_life: None,
        })
    }
}

fn first_revision(request: &Request) -> NewRevision {
    NewRevision {
        number: request.revision,
        title: request.title.clone(),
        text: request.text.clone(),
        hash: request.revision_hash,
        at: request.submitted_at,
        by: request.requester,
        note: String::new(),
    }
}

/// The files that a person's finished uploads have become, numbered from `first`.
pub(super) async fn attached(
    work: &dyn Work,
    by: UserId,
    uploads: &[UploadId],
    first: u32,
) -> Result<Vec<RequestFile>> {
    let mut files = Vec::with_capacity(uploads.len());
    for (number, id) in (first..).zip(uploads) {
        let upload = work.find_upload(*id).await?.filter(|upload| upload.by == by);
        let Some((name, file)) = upload.and_then(|upload| Some((upload.name, upload.file?))) else {
            return Err(PortalError::field("file", "A file is no longer here. Please choose it again."));
        };
        files.push(RequestFile {
            number,
            name,
            id: file.id,
            size: file.size,
            kind: file.kind,
            chunks_of: file.chunks_of,
        });
    }
    Ok(files)
}

/// What `actor` is told of somebody disabled. Only admins learn why: whoever types addresses, or submits by a policy that names
/// people, must not learn whose accounts there are, or were.
pub(super) fn not_chosen(actor: &Actor, who: &str) -> String {
    if actor.sees_everything() {
        return format!("The account of {who} is disabled.");
    }
    format!("{who} cannot be chosen here. An administrator can say why.")
}

/// The person with this address; a guest is made of an unknown one, so that nobody counts twice. An error of `field` when
/// they are disabled, in the words for `actor`.
pub(super) async fn person(
    actor: &Actor,
    work: &dyn Work,
    clock: &dyn Clock,
    email: &Email,
    field: &str,
    now: Time,
) -> Result<UserId> {
    match work.find_user_by_email(email).await? {
        Some(user) if user.state == UserState::Disabled => {
            Err(PortalError::field(field, not_chosen(actor, email.as_str())))
        }
        Some(user) => Ok(user.id),
        None => {
            let guest = User::guest(UserId(clock.new_id()), email.clone(), now);
            work.insert_user(&guest).await?;
            Ok(guest.id)
        }
    }
}
