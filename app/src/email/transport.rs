//! How mails leave: by SMTP, not at all (the local outbox), or into memory for tests.

use std::error::Error as _;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::PoolConfig;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::error::MailSetUpError;
use crate::auth::token::PREFIX;
use crate::portal::mail::{Delivery, MailStep, MailTrouble};

/// The longest wait for one answer of the server.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Connections kept open to the server.
const CONNECTIONS: u32 = 4;
/// The longest sentence of a server that is kept, in characters.
const MAX_SENTENCE: usize = 500;

/// Mails in memory, for tests.
#[derive(Clone, Debug, Default)]
pub struct MemoryMails(Arc<Mutex<Vec<Vec<u8>>>>);

impl MemoryMails {
    /// The mails sent so far, as they would go over the wire.
    pub fn all(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// How mails leave.
#[derive(Clone)]
pub enum Transport {
    /// By a mail server.
    Smtp {
        /// Host and port, for people; never user or password.
        server: String,
        /// The connections.
        transport: AsyncSmtpTransport<Tokio1Executor>,
    },
    /// Not at all: mails stay in the portal, where admins can read them.
    Outbox,
    /// Into memory.
    Memory(MemoryMails),
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Smtp { server, .. } => write!(f, "Smtp({server})"),
            Self::Outbox => f.write_str("Outbox"),
            Self::Memory(_) => f.write_str("Memory"),
        }
    }
}

impl Transport {
    /// The mail server of a URL: `smtps://user:password@host:465`, `smtp://host:587?tls=required` (STARTTLS), or plain
    /// `smtp://host:25`. The error names no part of the URL, which may hold a password.
    /// To be called within a tokio runtime, which tends the connections.
    pub fn smtp(url: &str) -> Result<Self, MailSetUpError> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| MailSetUpError::Url)?;
        let transport = builder.timeout(Some(TIMEOUT)).pool_config(PoolConfig::new().max_size(CONNECTIONS)).build();
        Ok(Self::Smtp { server: host_and_port(url), transport })
    }

    /// Hands a message over.
    pub(super) async fn send(&self, message: Message) -> Result<Delivery, MailTrouble> {
        match self {
            Self::Smtp { transport, .. } => {
                transport.send(message).await.map(|_| Delivery::Sent).map_err(|error| trouble(&error))
            }
            Self::Outbox => Ok(Delivery::Kept),
            Self::Memory(mails) => {
                mails.0.lock().unwrap_or_else(PoisonError::into_inner).push(message.formatted());
                Ok(Delivery::Sent)
            }
        }
    }
}

/// The part of a URL between user and path.
fn host_and_port(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default().to_owned()
}

fn trouble(error: &lettre::transport::smtp::Error) -> MailTrouble {
    let code = error.status().map(|code| code.to_string());
    let step = match code.as_deref() {
        _ if error.is_tls() => MailStep::Tls,
        Some("530" | "534" | "535" | "538" | "454") => MailStep::Auth,
        Some(_) => MailStep::Refused,
        None => MailStep::Connect,
    };
    let mut sentence = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !sentence.contains(&inner_text) {
            sentence = format!("{sentence}: {inner_text}");
        }
        source = inner.source();
    }
    // A wrong password or a full disk is mended by people, so only what the server says of this one mail is final.
    MailTrouble { step, permanent: error.is_permanent() && step == MailStep::Refused, sentence: presentable(&sentence) }
}

/// One line, not too long, and without signed links: a server may quote what it refuses.
pub(super) fn presentable(sentence: &str) -> String {
    let line = crate::portal::user::one_line(sentence);
    let mut parts = line.split(PREFIX);
    let mut clean = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let after = part.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        clean.push_str(PREFIX);
        clean.push('…');
        clean.push_str(after);
    }
    clean.chars().take(MAX_SENTENCE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn urls_with_and_without_encryption_are_understood_and_shown_without_password() {
        for (url, shown) in [
            ("smtp://127.0.0.1:2525", "127.0.0.1:2525"),
            ("smtps://ana:s3cret@mail.example.org", "mail.example.org"),
            ("smtp://ana:s3cret@mail.example.org:587?tls=required", "mail.example.org:587"),
        ] {
            let transport = Transport::smtp(url).expect("a mail server");
            assert_eq!(format!("{transport:?}"), format!("Smtp({shown})"));
        }
    }

    #[tokio::test]
    async fn what_is_no_mail_server_is_refused_without_being_repeated() {
        let error = Transport::smtp("http://ana:s3cret@host").expect_err("no mail server");
        assert!(!error.to_string().contains("s3cret"));
    }

    #[test]
    fn a_server_that_quotes_a_link_does_not_bring_it_into_the_outbox() {
        let said = presentable("554 spam:\r\n http://x/d/csn_AbC-12_9 and csn_Q.");
        assert_eq!(said, "554 spam: http://x/d/csn_… and csn_….");
    }
}
