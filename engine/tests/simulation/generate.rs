//! Random programs.

use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::program::{Call, ChildId, Failing, NAMES, Program, Run, SENT, Section, Step};
use crate::random::Random;
use crate::tally::TALLIES;

/// How deep a tree may be, children included.
const DEPTH: u32 = 4;

/// A random program of about `size` leaves.
pub(crate) fn run(random: &mut Random, size: u32, roots: u32) -> Run {
    Generator { random, left: size, roots, ids: 0 }.run(0)
}

struct Generator<'r> {
    random: &'r mut Random,
    /// How many leaves may still grow.
    left: u32,
    /// How many instances there are to send to.
    roots: u32,
    ids: u32,
}

impl Generator<'_> {
    fn run(&mut self, depth: u32) -> Run {
        let rounds = if self.random.percent(30) { self.random.between(2, 4) } else { 1 };
        let held = self.random.percent(15).then(|| (self.name(), self.random.between(1, 3)));
        let section = self.random.percent(20).then(|| self.section());
        let program = Program { body: self.step(depth), held, section };
        Run { program: Arc::new(program), rounds, sum: 0, taken: Vec::new() }
    }

    /// A section with leaves that may stand in one.
    fn section(&mut self) -> Section {
        let tallies = (0..self.random.between(1, TALLIES)).map(|_| self.tally()).collect();
        let leaves = (0..self.random.between(0, 2)).map(|_| self.plain_leaf()).collect();
        let inner = if self.random.percent(50) { Step::Join(leaves) } else { Step::Sequence(leaves) };
        Section { tallies, inner }
    }

    fn tally(&mut self) -> u32 {
        self.random.between(0, TALLIES - 1)
    }

    fn step(&mut self, depth: u32) -> Step {
        if self.left == 0 || depth >= DEPTH || self.random.percent(20) {
            return self.leaf();
        }
        match self.random.between(0, 18) {
            17 => Step::FanOut {
                limit: NonZeroUsize::new(self.random.below(3) + 1).expect("at least one"),
                steps: self.steps(depth, 2, 5),
            },
            18 if self.random.percent(50) => Step::Detached(Box::new(self.run(depth + 1))),
            0..=3 => Step::Sequence(self.steps(depth, 2, 4)),
            4..=6 => Step::Join(self.steps(depth, 2, 4)),
            7..=8 => Step::Unordered(self.steps(depth, 2, 4)),
            9 => Step::Race(self.steps(depth, 2, 3)),
            10..=11 => Step::FirstOf(Box::new(self.step(depth + 1)), Box::new(self.step(depth + 1))),
            12 => Step::Rescue(Box::new(self.step(depth + 1))),
            13..=14 => Step::Holding {
                name: self.name(),
                waits: self.random.between(1, 3),
                newest_first: self.random.percent(50),
                inner: Box::new(self.step(depth + 1)),
            },
            _ => self.child(depth),
        }
    }

    fn steps(&mut self, depth: u32, least: u32, most: u32) -> Vec<Step> {
        (0..self.random.between(least, most)).map(|_| self.step(depth + 1)).collect()
    }

    fn leaf(&mut self) -> Step {
        match self.random.between(0, 9) {
            0 => Step::Signal { tally: self.tally(), later: None },
            1 if self.random.percent(50) => {
                Step::Signal { tally: self.tally(), later: Some(self.random.between(0, 2_000)) }
            }
            1..=2 => Step::Ask { tally: self.tally(), refused: self.random.percent(15) },
            _ => self.plain_leaf(),
        }
    }

    /// Neither an entity nor an orchestration is asked for anything.
    fn plain_leaf(&mut self) -> Step {
        self.left = self.left.saturating_sub(1);
        match self.random.between(0, 19) {
            0..=8 => Step::Call(self.call()),
            9 => Step::Draw,
            10..=12 => Step::Pause(self.random.between(1, 2_000)),
            13..=15 => Step::Await(self.name()),
            16..=17 => Step::Send(self.random.between(0, self.roots - 1)),
            18 if self.random.percent(50) => Step::Patched(self.random.between(0, 1)),
            18 => Step::Status(self.random.next() % 1_000),
            _ if self.random.percent(30) => Step::Fail(self.random.between(0, 2)),
            _ => Step::Call(self.call()),
        }
    }

    fn name(&mut self) -> u32 {
        let last = if self.random.percent(20) { SENT } else { SENT - 1 };
        self.random.between(0, last).min(u32::try_from(NAMES.len() - 1).expect("few names"))
    }

    fn call(&mut self) -> Call {
        let tries = if self.random.percent(50) { self.random.between(2, 4) } else { 1 };
        let failures = if self.random.percent(35) { self.random.between(1, 3) } else { 0 };
        let how = match self.random.between(0, 9) {
            0..=6 => Failing::Busy,
            7 => Failing::Broken,
            8 => Failing::Exempt,
            _ => Failing::Panic,
        };
        let value = self.random.next() % 1_000;
        let (pause, cancels) = (self.random.between(0, 1_500), self.random.percent(50));
        Call { value, failures, how, tries, pause, cancels }
    }

    fn child(&mut self, depth: u32) -> Step {
        let id = match self.random.between(0, 9) {
            0..=5 => ChildId::Derived,
            6..=8 => {
                self.ids += 1;
                ChildId::Given(self.ids)
            }
            _ => ChildId::Taken,
        };
        // Another try with the same id would find the child of the first.
        let tries = if id == ChildId::Derived && self.random.percent(30) { 2 } else { 1 };
        let mortal = self.random.percent(40);
        Step::Child { run: Box::new(self.run(depth + 1)), id, tries, mortal }
    }
}
