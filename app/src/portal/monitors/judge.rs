//! Whether an answer is as it should be.

use std::time::Duration;

use super::monitor::Expectation;
use crate::portal::clock::Time;
use crate::portal::ports::{OutboundAnswer, OutboundError};

const DAY: Duration = Duration::from_secs(86_400);

/// The first thing that is wrong with what came back, as a sentence; `None` when nothing is.
pub(super) fn judge(expect: &Expectation, result: &Result<OutboundAnswer, OutboundError>, now: Time) -> Option<String> {
    let answer = match result {
        Ok(answer) => answer,
        Err(error) => return Some(error.to_string()),
    };
    if !expect.statuses.contains(answer.status) {
        return Some(format!("The status was {}, and not {}.", answer.status, expect.statuses));
    }
    if expect.contains.as_ref().is_some_and(|text| !answer.body.contains(text)) {
        return Some("The answer does not contain the expected text.".to_owned());
    }
    if let Some(most) = expect.max_latency.filter(|most| answer.latency > *most) {
        let (took, most) = (answer.latency.as_millis(), most.as_millis());
        return Some(format!("The answer took {took} ms, and may take {most} ms."));
    }
    certificate(expect.certificate_days?, answer.certificate_expires_at, now)
}

fn certificate(days: u32, expires_at: Option<Time>, now: Time) -> Option<String> {
    let Some(expires_at) = expires_at else {
        return Some("There is no certificate: the address is not https.".to_owned());
    };
    let left = expires_at.since(now);
    (left < DAY * days).then(|| match left.as_secs() / DAY.as_secs() {
        0 => "The certificate ends in less than a day.".to_owned(),
        1 => "The certificate ends in 1 day.".to_owned(),
        left => format!("The certificate ends in {left} days."),
    })
}

#[cfg(test)]
mod tests {
    use super::super::status::StatusSet;
    use super::*;

    const NOON: Time = Time(1_800_000_000_000_000);

    fn answer() -> OutboundAnswer {
        OutboundAnswer {
            status: 200,
            body: "all is well".into(),
            latency: Duration::from_millis(80),
            certificate_expires_at: Some(NOON + DAY * 30),
        }
    }

    fn problem(expect: &Expectation, answer: OutboundAnswer) -> Option<String> {
        judge(expect, &Ok(answer), NOON)
    }

    #[test]
    fn an_answer_that_is_as_expected_passes() {
        let expect = Expectation {
            statuses: StatusSet::default(),
            contains: Some("is well".into()),
            max_latency: Some(Duration::from_millis(80)),
            certificate_days: Some(30),
        };
        assert_eq!(problem(&expect, answer()), None);
        assert_eq!(problem(&Expectation::default(), OutboundAnswer { status: 302, ..answer() }), None);
    }

    #[test]
    fn each_expectation_fails_with_a_sentence_of_its_own() {
        let plain = Expectation::default;
        let contains = Expectation { contains: Some("Well".into()), ..plain() };
        let fast = Expectation { max_latency: Some(Duration::from_millis(79)), ..plain() };
        let valid = Expectation { certificate_days: Some(31), ..plain() };
        let table = [
            (plain(), OutboundAnswer { status: 503, ..answer() }, "The status was 503, and not 2xx, 3xx."),
            (contains, answer(), "The answer does not contain the expected text."),
            (fast, answer(), "The answer took 80 ms, and may take 79 ms."),
            (valid.clone(), answer(), "The certificate ends in 30 days."),
            (
                valid.clone(),
                OutboundAnswer { certificate_expires_at: None, ..answer() },
                "There is no certificate: the address is not https.",
            ),
            (
                valid,
                OutboundAnswer { certificate_expires_at: Some(NOON + DAY / 2), ..answer() },
                "The certificate ends in less than a day.",
            ),
        ];
        for (expect, answer, sentence) in table {
            assert_eq!(problem(&expect, answer).as_deref(), Some(sentence));
        }
    }

    #[test]
    fn no_answer_fails_with_the_reason() {
        for error in [OutboundError::Failed("No connection.".into()), OutboundError::Refused("Not public.".into())] {
            assert_eq!(judge(&Expectation::default(), &Err(error.clone()), NOON), Some(error.to_string()));
        }
    }
}
