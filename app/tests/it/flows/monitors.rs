//! Monitors as instances: what is left of ten thousand checks, and a portal that dies between a check and its alert.

use std::sync::Arc;
use std::time::Duration;

use countersign::db::Database;
use countersign::portal::mail::{MailKind, MailState};
use countersign::portal::monitors::{MonitorDraft, MonitorState};
use countersign::portal::{AccountDraft, Actor, MonitorId, PortalError};
use countersign_engine::ids::InstanceId;
use countersign_engine::testing::{CrashAt, CrashingStore};
use sea_orm::{ConnectionTrait, Statement};

use super::crash_points::{Process, World, crash_at_calls};
use crate::support::receiver::Receiver;

const INTERVAL: Duration = Duration::from_secs(60);

fn to(url: &str) -> MonitorDraft {
    MonitorDraft {
        name: "Shop".into(),
        url: url.into(),
        interval: INTERVAL.as_secs().to_string(),
        timeout: "10".into(),
        retries: "0".into(),
        alert_to: "ops@x.org".into(),
        ..MonitorDraft::default()
    }
}

async fn admin(process: &Process) -> Result<Actor, PortalError> {
    let account = AccountDraft { name: "Ada".into(), email: "ada@x.org".into(), password: "correct horse".into() };
    match process.portal.create_admin(&Actor::Cli, account).await {
        Ok(admin) => Ok(Actor::User(admin)),
        // It was made before.
        Err(PortalError::Conflict(_) | PortalError::Invalid(_)) => {
            Ok(Actor::User(process.portal.sign_in("ada@x.org", "correct horse").await?))
        }
        Err(error) => Err(error),
    }
}

async fn number(world: &World, sql: &str) -> i64 {
    let database = world.database.read();
    let row = database.query_one_raw(Statement::from_string(database.get_database_backend(), sql)).await;
    row.expect("readable").expect("a row").try_get_by_index(0).expect("a number")
}

#[tokio::test]
async fn ten_thousand_cycles_leave_as_much_behind_as_a_thousand() {
    let (world, service) = (World::new().await, Receiver::start().await);
    let process = world.process(world.database.store()).await.expect("a process");
    let admin = admin(&process).await.expect("an admin");
    let monitor = process.portal.create_monitor(&admin, to(&service.url)).await.expect("a monitor");
    // PostgreSQL has the same bounds and takes several times as long.
    let cycles = if matches!(world.database, Database::Postgres(_)) { 1_500 } else { 10_000 };
    for _ in 0..cycles {
        process.node.run_until_idle().await.expect("a database");
        world.clock.advance(INTERVAL);
    }
    let line = process.portal.monitors(&admin).await.expect("a list").remove(0);
    assert_eq!((line.monitor.pulse.checks, line.monitor.state()), (cycles, MonitorState::Up));
    assert_eq!(line.month.checks, cycles, "a week of them at the most");
    let rows = |table: &str| format!("SELECT COUNT(*) FROM {table}");
    assert_eq!(number(&world, &rows("monitor_checks")).await, 1_000);
    let counters = number(&world, &rows("monitor_counts")).await;
    assert!(counters <= 48 + 90, "{counters} counters");
    let executions = number(&world, "SELECT COUNT(DISTINCT ordinal) FROM history").await;
    assert!(executions <= 21, "{executions} executions are kept");
    let id = InstanceId::parse(&format!("monitor-{monitor}")).expect("an id");
    let events = process.node.client().history(&id, None).await.expect("a history").len();
    assert!(events <= 12, "{events} events in one execution");
    for table in ["inbox", "tasks", "mails"] {
        assert_eq!(number(&world, &rows(table)).await, 0, "{table}");
    }
    assert!(number(&world, &rows("timers")).await <= 1);
}

#[tokio::test]
async fn a_change_wakes_the_instance_and_a_deletion_ends_it() {
    let (world, service) = (World::new().await, Receiver::start().await);
    let process = world.process(world.database.store()).await.expect("a process");
    let admin = admin(&process).await.expect("an admin");
    let portal = &process.portal;
    let monitor = portal.create_monitor(&admin, to(&service.url)).await.expect("a monitor");
    let checks = async || {
        process.node.run_until_idle().await.expect("a database");
        service.received().len()
    };
    assert_eq!(checks().await, 1, "a new monitor is checked at once");
    world.clock.advance(INTERVAL / 2);
    assert_eq!(checks().await, 1);
    portal.check_monitor_now(&admin, monitor).await.expect("asked for");
    assert_eq!(checks().await, 2);
    portal.pause_monitor(&admin, monitor).await.expect("paused");
    world.clock.advance(INTERVAL * 10);
    assert_eq!(checks().await, 2, "on hold nothing is asked");
    portal.resume_monitor(&admin, monitor).await.expect("resumed");
    assert_eq!(checks().await, 3);
    portal
        .edit_monitor(&admin, monitor, MonitorDraft { name: "Store".into(), ..to(&service.url) })
        .await
        .expect("edited");
    assert_eq!(checks().await, 3, "the service was asked a moment ago");
    world.clock.advance(Duration::from_secs(5));
    assert_eq!(checks().await, 4);
    portal.delete_monitor(&admin, monitor).await.expect("deleted");
    world.clock.advance(INTERVAL * 10);
    assert_eq!(checks().await, 4);
    let id = InstanceId::parse(&format!("monitor-{monitor}")).expect("an id");
    let status = process.node.client().status(&id).await.expect("readable").expect("the instance").status;
    assert!(status.is_finished(), "{status:?}");
    process.node.check().await.expect("checked");
}

/// What a caller was told, and how far the story is.
#[derive(Default)]
struct Acknowledged {
    monitor: Option<MonitorId>,
    service_is_back: bool,
}

/// The service is down when the monitor is made, and comes back after the first alert. Gives up at the first error.
async fn scenario(
    world: &World,
    process: &Process,
    service: &Receiver,
    done: &mut Acknowledged,
) -> Result<Actor, PortalError> {
    let run = async || process.node.run_until_idle().await.map_err(|error| PortalError::Internal(error.to_string()));
    let admin = admin(process).await?;
    if done.monitor.is_none() {
        service.answers(&[503; 100]);
        // One may be there already of which nobody was told.
        let made = process.portal.monitors(&admin).await?.pop().map(|line| line.monitor.id);
        done.monitor = match made {
            Some(id) => Some(id),
            None => Some(process.portal.create_monitor(&admin, to(&service.url)).await?),
        };
    }
    if !done.service_is_back {
        run().await?;
        service.answers(&[]);
        world.clock.advance(INTERVAL);
        done.service_is_back = true;
    }
    run().await?;
    Ok(admin)
}

/// Runs the scenario into a crash, goes on with a second process, and checks what must hold. Whether there was a crash.
async fn survives(at: CrashAt) -> bool {
    let (world, service, mut done) = (World::new().await, Receiver::start().await, Acknowledged::default());
    let crashing = Arc::new(CrashingStore::new(world.database.store(), at));
    if let Some(process) = world.process(crashing.clone()).await {
        let _ = scenario(&world, &process, &service, &mut done).await;
    }
    let process = world.process(world.database.store()).await.expect("the second process starts");
    let admin = scenario(&world, &process, &service, &mut done).await.unwrap_or_else(|error| panic!("{at:?}: {error}"));
    let mails = process.portal.outbox(&admin, None, None).await.expect("mails").rows;
    let told: Vec<_> = mails.iter().rev().map(|line| line.mail.kind).collect();
    assert_eq!(told, [MailKind::MonitorDown, MailKind::MonitorRecovered], "{at:?}: each is told once");
    assert!(mails.iter().all(|line| line.mail.state == MailState::Sent), "{at:?}");
    let line = process.portal.monitors(&admin).await.expect("a list").remove(0);
    assert_eq!((line.monitor.state(), line.monitor.pulse.incidents), (MonitorState::Up, 1), "{at:?}");
    assert_eq!(line.day.checks, line.monitor.pulse.checks, "{at:?}: each check counts once");
    process.node.check().await.expect("checked");
    crashing.has_crashed()
}

#[tokio::test]
async fn every_crash_before_a_call_takes_effect_tells_of_an_incident_once() {
    let calls = crash_at_calls(CrashAt::Before, survives).await;
    assert!(calls >= 20, "the scenario makes only {calls} calls");
}

#[tokio::test]
async fn every_crash_after_a_call_took_effect_tells_of_an_incident_once() {
    let calls = crash_at_calls(CrashAt::After, survives).await;
    assert!(calls >= 20, "the scenario makes only {calls} calls");
}
