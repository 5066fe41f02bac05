//! The loops that call a node's steps. They sleep until they are woken; none polls.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::node::Node;
use crate::ids::InstanceKey;
use crate::model::{Answer, Task};
use crate::observe::names::field;
use crate::store::StoreError;

/// Told `true` when the node shall stop.
pub(super) type Stop = watch::Receiver<bool>;

/// Runs turns until told to stop, then waits for those that run, for the grace time at most.
pub(super) async fn run_turns(node: Arc<Node>, stop: Stop) {
    let permits = Arc::new(Semaphore::new(node.limits.turns));
    let mut running = JoinSet::new();
    while let Some(permit) = unless_stopped(&stop, Arc::clone(&permits).acquire_owned()).await {
        while running.try_join_next().is_some() {}
        match node.wake.next_instance() {
            Some(key) => {
                let (node, stop) = (Arc::clone(&node), stop.clone());
                running.spawn(async move {
                    run_turn(&node, key, &stop).await;
                    drop(permit);
                });
            }
            None => {
                drop(permit);
                unless_stopped(&stop, node.wake.instances_ready()).await;
            }
        }
    }
    // An operation of an entity may hang; what is cut off here is done again after the next start.
    let grace = node.clock.sleep_until(node.clock.now() + node.limits.grace);
    tokio::select! {
        _ = running.join_all() => {}
        () = grace => {}
    }
}

async fn run_turn(node: &Node, key: InstanceKey, stop: &Stop) {
    if let Err(error) = node.turn(key).await {
        tracing::error!({ field::INSTANCE_KEY } = key.0, { field::ERROR } = %error, "a turn could not be run; it will be tried again");
        // Before its end, so that what comes meanwhile waits too.
        pause(node, stop).await;
        node.wake.instances([key]);
    }
    node.wake.turn_ended(key);
}

/// Runs activities until told to stop, then waits for those that run, for the grace time at most.
pub(super) async fn run_activities(node: Arc<Node>, stop: Stop) {
    let permits = Arc::new(Semaphore::new(node.limits.activities));
    let mut running = JoinSet::new();
    while let Some(permit) = unless_stopped(&stop, Arc::clone(&permits).acquire_owned()).await {
        while running.try_join_next().is_some() {}
        match node.wake.next_task() {
            Some(task) => {
                let (node, stop) = (Arc::clone(&node), stop.clone());
                running.spawn(async move {
                    run_activity(&node, &task, &stop).await;
                    node.wake.task_ended(task.id);
                    drop(permit);
                });
            }
            None => {
                drop(permit);
                unless_stopped(&stop, node.wake.tasks_ready()).await;
            }
        }
    }
    finish(&node, running).await;
}

/// Waits for activities that run: for the grace time as they are, then asked to stop. What is cut off in the end runs again after
/// the next start: at least once is the promise.
async fn finish(node: &Node, mut running: JoinSet<()>) {
    if join_within(node, &mut running, node.limits.grace).await {
        return;
    }
    node.wake.stop_tasks();
    // Twice, so that what came in the last moment is recorded.
    join_within(node, &mut running, 2 * node.limits.wind_up).await;
}

/// Whether all ended within `time`.
async fn join_within(node: &Node, running: &mut JoinSet<()>, time: Duration) -> bool {
    let over = node.clock.sleep_until(node.clock.now() + time);
    tokio::select! {
        () = async { while running.join_next().await.is_some() {} } => true,
        () = over => false,
    }
}

async fn run_activity(node: &Node, task: &Task, stop: &Stop) {
    let tried = loop {
        match node.attempt(task).await {
            Ok(Some(tried)) => break tried,
            Ok(None) => return,
            Err(error) => report(task, &error, "an activity could not be begun; it will be tried again"),
        }
        if pause(node, stop).await.is_none() {
            return;
        }
    };
    if let Some(answer) = tried.answer {
        complete(node, task, &answer, stop).await;
    }
    if let Some(running) = tried.winding_up {
        node.wind_up(task, running).await;
    }
}

async fn complete(node: &Node, task: &Task, answer: &Answer, stop: &Stop) {
    while let Err(error) = node.complete_task(task, answer).await {
        report(task, &error, "an activity's result could not be recorded; it will be tried again");
        if pause(node, stop).await.is_none() {
            return;
        }
    }
}

/// Looks for what unheard commits led to, until told to stop.
pub(super) async fn run_doubts(node: Arc<Node>, stop: Stop) {
    while unless_stopped(&stop, node.wake.doubted()).await.is_some() {
        if let Err(error) = node.clear_doubt().await {
            tracing::error!({ field::ERROR } = %error, "it is still unknown what was committed; it will be looked for again");
            pause(&node, &stop).await;
        }
    }
}

/// Fires timers when they are due, until told to stop.
///
/// Of those to come only the first moment is known here. A look at the store for the next one is one step in an index, of
/// which a batch of fired timers needs two beside its transaction. A list of the timers of the next minute would save these and
/// had to follow each that is cancelled, and each that another process sets.
pub(super) async fn run_timers(node: Arc<Node>, stop: Stop) {
    while !*stop.borrow() {
        let mut next = match node.fire_timers().await {
            Ok(next) => next,
            Err(error) => {
                tracing::error!({ field::ERROR } = %error, "timers could not be fired; it will be tried again");
                Some(node.clock.now() + node.limits.store_pause)
            }
        };
        loop {
            let due = async {
                match next {
                    Some(moment) => node.clock.sleep_until(moment).await,
                    None => std::future::pending().await,
                }
            };
            let earlier = async {
                tokio::select! {
                    () = due => None,
                    moment = node.wake.earlier_timer() => Some(moment),
                }
            };
            match unless_stopped(&stop, earlier).await {
                None => return,
                Some(None) => break,
                Some(Some(moment)) => next = Some(next.map_or(moment, |next| next.min(moment))),
            }
        }
    }
}

/// Fires schedules at their moments, until told to stop.
pub(super) async fn run_schedules(node: Arc<Node>, stop: Stop) {
    loop {
        let next = match node.fire_schedules().await {
            Ok(next) => next,
            Err(error) => {
                tracing::error!({ field::ERROR } = %error, "schedules could not be fired; it will be tried again");
                Some(node.clock.now() + node.limits.store_pause)
            }
        };
        let due = async {
            match next {
                Some(moment) => node.clock.sleep_until(moment).await,
                None => std::future::pending().await,
            }
        };
        let woken = async {
            tokio::select! {
                () = due => {}
                () = node.wake.schedules_changed() => {}
            }
        };
        if unless_stopped(&stop, woken).await.is_none() {
            return;
        }
    }
}

/// Removes finished instances when their time is over, until told to stop; ends at once when everything is kept for ever.
pub(super) async fn run_retention(node: Arc<Node>, stop: Stop) {
    loop {
        let next = match node.expire().await {
            Ok(None) => return,
            Ok(Some(next)) => next,
            Err(error) => {
                tracing::error!({ field::ERROR } = %error, "instances could not be removed; it will be tried again");
                node.clock.now()
            }
        };
        let pause = node.clock.now() + node.limits.retention_pause;
        if unless_stopped(&stop, node.clock.sleep_until(next.max(pause))).await.is_none() {
            return;
        }
    }
}

fn report(task: &Task, error: &StoreError, what: &str) {
    tracing::error!(
        { field::INSTANCE_ID } = %task.instance,
        { field::ACTIVITY_NAME } = %task.name,
        { field::ERROR } = %error,
        "{what}"
    );
}

async fn pause(node: &Node, stop: &Stop) -> Option<()> {
    unless_stopped(stop, node.clock.sleep_until(node.clock.now() + node.limits.store_pause)).await
}

/// What `work` gives, or `None` as soon as the node shall stop.
async fn unless_stopped<T>(stop: &Stop, work: impl Future<Output = T>) -> Option<T> {
    let mut stop = stop.clone();
    tokio::select! {
        biased;
        _ = stop.wait_for(|stop| *stop) => None,
        value = work => Some(value),
    }
}
