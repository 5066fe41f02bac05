//! What webhooks can be told of.

/// Something that happened, by the word under which receivers know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WebhookEvent {
    /// A request was submitted.
    RequestSubmitted,
    /// Somebody decided on a request.
    RequestDecided,
    /// Those who have not answered were reminded.
    RequestReminded,
    /// Time ran out and somebody else was asked too.
    RequestEscalated,
    /// A request ended, with its verdict.
    RequestClosed,
    /// A monitor found its service down.
    MonitorDown,
    /// The service is still down.
    MonitorReminder,
    /// The service answers again.
    MonitorRecovered,
    /// An admin wants to see that the webhook works.
    Test,
}

impl WebhookEvent {
    /// What a webhook can subscribe to, in the order of forms. A test goes to the webhook that is tested, whatever it
    /// subscribed to.
    pub const SUBSCRIBABLE: [Self; 8] = [
        Self::RequestSubmitted,
        Self::RequestDecided,
        Self::RequestReminded,
        Self::RequestEscalated,
        Self::RequestClosed,
        Self::MonitorDown,
        Self::MonitorReminder,
        Self::MonitorRecovered,
    ];

    /// The word: the `type` of what is posted, and the value in tables and forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::RequestSubmitted => "request.submitted",
            Self::RequestDecided => "request.decided",
            Self::RequestReminded => "request.reminded",
            Self::RequestEscalated => "request.escalated",
            Self::RequestClosed => "request.closed",
            Self::MonitorDown => "monitor.down",
            Self::MonitorReminder => "monitor.reminder",
            Self::MonitorRecovered => "monitor.recovered",
            Self::Test => "webhook.test",
        }
    }

    /// The event of that word.
    pub fn of(word: &str) -> Option<Self> {
        Self::SUBSCRIBABLE.into_iter().chain([Self::Test]).find(|event| event.word() == word)
    }

    /// When it is told, as a sentence for people.
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::RequestSubmitted => "A request was submitted.",
            Self::RequestDecided => "Somebody approved or rejected.",
            Self::RequestReminded => "Those who have not answered were reminded.",
            Self::RequestEscalated => "The time ran out and somebody else was asked.",
            Self::RequestClosed => "A request ended, with its verdict.",
            Self::MonitorDown => "A monitored service does not answer as it should.",
            Self::MonitorReminder => "It still does not answer as it should.",
            Self::MonitorRecovered => "It answers as it should again.",
            Self::Test => "Somebody tested the webhook.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_a_word_of_its_own_that_reads_back() {
        for event in WebhookEvent::SUBSCRIBABLE.into_iter().chain([WebhookEvent::Test]) {
            assert_eq!(WebhookEvent::of(event.word()), Some(event));
        }
        assert_eq!(WebhookEvent::of("request"), None);
    }
}
