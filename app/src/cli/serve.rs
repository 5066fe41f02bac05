//! `countersign serve`: the portal.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::interval;

use super::Failure;
use super::admin::in_words;
use super::assemble::Assembled;
use super::listen::Listeners;
use crate::auth::Keys;
use crate::config::{Config, FirstAdmin};
use crate::db::DbSessions;
use crate::drawing;
use crate::email::{MailSettings, Mailer, Transport};
use crate::flows;
use crate::http::heavy::HeavyWork;
use crate::http::shutdown::Shutdown;
use crate::http::state::AppState;
use crate::portal::{AccountDraft, Actor, Portal};

/// How often what nobody refers to any more is deleted, and the audit log is looked at.
const SWEEP_EVERY: Duration = Duration::from_secs(3_600);

/// Runs until a signal ends it.
pub(super) async fn run(config: Config) -> Result<(), Failure> {
    let shutdown = Shutdown::new();
    shutdown.on_signals()?;
    // Listen first: when the port is taken nothing else has happened yet. Who connects waits until everything is up.
    let listeners = Listeners::bind(&config).await?;
    if !drawing::filters_calls() {
        tracing::warn!("no system calls are filtered here: whoever draws attachments is held by limits alone");
    }
    let config = Arc::new(config.listening_on(listeners.address()?));
    let Assembled { database, engine, client, keys, portal, outbound, sessions } =
        Assembled::for_serving(&config).await?;
    let mailer = mailer(&config, &keys)?;
    let registry = flows::registry(&portal, &mailer, &outbound)?;
    let engine = engine.registry(registry).start().await?;
    provide_first_admin(&config, &portal, &mailer).await?;
    let sweeper = tokio::spawn(sweep(portal.clone(), sessions.clone()));

    let heavy = HeavyWork::default();
    let state = AppState { config, portal, keys, engine: client, mailer, sessions, heavy, shutdown: shutdown.clone() };
    let served = listeners.serve(state, &shutdown).await;
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

/// Deletes what has expired, writes down which links were fetched, signs what the audit log has become, and gives requests that
/// no search finds their words: at start and every hour. A failure is tried again the next time.
async fn sweep(portal: Portal, sessions: DbSessions) {
    let mut hourly = interval(SWEEP_EVERY);
    loop {
        hourly.tick().await;
        for result in [
            portal.sweep_files().await,
            portal.sweep_previews().await,
            portal.sweep_calls().await,
            portal.sweep_codes().await,
            portal.sweep_deliveries().await,
            portal.sweep_fetched().await,
            portal.sweep_audit().await,
            portal.sweep_search().await,
            sessions.sweep().await,
        ] {
            if let Err(error) = result {
                tracing::warn!("the sweep did not finish: {error}");
            }
        }
    }
}
