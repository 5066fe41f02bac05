//! Which links were fetched, and how often: noted in memory, off the way of whoever fetches, and written to the audit log by
//! the sweep. A link that was fetched several times within seconds was probably fetched by a scanner of mails.
//!
//! A GET changes nothing, so it writes nothing. At most one row per link and hour is written, whatever a scanner does; what was
//! not written when the process ends is forgotten.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::actor::Actor;
use super::clock::Time;
use super::error::Result;
use super::ids::LinkId;
use super::service::Portal;
use super::work::{Audit, Work};

/// What one row of the log covers, at the least.
const HOUR: Duration = Duration::from_secs(3_600);
/// The most links that are counted at a time; fetches of others are not.
const MOST_LINKS: usize = 10_000;
/// Rows of one transaction: short enough for the time that a unit has.
const STEP: usize = 200;

/// The fetches of one link since it was written about last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fetches {
    first: Time,
    last: Time,
    count: u64,
}

impl Fetches {
    fn in_words(self) -> String {
        let since = jiff::Timestamp::from_second(self.first.micros().div_euclid(1_000_000));
        let since = since.map_or_else(|_| self.first.to_string(), |since| since.to_string());
        let within = self.last.since(self.first).as_secs();
        format!("{} times within {within} s from {since}", self.count)
    }
}

/// The fetches that no row tells of yet. Kept in memory: a restart forgets.
#[derive(Debug, Default)]
pub(super) struct FetchedLinks {
    fetches: Mutex<HashMap<LinkId, Fetches>>,
}

impl FetchedLinks {
    fn note(&self, link: LinkId, now: Time) {
        let mut fetches = self.fetches.lock().unwrap_or_else(PoisonError::into_inner);
        if fetches.len() >= MOST_LINKS && !fetches.contains_key(&link) {
            return;
        }
        let noted = fetches.entry(link).or_insert(Fetches { first: now, last: now, count: 0 });
        noted.last = now;
        noted.count = noted.count.saturating_add(1);
    }

    /// Takes what began an hour ago, so that the next row about the same link is at least that much later; some of it, when
    /// there is much.
    fn take_due(&self, now: Time) -> Vec<(LinkId, Fetches)> {
        let mut fetches = self.fetches.lock().unwrap_or_else(PoisonError::into_inner);
        let due = fetches.iter().filter(|(_, noted)| now.since(noted.first) >= HOUR);
        let due: Vec<_> = due.take(STEP).map(|(link, noted)| (*link, *noted)).collect();
        for (link, _) in &due {
            fetches.remove(link);
        }
        due
    }

    /// Takes back what could not be written.
    fn put_back(&self, unwritten: Vec<(LinkId, Fetches)>) {
        let mut fetches = self.fetches.lock().unwrap_or_else(PoisonError::into_inner);
        for (link, before) in unwritten {
            let noted = fetches.entry(link).or_insert(Fetches { count: 0, ..before });
            noted.first = before.first;
            noted.count = noted.count.saturating_add(before.count);
        }
    }
}

impl Portal {
    /// Notes that an authentic link was fetched. In memory only.
    pub fn note_fetched(&self, link: LinkId) {
        self.fetched.note(link, self.now());
    }

    /// Writes a row of the audit log about each link whose first fetch that no row tells of is an hour ago. To be called now
    /// and then.
    pub async fn sweep_fetched(&self) -> Result<()> {
        let now = self.now();
        loop {
            let due = self.fetched.take_due(now);
            if due.is_empty() {
                return Ok(());
            }
            let lines = due.clone();
            let written =
                self.unit("sweep_fetched", move |work| Box::pin(async move { write(work, &lines, now).await })).await;
            if let Err(error) = written {
                self.fetched.put_back(due);
                return Err(error);
            }
        }
    }
}

async fn write(work: &dyn Work, lines: &[(LinkId, Fetches)], now: Time) -> Result<()> {
    let actor = Actor::System("link");
    for (link, fetches) in lines {
        let (action, object, detail) = ("link.fetched", link.to_string(), fetches.in_words());
        work.audit(Audit { at: now, actor: &actor, action, object, detail }).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn link(number: u128) -> LinkId {
        LinkId(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn fetches_of_one_link_are_one_row_an_hour_after_the_first() {
        let (fetched, start) = (FetchedLinks::default(), Time(0));
        fetched.note(link(1), start);
        fetched.note(link(2), start + MINUTE);
        fetched.note(link(1), start + MINUTE);
        assert!(fetched.take_due(start + 59 * MINUTE).is_empty());
        let due = fetched.take_due(start + HOUR);
        assert_eq!(due, [(link(1), Fetches { first: start, last: start + MINUTE, count: 2 })]);
        assert_eq!(due[0].1.in_words(), "2 times within 60 s from 1970-01-01T00:00:00Z");
        assert_eq!(fetched.take_due(start + HOUR + MINUTE).len(), 1, "the other link");
        fetched.note(link(1), start + HOUR);
        assert!(fetched.take_due(start + HOUR + 59 * MINUTE).is_empty(), "one row per link and hour");
    }

    #[test]
    fn what_could_not_be_written_is_written_the_next_time() {
        let (fetched, start) = (FetchedLinks::default(), Time(0));
        fetched.note(link(1), start);
        let due = fetched.take_due(start + HOUR);
        fetched.note(link(1), start + HOUR);
        fetched.put_back(due);
        let due = fetched.take_due(start + HOUR);
        assert_eq!(due, [(link(1), Fetches { first: start, last: start + HOUR, count: 2 })]);
    }

    #[test]
    fn however_many_links_there_are_the_memory_is_bounded() {
        let fetched = FetchedLinks::default();
        for number in 0..20_000 {
            fetched.note(link(number), Time(0));
        }
        assert_eq!(fetched.fetches.lock().expect("no poison").len(), MOST_LINKS);
        fetched.note(link(1), Time(1));
        assert_eq!(fetched.fetches.lock().expect("no poison")[&link(1)].count, 2);
    }
}
