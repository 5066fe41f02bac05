//! `countersign demo`: an empty portal is filled with people, requests and four weeks of history.

use std::sync::Arc;

use countersign_engine::Client;
use countersign_engine::runtime::Wake;

use super::Failure;
use super::assemble::{open_for_serving, parts};
use crate::auth::{Keys, SystemClock};
use crate::config::Config;
use crate::db::Database;
use crate::demo::{ADMIN, Calendar, DemoClock, Progress, Rehearsed, Stage, Works, tell};
use crate::email::{MailSettings, Mailer, Transport};
use crate::flows;
use crate::portal::ports::Outbound;
use crate::portal::{Clock, Portal};

/// Fills the database and says how to sign in. No server may have it, and nobody may be in it.
pub(super) async fn fill(config: &Config) -> Result<(), Failure> {
    if config.mail.smtp_url.is_some() {
        return Err(
            "the people of the demo have no mailboxes: run it without a mail server (COUNTERSIGN_SMTP_URL)".into()
        );
    }
    let database = open_for_serving(config).await?;
    let filled = on(&database, config).await;
    database.close().await;
    let password = filled?;
    let (data, base) = (config.data.display(), config.base_url.as_str());
    println!("\nDone. Start the portal with: countersign serve --data {data}");
    println!("Then sign in at {base} as {ADMIN} with the password {password}");
    println!(
        "Everybody else has the same one: bea@example.org decides, emil@example.org submits, gita@example.org does both."
    );
    Ok(())
}

/// Gives the password of everybody.
async fn on(database: &Database, config: &Config) -> Result<String, Failure> {
    database.migrate().await?;
    let keys = Arc::new(Keys::load_or_create(&config.secret_key_file)?);
    let calendar = Calendar::of(SystemClock.now())?;
    let clock = DemoClock::starting_at(calendar.beginning()?);
    let wake = Wake::default();
    let client = Client::new(database.store(), Arc::new(clock.clone()), wake.clone());
    let outbound: Arc<dyn Outbound> = Arc::new(Rehearsed::new(clock.clone(), &calendar)?);
    let portal = Portal::new(parts(database, config, &keys, client, Arc::new(clock.clone()), &outbound)?);
    let base = &config.base_url;
    let settings = MailSettings {
        transport: Transport::Outbox,
        from: &config.mail.from,
        base_url: base.as_str(),
        host: base.host(),
    };
    let registry = flows::registry(&portal, &Mailer::new(settings, keys)?, &outbound)?;
    let works = Works::start(database.store(), registry, clock, wake).await?;
    let password = hex::encode(&SystemClock.random()[..8]);
    let stage = Stage { portal: &portal, works: &works, calendar: &calendar, password: &password };
    tell(stage, || SystemClock.now(), show).await?;
    Ok(password)
}

/// One line for each thing that happens.
fn show(progress: Progress) {
    let Progress { done, of, day, what } = progress;
    println!("{:>3} %  {day}  {what}", done * 100 / of.max(1));
}
