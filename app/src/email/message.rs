//! A mail as SMTP wants it: typed headers only, so that nothing that people typed can become a header.

use lettre::Message;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

use crate::portal::mail::Mail;
use crate::portal::user::{Person, one_line};

/// The parts of a message that come from the portal.
pub(super) struct Content<'a> {
    pub(super) subject: &'a str,
    /// The language's tag.
    pub(super) language: &'static str,
    /// The address that ends mails of this sort.
    pub(super) unsubscribe: Option<&'a str>,
    pub(super) text: String,
    pub(super) html: String,
}

/// `Message-ID` of a mail: the same for every attempt, so that a repeated one is recognised.
pub(super) fn message_id(mail: &Mail, host: &str) -> String {
    format!("<mail-{}@{host}>", mail.id)
}

/// What all mails of a request, or of an incident, refer to, so that mail programs show them as one conversation.
fn thread_id(mail: &Mail, host: &str) -> Option<String> {
    match (mail.request, &mail.monitor) {
        (Some(request), _) => Some(format!("<request-{request}@{host}>")),
        (None, Some(monitor)) => Some(format!("<monitor-{}-{}@{host}>", monitor.id, monitor.incident)),
        (None, None) => None,
    }
}

/// The message. The error is a sentence for the outbox.
pub(super) fn build(
    mail: &Mail,
    to: &Person,
    from: &Mailbox,
    host: &str,
    content: Content<'_>,
) -> Result<Message, String> {
    let address =
        to.email.parse().map_err(|error| format!("{} is no address that mail can be sent to: {error}", to.email))?;
    let name = Some(one_line(&to.name)).filter(|name| !name.is_empty());
    let mut builder = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(name, address))
        .subject(one_line(content.subject))
        .message_id(Some(message_id(mail, host)))
        .header(AutoSubmitted)
        .header(SuppressAutoReply)
        .header(ContentLanguage(content.language.to_owned()));
    if let Some(url) = content.unsubscribe {
        builder = builder.header(ListUnsubscribe(format!("<{url}>")));
        // One click is for https only, and mail programs trust it in signed mails only, which is the mail server's matter.
        if url.starts_with("https://") {
            builder = builder.header(ListUnsubscribePost);
        }
    }
    if let Some(thread) = thread_id(mail, host) {
        builder = builder.in_reply_to(thread.clone()).references(thread);
    }
    let parts = MultiPart::alternative_plain_html(content.text, content.html);
    builder.multipart(parts).map_err(|error| format!("the message could not be written: {error}"))
}

/// Declares a header with one constant value.
macro_rules! constant_header {
    ($(#[$doc:meta])* $type:ident: $name:literal = $value:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        struct $type;

        impl Header for $type {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }

            fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self)
            }

            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), $value.to_owned())
            }
        }
    };
}

constant_header! {
    /// Says that posting to the address in `List-Unsubscribe` is enough (RFC 8058).
    ListUnsubscribePost: "List-Unsubscribe-Post" = "List-Unsubscribe=One-Click"
}
constant_header! {
    /// Tells other machines not to answer (RFC 3834).
    AutoSubmitted: "Auto-Submitted" = "auto-generated"
}
constant_header! {
    /// The same in Exchange's words.
    SuppressAutoReply: "X-Auto-Response-Suppress" = "All"
}

/// Declares a header with one text, which must be made of what the portal knows and nobody typed.
macro_rules! text_header {
    ($(#[$doc:meta])* $type:ident: $name:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        struct $type(String);

        impl Header for $type {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }

            fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(text.to_owned()))
            }

            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    };
}

text_header! {
    /// The language of the mail (RFC 3282).
    ContentLanguage: "Content-Language"
}
text_header! {
    /// Where mails of this sort are ended (RFC 2369).
    ListUnsubscribe: "List-Unsubscribe"
}
