//! The engine as a program embeds it.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::backlog::Backlog;
use super::limits::Limits;
use super::loops;
use super::node::Node;
use super::wake::Wake;
use crate::client::Client;
use crate::clock::{Clock, SystemClock};
use crate::observe::names::field;
use crate::observe::{Tracer, describe_metrics};
use crate::registry::Registry;
use crate::store::{Store, StoreError};

/// A running node. Dropping it stops the loops at once, which loses nothing; [`Engine::shutdown`] stops them gently.
pub struct Engine {
    client: Client,
    node: Arc<Node>,
    stop: watch::Sender<bool>,
    loops: JoinSet<()>,
}

/// An engine being put together.
pub struct EngineBuilder {
    store: Arc<dyn Store>,
    registry: Registry,
    clock: Arc<dyn Clock>,
    limits: Limits,
    wake: Wake,
    tracer: Option<Tracer>,
}

impl Engine {
    /// An engine that runs the code of `registry` on `store`.
    pub fn builder(store: Arc<dyn Store>, registry: Registry) -> EngineBuilder {
        EngineBuilder {
            store,
            registry,
            clock: Arc::new(SystemClock),
            limits: Limits::default(),
            wake: Wake::default(),
            tracer: None,
        }
    }

    /// A handle for those who start and steer instances.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// How much waits in the memory of this node.
    pub fn backlog(&self) -> Backlog {
        self.node.wake().backlog()
    }

    /// Stops taking work, waits for turns and, for the grace time, for activities that run. What was cut off goes on after
    /// the next start.
    pub async fn shutdown(mut self) {
        let _ = self.stop.send(true);
        while self.loops.join_next().await.is_some() {}
        if let Err(error) = self.node.release().await {
            // The next node takes it over all the same, and counts a recovery.
            tracing::warn!({ field::ERROR } = %error, "the node could not give up its work");
        }
    }
}

impl EngineBuilder {
    /// Another clock than the machine's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Other limits than the usual.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Hands each span of the engine to `tracer`, such as one that exports it to OpenTelemetry.
    #[must_use]
    pub fn tracer(mut self, tracer: Tracer) -> Self {
        self.tracer = Some(tracer);
        self
    }

    /// The client that the started engine will serve: for code that must hold one before the registry is complete.
    pub fn client(&self) -> Client {
        Client::new(Arc::clone(&self.store), Arc::clone(&self.clock), self.wake.clone())
    }

    /// Puts `registry` in the place of the one given before.
    #[must_use]
    pub fn registry(mut self, registry: Registry) -> Self {
        self.registry = registry;
        self
    }

    /// Takes over the work that waits and starts the loops.
    pub async fn start(self) -> Result<Engine, StoreError> {
        let client = self.client();
        describe_metrics();
        let node = Node::new(self.store, self.registry, self.clock, self.wake, self.limits).traced_by(self.tracer);
        let node = Arc::new(node);
        node.start().await?;
        let (stop, stopped) = watch::channel(false);
        let mut running = JoinSet::new();
        running.spawn(loops::run_turns(Arc::clone(&node), stopped.clone()));
        running.spawn(loops::run_activities(Arc::clone(&node), stopped.clone()));
        running.spawn(loops::run_timers(Arc::clone(&node), stopped.clone()));
        running.spawn(loops::run_doubts(Arc::clone(&node), stopped.clone()));
        running.spawn(loops::run_schedules(Arc::clone(&node), stopped.clone()));
        running.spawn(loops::run_retention(Arc::clone(&node), stopped));
        Ok(Engine { client, node, stop, loops: running })
    }
}
