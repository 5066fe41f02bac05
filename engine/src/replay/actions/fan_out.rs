//! Many calls of one kind, a limited number of them at a time.

use std::future::Future;
use std::iter::Fuse;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::Stream;
use futures::stream::FuturesUnordered;

/// Makes a call for each item and completes with all their results, in the order of the items. A call that fails does not
/// stop the others: its failure is its result. Made by the context.
///
/// Time and memory are in proportion to the number of items; of the calls' futures only those that run are held.
#[must_use = "futures do nothing unless they are awaited"]
pub struct FanOut<I: Iterator, F, Fut: Future> {
    items: Fuse<I>,
    call: F,
    limit: usize,
    running: FuturesUnordered<Placed<Fut>>,
    results: Vec<Option<Fut::Output>>,
}

impl<I, F, Fut> FanOut<I, F, Fut>
where
    I: Iterator,
    F: FnMut(I::Item) -> Fut,
    Fut: Future,
{
    pub(in crate::replay) fn new(items: I, call: F) -> Self {
        let (items, running) = (items.fuse(), FuturesUnordered::new());
        Self { items, call, limit: usize::MAX, running, results: Vec::new() }
    }

    /// At most `calls` of them run at a time; the next begins in the turn in which one ends. Without this all begin at once.
    pub fn limit(mut self, calls: NonZeroUsize) -> Self {
        self.limit = calls.get();
        self
    }

    /// Begins calls as far as the limit allows.
    fn begin(&mut self) {
        while self.running.len() < self.limit
            && let Some(item) = self.items.next()
        {
            self.running.push(Placed { place: self.results.len(), call: Box::pin((self.call)(item)) });
            self.results.push(None);
        }
    }
}

/// Nothing of it is pinned: the calls are in boxes of their own.
impl<I: Iterator, F, Fut: Future> Unpin for FanOut<I, F, Fut> {}

impl<I, F, Fut> Future for FanOut<I, F, Fut>
where
    I: Iterator,
    F: FnMut(I::Item) -> Fut,
    Fut: Future,
{
    type Output = Vec<Fut::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            self.begin();
            match ready!(Pin::new(&mut self.running).poll_next(context)) {
                Some((place, result)) => self.results[place] = Some(result),
                None => return Poll::Ready(std::mem::take(&mut self.results).into_iter().flatten().collect()),
            }
        }
    }
}

/// A call with the place of its item.
struct Placed<Fut> {
    place: usize,
    call: Pin<Box<Fut>>,
}

impl<Fut: Future> Future for Placed<Fut> {
    type Output = (usize, Fut::Output);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let result = ready!(self.call.as_mut().poll(context));
        Poll::Ready((self.place, result))
    }
}
