//! How long finished instances are kept.

use std::time::Duration;

use super::status::RuntimeStatus;

/// How long an instance is kept after its end, per final status; for ever where nothing is said.
///
/// A child is kept by its own end, not by its parent's, which has its result already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// How long completed instances are kept.
    pub completed: Option<Duration>,
    /// How long failed instances are kept.
    pub failed: Option<Duration>,
    /// How long terminated instances are kept.
    pub terminated: Option<Duration>,
}

impl Retention {
    /// Everything is kept for ever.
    pub fn for_ever() -> Self {
        Self::default()
    }

    /// Keeps completed instances for `age` after their end.
    #[must_use]
    pub fn completed(mut self, age: Duration) -> Self {
        self.completed = Some(age);
        self
    }

    /// Keeps failed instances for `age` after their end.
    #[must_use]
    pub fn failed(mut self, age: Duration) -> Self {
        self.failed = Some(age);
        self
    }

    /// Keeps terminated instances for `age` after their end.
    #[must_use]
    pub fn terminated(mut self, age: Duration) -> Self {
        self.terminated = Some(age);
        self
    }

    /// The statuses whose instances are not kept for ever, with their ages.
    pub fn ages(&self) -> impl Iterator<Item = (RuntimeStatus, Duration)> + use<> {
        let ages = [
            (RuntimeStatus::Completed, self.completed),
            (RuntimeStatus::Failed, self.failed),
            (RuntimeStatus::Terminated, self.terminated),
        ];
        ages.into_iter().filter_map(|(status, age)| Some((status, age?)))
    }
}
