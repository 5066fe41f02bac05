//! `countersign serve`: the portal.

use std::future::pending;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::time::{interval, timeout};

use super::Failure;
use super::admin::in_words;
use super::assemble::Assembled;
use super::patience::patiently;
use crate::auth::Keys;
use crate::config::{Config, FirstAdmin};
use crate::db::DbSessions;
use crate::email::{MailSettings, Mailer, Transport};
use crate::flows;
use crate::http::router::router;
use crate::http::shutdown::{GRACE, Shutdown};
use crate::http::state::AppState;
use crate::portal::{AccountDraft, Actor, Portal};

/// How often what nobody refers to any more is deleted.
const SWEEP_EVERY: Duration = Duration::from_secs(3_600);

/// Runs until a signal ends it.
pub(super) async fn run(config: Config) -> Result<(), Failure> {
    let shutdown = Shutdown::new();
    shutdown.on_signals()?;
    // Listen first: when the port is taken nothing else has happened yet. Who connects waits until everything is up.
    let is_taken = |error: &io::Error| error.kind() == io::ErrorKind::AddrInUse;
    let listener = patiently(is_taken, || TcpListener::bind(config.listen)).await;
    let listener = listener.map_err(|error| format!("cannot listen on {}: {error}", config.listen))?;
    let config = Arc::new(config.listening_on(listener.local_addr()?));
    let Assembled { database, engine, client, keys, portal, sessions } = Assembled::for_serving(&config).await?;
    let mailer = mailer(&config, &keys)?;
    let registry = flows::registry(&portal, &mailer)?;
    let engine = engine.registry(registry).start().await?;
    provide_first_admin(&config, &portal, &mailer).await?;
    let sweeper = tokio::spawn(sweep(portal.clone(), sessions.clone()));

    let state = AppState { config, portal, keys, engine: client, mailer, sessions, shutdown: shutdown.clone() };
    let served = serve(listener, state, &shutdown).await;
    sweeper.abort();
    engine.shutdown().await;
    database.close().await;
    tracing::info!("stopped");
    served
}

fn mailer(config: &Config, keys: &Arc<Keys>) -> Result<Mailer, Failure> {
    let transport = match &config.mail.smtp_url {
        Some(url) => Transport::smtp(url.reveal())?,
        None => Transport::Outbox,
    };
    let base = &config.base_url;
    let settings = MailSettings { transport, from: &config.mail.from, base_url: base.as_str(), host: base.host() };
    Ok(Mailer::new(settings, keys.clone())?)
}

async fn serve(listener: TcpListener, state: AppState, shutdown: &Shutdown) -> Result<(), Failure> {
    // Answers are small and written whole; waiting for more to send would only delay them.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!("a connection keeps TCP's delay: {error}");
        }
    });
    tracing::info!("listening on http://{}", state.config.listen);
    println!("Countersign: {}", state.config.base_url);
    let stop = shutdown.clone();
    let server = axum::serve(listener, router(state)?).with_graceful_shutdown(async move { stop.begun().await });
    tokio::select! {
        result = server => result?,
        () = overdue(shutdown) => tracing::warn!("stopping although requests are still open"),
    }
    Ok(())
}

/// Returns when the time for open requests is over.
async fn overdue(shutdown: &Shutdown) {
    shutdown.begun().await;
    let _ = timeout(GRACE, pending::<()>()).await;
}

/// While there is no admin: makes the one that is configured, or prints the link that makes the first.
async fn provide_first_admin(config: &Config, portal: &Portal, mailer: &Mailer) -> Result<(), Failure> {
    if !portal.needs_set_up().await? {
        return Ok(());
    }
    if let Some(FirstAdmin { email, password }) = &config.first_admin {
        let password = password.as_ref().ok_or("COUNTERSIGN_ADMIN_EMAIL needs COUNTERSIGN_ADMIN_PASSWORD too")?;
        let name = String::from("Administrator");
        let draft = AccountDraft { name, email: email.clone(), password: password.reveal().to_owned() };
        portal.create_admin(&Actor::Cli, draft).await.map_err(in_words)?;
        tracing::info!("made the first administrator from the environment");
        return Ok(());
    }
    if let Some(link) = portal.mint_set_up_link().await? {
        let url = mailer.link_url(&link).ok_or("the key that signs links is gone")?;
        // To standard output, which is not the log: the log never holds a link.
        println!("There is no administrator yet. This link makes the first one and works once:\n  {url}");
    }
    Ok(())
}

/// Deletes what has expired, at start and every hour. A failure is tried again the next time.
async fn sweep(portal: Portal, sessions: DbSessions) {
    let mut hourly = interval(SWEEP_EVERY);
    loop {
        hourly.tick().await;
        for result in [portal.sweep_files().await, sessions.sweep().await] {
            if let Err(error) = result {
                tracing::warn!("the sweep did not finish: {error}");
            }
        }
    }
}
