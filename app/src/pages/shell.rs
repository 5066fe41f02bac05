//! The document around every page, and the one way to render a page.
//!
//! Pages are rendered synchronously to complete HTML: a handler loads its data first, so status code, cookies and
//! headers are those of an ordinary response. Which scripts a page gets is decided here, together with the
//! Content-Security-Policy that lets exactly those run.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hydration_context::SsrSharedContext;
use leptos::nonce::Nonce;
use leptos::prelude::*;

use super::assets;

/// What runs in the browser beside the HTML. Every page works without any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripts {
    /// Nothing: pages that open from a mail, sign-in, set-up and errors.
    None,
    /// Live updates and relative times (`live.js`), and shortcuts for those who have them on (`keys.js`).
    Live,
    /// Live updates, and the islands of the page (WebAssembly).
    Islands,
    /// Live updates, and calls of the API to try (`api.js`).
    Api,
}

/// The part of a document that is not the page itself.
#[derive(Clone, Debug)]
pub struct Shell {
    title: String,
    scripts: Scripts,
}

impl Shell {
    /// A document without scripts. `title` is the page's own; the product's name is added.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), scripts: Scripts::None }
    }

    /// Chooses what runs in the browser.
    #[must_use]
    pub fn scripts(mut self, scripts: Scripts) -> Self {
        self.scripts = scripts;
        self
    }
}

/// A rendered page: status 200 unless told otherwise, and a Content-Security-Policy with a nonce of its own.
#[derive(Debug)]
pub struct Page {
    status: StatusCode,
    policy: String,
    html: String,
}

impl Page {
    /// The same page with another status, such as 422 for a form that comes back with messages.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The same page as the answer to a form that comes back with messages.
    #[must_use]
    pub fn unprocessable(self) -> Self {
        self.with_status(StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// The same page as the answer to something that came too late.
    #[must_use]
    pub fn conflicting(self) -> Self {
        self.with_status(StatusCode::CONFLICT)
    }

    /// The document.
    pub fn html(&self) -> &str {
        &self.html
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let policy = HeaderValue::try_from(self.policy).expect("a policy of ASCII letters and a base64 nonce");
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CONTENT_SECURITY_POLICY, policy),
        ];
        (self.status, headers, self.html).into_response()
    }
}

/// Renders `view` inside `shell` to a complete document. The view must not wait for anything: its data are its props.
pub fn render<V: IntoView + 'static>(shell: Shell, view: impl FnOnce() -> V) -> Page {
    let nonce = Nonce::new();
    let policy = content_security_policy(shell.scripts, &nonce);
    // An owner of its own per document; islands mode numbers only what hydrates.
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| document(shell, nonce, view()).to_html());
    owner.unset();
    Page { status: StatusCode::OK, policy, html: format!("<!DOCTYPE html>{html}") }
}

fn document(shell: Shell, nonce: Nonce, page: impl IntoView) -> impl IntoView {
    let island = (shell.scripts == Scripts::Islands).then(|| script("islands.js", &nonce));
    let api = (shell.scripts == Scripts::Api).then(|| script("api.js", &nonce));
    let live = (shell.scripts != Scripts::None).then(|| script("live.js", &nonce));
    let keys = (shell.scripts != Scripts::None).then(|| script("keys.js", &nonce));
    view! {
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{format!("{} · Countersign", shell.title)}</title>
                <link rel="icon" type="image/svg+xml" href=assets::url("logo.svg") />
                <link rel="stylesheet" href=assets::url("app.css") />
                {live}
                {keys}
                {island}
                {api}
            </head>
            <body>{page}</body>
        </html>
    }
}

fn script(name: &str, nonce: &Nonce) -> impl IntoView + use<> {
    view! { <script type="module" src=assets::url(name) nonce=nonce.clone()></script> }
}

/// A module that a script with the right nonce imports is allowed by the same nonce, so the host is not listed.
fn content_security_policy(scripts: Scripts, nonce: &Nonce) -> String {
    let script = match scripts {
        Scripts::None => String::from("'none'"),
        Scripts::Live | Scripts::Api => format!("'nonce-{nonce}'"),
        Scripts::Islands => format!("'nonce-{nonce}' 'wasm-unsafe-eval'"),
    };
    // The HTML part of a mail is framed from this server, and only in pages that are for people with an account.
    let frame = if scripts == Scripts::None { "'none'" } else { "'self'" };
    format!(
        "default-src 'none'; script-src {script}; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
         frame-src {frame}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
