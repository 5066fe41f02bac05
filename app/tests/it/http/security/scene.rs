//! What the tests of this folder share: links with their secrets, those who hold them, and requests as a policy would
//! make them.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request as HttpRequest, StatusCode, header};
use countersign::db::{DbReads, DbUnits};
use countersign::pages::paths;
use countersign::portal::audit::AuditFilter;
use countersign::portal::error::PortalError;
use countersign::portal::link::Link;
use countersign::portal::request::{EventKind, Request};
use countersign::portal::work::Job;
use countersign::portal::{Actor, InviteDraft, LinkId, Reads, RequestId, Roles, Units, UploadId};

use super::super::browser::{ADMIN, Answer, Browser, PASSWORD};
use crate::portal::stand::Stand;
use crate::support::html::{attribute, tags};

pub(super) const APPROVER: Roles = Roles { requester: false, approver: true, admin: false };
pub(super) const REQUESTER: Roles = Roles { requester: true, approver: false, admin: false };
pub(super) const SOON: Duration = Duration::from_secs(20);

/// The admin of a browser, with a session.
pub(super) async fn admin_of(browser: &Browser) -> Actor {
    Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"))
}

/// Somebody with an account and these roles who can sign in with the common password.
pub(super) async fn join(stand: &Stand, admin: &Actor, email: &str, roles: Roles) -> Actor {
    let draft = InviteDraft { name: String::new(), email: email.into(), roles };
    stand.portal.invite(admin, draft).await.expect("invited");
    let claims = link(stand, stand.link_of(email).await).await.claims();
    let name = email.split('@').next().expect("a name");
    Actor::User(stand.portal.accept_invitation(claims, name, PASSWORD).await.expect("accepted"))
}

/// Changes a request's row, as another policy would have made it.
pub(super) async fn amend(stand: &Stand, id: RequestId, change: impl FnOnce(&mut Request) + Send + 'static) {
    let job: Job = Box::new(move |work| {
        Box::pin(async move {
            let mut request = work.lock_request(id).await?.ok_or(PortalError::NotFound)?;
            change(&mut request);
            work.update_request(&request).await
        })
    });
    let units = DbUnits::new(stand.client.clone(), stand.portal.nudges().clone());
    units.run("amend", job).await.expect("amended");
}

/// A link's row.
pub(super) async fn link(stand: &Stand, id: LinkId) -> Link {
    DbReads::new(stand.store.read().clone()).find_link(id).await.expect("readable rows").expect("the link")
}

/// The newest link that was mailed to this address, and its secret text.
pub(super) async fn secret(stand: &Stand, email: &str) -> (LinkId, String) {
    let id = stand.link_of(email).await;
    let signed = stand.keys.sign(&link(stand, id).await.claims()).expect("the key is there");
    (id, signed.expose().to_owned())
}

/// How many rows the audit log has, all of them sound.
pub(super) async fn audit_rows(stand: &Stand) -> i64 {
    let verification = stand.portal.verify_audit(&Actor::Cli, None).await.expect("readable rows");
    verification.expect("nothing is wrong with the log").rows
}

/// What the audit log has about this object, oldest first: action and detail.
pub(super) async fn log(stand: &Stand, admin: &Actor, object: &str) -> Vec<(String, String)> {
    let about = AuditFilter { object: object.to_owned(), ..AuditFilter::default() };
    let log = stand.portal.audit_log(admin, &about, None).await.expect("the log");
    log.page.rows.into_iter().rev().map(|line| (line.row.entry.action, line.row.entry.detail)).collect()
}

/// Waits until so many mails about the request were handed to the mail server.
pub(super) async fn mailed(stand: &Stand, request: RequestId, mails: usize) {
    let mut nudges = stand.portal.nudges().watch();
    let count = async || {
        let events = stand.record(request).await.events;
        events.iter().filter(|event| event.kind == EventKind::Mailed).count()
    };
    while count().await < mails {
        let _ = tokio::time::timeout(SOON, nudges.recv()).await.expect("a nudge in time");
    }
}

/// A finished upload.
pub(super) async fn upload(stand: &Stand, by: &Actor, name: &str, content: &[u8]) -> UploadId {
    let mut receiving = stand.portal.receive_file(by, name).await.expect("an upload");
    receiving.write(content).await.expect("room");
    receiving.finish().await.expect("a file").id
}

/// Whoever opened a link of their mail, in a browser of their own without a session.
pub(super) struct Holder<'a> {
    browser: &'a Browser,
    cookie: String,
    /// The address of the link's page.
    pub(super) page: String,
}

impl<'a> Holder<'a> {
    /// Opens the newest link that was mailed to this address.
    pub(super) async fn of(browser: &'a Browser, email: &str) -> Self {
        let (_, secret) = secret(&browser.stand, email).await;
        let answer = browser.get(&paths::Link(&secret).to_string()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{email}");
        let cookie = answer.header("set-cookie").split(';').next().expect("a cookie").to_owned();
        Self { browser, cookie, page: answer.header("location").to_owned() }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        let request = HttpRequest::get(path).header(header::COOKIE, self.cookie.as_str()).body(Body::empty());
        self.browser.send(request.expect("a request")).await
    }

    pub(super) async fn post(&self, path: &str, form: &str) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        let request =
            HttpRequest::post(path).header(header::COOKIE, self.cookie.as_str()).header(header::CONTENT_TYPE, kind);
        self.browser.send(request.body(Body::from(form.to_owned())).expect("a request")).await
    }

    /// The link's page as it is now.
    pub(super) async fn text(&self) -> String {
        self.get(&self.page).await.text()
    }

    /// Sends the form of the link's page with this verdict.
    pub(super) async fn decide(&self, verdict: &str, reason: &str) -> Answer {
        let page = self.text().await;
        let nonce = tags(&page, "input").into_iter().find(|tag| attribute(tag, "name") == Some("nonce"));
        let nonce = nonce.and_then(|tag| attribute(tag, "value")).expect("a nonce");
        self.post(&self.page, &format!("nonce={nonce}&verdict={verdict}&reason={reason}")).await
    }
}
