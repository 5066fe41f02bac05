//! The test harness for users: that it shows what is right and refuses what is wrong.

use std::time::Duration;

use countersign_engine::testing::{Harness, ReplayError, replay_history};
use countersign_engine::{
    Activity, Failure, Orchestration, OrchestrationContext, Registry, RetryPolicy, RuntimeStatus,
};
use futures::future::Either;

const CHARGE: Activity<u32, String> = Activity::named("Charge");
const ORDER: Orchestration<u32, String> = Orchestration::named("Order");
const PARENT: Orchestration<u32, String> = Orchestration::named("Parent");

/// Charges when it is confirmed within a day.
async fn order(ctx: OrchestrationContext, cents: u32) -> Result<String, Failure> {
    ctx.set_custom_status("waits for the confirmation")?;
    let confirmed = ctx.external_event::<()>("confirmed");
    match ctx.first_of(confirmed, ctx.timer(Duration::from_secs(24 * 3_600))).await {
        Either::Left(confirmed) => confirmed?,
        Either::Right(()) => return Err(Failure::new("Expired", "nobody confirmed")),
    }
    ctx.call(CHARGE, &cents).retry(RetryPolicy::fixed(Duration::from_secs(60), 2)).await
}

async fn parent(ctx: OrchestrationContext, cents: u32) -> Result<String, Failure> {
    ctx.child(ORDER, &cents).await
}

async fn harness() -> Harness {
    Harness::builder()
        .orchestration(ORDER, order)
        .activity(CHARGE, |cents| Ok(format!("{cents} charged")))
        .start()
        .await
}

#[tokio::test]
async fn a_run_shows_its_state_its_calls_its_history_and_its_output() {
    let harness = harness().await;
    let run = harness.run(ORDER, &7).await;
    assert_eq!(run.custom_status::<String>().await.as_deref(), Some("waits for the confirmation"));
    assert_eq!((run.status().await, harness.calls(CHARGE)), (RuntimeStatus::Running, vec![]));
    run.raise("Confirmed", &()).await;
    assert_eq!((run.output().await, harness.calls(CHARGE)), ("7 charged".to_owned(), vec![7]));
    let events =
        ["ExecutionStarted", "TimerCreated", "EventRaised", "TaskScheduled", "TaskCompleted", "ExecutionCompleted"];
    assert_eq!(run.events().await, events);
}

#[tokio::test]
async fn time_passes_only_when_told_and_timer_by_timer() {
    let harness = harness().await;
    let run = harness.run_as("order-1", ORDER, &7).await;
    harness.advance(Duration::from_secs(24 * 3_600 - 1)).await;
    assert_eq!(run.status().await, RuntimeStatus::Running);
    harness.advance(Duration::from_secs(1)).await;
    assert_eq!((run.id().as_str(), run.failure().await.kind.as_str()), ("order-1", "Expired"));
}

#[tokio::test]
async fn skipping_time_goes_from_timer_to_timer() {
    let busy = || Err(Failure::new("Busy", "later"));
    let harness =
        Harness::builder().orchestration(ORDER, order).answers(CHARGE, [busy(), Ok("paid".to_owned())]).start().await;
    let run = harness.run(ORDER, &7).await;
    let began = harness.now();
    run.raise("confirmed", &()).await;
    harness.skip_time().await;
    assert_eq!((run.output().await, harness.now().since(began)), ("paid".to_owned(), Duration::from_secs(60)));
}

#[tokio::test]
async fn a_simple_orchestration_may_stand_in_for_a_child() {
    let harness = Harness::builder()
        .orchestration(PARENT, parent)
        .orchestration(ORDER, |_, cents: u32| async move { Ok(format!("{cents} faked")) })
        .start()
        .await;
    assert_eq!(harness.run(PARENT, &3).await.output().await, "3 faked");
}

#[tokio::test]
async fn suspend_resume_and_terminate_do_as_told() {
    let harness = harness().await;
    let run = harness.run(ORDER, &7).await;
    run.suspend().await;
    run.raise("confirmed", &()).await;
    assert_eq!(run.status().await, RuntimeStatus::Suspended);
    run.resume().await;
    assert_eq!(run.output().await, "7 charged");
    let other = harness.run(ORDER, &8).await;
    other.terminate("enough").await;
    assert_eq!(other.status().await, RuntimeStatus::Terminated);
}

#[tokio::test]
#[should_panic(expected = "no activity Charge is registered")]
async fn an_activity_that_is_not_faked_is_a_panic_that_names_it() {
    let harness = Harness::builder().orchestration(ORDER, order).start().await;
    harness.run(ORDER, &7).await.raise("confirmed", &()).await;
}

#[tokio::test]
#[should_panic(expected = "has no output, it is Running")]
async fn an_output_that_is_not_there_is_a_panic_that_says_why() {
    harness().await.run(ORDER, &7).await.output().await;
}

#[tokio::test]
#[should_panic(expected = "but the code (without a version) now gives it")]
async fn code_that_does_not_replay_as_it_ran_is_a_panic() {
    use std::sync::atomic::{AtomicU32, Ordering};
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let harness = Harness::builder()
        .orchestration(
            ORDER,
            |ctx, _: u32| async move { ctx.call(CHARGE, &RUNS.fetch_add(1, Ordering::Relaxed)).await },
        )
        .activity(CHARGE, |cents| Ok(cents.to_string()))
        .start()
        .await;
    harness.run(ORDER, &7).await;
}

#[tokio::test]
async fn an_exported_history_replays_against_todays_code_and_not_against_other_code() {
    let harness = harness().await;
    let run = harness.run(ORDER, &7).await;
    run.raise("confirmed", &()).await;
    let history = run.export().await;
    let known = || Registry::new().orchestration(ORDER, order).expect("the names differ");
    assert_eq!(replay_history(&known(), &history), Ok(()));
    let other = |ctx: OrchestrationContext, cents: u32| async move { ctx.call(CHARGE, &cents).await };
    let other = Registry::new().orchestration(ORDER, other).expect("the names differ");
    let Err(ReplayError::Mismatch(mismatch)) = replay_history(&other, &history) else { panic!("it differs") };
    assert!(mismatch.to_string().contains("TimerCreated #0"), "{mismatch}");
    let unknown = replay_history(&Registry::new(), &history);
    assert!(matches!(&unknown, Err(ReplayError::UnknownCode(text)) if text.contains("Order")), "{unknown:?}");
    for damaged in ["", "[]", "{}"] {
        assert!(matches!(replay_history(&known(), damaged), Err(ReplayError::NotAHistory(_))));
    }
}
