//! Long work behind an HTTP API that answers at once: POST gives 202 and where to ask; GET there gives 202 until it gives 200.
//!
//! `cargo run -p countersign-engine --example async_http`. It serves the API and is its own client. Kill it while it polls and run it
//! again: the work goes on, under the same path.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use countersign_engine::store::Sqlite;
use countersign_engine::{
    Client, Engine, EngineError, InstanceFilter, InstanceId, InstanceQuery, Payload, Registry, RuntimeStatus,
};
use countersign_samples::async_http::{ASYNC_HTTP, Work, async_http};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Seconds after which a client shall ask again.
const RETRY_AFTER: &str = "1";

/// `POST /work`: starts the work; the answer says where to ask for it.
async fn start(State(client): State<Client>, Json(work): Json<Work>) -> Result<Response, Refusal> {
    let id = client.start(ASYNC_HTTP, &work).await?;
    let place = format!("/work/{id}");
    let body = Json(json!({ "id": id.as_str(), "statusQueryGetUri": place }));
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, place), (header::RETRY_AFTER, RETRY_AFTER.to_owned())], body)
        .into_response())
}

/// `GET /work/{id}`: 202 while it runs, 200 with the output when it is done.
async fn status(State(client): State<Client>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id = InstanceId::parse(&id).map_err(EngineError::from)?;
    let Some(instance) = client.status(&id).await? else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let value = |payload: Option<Payload>| payload.map(|payload| payload.decode::<Value>()).transpose();
    let body = Json(json!({
        "runtimeStatus": instance.status.as_str(),
        "customStatus": value(instance.custom_status).map_err(EngineError::from)?,
        "output": value(instance.output).map_err(EngineError::from)?,
    }));
    if instance.status.is_finished() {
        return Ok(body.into_response());
    }
    Ok((StatusCode::ACCEPTED, [(header::RETRY_AFTER, RETRY_AFTER)], body).into_response())
}

/// What the engine refuses, as an answer.
struct Refusal(EngineError);

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, self.0.to_string()).into_response()
    }
}

/// Polls until the answer is not 202 any more, as `Retry-After` says.
fn poll(url: &str) -> Result<(), ureq::Error> {
    loop {
        let mut answer = ureq::get(url).call()?;
        println!("GET  {url}: {} {}", answer.status(), answer.body_mut().read_to_string()?);
        if answer.status() != 202 {
            return Ok(());
        }
        let pause = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        std::thread::sleep(Duration::from_secs(pause.unwrap_or(1)));
    }
}

/// Starts the work; gives where to ask for it.
fn begin(server: &str) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let request = ureq::post(format!("{server}/work")).content_type("application/json");
    let answer = request.send(r#"{"seconds": 3}"#)?;
    println!("POST {server}/work: {}, Retry-After {:?}", answer.status(), answer.headers().get("retry-after"));
    let place = answer.headers().get("location").ok_or("no Location")?;
    Ok(place.to_str()?.to_owned())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let registry = Registry::new().orchestration(ASYNC_HTTP, async_http)?;
    let store = Sqlite::open_file("async_http.db").await?;
    let engine = Engine::builder(store, registry).start().await?;
    let client = engine.client();

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let server = format!("http://{}", listener.local_addr()?);
    let app = Router::new().route("/work", post(start)).route("/work/{id}", get(status)).with_state(client.clone());
    let serving = tokio::spawn(async move { axum::serve(listener, app).await });

    // What a killed run left.
    let statuses = vec![RuntimeStatus::Pending, RuntimeStatus::Running];
    let filter = InstanceFilter { statuses, ..InstanceFilter::default() };
    let left = client.query(&InstanceQuery { filter, limit: 1, ..InstanceQuery::default() }).await?.pop();
    // The client of the API, which blocks and so has a thread of its own.
    tokio::task::spawn_blocking(move || {
        let place = left.map_or_else(|| begin(&server), |left| Ok(format!("/work/{}", left.id)))?;
        poll(&format!("{server}{place}")).map_err(Box::<dyn std::error::Error + Send + Sync>::from)
    })
    .await??;

    serving.abort();
    engine.shutdown().await;
    Ok(())
}
