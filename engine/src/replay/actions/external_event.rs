//! External events: a buffer of values and a stack of waiters for each name.
//!
//! The rules are those of Durable Functions: values first in, first out; the newest waiter is served first, so that a wait
//! which lost a race and was given up does not swallow the next value.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use serde::de::DeserializeOwned;

use crate::limits::check_name;
use crate::model::{Failure, Raised};
use crate::replay::state::{Shared, State};

/// The events of one name: values nobody has taken, and those who wait for one. Every call takes logarithmic time.
#[derive(Debug, Default)]
pub(in crate::replay) struct EventQueue {
    /// By the order of arrival.
    unused: BTreeMap<u64, Raised>,
    /// By the order of asking.
    waiters: BTreeMap<u64, Waiter>,
    /// Waiters that were given nothing yet.
    hungry: BTreeSet<u64>,
    /// The number of the next arrival or waiter.
    next: u64,
}

#[derive(Debug)]
struct Waiter {
    waker: Waker,
    /// What it was given and has not taken, with the number of its arrival.
    value: Option<(u64, Raised)>,
}

impl EventQueue {
    /// What a queue takes in which a few values and waiters have been: each map keeps its first node, with room for eleven.
    pub(in crate::replay) const BYTES: usize = 11 * size_of::<((u64, Raised), (u64, Waiter), u64)>();

    /// Takes in a value that has just arrived.
    pub(in crate::replay) fn push(&mut self, value: Raised) -> Option<Waker> {
        let arrival = self.number();
        self.give(arrival, value)
    }

    pub(in crate::replay) fn has_waiters(&self) -> bool {
        !self.waiters.is_empty()
    }

    /// The values nobody has taken, given out but untaken ones included, oldest first.
    pub(in crate::replay) fn into_unused(mut self) -> impl Iterator<Item = Raised> {
        self.unused.extend(self.waiters.into_values().filter_map(|waiter| waiter.value));
        self.unused.into_values()
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Gives a value to the newest waiter without one, or keeps it in the order of arrival.
    fn give(&mut self, arrival: u64, value: Raised) -> Option<Waker> {
        let newest = self.hungry.pop_last().and_then(|number| self.waiters.get_mut(&number));
        match newest {
            Some(waiter) => {
                waiter.value = Some((arrival, value));
                Some(waiter.waker.clone())
            }
            None => {
                self.unused.insert(arrival, value);
                None
            }
        }
    }

    /// Takes the value that waiter `number` was given.
    fn take(&mut self, number: u64, waker: &Waker) -> Option<Raised> {
        let waiter = self.waiters.get_mut(&number)?;
        if waiter.value.is_none() {
            waiter.waker.clone_from(waker);
            return None;
        }
        self.waiters.remove(&number)?.value.map(|(_, value)| value)
    }

    fn wait(&mut self, waker: &Waker) -> u64 {
        let number = self.number();
        self.waiters.insert(number, Waiter { waker: waker.clone(), value: None });
        self.hungry.insert(number);
        number
    }

    /// Forgets a waiter. A value that it was given and had not taken goes to the next one, or back to its place.
    fn leave(&mut self, number: u64) -> Option<Waker> {
        self.hungry.remove(&number);
        let (arrival, value) = self.waiters.remove(&number)?.value?;
        self.give(arrival, value)
    }
}

/// The wait for an external event, begun when it is first polled. Dropping it leaves the queue; no value is lost. Made by
/// the context.
#[must_use = "futures do nothing unless they are awaited"]
pub struct ExternalEvent<T> {
    shared: Shared,
    name: String,
    waiter: Option<u64>,
    value: PhantomData<fn() -> T>,
}

impl<T> ExternalEvent<T> {
    pub(in crate::replay) fn new(shared: Shared, name: &str) -> Self {
        Self { shared, name: folded(name), waiter: None, value: PhantomData }
    }

    fn poll_value(&mut self, context: &mut Context<'_>) -> Poll<Raised> {
        let mut state = self.shared.lock();
        let queue = queue(&mut state, &self.name);
        let value = match self.waiter {
            Some(number) => queue.take(number, context.waker()),
            None => queue.unused.pop_first().map(|(_, value)| value),
        };
        match value {
            Some(value) => {
                self.waiter = None;
                Poll::Ready(value)
            }
            None => {
                self.waiter.get_or_insert_with(|| queue.wait(context.waker()));
                Poll::Pending
            }
        }
    }
}

impl<T: DeserializeOwned> Future for ExternalEvent<T> {
    type Output = Result<T, Failure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Nobody can raise such an event, so the wait would have no end.
        check_name("an event", &self.name)?;
        self.poll_value(context).map(|raised| {
            raised.input.decode().map_err(|failure| {
                let message = format!("the external event {:?} was raised with a wrong value", raised.name);
                Failure::new(Failure::INVALID_PAYLOAD, message).non_retriable().caused_by(failure)
            })
        })
    }
}

impl<T> Drop for ExternalEvent<T> {
    fn drop(&mut self) {
        let Some(number) = self.waiter else { return };
        let mut state = self.shared.lock();
        let waker = if state.polling { queue(&mut state, &self.name).leave(number) } else { None };
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl State {
    /// Delivers an external event; gives the waker of who gets it.
    pub(in crate::replay) fn raise(&mut self, raised: Raised) -> Option<Waker> {
        let name = folded(&raised.name);
        queue(self, &name).push(raised)
    }
}

fn queue<'s>(state: &'s mut State, name: &str) -> &'s mut EventQueue {
    if !state.events.contains_key(name) {
        state.events.insert(name.to_owned(), EventQueue::default());
    }
    state.events.get_mut(name).expect("the queue was inserted above")
}

/// Names are compared without regard to case.
fn folded(name: &str) -> String {
    name.to_lowercase()
}
