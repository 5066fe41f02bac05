//! External events: a buffer of values and a stack of waiters for each name.
//!
//! The rules are those of Durable Functions: values first in, first out; the newest waiter is served first, so that a wait
//! which lost a race and was given up does not swallow the next value.

use std::collections::VecDeque;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use serde::de::DeserializeOwned;

use crate::model::{Failure, Raised};
use crate::replay::state::{Shared, State};

/// The events of one name: values nobody has taken, and those who wait for one.
#[derive(Debug, Default)]
pub(in crate::replay) struct EventQueue {
    /// In the order of their arrival.
    unused: VecDeque<Arrived>,
    waiters: Vec<Waiter>,
    next_waiter: u64,
    arrivals: u64,
}

/// A value and its place in the order of arrival, which it keeps when a waiter gives it back.
#[derive(Debug)]
struct Arrived {
    place: u64,
    raised: Raised,
}

#[derive(Debug)]
struct Waiter {
    number: u64,
    waker: Waker,
    value: Option<Arrived>,
}

impl EventQueue {
    /// Gives a new value to the newest waiter without one, or keeps it as the newest.
    pub(in crate::replay) fn push(&mut self, raised: Raised) -> Option<Waker> {
        let place = self.arrivals;
        self.arrivals += 1;
        self.give(Arrived { place, raised })
    }

    pub(in crate::replay) fn has_waiters(&self) -> bool {
        !self.waiters.is_empty()
    }

    /// The values nobody has taken, given out but untaken ones included, in the order of their arrival.
    pub(in crate::replay) fn into_unused(self) -> impl Iterator<Item = Raised> {
        let given = self.waiters.into_iter().filter_map(|waiter| waiter.value);
        let mut all: Vec<_> = given.chain(self.unused).collect();
        all.sort_by_key(|value| value.place);
        all.into_iter().map(|value| value.raised)
    }

    fn give(&mut self, value: Arrived) -> Option<Waker> {
        if let Some(waiter) = self.newest_waiter() {
            waiter.value = Some(value);
            return Some(waiter.waker.clone());
        }
        let place = self.unused.partition_point(|other| other.place < value.place);
        self.unused.insert(place, value);
        None
    }

    fn newest_waiter(&mut self) -> Option<&mut Waiter> {
        self.waiters.iter_mut().rev().find(|waiter| waiter.value.is_none())
    }

    /// Takes the value that waiter `number` was given.
    fn take(&mut self, number: u64, waker: &Waker) -> Option<Raised> {
        let place = self.waiters.iter().position(|waiter| waiter.number == number)?;
        if self.waiters[place].value.is_none() {
            self.waiters[place].waker.clone_from(waker);
            return None;
        }
        self.waiters.remove(place).value.map(|value| value.raised)
    }

    fn wait(&mut self, waker: &Waker) -> u64 {
        let number = self.next_waiter;
        self.next_waiter += 1;
        self.waiters.push(Waiter { number, waker: waker.clone(), value: None });
        number
    }

    /// Forgets a waiter. A value that it was given and had not taken goes to the next one, or back to its place.
    fn leave(&mut self, number: u64) -> Option<Waker> {
        let place = self.waiters.iter().position(|waiter| waiter.number == number)?;
        let value = self.waiters.remove(place).value?;
        self.give(value)
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
            None => queue.unused.pop_front().map(|value| value.raised),
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
