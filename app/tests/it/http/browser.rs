//! A browser without a screen: keeps cookies and talks to the router in the same process.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use clap::Parser;
use countersign::config::{Config, Options};
use countersign::db::DbSessions;
use countersign::http::heavy::HeavyWork;
use countersign::http::router::extended;
use countersign::http::shutdown::Shutdown;
use countersign::http::state::AppState;
use countersign::portal::{AccountDraft, Actor};
use tower::ServiceExt;

use crate::portal::stand::Stand;

pub(super) const ADMIN: &str = "ada@example.org";
pub(super) const PASSWORD: &str = "a long enough password";

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    options: Options,
}

/// An answer, read to its end.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) bytes: Vec<u8>,
}

impl Answer {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

/// A browser that shows the portal of a [`Stand`].
pub(super) struct Browser {
    pub(super) stand: Stand,
    pub(super) state: AppState,
    router: Router,
    cookie: Option<String>,
}

impl Browser {
    /// A portal with an admin; nobody is signed in.
    pub(super) async fn new() -> Self {
        Self::with_pages(Router::new()).await
    }

    /// The same with more pages than the portal has.
    pub(super) async fn with_pages(more: Router<AppState>) -> Self {
        let stand = Stand::new().await;
        let draft = AccountDraft { name: "Ada".into(), email: ADMIN.into(), password: PASSWORD.into() };
        stand.portal.create_admin(&Actor::Cli, draft).await.expect("an admin");
        let config = Config::try_from(Line::parse_from(["countersign"]).options).expect("the defaults are valid");
        let state = AppState {
            config: Arc::new(config),
            portal: stand.portal.clone(),
            keys: stand.keys.clone(),
            engine: stand.client.clone(),
            mailer: stand.mailer.clone(),
            sessions: DbSessions::new(stand.store.read().clone(), stand.client.clone(), stand.clock.clone()),
            heavy: HeavyWork::default(),
            shutdown: Shutdown::new(),
        };
        Self { router: extended(state.clone(), more).expect("a router"), stand, state, cookie: None }
    }

    /// The same with the admin signed in.
    pub(super) async fn signed_in() -> Self {
        let mut browser = Self::new().await;
        browser.sign_in(ADMIN).await;
        browser
    }

    /// Signs somebody in who has the common password.
    pub(super) async fn sign_in(&mut self, email: &str) {
        let form = format!("email={email}&password={}", PASSWORD.replace(' ', "+"));
        let answer = self.post("/sign-in", &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{email}");
        self.cookie = Some(answer.header("set-cookie").split(';').next().expect("a cookie").to_owned());
    }

    /// Lays the session aside and takes up `other`, as if somebody had two browsers.
    pub(super) fn swap_session(&mut self, other: &mut Option<String>) {
        std::mem::swap(&mut self.cookie, other);
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    /// Posts a form, as a program does that sends no header about its origin.
    pub(super) async fn post(&self, path: &str, form: &str) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        let request = Request::post(path).header(header::CONTENT_TYPE, kind).body(Body::from(form.to_owned()));
        self.send(request.expect("a request")).await
    }

    pub(super) async fn with_method(&self, method: Method, path: &str) -> Answer {
        self.send(Request::builder().method(method).uri(path).body(Body::empty()).expect("a request")).await
    }

    pub(super) async fn send(&self, mut request: Request<Body>) -> Answer {
        request.headers_mut().entry(header::HOST).or_insert(header::HeaderValue::from_static("127.0.0.1:3000"));
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert(header::COOKIE, cookie.parse().expect("a cookie"));
        }
        let response = self.router.clone().oneshot(request).await.expect("the router always answers");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a whole body").to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }
}
