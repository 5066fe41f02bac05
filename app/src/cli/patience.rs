//! Waiting for a process that is about to be gone. One that was killed keeps its port and its locks until the system has
//! cleared it away, and whoever restarts it does not wait for that.

use std::fmt::Display;
use std::time::Duration;

use tokio::time::interval;

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(100);

/// As many attempts as fit into three seconds: enough for a process with much memory, and short for somebody who started a
/// second server by mistake.
const ATTEMPTS: u32 = 30;

/// Tries until it succeeds, fails for another reason than that somebody else has what is wanted, or three seconds are over.
/// Says once that it waits.
pub(super) async fn patiently<T, E: Display>(
    is_taken: impl Fn(&E) -> bool,
    attempt: impl AsyncFn() -> Result<T, E>,
) -> Result<T, E> {
    let mut pauses = interval(PAUSE);
    // The first tick comes at once.
    pauses.tick().await;
    let mut outcome = attempt().await;
    for number in 1..ATTEMPTS {
        match &outcome {
            Err(problem) if is_taken(problem) => {
                if number == 1 {
                    tracing::warn!("waiting for a process that may be about to end: {problem}");
                }
            }
            _ => break,
        }
        pauses.tick().await;
        outcome = attempt().await;
    }
    outcome
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    async fn attempts(answers: &[Result<(), &'static str>]) -> (Result<(), &'static str>, usize) {
        let made = Cell::new(0);
        let attempt = async || {
            made.set(made.get() + 1);
            answers[made.get() - 1]
        };
        let outcome = patiently(|problem: &&'static str| *problem == "taken", attempt).await;
        (outcome, made.get())
    }

    #[tokio::test]
    async fn what_is_taken_is_asked_for_again_until_it_is_free() {
        assert_eq!(attempts(&[Err("taken"), Err("taken"), Ok(())]).await, (Ok(()), 3));
    }

    #[tokio::test]
    async fn what_another_attempt_cannot_mend_is_said_at_once() {
        assert_eq!(attempts(&[Err("taken"), Err("broken"), Ok(())]).await, (Err("broken"), 2));
        assert_eq!(attempts(&[Ok(())]).await, (Ok(()), 1));
    }
}
