//! An eternal orchestration watches a service that goes down and comes back: one alert, one all-clear.
//!
//! `cargo run -p countersign-engine --example monitor`. The service is a server of its own, which fails its third to fifth check. Kill
//! the example and run it again: the watch goes on with what it knew.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use countersign_engine::registry::RegistryError;
use countersign_engine::store::Sqlite;
use countersign_engine::{Client, Engine, InstanceFilter, InstanceId, InstanceQuery, Registry, RuntimeStatus, Values};
use countersign_samples::monitor_service::{
    Alert, AlertKind, CHECK_SERVICE, Check, Health, MONITOR_SERVICE, Monitor, SEND_ALERT, monitor_service,
};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// The orchestration and its activities; `told` hears of each alert.
fn registry(told: mpsc::UnboundedSender<AlertKind>) -> Result<Registry, RegistryError> {
    Registry::new()
        .orchestration(MONITOR_SERVICE, monitor_service)?
        .activity(CHECK_SERVICE, |_, url: String| async move {
            let check = tokio::task::spawn_blocking(move || check(&url)).await.expect("the check does not panic");
            println!("check: {} in {} ms", check.detail, check.latency_ms);
            Ok(check)
        })?
        .activity(SEND_ALERT, move |_, alert: Alert| {
            println!("ALERT to {}: {} is {:?} ({})", alert.to, alert.url, alert.kind, alert.detail);
            // Nobody listens any more once the example ends.
            let _ = told.send(alert.kind);
            async { Ok(()) }
        })
}

/// Asks the health endpoint.
fn check(url: &str) -> Check {
    let began = Instant::now();
    let answer = ureq::get(url).config().timeout_global(Some(Duration::from_secs(2))).build().call();
    let latency_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    match answer {
        Ok(answer) => Check { healthy: true, latency_ms, detail: answer.status().to_string() },
        Err(error) => Check { healthy: false, latency_ms, detail: error.to_string() },
    }
}

/// The service: well, except for its third to fifth answer.
fn service() -> Router {
    let answers = Arc::new(AtomicU32::new(0));
    Router::new().route(
        "/health",
        get(move || async move {
            match answers.fetch_add(1, Ordering::SeqCst) {
                2..5 => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::OK,
            }
        }),
    )
}

/// The watch that a cut run left, with the address that it watches; or a new one.
async fn watch(client: &Client) -> Result<(InstanceId, TcpListener), Box<dyn std::error::Error>> {
    let statuses = vec![RuntimeStatus::Pending, RuntimeStatus::Running];
    let filter = InstanceFilter { statuses, ..InstanceFilter::default() };
    let query = InstanceQuery { filter, limit: 1, values: Values::Included, ..InstanceQuery::default() };
    let left = client.query(&query).await?.pop();
    if let Some((left, input)) = left.and_then(|left| Some((left.id, left.input?))) {
        let monitor: Monitor = input.decode()?;
        println!("Going on with the watch over {}", monitor.url);
        let address = monitor.url.trim_start_matches("http://").trim_end_matches("/health");
        return Ok((left, TcpListener::bind(address).await?));
    }
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let monitor = Monitor {
        url: format!("http://{}/health", listener.local_addr()?),
        interval_seconds: 1,
        alert: "operations@example.com".to_owned(),
        failures_before_alert: 2,
        escalate_to: None,
        failures_before_escalation: 12,
        health: None,
    };
    Ok((client.start(MONITOR_SERVICE, &monitor).await?, listener))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (told, mut alerts) = mpsc::unbounded_channel();
    let store = Sqlite::open_file("monitor.db").await?;
    let builder = Engine::builder(store, registry(told)?);
    let client = builder.client();

    // The service answers before the engine goes on with a check of it that was cut off.
    let (id, listener) = watch(&client).await?;
    let serving = tokio::spawn(async move { axum::serve(listener, service()).await });
    let engine = builder.start().await?;

    // It would go on for ever; the example has seen enough when the service is back.
    while alerts.recv().await.ok_or("the engine has stopped")? != AlertKind::Recovered {}
    client.terminate(&id, "the example has seen enough").await?;
    let ended = client.wait_for_completion(&id, Duration::from_secs(60)).await?;
    if let Some(health) = ended.custom_status {
        let health: Health = health.decode()?;
        println!("{} checks, each an execution of its own; the service is {:?}.", health.checks, health.state);
    }

    serving.abort();
    engine.shutdown().await;
    Ok(())
}
