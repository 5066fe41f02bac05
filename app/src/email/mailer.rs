//! From a mail's facts to a message that is on its way.

use std::sync::Arc;

use askama::Template;
use lettre::message::Mailbox;

use super::error::MailSetUpError;
use super::letter::{Action, Addresses, Fact, Words};
use super::message::{self, Content};
use super::transport::Transport;
use crate::auth::Keys;
use crate::pages::paths;
use crate::portal::link::{Link, Purpose};
use crate::portal::mail::{Delivery, MailFacts, MailKind, MailState, MailStep, MailTrouble, MailedRequest};

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
    /// The signed link within.
    pub link: Option<String>,
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rendered").field("subject", &self.subject).finish_non_exhaustive()
    }
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    subject: &'a str,
    preview: &'a str,
    heading: &'a str,
    lines: &'a [String],
    facts: &'a [Fact],
    action: Option<&'a Action>,
    small: &'a [String],
    host: &'a str,
}

#[derive(Template)]
#[template(path = "mail/letter.txt", escape = "none")]
struct Text<'a> {
    heading: &'a str,
    lines: &'a [String],
    facts: &'a [Fact],
    action: Option<&'a Action>,
    small: &'a [String],
    host: &'a str,
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
            Purpose::SetUp => paths::with_query(paths::SetUp, &[("token", token)]),
        };
        Some(format!("{}{path}", self.base_url))
    }

    /// Sends a mail, or keeps it where there is no mail server.
    pub async fn send(&self, facts: &MailFacts) -> Result<Delivery, MailTrouble> {
        let compose = |sentence: String| MailTrouble { step: MailStep::Compose, sentence, permanent: true };
        let rendered = self.render(facts).map_err(compose)?;
        let content = Content { subject: &rendered.subject, text: rendered.text, html: rendered.html };
        let message = message::build(&facts.mail, &facts.to, &self.from, &self.host, content).map_err(compose)?;
        self.transport.send(message).await
    }

    /// A mail for an admin's eyes, with its link: only where no mail server is configured and the mail was kept for that.
    pub fn for_outbox(&self, facts: &MailFacts) -> Option<Rendered> {
        let kept = matches!(self.transport, Transport::Outbox) && facts.mail.state == MailState::Kept;
        kept.then(|| self.render(facts).ok()).flatten()
    }

    fn render(&self, facts: &MailFacts) -> Result<Rendered, String> {
        let link = match &facts.link {
            Some(link) => {
                Some(self.link_url(link).ok_or("the key that signed this mail's link is gone; send a new link")?)
            }
            None => None,
        };
        // Whoever has no account could not open the request's page; the requester has one. Those whose mail holds a signed link
        // are to use that, so that others get this one only where theirs does not help.
        let without_link = matches!(facts.mail.kind, MailKind::Withdrawn | MailKind::Comment);
        let opens =
            |request: &&MailedRequest| request.requester.id == facts.to.id || (without_link && facts.has_account);
        let own = facts.request.as_ref().filter(opens);
        let request = own.map(|request| format!("{}{}", self.base_url, paths::Request(&request.id.to_string())));
        let run = facts.mail.run.as_ref().map(|run| format!("{}{}", self.base_url, paths::Instance(&run.id)));
        let monitor = facts.mail.monitor.as_ref();
        let monitor = monitor.map(|of| format!("{}{}", self.base_url, paths::Monitor(&of.id.to_string())));
        let words = Words::of(facts, Addresses { link: link.clone(), request, run, monitor });
        let subject = facts.subject();
        let text = self.text(&words).render().map_err(|error| error.to_string())?;
        let html = self.html(&words, &subject).render().map_err(|error| error.to_string())?;
        Ok(Rendered { subject, text, html, link })
    }

    fn text<'a>(&'a self, words: &'a Words) -> Text<'a> {
        let Words { heading, lines, facts, action, small } = words;
        Text { heading, lines, facts, action: action.as_ref(), small, host: &self.host }
    }

    fn html<'a>(&'a self, words: &'a Words, subject: &'a str) -> Html<'a> {
        let Words { heading, lines, facts, action, small } = words;
        let preview = lines.first().map_or("", String::as_str);
        Html { subject, preview, heading, lines, facts, action: action.as_ref(), small, host: &self.host }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::clock::Time;
    use crate::portal::ids::{LinkId, MailId, MonitorId, RequestId, UserId};
    use crate::portal::link::{Binding, LinkState};
    use crate::portal::mail::{Mail, MailedMonitor, MailedRun};
    use crate::portal::policy::{FinalRule, Ruling};
    use crate::portal::ports::KeyRing;
    use crate::portal::user::Person;

    fn mailer(transport: Transport) -> Mailer {
        let settings =
            MailSettings { transport, from: "Sign <s@x.org>", base_url: "http://[::1]:3000/", host: "[::1]" };
        Mailer::new(settings, Arc::new(Keys::random().expect("randomness"))).expect("a mailer")
    }

    fn person(number: u128, name: &str) -> Person {
        Person { id: UserId(uuid::Uuid::from_u128(number)), name: name.into(), email: format!("p{number}@x.org") }
    }

    fn monitor() -> MailedMonitor {
        MailedMonitor {
            id: MonitorId(uuid::Uuid::nil()),
            name: "Shop <script>alert(3)</script>".into(),
            url: "https://shop.example/?<script>".into(),
            incident: 1,
            began_at: Time(1_800_000_000_000_000),
            ended_at: Some(Time(1_800_000_600_000_000)),
        }
    }

    fn facts(mailer: &Mailer, kind: MailKind) -> MailFacts {
        let link = Link {
            id: LinkId(uuid::Uuid::from_u128(9)),
            purpose: match kind {
                MailKind::Invitation => Purpose::Invite,
                MailKind::Question => Purpose::Answer,
                _ => Purpose::Decide,
            },
            user: None,
            assignment: None,
            key: mailer.keys.active_key(),
            binding: Binding([0; 16]),
            created_at: Time(0),
            expires_at: Time(1_800_000_000_000_000),
            state: LinkState::Live,
        };
        let mail = Mail {
            id: MailId(uuid::Uuid::nil()),
            kind,
            to: UserId(uuid::Uuid::from_u128(1)),
            request: Some(RequestId(uuid::Uuid::nil())),
            run: Some(MailedRun { id: "order 17".into(), title: "Rent & <script>alert(2)</script>".into() }),
            monitor: Some(monitor()),
            link: Some(link.id),
            natural_key: String::new(),
            note: "<b>too dear</b>".into(),
            by: None,
            ruling: Some(Ruling::Rejected),
            state: MailState::Kept,
            attempts: 0,
            error: None,
            failed_step: None,
            next_attempt_at: None,
            created_at: Time(0),
            sent_at: None,
        };
        let request = MailedRequest {
            id: RequestId(uuid::Uuid::nil()),
            title: "Rent & <script>alert(1)</script>".into(),
            requester: person(2, "Ada\r\nBcc: eve@x.org"),
            due_at: Some(Time(1_800_000_000_000_000)),
            final_rule: FinalRule::Reject,
            files: 2,
        };
        let (to, by) = (person(1, "Ana"), Some(person(3, "Ben")));
        MailFacts { mail, to, by, link: Some(link), request: Some(request), has_account: false }
    }

    #[test]
    fn every_kind_has_both_parts_and_what_people_typed_is_only_text() {
        use MailKind::{
            Comment, Decided, Escalated, Escalation, Invitation, NewLink, Outcome, Question, Receipt, Reminder,
            Request, Resumed, ServiceDown, ServiceRecovered, ServiceStillDown, Terminated, Test, Withdrawn,
        };
        use MailKind::{MonitorDown, MonitorEscalated, MonitorRecovered, MonitorReminder};
        let mailer = mailer(Transport::Outbox);
        let asking = [Request, Reminder, Escalation, Escalated, NewLink, Resumed];
        let of_requests = asking.into_iter().chain([Decided, Terminated, Withdrawn, Comment]);
        let of_runs = [Receipt, Question, Outcome, ServiceDown, ServiceStillDown, ServiceRecovered];
        let of_monitors = [MonitorDown, MonitorReminder, MonitorEscalated, MonitorRecovered];
        for kind in of_requests.chain(of_runs).chain(of_monitors).chain([Invitation, Test]) {
            let rendered = mailer.for_outbox(&facts(&mailer, kind)).expect("a mail");
            assert!(!rendered.html.contains("<script>") && !rendered.html.contains("<b>too"), "{kind:?}");
            assert!(rendered.text.trim().len() > 40 && rendered.html.contains("</html>"), "{kind:?}");
            assert!(!rendered.subject.contains(['\r', '\n']), "{kind:?}");
            assert!(!format!("{rendered:?}").contains("csn_"), "{kind:?}");
        }
    }

    #[test]
    fn a_comment_leads_those_with_an_account_to_the_request_and_nobody_to_a_signed_link() {
        let mailer = mailer(Transport::Outbox);
        let of = |has_account| {
            let facts = MailFacts { has_account, link: None, ..facts(&mailer, MailKind::Comment) };
            mailer.for_outbox(&facts).expect("a mail")
        };
        let page = "http://[::1]:3000/requests/00000000-0000-0000-0000-000000000000";
        let (member, guest) = (of(true), of(false));
        assert!(member.text.contains(page) && member.html.contains(page));
        assert!(!guest.text.contains("/requests/") && !guest.html.contains("/requests/"));
        for mail in [member, guest] {
            assert!(mail.text.contains("Ben mentioned you") && mail.text.contains("<b>too dear</b>"), "{}", mail.text);
            assert!(mail.html.contains("&#60;b&#62;too dear") || mail.html.contains("&lt;b&gt;too dear"));
            assert!(!mail.text.contains("csn_") && mail.link.is_none());
        }
    }

    #[test]
    fn both_parts_hold_the_same_link_and_it_is_authentic() {
        let mailer = mailer(Transport::Outbox);
        let rendered = mailer.for_outbox(&facts(&mailer, MailKind::Request)).expect("a mail");
        let link = rendered.link.expect("a link");
        assert!(link.starts_with("http://[::1]:3000/d/csn_"), "{link}");
        assert!(rendered.text.contains(&link) && rendered.html.contains(&link));
        let token = link.rsplit('/').next().expect("a token");
        assert!(mailer.keys.verify(token, Purpose::Decide).is_ok());
    }

    #[test]
    fn with_a_mail_server_or_before_it_was_kept_nobody_sees_the_link() {
        let mailer = mailer(Transport::Outbox);
        let mut queued = facts(&mailer, MailKind::Request);
        queued.mail.state = MailState::Queued;
        assert!(mailer.for_outbox(&queued).is_none());
        let served = self::mailer(Transport::Memory(crate::email::MemoryMails::default()));
        assert!(served.for_outbox(&facts(&served, MailKind::Request)).is_none());
    }

    #[test]
    fn what_looks_like_a_header_in_a_name_stays_in_the_name() {
        let mailer = mailer(Transport::Outbox);
        let mut facts = facts(&mailer, MailKind::Request);
        facts.to.name = "Ana\r\nBcc: eve@x.org".into();
        let content = Content { subject: "Rent\r\nBcc: eve@x.org", text: "t".into(), html: "<p>h</p>".into() };
        let message = message::build(&facts.mail, &facts.to, &mailer.from, &mailer.host, content).expect("a message");
        let head = String::from_utf8(message.formatted()).expect("text");
        assert!(!head.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{head}");
        assert!(message.envelope().to().len() == 1);
    }
}
