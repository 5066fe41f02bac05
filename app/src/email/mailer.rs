//! From a mail's facts to a message that is on its way.

use std::sync::Arc;

use askama::Template;
use lettre::message::Mailbox;

use super::error::MailSetUpError;
use super::letter::{Action, Addresses, Fact, Pen, Section, Words, subject};
use super::message::{self, Content};
use super::transport::Transport;
use crate::auth::Keys;
use crate::pages::paths;
use crate::portal::link::{Link, Purpose};
use crate::portal::mail::{Delivery, MailFacts, MailKind, MailState, MailStep, MailTrouble, MailedLine, MailedRequest};

/// Where mail comes from and where it goes.
pub struct MailSettings<'a> {
    /// How it leaves.
    pub transport: Transport,
    /// The sender: an address, maybe with a name.
    pub from: &'a str,
    /// The portal's address as its users type it, without a slash at its end.
    pub base_url: &'a str,
    /// Its host, for message ids.
    pub host: &'a str,
}

/// Writes and sends mails. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Mailer {
    transport: Transport,
    from: Mailbox,
    base_url: Arc<str>,
    host: Arc<str>,
    keys: Arc<Keys>,
}

/// A mail as an admin of a portal without mail server may read it. Holds a secret, and prints nothing of it.
#[derive(Clone)]
pub struct Rendered {
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part, a whole document with inline styles.
    pub html: String,
    /// The signed link within, if it has one of its own.
    pub link: Option<String>,
    /// The address that ends digests.
    pub unsubscribe: Option<String>,
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rendered").field("subject", &self.subject).finish_non_exhaustive()
    }
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    language: &'static str,
    subject: &'a str,
    preview: &'a str,
    heading: &'a str,
    lines: &'a [String],
    facts: &'a [Fact],
    sections: &'a [Section],
    action: Option<&'a Action>,
    small: &'a [String],
    unsubscribe: Option<&'a Action>,
    sent_by: &'a str,
}

#[derive(Template)]
#[template(path = "mail/letter.txt", escape = "none")]
struct Text<'a> {
    heading: &'a str,
    lines: &'a [String],
    facts: &'a [Fact],
    sections: &'a [Section],
    action: Option<&'a Action>,
    small: &'a [String],
    unsubscribe: Option<&'a Action>,
    sent_by: &'a str,
}

impl Mailer {
    /// A mailer with these settings, which signs links with `keys`.
    pub fn new(settings: MailSettings<'_>, keys: Arc<Keys>) -> Result<Self, MailSetUpError> {
        Ok(Self {
            transport: settings.transport,
            from: settings.from.parse().map_err(|_| MailSetUpError::Sender)?,
            base_url: settings.base_url.trim_end_matches('/').into(),
            host: settings.host.trim_matches(['[', ']']).into(),
            keys,
        })
    }

    /// The mail server as host and port; `None` where mails stay in the portal.
    pub fn server(&self) -> Option<&str> {
        match &self.transport {
            Transport::Smtp { server, .. } => Some(server),
            Transport::Memory(_) => Some("memory"),
            Transport::Outbox => None,
        }
    }

    /// The sender, for pages.
    pub fn sender(&self) -> String {
        self.from.to_string()
    }

    /// A mail's `Message-ID`, the same for every attempt.
    pub fn message_id(&self, facts: &MailFacts) -> String {
        message::message_id(&facts.mail, &self.host)
    }

    /// The address that a link opens, with its secret: for a mail, and for the set-up link that the server prints.
    /// `None` when the key that was active at its minting is gone.
    pub fn link_url(&self, link: &Link) -> Option<String> {
        let signed = self.keys.sign(&link.claims())?;
        let token = signed.expose();
        let path = match link.purpose {
            Purpose::Decide => paths::Link(token).to_string(),
            Purpose::Invite => paths::Invitation(token).to_string(),
            Purpose::Answer => paths::AnswerLink(token).to_string(),
            Purpose::Unsubscribe => paths::Unsubscribe(token).to_string(),
            Purpose::SetUp => paths::with_query(paths::SetUp, &[("token", token)]),
        };
        Some(format!("{}{path}", self.base_url))
    }

    /// Sends a mail, or keeps it where there is no mail server.
    pub async fn send(&self, facts: &MailFacts) -> Result<Delivery, MailTrouble> {
        let compose = |sentence: String| MailTrouble { step: MailStep::Compose, sentence, permanent: true };
        let rendered = self.render(facts).map_err(compose)?;
        let content = Content {
            subject: &rendered.subject,
            language: facts.language.code(),
            unsubscribe: rendered.unsubscribe.as_deref(),
            text: rendered.text,
            html: rendered.html,
        };
        let message = message::build(&facts.mail, &facts.to, &self.from, &self.host, content).map_err(compose)?;
        self.transport.send(message).await
    }

    /// A mail for an admin's eyes, with its link: only where no mail server is configured and the mail was kept for that.
    pub fn for_outbox(&self, facts: &MailFacts) -> Option<Rendered> {
        let kept = matches!(self.transport, Transport::Outbox) && facts.mail.state == MailState::Kept;
        kept.then(|| self.render(facts).ok()).flatten()
    }

    fn render(&self, facts: &MailFacts) -> Result<Rendered, String> {
        let addresses = self.addresses(facts)?;
        // The link of a digest ends it, and is shown nowhere but in the digest.
        let ends_it = facts.mail.kind == MailKind::Digest;
        let (unsubscribe, link) = if ends_it { (addresses.link.clone(), None) } else { (None, addresses.link.clone()) };
        let subject = subject(facts.mail.kind, facts.title(), facts.language);
        let sent_by = Pen::of(facts).say.sent_by(&self.host);
        let words = Words::of(facts, addresses);
        let text = text(&words, &sent_by).render().map_err(|error| error.to_string())?;
        let html = html(&words, &subject, facts.language.code(), &sent_by);
        let html = html.render().map_err(|error| error.to_string())?;
        Ok(Rendered { subject, text, html, link, unsubscribe })
    }

    /// Where the mail may lead, with its secrets.
    fn addresses(&self, facts: &MailFacts) -> Result<Addresses, String> {
        let link = facts.link.as_ref().map(|link| self.signed(link)).transpose()?;
        let own = facts.request.as_ref().filter(|request| opens_page(facts, request));
        let monitor = facts.mail.monitor.as_ref();
        let lines = facts.digest.iter().flat_map(|digest| &digest.lines);
        Ok(Addresses {
            link,
            request: own.map(|request| self.page(paths::Request(&request.id.to_string()))),
            run: facts.mail.run.as_ref().map(|run| self.page(paths::Instance(&run.id))),
            monitor: monitor.map(|of| self.page(paths::Monitor(&of.id.to_string()))),
            inbox: self.page(paths::Inbox),
            lines: lines.map(|line| self.address_of(line)).collect::<Result<_, _>>()?,
            code: self.code(facts)?,
        })
    }

    fn page(&self, path: impl std::fmt::Display) -> String {
        format!("{}{path}", self.base_url)
    }

    /// Where a line of a digest leads: to the decision by its own link, or to the request of the reader.
    fn address_of(&self, line: &MailedLine) -> Result<String, String> {
        match &line.link {
            Some(link) => self.signed(link),
            None => Ok(self.page(paths::Request(&line.request.to_string()))),
        }
    }

    /// The digits of the code that a mail brings.
    fn code(&self, facts: &MailFacts) -> Result<Option<String>, String> {
        if facts.mail.kind != MailKind::Code {
            return Ok(None);
        }
        let code = facts.code.as_ref().ok_or("the code of this mail is kept no more; a new one has to be asked for")?;
        let digits = self.keys.code_digits(&code.seed);
        let digits = digits.ok_or("the key that made this mail's code is gone; a new one has to be asked for")?;
        Ok(Some(digits.expose().to_owned()))
    }

    fn signed(&self, link: &Link) -> Result<String, String> {
        self.link_url(link).ok_or_else(|| "the key that signed this mail's link is gone; send a new link".to_owned())
    }
}

/// Whether the reader can open the request's page. Whoever has no account could not; the requester has one. Those whose mail
/// holds a signed link are to use that, so that others get the page only where theirs does not help.
fn opens_page(facts: &MailFacts, request: &MailedRequest) -> bool {
    use MailKind::{Comment, Observing, Withdrawn};
    let without_link = matches!(facts.mail.kind, Withdrawn | Comment | Observing);
    request.requester.id == facts.to.id || (without_link && facts.has_account)
}

fn text<'a>(words: &'a Words, sent_by: &'a str) -> Text<'a> {
    let Words { heading, lines, facts, sections, action, small, unsubscribe } = words;
    let (action, unsubscribe) = (action.as_ref(), unsubscribe.as_ref());
    Text { heading, lines, facts, sections, action, small, unsubscribe, sent_by }
}

fn html<'a>(words: &'a Words, subject: &'a str, language: &'static str, sent_by: &'a str) -> Html<'a> {
    let Words { heading, lines, facts, sections, action, small, unsubscribe } = words;
    let preview = lines.first().map_or("", String::as_str);
    let (action, unsubscribe) = (action.as_ref(), unsubscribe.as_ref());
    Html { language, subject, preview, heading, lines, facts, sections, action, small, unsubscribe, sent_by }
}
