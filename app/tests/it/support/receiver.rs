//! The other end of a webhook: a real HTTP server on this machine that answers as it is told and checks signatures as
//! receivers do.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// One message.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    headers: HeaderMap,
    pub(crate) body: String,
}

#[derive(Default)]
struct Inbox {
    answers: VecDeque<StatusCode>,
    received: Vec<Received>,
}

/// A receiver that runs until it is dropped.
pub(crate) struct Receiver {
    pub(crate) url: String,
    inbox: Arc<Mutex<Inbox>>,
    server: JoinHandle<()>,
}

impl Receiver {
    /// A receiver that accepts everything.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hooks/portal?room=7", listener.local_addr().expect("an address"));
        let inbox = Arc::<Mutex<Inbox>>::default();
        let router = Router::new().fallback(take).with_state(inbox.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { url, inbox, server }
    }

    /// What the next messages are answered with, one after the other; those after them are accepted.
    pub(crate) fn answers(&self, statuses: &[u16]) {
        let statuses = statuses.iter().map(|status| StatusCode::from_u16(*status).expect("a status"));
        self.inbox.lock().expect("no poison").answers = statuses.collect();
    }

    /// Every message so far, oldest first.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.inbox.lock().expect("no poison").received.clone()
    }

    /// The types of all messages so far.
    pub(crate) fn types(&self) -> Vec<String> {
        self.received().iter().map(|message| message.json()["type"].as_str().expect("a type").to_owned()).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn take(State(inbox): State<Arc<Mutex<Inbox>>>, headers: HeaderMap, body: String) -> (StatusCode, &'static str) {
    let mut inbox = inbox.lock().expect("no poison");
    inbox.received.push(Received { headers, body });
    (inbox.answers.pop_front().unwrap_or(StatusCode::OK), "noted")
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no header {name}")).to_str().expect("text")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// Whether one of the signatures is that of `secret`: what a receiver checks.
    pub(crate) fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("a secret")).expect("base64");
        let content = format!("{}.{}.{}", self.header("webhook-id"), self.header("webhook-timestamp"), self.body);
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
        mac.update(content.as_bytes());
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.header("webhook-signature").split(' ').any(|signature| signature == expected)
    }
}
