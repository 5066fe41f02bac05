//! Watching over one try of an activity: its result, its time, its heartbeat, and whoever asks it to stop.

use std::future::{Future, pending};
use std::sync::Arc;

use futures::FutureExt;
use futures::future::{BoxFuture, Fuse};

use super::gate::Pass;
use super::node::Node;
use crate::clock::Timestamp;
use crate::model::{Failure, Payload, Task};
use crate::observe::names::field;
use crate::registry::{CancelReason, Line};
use crate::store::StoreError;

/// The code of a running activity.
pub(super) type Running = BoxFuture<'static, Result<Payload, Failure>>;

/// A write of a heartbeat: `false` when the task is gone.
type Writing<'n> = Fuse<BoxFuture<'n, Result<bool, StoreError>>>;

/// How a try ended, as far as its caller is concerned.
pub(super) enum Ended {
    /// It gave a result, or took too long; in the second case its code may still run.
    With(Result<Payload, Failure>),
    /// Nobody waits for its result.
    ForNobody,
}

/// What happens at a moment if nothing happens before.
#[derive(Clone, Copy)]
enum Alarm {
    TimedOut,
    Silent,
    Write,
    AloneForLong,
}

/// One running try. It owns the code, so that a caller may let it go on for a while after the end.
pub(super) struct Supervised<'n> {
    node: &'n Node,
    task: &'n Task,
    line: Arc<Line>,
    pub(super) running: Running,
    began: Timestamp,
    last_beat: Timestamp,
    details: Option<Payload>,
    unwritten: bool,
    next_write: Timestamp,
    pass: Option<Pass>,
}

impl<'n> Supervised<'n> {
    /// Begins to watch over `running`, which has not been polled yet.
    pub(super) fn new(node: &'n Node, task: &'n Task, line: Arc<Line>, running: Running, pass: Pass) -> Self {
        let began = node.clock.now();
        let details = task.last_heartbeat.clone();
        Self {
            node,
            task,
            line,
            running,
            began,
            last_beat: began,
            details,
            unwritten: false,
            next_write: began,
            pass: Some(pass),
        }
    }

    /// Runs the code until somebody knows how the try ended.
    pub(super) async fn until_ended(&mut self) -> Ended {
        let line = Arc::clone(&self.line);
        let (cancelled, mut writing) = (line.cancelled(), Writing::terminated());
        tokio::pin!(cancelled);
        loop {
            let alarm = self.next_alarm(&writing);
            tokio::select! {
                biased;
                result = &mut self.running => return Ended::With(result.map_err(|failure| self.with_details(failure))),
                reason = &mut cancelled => return self.cancelled(reason).await,
                details = line.beaten() => self.heard(details),
                written = &mut writing => self.written(written),
                alarm = self.node.ring(alarm) => match alarm {
                    Alarm::AloneForLong => self.pass = self.pass.take().map(Pass::share),
                    Alarm::Write => writing = self.write().fuse(),
                    Alarm::TimedOut => return self.too_late(CancelReason::TimedOut),
                    Alarm::Silent => return self.too_late(CancelReason::HeartbeatMissed),
                },
            }
        }
    }

    /// What comes next if the code and its caller do nothing. Of two at one moment the end comes first.
    fn next_alarm(&self, writing: &Writing<'_>) -> Option<(Timestamp, Alarm)> {
        use futures::future::FusedFuture;
        let timeouts = &self.task.timeouts;
        let alarms = [
            timeouts.start_to_close.map(|timeout| (self.began + timeout, Alarm::TimedOut)),
            timeouts.heartbeat.map(|timeout| (self.last_beat + timeout, Alarm::Silent)),
            (self.unwritten && writing.is_terminated()).then_some((self.next_write, Alarm::Write)),
            self.pass
                .as_ref()
                .is_some_and(Pass::is_alone)
                .then(|| (self.began + self.node.limits.alone, Alarm::AloneForLong)),
        ];
        alarms.into_iter().flatten().min_by_key(|(moment, _)| *moment)
    }

    fn heard(&mut self, details: Payload) {
        self.last_beat = self.node.clock.now();
        self.details = Some(details);
        self.unwritten = true;
    }

    fn write(&mut self) -> BoxFuture<'n, Result<bool, StoreError>> {
        let (node, task, now) = (self.node, self.task, self.node.clock.now());
        let details = self.details.clone().unwrap_or_else(Payload::null);
        self.unwritten = false;
        self.next_write = now + node.limits.heartbeat_interval;
        Box::pin(async move { node.store.heartbeat(node.id, task.id, &details, now).await })
    }

    fn written(&mut self, written: Result<bool, StoreError>) {
        match written {
            Ok(true) => {}
            // The one way to learn of an end that another node recorded.
            Ok(false) => self.line.cancel(CancelReason::NotAwaited),
            Err(error) => {
                let (id, name) = (&self.task.instance, &self.task.name);
                tracing::warn!({ field::INSTANCE_ID } = %id, { field::ACTIVITY_NAME } = %name, { field::ERROR } = %error, "a heartbeat could not be recorded");
                self.unwritten = true;
            }
        }
    }

    fn too_late(&mut self, reason: CancelReason) -> Ended {
        self.line.cancel(reason);
        let (kind, limit, what) = match reason {
            CancelReason::HeartbeatMissed => {
                (Failure::HEARTBEAT_TIMEOUT, self.task.timeouts.heartbeat, "gave no sign of life for")
            }
            _ => (Failure::TIMEOUT, self.task.timeouts.start_to_close, "did not end within"),
        };
        let message = format!(
            "try {} of the activity {} {what} {:?}",
            self.task.attempt,
            self.task.name,
            limit.unwrap_or_default()
        );
        Ended::With(Err(self.with_details(Failure::new(kind, message))))
    }

    /// A node that stops waits for a result for a moment, and keeps what was said last for the next run.
    async fn cancelled(&mut self, reason: CancelReason) -> Ended {
        if reason != CancelReason::NodeStopping {
            return Ended::ForNobody;
        }
        let over = self.node.clock.sleep_until(self.node.clock.now() + self.node.limits.wind_up);
        let result = tokio::select! {
            biased;
            result = &mut self.running => return Ended::With(result.map_err(|failure| self.with_details(failure))),
            () = over => Ended::ForNobody,
        };
        self.hear_the_rest();
        if self.unwritten {
            let written = self.write().await;
            self.written(written);
        }
        result
    }

    /// The failure with what the activity said last, which the next try gets.
    fn with_details(&mut self, mut failure: Failure) -> Failure {
        self.hear_the_rest();
        failure.last_heartbeat = failure.last_heartbeat.or_else(|| self.details.clone());
        failure
    }

    fn hear_the_rest(&mut self) {
        if let Some(details) = self.line.unheard() {
            self.heard(details);
        }
    }
}

impl Node {
    /// Completes when the alarm is due; never without one.
    fn ring(&self, alarm: Option<(Timestamp, Alarm)>) -> impl Future<Output = Alarm> + Send + use<> {
        let due = alarm.map(|(moment, alarm)| (self.clock.sleep_until(moment), alarm));
        async move {
            match due {
                Some((due, alarm)) => {
                    due.await;
                    alarm
                }
                None => pending().await,
            }
        }
    }
}
