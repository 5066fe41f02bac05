//! What a node hands over in memory: the beginning of an instance to its first turn, and the answers of activities to the turn
//! that reads them. It costs no call of the store, and nothing is lost or done twice but for a node that dies.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use countersign_engine::model::{Answer, BlockedKind, Task};
use countersign_engine::runtime::{Node, Wake};
use countersign_engine::testing::{Fate, FatedStore, Stepper};
use countersign_engine::{
    Activity, Client, Failure, Limits, Orchestration, OrchestrationContext, Registry, RuntimeStatus, StoreError,
};
use futures::future::join_all;

use crate::support::{World, id, record};

const WORK: Activity<u32, u32> = Activity::named("Work");
const JOB: Orchestration<u32, u32> = Orchestration::named("Job");
const CHAIN: Orchestration<u32, u32> = Orchestration::named("Chain");
const RACE: Orchestration<u32, u32> = Orchestration::named("Race");
const TELLER: Orchestration<u32, u32> = Orchestration::named("Teller");
const LISTENER: Orchestration<u32, u32> = Orchestration::named("Listener");

/// Does some work, which says how much other work there is to do at once.
async fn job(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    let width = ctx.call(WORK, &n).await?;
    join_all((0..width).map(|n| ctx.call(WORK, &n))).await.into_iter().sum()
}

async fn chain(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    for step in 0..n {
        ctx.call(WORK, &step).await?;
    }
    Ok(n)
}

/// Lets go of its work at an event, and ends at another one.
async fn race(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    let call = ctx.call(WORK, &n).cancel_on_drop();
    ctx.first_of(ctx.external_event::<u32>("stop"), call).await;
    ctx.external_event::<u32>("end").await
}

/// Tells a child something in the turn that starts it.
async fn teller(ctx: OrchestrationContext, n: u32) -> Result<u32, Failure> {
    let child = ctx.child(LISTENER, &n).id(id("listener"));
    ctx.send_event(&id("listener"), "go", &n)?;
    child.await
}

/// The names of the calls to a store.
#[derive(Default)]
struct Calls(Mutex<Vec<&'static str>>);

impl Calls {
    /// Those since the last look, without the looks for what is due, which a node takes whatever there is to do.
    fn take(&self) -> Vec<&'static str> {
        let mut calls = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        calls.retain(|call| *call != "fire_timers");
        calls
    }
}

#[async_trait]
impl Fate for Calls {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(call);
        Ok(())
    }

    async fn after(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A world, and how often activities ran in it.
struct Scene {
    world: World,
    ran: Arc<AtomicUsize>,
}

impl Scene {
    async fn new() -> Self {
        Self { world: World::new().await, ran: Arc::default() }
    }

    fn registry(&self) -> Registry {
        let ran = Arc::clone(&self.ran);
        Registry::new()
            .activity(WORK, move |_, n: u32| {
                ran.fetch_add(1, Ordering::SeqCst);
                async move { Ok(n * 2) }
            })
            .and_then(|registry| registry.orchestration(JOB, job))
            .and_then(|registry| registry.orchestration(CHAIN, chain))
            .and_then(|registry| registry.orchestration(RACE, race))
            .and_then(|registry| registry.orchestration(TELLER, teller))
            .and_then(|registry| {
                registry.orchestration(LISTENER, |ctx, _: u32| async move { ctx.external_event::<u32>("go").await })
            })
            .expect("the names differ")
    }

    fn ran(&self) -> usize {
        self.ran.load(Ordering::SeqCst)
    }

    /// A node that does one thing at a time.
    async fn hand(&self, limits: Limits) -> Hand {
        let (clock, wake) = (Arc::new(self.world.clock.clone()), Wake::default());
        let client = Client::new(self.world.store.clone(), clock.clone(), wake.clone());
        let node = Node::new(self.world.store.clone(), self.registry(), clock, wake, limits);
        node.start().await.expect("it starts");
        Hand { node, client }
    }

    /// A node on which an orchestration has had its first turn, as the instance `job`.
    async fn begun(&self, orchestration: Orchestration<u32, u32>, n: u32, limits: Limits) -> Hand {
        let hand = self.hand(limits).await;
        hand.client.start(orchestration, &n).id(id("job")).await.expect("started");
        hand.turn().await;
        hand
    }

    /// Another node does the rest of the instance `job`, which needs `ran` activities in all and leads to `output`.
    async fn ends(&self, output: &str, ran: usize) {
        let node = self.world.node_with(self.registry()).await;
        node.run_to_the_end().await.expect("it runs");
        assert_eq!(record(&node.client(), "job").await.output.expect("completed").as_str(), output);
        assert_eq!(self.ran(), ran);
        node.check().await.expect("checked");
    }
}

/// When an answer is handed over.
#[derive(Clone, Copy, Debug)]
enum Moment {
    AfterTheTurn,
    DuringTheTurn,
}

/// A node driven by hand.
struct Hand {
    node: Node,
    client: Client,
}

impl Hand {
    /// Runs a turn of the instance that has waited longest.
    async fn turn(&self) {
        let key = self.node.wake().next_instance().expect("it is ready");
        self.node.turn(key).await.expect("it runs");
        self.node.wake().turn_ended(key);
    }

    /// Runs all turns that are ready; how many there were.
    async fn turns(&self) -> usize {
        let mut turns = 0;
        while !self.node.wake().is_idle() {
            self.turn().await;
            turns += 1;
            assert!(turns < 100, "it never ends");
        }
        turns
    }

    /// Runs the activity that has waited longest, and keeps what it gave.
    async fn run(&self) -> (Task, Answer) {
        let task = self.node.wake().next_task().expect("it is ready");
        let answer = self.node.run_task(&task).await.expect("it runs").expect("somebody waits for it");
        (task, answer)
    }

    /// The same, and hands it over.
    async fn work(&self) {
        let (task, answer) = self.run().await;
        self.hand_over(&task, &answer).await;
    }

    async fn hand_over(&self, task: &Task, answer: &Answer) {
        self.node.complete_task(task, answer).await.expect("it is taken");
        self.node.wake().task_ended(task.id);
    }

    /// Runs the turn that no longer wants the answer, which is handed over then; nothing may be left of it.
    async fn drops(&self, (task, answer): &(Task, Answer), moment: Moment) {
        match moment {
            Moment::AfterTheTurn => {
                self.turn().await;
                self.hand_over(task, answer).await;
            }
            Moment::DuringTheTurn => {
                futures::join!(self.turn(), self.hand_over(task, answer));
            }
        }
        self.turns().await;
        assert_eq!((self.tasks().await, self.answers().await), (0, 0), "{moment:?}");
    }

    async fn raise(&self, name: &str, value: u32) {
        self.client.raise_event(&id("job"), name, &value).await.expect("raised");
    }

    async fn tasks(&self) -> usize {
        self.client.list_tasks(&id("job")).await.expect("the store answers").len()
    }

    /// The answers in the history of the instance `job`.
    async fn answers(&self) -> usize {
        let history = self.client.history(&id("job"), None).await.expect("a history");
        history.iter().filter(|event| event.kind.name() == "TaskCompleted").count()
    }
}

#[tokio::test]
async fn a_chain_of_n_activities_is_n_plus_two_commits_and_no_look_at_the_store() {
    for n in [3, 10] {
        let scene = Scene::new().await;
        let store = Arc::new(FatedStore::under(Arc::clone(&scene.world.store), Calls::default()));
        let clock = scene.world.clock.clone();
        let node = Stepper::start(store.clone(), scene.registry(), clock).await.expect("it starts");
        store.fate().take();
        node.client().start(CHAIN, &n).id(id("job")).await.expect("started");
        node.run_until_idle().await.expect("it runs");
        // The first turn, and one for each answer, the last of which ends it.
        let mut expected = vec!["start"];
        expected.resize(n as usize + 2, "commit");
        assert_eq!(store.fate().take(), expected);
        assert_eq!(record(&node.client(), "job").await.output.expect("completed").as_str(), n.to_string());
        node.check().await.expect("checked");
    }
}

#[tokio::test]
async fn an_answer_in_memory_is_recorded_when_its_node_stops_in_order() {
    let scene = Scene::new().await;
    let hand = scene.begun(JOB, 1, Limits::default()).await;
    hand.work().await;
    assert_eq!(hand.tasks().await, 1, "it is on no disk");
    hand.node.release().await.expect("the store answers");
    assert_eq!(hand.tasks().await, 0);
    drop(hand);
    scene.ends("2", 3).await;
}

#[tokio::test]
async fn an_activity_whose_answer_died_with_its_node_runs_again() {
    let scene = Scene::new().await;
    let hand = scene.begun(JOB, 1, Limits::default()).await;
    hand.work().await;
    drop(hand);
    scene.ends("2", 4).await;
}

#[tokio::test]
async fn an_answer_for_a_suspended_instance_waits_in_its_inbox() {
    let scene = Scene::new().await;
    let hand = scene.begun(JOB, 1, Limits::default()).await;
    hand.client.suspend(&id("job"), "").await.expect("it runs");
    hand.turn().await;
    hand.work().await;
    hand.turns().await;
    assert_eq!((hand.tasks().await, hand.answers().await), (0, 0));
    assert_eq!(record(&hand.client, "job").await.status, RuntimeStatus::Suspended);
    drop(hand);
    let next = scene.world.node_with(scene.registry()).await;
    next.client().resume(&id("job"), "").await.expect("it is suspended");
    drop(next);
    scene.ends("2", 3).await;
}

#[tokio::test]
async fn an_answer_to_a_turn_that_is_blocked_waits_in_its_inbox() {
    let scene = Scene::new().await;
    let hand = scene.begun(JOB, 1, Limits { open_actions: 1, ..Limits::default() }).await;
    hand.work().await;
    hand.turns().await;
    let blocked = record(&hand.client, "job").await.blocked.expect("two calls at once are too many");
    assert_eq!((blocked.kind, hand.tasks().await), (BlockedKind::LimitExceeded, 0));
    drop(hand);
    scene.ends("2", 3).await;
}

#[tokio::test]
async fn an_answer_to_a_cancelled_call_is_dropped() {
    for moment in [Moment::AfterTheTurn, Moment::DuringTheTurn] {
        let scene = Scene::new().await;
        let hand = scene.begun(RACE, 1, Limits::default()).await;
        let answered = hand.run().await;
        hand.raise("stop", 0).await;
        hand.drops(&answered, moment).await;
        hand.raise("end", 7).await;
        hand.turns().await;
        assert_eq!(record(&hand.client, "job").await.output.expect("completed").as_str(), "7");
        drop(hand);
        scene.ends("7", 1).await;
    }
}

#[tokio::test]
async fn an_answer_to_an_execution_that_has_ended_is_dropped() {
    for moment in [Moment::AfterTheTurn, Moment::DuringTheTurn] {
        let scene = Scene::new().await;
        let hand = scene.begun(JOB, 1, Limits::default()).await;
        let answered = hand.run().await;
        hand.client.terminate(&id("job"), "enough").await.expect("it runs");
        hand.drops(&answered, moment).await;
        assert_eq!(record(&hand.client, "job").await.status, RuntimeStatus::Terminated);
        hand.client.restart(&id("job")).await.expect("it has ended");
        drop(hand);
        scene.ends("2", 4).await;
    }
}

#[tokio::test]
async fn a_turn_reads_so_many_answers_and_leaves_the_others_to_the_next() {
    let scene = Scene::new().await;
    let hand = scene.begun(JOB, 3, Limits { messages_per_turn: 2, ..Limits::default() }).await;
    hand.work().await;
    hand.turn().await;
    for _ in 0..6 {
        hand.work().await;
    }
    assert_eq!(hand.turns().await, 3);
    assert_eq!(hand.answers().await, 7);
    drop(hand);
    scene.ends("30", 7).await;
}

#[tokio::test]
async fn what_a_child_is_told_in_the_turn_that_starts_it_is_read() {
    let scene = Scene::new().await;
    let node = scene.world.node_with(scene.registry()).await;
    node.client().start(TELLER, &5).id(id("job")).await.expect("started");
    node.run_until_idle().await.expect("it runs");
    assert_eq!(record(&node.client(), "job").await.output.expect("completed").as_str(), "5");
}
