//! How mail leaves.

use super::{BaseUrl, ConfigError, Secret};

/// The mail server and the sender.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// Where mails are handed over, as lettre reads it; `None` keeps them in the local outbox. Holds a password.
    pub smtp_url: Option<Secret>,
    /// The sender's address, maybe with a name: `Countersign <sign@example.org>`. Checked where mails are made.
    pub from: String,
}

impl MailConfig {
    pub(super) fn new(url: Option<Secret>, from: Option<String>, base: &BaseUrl) -> Result<Self, ConfigError> {
        let known = |url: &Secret| ["smtp://", "smtps://"].iter().any(|scheme| url.reveal().starts_with(scheme));
        if url.as_ref().is_some_and(|url| !known(url)) {
            return Err(ConfigError::new("COUNTERSIGN_SMTP_URL", "must start with smtp:// or smtps://"));
        }
        let from = from.unwrap_or_else(|| default_sender(base));
        Ok(Self { smtp_url: url, from })
    }
}

/// Not every mail server takes an address literal such as `[127.0.0.1]` as a sender, so a bare address becomes a name.
fn default_sender(base: &BaseUrl) -> String {
    let host = base.host().trim_matches(['[', ']']);
    match host.parse::<std::net::IpAddr>() {
        Ok(_) => String::from("Countersign <countersign@localhost>"),
        Err(_) => format!("Countersign <countersign@{host}>"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_sender_the_host_of_the_base_url_is_taken() {
        let base = BaseUrl::parse("https://sign.example.org").expect("valid");
        assert_eq!(default_sender(&base), "Countersign <countersign@sign.example.org>");
        let local = BaseUrl::parse("http://127.0.0.1:3000").expect("valid");
        assert_eq!(default_sender(&local), "Countersign <countersign@localhost>");
    }
}
