//! Several nodes and clients over one store, single-threaded: the seed decides who goes next, and what goes wrong.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::clock::Timestamp;
use countersign_engine::ids::InstanceKey;
use countersign_engine::runtime::Wake;
use countersign_engine::store::Store;
use countersign_engine::testing::{FatedStore, ManualClock, check_instance};
use countersign_engine::{Client, InstanceId, InstanceQuery, InstanceRecord, Registry, StoreError, Values};
use futures::future::BoxFuture;

use crate::client::{Ledger, Wish};
use crate::effects::Effects;
use crate::fates::{Journal, Way};
use crate::gate::{Gate, Reached, Ticket};
use crate::interpreter::{registry, root};
use crate::node::{End, SimulatedNode};
use crate::plan::Plan;
use crate::random::Random;

/// How long a store call may take, on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Statistics {
    pub(crate) instances: usize,
    pub(crate) steps: usize,
    pub(crate) turns: usize,
    pub(crate) nodes: usize,
    pub(crate) kills: usize,
    pub(crate) faults: usize,
}

impl Statistics {
    /// Counts another world in.
    pub(crate) fn add(&mut self, other: &Self) {
        self.instances += other.instances;
        self.steps += other.steps;
        self.turns += other.turns;
        self.nodes += other.nodes;
        self.kills += other.kills;
        self.faults += other.faults;
    }
}

/// Something under way: a step of a node or a client's call, waiting at the gate.
struct Actor {
    /// The node whose step it is; `None` for a client.
    node: Option<usize>,
    future: BoxFuture<'static, End>,
    ticket: Option<Ticket>,
    /// Whether it is inside a transaction of its own.
    writes: bool,
}

/// The simulated world.
pub(crate) struct World {
    pub(crate) random: Random,
    pub(crate) plan: Plan,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) registry: Registry,
    pub(crate) effects: Effects,
    pub(crate) ledger: Ledger,
    pub(crate) clock: ManualClock,
    pub(crate) statistics: Statistics,
    pub(crate) nodes: Vec<SimulatedNode>,
    pub(crate) next_event: u64,
    /// Whether faults are over.
    pub(crate) calm: bool,
    /// Whether a node must begin, because another is known to be dead: what it held must find a new owner.
    pub(crate) must_replace: bool,
    gate: Arc<Gate>,
    journal: Journal,
    actors: Vec<Actor>,
    /// Wake-ups on their way to nodes.
    mail: Vec<(usize, InstanceKey)>,
    /// Those that come after the last fault.
    late: Vec<(usize, InstanceKey)>,
    /// The next timer, as far as a node has seen.
    pub(crate) next_timer: Option<Timestamp>,
}

impl World {
    /// A world that has not begun, on an empty store.
    pub(crate) fn new(seed: u64, store: Arc<dyn Store>) -> Self {
        let mut random = Random::new(seed);
        let plan = Plan::new(&mut random);
        let gate = Arc::new(Gate::default());
        let effects = Effects::new(Arc::clone(&gate));
        Self {
            random,
            plan,
            store,
            registry: registry(&effects),
            effects,
            ledger: Ledger::default(),
            clock: ManualClock::default(),
            statistics: Statistics::default(),
            nodes: Vec::new(),
            next_event: 0,
            calm: false,
            must_replace: false,
            gate,
            journal: Journal::default(),
            actors: Vec::new(),
            mail: Vec::new(),
            late: Vec::new(),
            next_timer: None,
        }
    }

    fn way(&self, node: Option<usize>) -> Arc<dyn Store> {
        let way = Way { gate: Arc::clone(&self.gate), journal: self.journal.clone(), node };
        Arc::new(FatedStore::under(Arc::clone(&self.store), way))
    }

    /// Starts one more node.
    pub(crate) async fn start_node(&mut self) {
        let number = self.nodes.len();
        let store = self.way(Some(number));
        let node = SimulatedNode::new(store, self.registry.clone(), &self.clock, &mut self.random);
        let starting = node.start();
        self.nodes.push(node);
        self.statistics.nodes += 1;
        self.must_replace = false;
        trace(format_args!("node {number} starts"));
        self.begin(Some(number), starting).await;
    }

    /// Everything in the hands of a node is gone, between two of its store calls.
    pub(crate) fn kill(&mut self, node: usize) {
        self.nodes[node].alive = false;
        self.statistics.kills += 1;
        self.actors.retain(|actor| actor.node != Some(node));
        trace(format_args!("node {node} dies"));
    }

    /// All others know that a node is dead; it may itself not know.
    pub(crate) async fn retire(&mut self, node: usize) {
        self.nodes[node].retired = true;
        self.must_replace = true;
        let id = self.nodes[node].node.id();
        self.store.retire(id).await.expect("the store works");
        self.journal.retire(id);
        trace(format_args!("node {node} counts as dead"));
    }

    /// A client begins a call.
    pub(crate) async fn wish(&mut self, id: &InstanceId, wish: Wish) {
        if self.ledger.is_busy(id) {
            return;
        }
        trace(format_args!("a client: {id} {wish:?}"));
        let client = Client::new(self.way(None), Arc::new(self.clock.clone()), Wake::default());
        let calling = self.ledger.call(client, id.clone(), wish);
        self.begin(None, calling).await;
    }

    /// A client starts one of the planned instances whose start has not been acknowledged.
    pub(crate) async fn start_instance(&mut self) -> bool {
        let waits = (0..).zip(&self.plan.runs).find(|(number, _)| {
            let id = root(*number);
            !self.ledger.is_started(&id) && !self.ledger.is_busy(&id)
        });
        let Some((number, run)) = waits else { return false };
        let wish = Wish::Start(Box::new(run.clone()));
        self.wish(&root(number), wish).await;
        true
    }

    /// Lets an actor run to the gate for the first time.
    pub(crate) async fn begin(&mut self, node: Option<usize>, future: BoxFuture<'static, End>) {
        self.actors.push(Actor { node, future, ticket: None, writes: false });
        self.drive(self.actors.len() - 1).await;
    }

    /// The actors whose calls may go on now: while a transaction is open, only its own and those that read.
    pub(crate) fn waiting(&self) -> Vec<usize> {
        let writing = self.is_writing();
        let may_go = |actor: &Actor| {
            let reads = actor.ticket.as_ref().is_some_and(|ticket| ticket.reads() || ticket.done);
            !writing || actor.writes || reads
        };
        (0..self.actors.len()).filter(|index| may_go(&self.actors[*index])).collect()
    }

    /// Whether a transaction of a client is open.
    pub(crate) fn is_writing(&self) -> bool {
        self.actors.iter().any(|actor| actor.writes)
    }

    /// How many actors are under way for a node.
    pub(crate) fn under_way(&self, node: Option<usize>) -> usize {
        self.actors.iter().filter(|actor| actor.node == node).count()
    }

    /// Lets the call of an actor through the gate, or makes it fail.
    pub(crate) async fn release(&mut self, index: usize) {
        let actor = &mut self.actors[index];
        let ticket = actor.ticket.take().expect("an actor that does not run waits at the gate");
        let fails = !self.calm && ticket.call != "activity" && self.random.percent(self.plan.failing);
        let verdict = match (fails, ticket.done) {
            (false, _) => Ok(()),
            (true, false) => Err(StoreError::Unavailable("a simulated fault".to_owned())),
            (true, true) => Err(StoreError::Unknown("a simulated fault".to_owned())),
        };
        match ticket.call {
            "begin" => actor.writes = !fails,
            "commit_transaction" if ticket.done => actor.writes = false,
            _ => {}
        }
        self.statistics.faults += usize::from(fails);
        let (node, call, done) = (actor.node, ticket.call, ticket.done);
        trace(format_args!("{node:?} {call}{}{}", if done { " done" } else { "" }, if fails { " FAILS" } else { "" }));
        ticket.decide(verdict);
        self.drive(index).await;
    }

    /// Runs an actor to the gate or to its end, and looks at what it did.
    async fn drive(&mut self, index: usize) {
        self.statistics.steps += 1;
        let actor = &mut self.actors[index];
        let reached = tokio::time::timeout(PATIENCE, self.gate.drive(&mut actor.future)).await;
        match reached.expect("a store call waits for what another actor holds") {
            Reached::Gate(ticket) => actor.ticket = Some(ticket),
            Reached::End(end) => {
                let actor = self.actors.remove(index);
                self.ended(actor.node, end);
            }
        }
        self.look().await;
    }

    fn ended(&mut self, node: Option<usize>, end: End) {
        trace(format_args!("{node:?} {end:?}"));
        let Some(number) = node else { return };
        match end {
            End::Started(result) => match result {
                Ok(()) => self.nodes[number].ready = true,
                // A process that cannot start is started again.
                Err(_) => self.kill(number),
            },
            End::Turn(key, result) => self.nodes[number].turn_ended(key, &result),
            End::Timers(Ok(next)) => self.next_timer = next,
            End::Timers(Err(_)) | End::Cleared | End::Activity | End::Called => {}
        }
    }

    /// Replays each history that grew, and sends wake-ups to the other nodes.
    async fn look(&mut self) {
        for id in self.journal.take_committed() {
            self.statistics.turns += 1;
            if id.as_str().starts_with('@') {
                // An entity, which has no history.
                continue;
            }
            let record = self.store.find(None, &id).await.expect("the store works").expect("it has committed a turn");
            check_instance(&*self.store, &self.registry, &record).await.expect("the store works");
        }
        for (knows, key) in self.journal.take_touched() {
            for number in 0..self.nodes.len() {
                if Some(number) == knows || !self.nodes[number].alive {
                    continue;
                }
                let late = !self.calm && self.random.percent(self.plan.late);
                if late { &mut self.late } else { &mut self.mail }.push((number, key));
            }
        }
    }

    /// Delivers one wake-up, maybe not for the last time.
    pub(crate) fn deliver(&mut self) {
        if self.mail.is_empty() {
            return;
        }
        let index = self.random.below(self.mail.len());
        let (number, key) = self.mail[index];
        if self.calm || !self.random.percent(self.plan.doubled) {
            self.mail.swap_remove(index);
        }
        if self.nodes[number].alive {
            self.nodes[number].node.wake().instances([key]);
        }
    }

    /// From now on nothing goes wrong: late wake-ups come, calls succeed.
    pub(crate) fn calm_down(&mut self) {
        self.calm = true;
        self.mail.append(&mut self.late);
        trace(format_args!("the faults are over"));
    }

    /// Whether nothing is under way and nothing is ready.
    pub(crate) fn is_idle(&self) -> bool {
        let idle = |node: &SimulatedNode| {
            let wake = node.node.wake();
            !node.alive || (wake.is_idle() && !wake.is_in_doubt())
        };
        self.actors.is_empty() && self.mail.is_empty() && self.nodes.iter().all(idle)
    }

    /// Whether wake-ups are on their way.
    pub(crate) fn has_mail(&self) -> bool {
        !self.mail.is_empty()
    }

    /// All instances, newest first, as they are stored.
    pub(crate) async fn records(&self) -> Vec<InstanceRecord> {
        let query = InstanceQuery { limit: 1_000, values: Values::Included, ..InstanceQuery::default() };
        self.store.query(None, &query).await.expect("the store works")
    }
}

/// Says what happens when one seed is looked at.
pub(crate) fn trace(what: std::fmt::Arguments<'_>) {
    if std::env::var_os("COUNTERSIGN_SIM_SEED").is_some() {
        eprintln!("{what}");
    }
}
