//! What pages ask for, with the question who may see it.

use super::actor::Actor;
use super::clock::Time;
use super::error::{PortalError, Result};
use super::file::RequestFile;
use super::ids::{LinkId, MailId, RequestId};
use super::inbox::InboxFilter;
use super::link::{Binding, Link, LinkClaims, Purpose};
use super::mail::{MailFacts, MailState};
use super::markdown;
use super::policy::Tally;
use super::reads::{
    Asked, EventRecord, InboxCounts, InboxCursor, InboxQuery, InboxRow, InboxTab, MailLine, RequestRecord,
};
use super::request::tally;
use super::scope::Scope;
use super::service::Portal;
use super::standing::{DecideOutcome, Standing, receipt_of, standing};
use super::user::Person;

/// Rows of a list page.
pub const PAGE_ROWS: u64 = 50;

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, C> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<C>,
}

impl<T, C> Page<T, C> {
    /// Takes one row more than a page holds, and makes of the last shown one the cursor.
    pub(super) fn cut(rows: Vec<T>, cursor: impl FnOnce(&T) -> C) -> Self {
        Self::cut_to(rows, PAGE_ROWS, cursor)
    }

    /// The same for a page of `most` rows.
    pub(super) fn cut_to(mut rows: Vec<T>, most: u64, cursor: impl FnOnce(&T) -> C) -> Self {
        let more = rows.len() as u64 > most;
        rows.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(cursor);
        Self { rows, next }
    }
}

/// A request as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestPage {
    /// The rows.
    pub record: RequestRecord,
    /// Its text as sanitised HTML; empty when there is none.
    pub text_html: String,
    /// How the answers stand.
    pub tally: Tally,
}

/// What a link opens.
#[expect(clippy::large_enum_variant, reason = "made once per request and moved once; a box would only be in the way")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkPage {
    /// The question is open.
    Open(Box<OpenQuestion>),
    /// It is not; this is how it stands.
    Closed {
        /// The request's title.
        title: String,
        /// Why: never [`DecideOutcome::Recorded`].
        outcome: DecideOutcome,
        /// The question once more, while its holder may answer otherwise.
        reconsider: Option<Box<Reconsidering>>,
        /// Whether the link gives the certificate of the request.
        certificate: bool,
    },
}

/// A question that was answered and may be answered otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconsidering {
    /// The question.
    pub question: OpenQuestion,
    /// Until when.
    pub until: Time,
}

/// An open question, for the page that a link opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenQuestion {
    /// The request.
    pub page: RequestPage,
    /// The question of the link's holder.
    pub asked: Asked,
}

impl Portal {
    /// Requests per tab of the actor's inbox.
    pub async fn inbox_counts(&self, actor: &Actor) -> Result<InboxCounts> {
        actor.require_scope(Scope::RequestsRead)?;
        self.reads().count_inbox(actor.signed_in()?.id).await
    }

    /// A page of the actor's inbox. The tab of all requests is for admins.
    pub async fn inbox(
        &self,
        actor: &Actor,
        tab: InboxTab,
        filter: &InboxFilter,
        after: Option<InboxCursor>,
    ) -> Result<Page<InboxRow, InboxCursor>> {
        self.some_of_inbox(actor, tab, filter, after, PAGE_ROWS).await
    }

    /// The same with at most `most` rows.
    pub async fn some_of_inbox(
        &self,
        actor: &Actor,
        tab: InboxTab,
        filter: &InboxFilter,
        after: Option<InboxCursor>,
        most: u64,
    ) -> Result<Page<InboxRow, InboxCursor>> {
        let query = self.inbox_query(actor, tab, filter)?;
        let rows = self.reads().list_inbox(&InboxQuery { after, limit: most + 1, ..query }).await?;
        Ok(Page::cut_to(rows, most, |row| InboxCursor {
            due: if tab == InboxTab::Waiting { row.due_at.map_or(i64::MAX, |due| due.0) } else { 0 },
            id: row.id,
        }))
    }

    /// The first rows of a list, once it is known that the actor may see it.
    pub(super) fn inbox_query(&self, actor: &Actor, tab: InboxTab, filter: &InboxFilter) -> Result<InboxQuery> {
        actor.require_scope(Scope::RequestsRead)?;
        let user = actor.signed_in()?.id;
        if tab == InboxTab::All {
            actor.require_admin()?;
        }
        Ok(InboxQuery { user, tab, filter: filter.clone(), now: self.now(), after: None, limit: PAGE_ROWS })
    }

    /// A request's page: for its requester, whoever has a question of its present round, its observers, and admins. To everybody
    /// else it does not exist.
    pub async fn request_page(&self, actor: &Actor, id: RequestId) -> Result<RequestPage> {
        let record = self.visible(actor, id).await?;
        Ok(page_of(record))
    }

    /// A request's events after number `after`, for whoever may see the request.
    pub async fn events_after(&self, actor: &Actor, id: RequestId, after: i64) -> Result<Vec<EventRecord>> {
        self.visible(actor, id).await?;
        self.reads().list_events(id, after).await
    }

    /// A file of a request by its number, for whoever may see the request.
    pub async fn request_file(&self, actor: &Actor, id: RequestId, number: u32) -> Result<RequestFile> {
        file_of(self.visible(actor, id).await?, number)
    }

    /// A request's title and requester, for admins.
    pub async fn request_title(&self, actor: &Actor, id: RequestId) -> Result<Option<(String, Person)>> {
        actor.require_scope(Scope::RequestsRead)?;
        actor.require_admin()?;
        self.reads().find_request_title(id).await
    }

    /// The request, if the actor may see it. To everybody else it does not exist.
    pub(super) async fn visible(&self, actor: &Actor, id: RequestId) -> Result<RequestRecord> {
        actor.require_scope(Scope::RequestsRead)?;
        let user = actor.signed_in()?;
        let record = self.reads().find_request(id).await?.ok_or(PortalError::NotFound)?;
        if record.is_seen_by(user) { Ok(record) } else { Err(PortalError::NotFound) }
    }

    /// Checks that an authentic decision link belongs to a row, as it was minted. [`PortalError::NotFound`] when not. Changes
    /// nothing; an old link passes too, so that its page can say how things stand.
    pub async fn exchange_link(&self, claims: &LinkClaims) -> Result<LinkId> {
        let link = self.reads().find_link(claims.id).await?.filter(|link| link.is_claimed_by(claims));
        let link = link.filter(|link| link.purpose == Purpose::Decide).ok_or(PortalError::NotFound)?;
        Ok(link.id)
    }

    /// What the link of `actor` opens. [`PortalError::NotFound`] when it is not known.
    pub async fn link_page(&self, actor: &Actor) -> Result<LinkPage> {
        let (link, record, asked) = self.linked(actor).await?;
        match self.closed_outcome(&link, &record, &asked)? {
            Some(outcome) => {
                let title = record.request.title.clone();
                let certificate = record.request.closed.is_some() && self.shows_answered(&outcome, &link, &asked);
                let until = record.reconsider_until(&asked, Some(&link), self.now());
                let again = |until| Reconsidering { question: OpenQuestion { page: page_of(record), asked }, until };
                let reconsider = until.map(again).map(Box::new);
                Ok(LinkPage::Closed { title, outcome, reconsider, certificate })
            }
            None => Ok(LinkPage::Open(Box::new(OpenQuestion { page: page_of(record), asked }))),
        }
    }

    /// A file of the request behind the link of `actor`, while its question is open or was answered by its holder.
    pub async fn link_file(&self, actor: &Actor, number: u32) -> Result<RequestFile> {
        file_of(self.seen_by_link(actor).await?, number)
    }

    /// The request behind the link of `actor`, while its question is open or was answered by its holder. What was answered is
    /// shown neither by a link that was taken back or has expired nor to somebody who is disabled since.
    pub(super) async fn seen_by_link(&self, actor: &Actor) -> Result<RequestRecord> {
        let (link, record, asked) = self.linked(actor).await?;
        match self.closed_outcome(&link, &record, &asked)? {
            None => Ok(record),
            Some(outcome) if self.shows_answered(&outcome, &link, &asked) => Ok(record),
            Some(_) => Err(PortalError::NotFound),
        }
    }

    /// Whether a link shows more of what its holder has answered than how it stands.
    fn shows_answered(&self, outcome: &DecideOutcome, link: &Link, asked: &Asked) -> bool {
        let works = !link.state.is_revoked() && self.now() < link.expires_at;
        matches!(outcome, DecideOutcome::SameAgain(_)) && works && !asked.disabled
    }

    fn closed_outcome(&self, link: &Link, record: &RequestRecord, asked: &Asked) -> Result<Option<DecideOutcome>> {
        let request = &record.request;
        if let Some(decision) = asked.decision.as_ref().filter(|_| asked.assignment.counts_in(request)) {
            let receipt = receipt_of(request, decision, record.requester.clone(), asked.person.clone())?;
            return Ok(Some(DecideOutcome::SameAgain(receipt)));
        }
        let disabled = asked.disabled;
        let closed_by = record.closed_by.as_ref();
        Ok(standing(&Standing {
            link: Some(link),
            assignment: &asked.assignment,
            request,
            disabled,
            closed_by,
            now: self.now(),
        }))
    }

    /// The link of `actor` with its request and its question, whatever the round.
    async fn linked(&self, actor: &Actor) -> Result<(Link, RequestRecord, Asked)> {
        let Actor::Link(id) = *actor else { return Err(PortalError::NotSignedIn) };
        let link = self.reads().find_link(id).await?.ok_or(PortalError::NotFound)?;
        let assignment = link.assignment.ok_or(PortalError::NotFound)?;
        let assignment = self.reads().find_assignment(assignment).await?.ok_or(PortalError::NotFound)?;
        let record = self.reads().find_request(assignment.request).await?.ok_or(PortalError::NotFound)?;
        let asked = match record.asked.iter().find(|asked| asked.assignment.id == assignment.id) {
            Some(asked) => asked.clone(),
            // Of an earlier round: only that it is over matters.
            None => Asked {
                person: record.requester.clone(),
                stands_in_for: None,
                disabled: false,
                decision: None,
                assignment,
            },
        };
        self.check_binding(&link, &record, &asked)?;
        Ok((link, record, asked))
    }

    /// The row's binding must be the one that its question has now; a row that was changed behind the portal's back opens nothing.
    fn check_binding(&self, link: &Link, record: &RequestRecord, asked: &Asked) -> Result<()> {
        let of = &asked.assignment;
        if of.generation != record.request.generation {
            return Ok(());
        }
        let shown = match &asked.decision {
            _ if of.revision == record.request.revision => record.request.revision_hash,
            Some(decision) if decision.revision == of.revision => decision.revision_hash,
            // Of an earlier revision, answered anew on a later one or not at all: only that it is over matters.
            _ => return Ok(()),
        };
        let expected = Binding::of_question(of.generation, of.stage, of.id, &asked.person.email, shown);
        if link.binding == expected { Ok(()) } else { Err(PortalError::NotFound) }
    }

    /// How many mails are in each state, for admins.
    pub async fn mail_counts(&self, actor: &Actor) -> Result<Vec<(MailState, u64)>> {
        actor.require_admin_in_person()?;
        self.reads().count_mails().await
    }

    /// A page of the outbox, newest first, for admins.
    pub async fn outbox(
        &self,
        actor: &Actor,
        state: Option<MailState>,
        before: Option<MailId>,
    ) -> Result<Page<MailLine, MailId>> {
        actor.require_admin_in_person()?;
        let rows = self.reads().list_mails(state, before, PAGE_ROWS + 1).await?;
        Ok(Page::cut(rows, |line| line.mail.id))
    }

    /// The server's sentence at the last failed attempt, if no mail has gone through since, for admins.
    pub async fn mail_trouble(&self, actor: &Actor) -> Result<Option<String>> {
        actor.require_admin_in_person()?;
        self.reads().mail_trouble().await
    }

    /// A mail with what it is rendered from, for admins. Rendering it with its link is for the local outbox only.
    pub async fn mail(&self, actor: &Actor, id: MailId) -> Result<MailFacts> {
        actor.require_admin_in_person()?;
        self.reads().find_mail_facts(id).await?.ok_or(PortalError::NotFound)
    }
}

fn page_of(record: RequestRecord) -> RequestPage {
    let assignments: Vec<_> = record.asked.iter().map(|asked| asked.assignment.clone()).collect();
    RequestPage {
        text_html: markdown::to_html(&record.request.text),
        tally: tally(record.request.open_stage().rule, record.request.stage, &assignments),
        record,
    }
}

fn file_of(record: RequestRecord, number: u32) -> Result<RequestFile> {
    record.files.into_iter().find(|file| file.number == number).ok_or(PortalError::NotFound)
}
