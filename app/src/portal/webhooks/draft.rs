//! A webhook as typed.

use std::collections::BTreeSet;

use super::event::WebhookEvent;
use crate::portal::error::FieldError;
use crate::portal::ports::is_web_address;
use crate::portal::user::one_line;

/// The longest address in characters.
pub const MAX_URL_CHARS: usize = 2_000;
/// The longest description in characters.
pub const MAX_DESCRIPTION_CHARS: usize = 200;

/// A webhook as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookDraft {
    /// Where to post: `http://` or `https://`.
    pub url: String,
    /// What it is for; may be empty.
    pub description: String,
    /// The words of the events that it subscribes to, at least one; see [`WebhookEvent::word`].
    pub events: Vec<String>,
}

/// A webhook that was checked.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) url: String,
    pub(super) description: String,
    pub(super) events: BTreeSet<WebhookEvent>,
}

impl WebhookDraft {
    /// What was typed, if all of it is right. Errors name `url`, `description` and `event`.
    pub(super) fn check(&self) -> Result<Checked, Vec<FieldError>> {
        let mut errors = Vec::new();
        let url = self.url.trim();
        if let Err(message) = check_url(url) {
            errors.push(FieldError::new("url", message));
        }
        let description = one_line(&self.description);
        if description.chars().count() > MAX_DESCRIPTION_CHARS {
            let message = format!("The description may have at most {MAX_DESCRIPTION_CHARS} characters.");
            errors.push(FieldError::new("description", message));
        }
        let known = |word: &String| WebhookEvent::of(word).filter(|event| WebhookEvent::SUBSCRIBABLE.contains(event));
        if let Some(unknown) = self.events.iter().find(|word| known(word).is_none()) {
            errors.push(FieldError::new("event", format!("There is no event {}.", one_line(unknown))));
        }
        let events: BTreeSet<_> = self.events.iter().filter_map(known).collect();
        if self.events.is_empty() {
            errors.push(FieldError::new("event", "Choose at least one event."));
        }
        if errors.is_empty() { Ok(Checked { url: url.to_owned(), description, events }) } else { Err(errors) }
    }
}

/// What can be said of an address by looking at its text; whether it may be asked is for the way out to say.
fn check_url(url: &str) -> Result<(), &'static str> {
    if url.is_empty() {
        return Err("Enter the address to post to.");
    }
    if url.chars().count() > MAX_URL_CHARS {
        return Err("The address is too long.");
    }
    if !is_web_address(url) {
        return Err("The address must start with http:// or https://.");
    }
    if url.contains('#') {
        return Err("The address may not have a part after #, which is never sent.");
    }
    if !url.chars().all(|c| c.is_ascii_graphic()) {
        return Err("The address may hold only letters, digits and signs of ASCII; write the rest percent-encoded.");
    }
    Ok(())
}

/// Scheme, host and port of an address: what the audit log may know, for the rest may hold a secret.
pub(super) fn origin_of(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{}", rest.split(['/', '?']).next().unwrap_or_default()),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(url: &str) -> WebhookDraft {
        WebhookDraft { url: url.into(), description: " For the\nledger ".into(), events: vec!["request.closed".into()] }
    }

    #[test]
    fn what_is_right_is_taken_trimmed() {
        let checked = draft(" https://example.org:8443/hooks?key=1 ").check().expect("right");
        assert_eq!(checked.url, "https://example.org:8443/hooks?key=1");
        assert_eq!(checked.description, "For the ledger");
        assert_eq!(checked.events, BTreeSet::from([WebhookEvent::RequestClosed]));
        assert_eq!(origin_of(&checked.url), "https://example.org:8443");
    }

    #[test]
    fn an_address_that_cannot_be_posted_to_is_refused_with_its_field() {
        let long = format!("http://x.org/{}", "a".repeat(MAX_URL_CHARS));
        for url in ["", "  ", "http://x.org/#a", "http://x.org/ä", "http://x.org/a b", long.as_str()] {
            let errors = draft(url).check().expect_err(url);
            assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["url"], "{url}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let errors = WebhookDraft { events: Vec::new(), ..draft("nonsense") }.check().expect_err("not right");
        assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["url", "event"]);
        assert!(draft("HTTPS://x.org/").check().is_ok());
    }

    #[test]
    fn at_least_one_event_is_needed_and_a_test_is_none() {
        for events in [Vec::new(), vec!["webhook.test".to_owned()], vec!["request.closed".into(), "nonsense".into()]] {
            let errors = WebhookDraft { events, ..draft("https://x.org") }.check().expect_err("not right");
            assert!(errors.iter().all(|error| error.field == "event") && !errors.is_empty(), "{errors:?}");
        }
    }
}
