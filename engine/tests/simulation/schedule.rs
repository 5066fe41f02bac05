//! The run of a world: chance with faults first, then calm until everything has ended.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::client::{Checkup, FindingKind};
use countersign_engine::clock::Timestamp;
use countersign_engine::runtime::Wake;
use countersign_engine::{Client, InstanceRecord, RuntimeStatus};
use futures::future::BoxFuture;

use crate::client::Wish;
use crate::node::{End, SimulatedNode};
use crate::program::{NAMES, Taken};
use crate::world::{World, trace};

/// How many steps a world may take after its last fault. The longest of the first 20,000 seeds takes a tenth of it.
const BOUND: usize = 30_000;

/// How often clients help those that wait for them.
const ROUNDS: usize = 60;

/// Something that may happen next.
enum Next {
    Release(usize),
    Turn(usize),
    Activity(usize),
    Timers(usize),
    ClearDoubt(usize),
    Deliver,
    Client,
    Wait,
    Kill(usize),
    Retire(usize),
    StartNode,
}

impl World {
    /// Runs the world to its end.
    pub(crate) async fn run(&mut self) {
        for _ in 0..self.plan.nodes {
            self.start_node().await;
        }
        let faulty_steps = 150 + self.random.below(600);
        while self.statistics.steps < faulty_steps && self.something_is_planned().await {
            self.chance().await;
        }
        self.calm_down();
        self.bury_the_dead().await;
        self.finish().await;
    }

    /// One thing by chance.
    async fn chance(&mut self) {
        let possible = self.possible();
        match self.random.weighted(possible) {
            Some(Next::Release(actor)) => self.release(actor).await,
            Some(Next::Turn(node)) => self.begin_on(node, |node| node.turn()).await,
            Some(Next::Activity(node)) => self.begin_on(node, |node| node.activity()).await,
            Some(Next::Timers(node)) => self.begin_on(node, |node| Some(node.timers())).await,
            Some(Next::ClearDoubt(node)) => self.begin_on(node, |node| node.clear_doubt()).await,
            Some(Next::Deliver) => self.deliver(),
            Some(Next::Client) => self.let_a_client_act().await,
            Some(Next::Wait) => {
                let pause = self.random.millis(400);
                self.clock.advance(pause);
            }
            Some(Next::Kill(node)) => {
                self.plan.kills = self.plan.kills.saturating_sub(1);
                self.kill(node);
            }
            Some(Next::Retire(node)) => {
                if self.nodes[node].alive {
                    self.plan.zombies -= 1;
                }
                self.retire(node).await;
            }
            Some(Next::StartNode) => self.start_node().await,
            None => {}
        }
        // Time also passes where nobody decides so, or a world without anything to do would stand still.
        self.statistics.steps += 1;
    }

    fn possible(&mut self) -> Vec<(u32, Next)> {
        let mut possible: Vec<_> = self.waiting().into_iter().map(|actor| (8, Next::Release(actor))).collect();
        let may_retire = !self.is_writing();
        for (number, node) in self.nodes.iter().enumerate() {
            if !node.alive {
                if !node.retired && may_retire {
                    possible.push((4, Next::Retire(number)));
                }
                continue;
            }
            if node.ready && self.under_way(Some(number)) < 4 {
                possible.extend([(6, Next::Turn(number)), (6, Next::Activity(number)), (1, Next::Timers(number))]);
                possible.push((4, Next::ClearDoubt(number)));
            }
            if !self.calm && self.plan.kills > 0 {
                possible.push((1, Next::Kill(number)));
            }
            if !self.calm && node.retired {
                possible.push((2, Next::Kill(number)));
            } else if !self.calm && node.ready && self.plan.zombies > 0 && may_retire {
                possible.push((1, Next::Retire(number)));
            }
        }
        // Whoever is believed dead is replaced, once that is known: what it held must find a new owner.
        if self.must_replace {
            possible.push((8, Next::StartNode));
        }
        possible.push((if self.has_mail() { 8 } else { 0 }, Next::Deliver));
        if !self.calm {
            possible.push((if self.under_way(None) < 3 { 3 } else { 0 }, Next::Client));
            possible.push((2, Next::Wait));
        }
        possible
    }

    async fn begin_on(&mut self, number: usize, step: impl Fn(&SimulatedNode) -> Option<BoxFuture<'static, End>>) {
        if let Some(future) = step(&self.nodes[number]) {
            self.begin(Some(number), future).await;
        }
    }

    /// Whether faults still find something to hit.
    async fn something_is_planned(&self) -> bool {
        self.plan.calls > 0 || !self.is_idle() || self.records().await.len() < self.plan.runs.len()
    }

    async fn let_a_client_act(&mut self) {
        if self.random.percent(50) && self.start_instance().await {
            return;
        }
        let records = self.records().await;
        if self.plan.calls == 0 || records.is_empty() {
            return;
        }
        self.plan.calls -= 1;
        let record = &records[self.random.below(records.len())];
        let wish = match self.random.between(0, 99) {
            _ if record.status.is_finished() => Wish::Restart,
            0..=59 => {
                let name = self.random.below(NAMES.len());
                self.raise(name)
            }
            60..=74 => Wish::Suspend,
            75..=92 => Wish::Resume,
            _ => Wish::Terminate,
        };
        self.wish(&record.id.clone(), wish).await;
    }

    fn raise(&mut self, name: usize) -> Wish {
        self.next_event += 1;
        let name = u32::try_from(name).expect("few names");
        Wish::Raise { event: Taken { name, number: self.next_event }, shout: self.random.percent(50) }
    }

    /// Those who are believed dead die, the dead are known to be dead, and somebody takes over.
    async fn bury_the_dead(&mut self) {
        for number in 0..self.nodes.len() {
            let node = &self.nodes[number];
            if node.alive && node.retired {
                self.kill(number);
            } else if !node.alive && !node.retired {
                while self.is_writing() {
                    self.chance().await;
                }
                self.retire(number).await;
            }
        }
    }

    /// Goes on, without faults, until every instance has ended; panics when that takes too long.
    async fn finish(&mut self) {
        let (begin, mut rounds) = (self.statistics.steps, 0);
        loop {
            while !self.is_idle() || self.must_replace {
                assert!(self.statistics.steps < begin + BOUND, "no end: {:#?}", self.unfinished().await);
                self.chance().await;
            }
            if self.start_instance().await {
                continue;
            }
            match self.ask_for_timers().await {
                Some(moment) => self.clock.advance_to(moment),
                None if self.is_idle() => {
                    let unfinished = self.unfinished().await;
                    // Later rounds begin with what clients did, which would hide what lay still.
                    if rounds == 0 || unfinished.is_empty() {
                        self.nobody_lies_still().await;
                    }
                    if unfinished.is_empty() {
                        // The last turn may have set a timer since: what it told an entity is to come.
                        if self.ask_for_timers().await.is_none() && self.is_idle() {
                            return;
                        }
                        continue;
                    }
                    rounds += 1;
                    assert!(rounds < ROUNDS, "waits for ever: {unfinished:#?}");
                    self.help(unfinished).await;
                }
                None => {}
            }
        }
    }

    /// Fires what is due and says when the next timer is.
    async fn ask_for_timers(&mut self) -> Option<Timestamp> {
        let number = self.nodes.iter().position(|node| node.alive && node.ready).expect("a node lives");
        self.next_timer = None;
        self.begin_on(number, |node| Some(node.timers())).await;
        while self.under_way(Some(number)) > 0 {
            self.chance().await;
        }
        self.next_timer
    }

    /// The doctor finds nobody whom nothing can wake, and nobody with work that nobody does: whoever waits at a quiet
    /// moment waits for a client, or was suspended by one.
    async fn nobody_lies_still(&self) {
        let client = Client::new(Arc::clone(&self.store), Arc::new(self.clock.clone()), Wake::default());
        // Nothing happens between two looks, and time stands still.
        let checkup = Checkup { settle: Duration::ZERO, ..Checkup::default() };
        let mut findings = client.doctor(&checkup).await.expect("the store works").findings;
        findings.retain(|finding| matches!(finding.kind, FindingKind::NothingWakes | FindingKind::NobodyWorks));
        assert!(findings.is_empty(), "{findings:#?}");
    }

    async fn unfinished(&self) -> Vec<InstanceRecord> {
        self.records().await.into_iter().filter(|record| !record.status.is_finished()).collect()
    }

    /// Gives each instance what it may wait for.
    async fn help(&mut self, unfinished: Vec<InstanceRecord>) {
        trace(format_args!("{} instances wait for a client", unfinished.len()));
        for record in unfinished {
            if record.status == RuntimeStatus::Suspended {
                self.wish(&record.id, Wish::Resume).await;
            }
            for name in 0..NAMES.len() {
                while self.ledger.is_busy(&record.id) {
                    self.chance().await;
                }
                let wish = self.raise(name);
                self.wish(&record.id, wish).await;
            }
        }
    }
}
