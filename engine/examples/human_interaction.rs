//! Two approvals by signed links: one decided at once, one whose approver is away, so that the deadline asks somebody else.
//!
//! `cargo run -p countersign-engine --example human_interaction`. It sends no mail: the approvers are scripted and press the button behind
//! their link as soon as they have it. Kill it and run it again: nobody is asked twice who was asked before.

mod shared;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use countersign_engine::registry::{ActivityContext, RegistryError};
use countersign_engine::store::Sqlite;
use countersign_engine::{Client, Engine, Failure, InstanceId, Registry};
use countersign_samples::human_interaction::{
    APPROVAL_EVENT, ARCHIVE_DOCUMENT, Decision, FINALIZE_DOCUMENT, GENERATE_DOCUMENT, HUMAN_INTERACTION,
    NOTIFY_STAKEHOLDERS, Notice, OnTimeout, Question, REQUEST_APPROVAL, Request, human_interaction,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::net::TcpListener;

/// Makes and checks links that decide one instance for one person. What is signed cannot be guessed nor altered.
#[derive(Clone)]
struct Links {
    server: String,
    client: Client,
    key: [u8; 32],
}

impl Links {
    fn mac(&self, instance: &str, by: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("any length is a key");
        mac.update(format!("{instance}/{by}").as_bytes());
        mac
    }

    fn link(&self, instance: &InstanceId, by: &str) -> String {
        let signature = hex::encode(self.mac(instance.as_str(), by).finalize().into_bytes());
        format!("{}/decide/{instance}/{by}/{signature}", self.server)
    }
}

/// `POST /decide/{instance}/{by}/{signature}`, behind the button of the page that the link shows: a GET must decide nothing, because
/// mail scanners follow links.
async fn decide(State(links): State<Links>, Path((id, by, signature)): Path<(String, String, String)>) -> StatusCode {
    let signature = hex::decode(signature).unwrap_or_default();
    if links.mac(&id, &by).verify_slice(&signature).is_err() {
        return StatusCode::FORBIDDEN;
    }
    let Ok(id) = InstanceId::parse(&id) else { return StatusCode::FORBIDDEN };
    let decision = Decision::Signed { approved: true, by: Some(by) };
    match links.client.raise_event(&id, APPROVAL_EVENT, &decision).await {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::CONFLICT,
    }
}

/// Sends the mail. Those who are here press the button at once.
async fn request_approval(links: Links, ctx: ActivityContext, question: Question) -> Result<(), Failure> {
    let link = links.link(ctx.instance_id(), &question.to);
    println!("To {}: please decide about {:?} here: {link}", question.to, question.text);
    if question.to.starts_with("away") {
        println!("  {} does not read mails ..", question.to);
        return Ok(());
    }
    shared::work().await;
    let pressed = tokio::task::spawn_blocking(move || ureq::post(link).send_empty().map(|answer| answer.status()));
    println!("  {} pressed \"Approve\": {:?}", question.to, pressed.await.expect("the click does not panic"));
    Ok(())
}

/// The orchestration and its activities.
fn registry(links: Links) -> Result<Registry, RegistryError> {
    Registry::new()
        .orchestration(HUMAN_INTERACTION, human_interaction)?
        .activity(GENERATE_DOCUMENT, |_, title: String| async move { Ok(format!("{title}, ready to sign")) })?
        .activity(REQUEST_APPROVAL, move |ctx, question| request_approval(links.clone(), ctx, question))?
        .activity(FINALIZE_DOCUMENT, |_, title: String| async move {
            println!("Finalising {title:?}");
            Ok(())
        })?
        .activity(NOTIFY_STAKEHOLDERS, |_, Notice { outcome, .. }: Notice| async move {
            println!("To everybody: {:?} by {}", outcome.verdict, outcome.by);
            Ok(())
        })?
        .activity(ARCHIVE_DOCUMENT, |_, title: String| async move {
            println!("Archiving {title:?}");
            Ok(())
        })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = Sqlite::open_file("human_interaction.db").await?;
    let engine = Engine::builder(store, Registry::new());

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    // A program that sends real mails keeps its key and its address.
    let mut links =
        Links { server: format!("http://{}", listener.local_addr()?), client: engine.client(), key: [0; 32] };
    getrandom::fill(&mut links.key)?;
    let app = Router::new().route("/decide/{instance}/{by}/{signature}", post(decide)).with_state(links.clone());
    let serving = tokio::spawn(async move { axum::serve(listener, app).await });

    let engine = engine.registry(registry(links)?).start().await?;
    let request = |document: &str, approver: &str| Request {
        document: document.to_owned(),
        approver: approver.to_owned(),
        timeout_seconds: 2,
        on_timeout: OnTimeout::Escalate,
        escalate_to: Some("head@example.com".to_owned()),
    };
    let requests = vec![request("Contract", "legal@example.com"), request("Invoice", "away@example.com")];
    shared::run(&engine.client(), HUMAN_INTERACTION, requests).await?;

    serving.abort();
    engine.shutdown().await;
    Ok(())
}
