//! Mails.

use super::{Seen, moment};
use crate::email::{self, Mailer};
use crate::portal::mail::{MailFacts, MailKind, MailState};
use crate::portal::reads::MailLine;
use crate::view;

/// One mail in the list.
pub(crate) fn row(line: MailLine, seen: Seen) -> view::MailRow {
    let mail = line.mail;
    view::MailRow {
        id: mail.id.0,
        kind: kind(mail.kind).to_owned(),
        to: line.to.email,
        subject: email::subject(mail.kind, line.title.as_deref(), line.language),
        state: mail.state.into(),
        attempts: mail.attempts,
        error: mail.error,
        next_attempt_at: mail.next_attempt_at.map(|at| moment(at, seen)),
        created_at: moment(mail.created_at, seen),
    }
}

/// The kind in one or two words.
fn kind(kind: MailKind) -> &'static str {
    match kind {
        MailKind::Request => "Request",
        MailKind::Reminder => "Reminder",
        MailKind::Escalation => "Escalation",
        MailKind::Escalated => "Escalated",
        MailKind::Decided => "Decided",
        MailKind::Terminated => "Terminated",
        MailKind::Withdrawn => "Withdrawn",
        MailKind::ChangesRequested => "Changes requested",
        MailKind::Reassigned => "Reassigned",
        MailKind::Observing => "Observing",
        MailKind::Comment => "Comment",
        MailKind::Digest => "Digest",
        MailKind::Invitation => "Invitation",
        MailKind::NewLink => "New link",
        MailKind::Code => "Code",
        MailKind::Resumed => "Resumed",
        MailKind::Test => "Test",
        MailKind::Receipt => "Receipt",
        MailKind::Question => "Question",
        MailKind::Outcome => "Outcome",
        MailKind::ServiceDown => "Service down",
        MailKind::ServiceStillDown => "Service still down",
        MailKind::ServiceRecovered => "Service back",
        MailKind::MonitorDown => "Monitor: down",
        MailKind::MonitorReminder => "Monitor: still down",
        MailKind::MonitorEscalated => "Monitor: escalated",
        MailKind::MonitorRecovered => "Monitor: back",
    }
}

/// How mails leave.
pub(crate) fn transport(mailer: &Mailer, trouble: Option<String>) -> view::Transport {
    match mailer.server() {
        Some(host) => view::Transport::Smtp { host: host.to_owned(), trouble },
        None => view::Transport::Local,
    }
}

/// The page of a mail. Its content is shown only where the mailer lets admins read it.
pub(crate) fn detail(facts: MailFacts, mailer: &Mailer, seen: Seen) -> view::MailDetail {
    let rendered = mailer.for_outbox(&facts);
    let message_id = mailer.message_id(&facts);
    let title = facts.title().map(str::to_owned);
    let mail = facts.mail;
    view::MailDetail {
        from: mailer.sender(),
        message_id,
        sent_at: mail.sent_at.map(|at| moment(at, seen)),
        request: mail.request.map(|request| request.0),
        instance: mail.instance(),
        html: rendered.is_some(),
        link: rendered.as_ref().and_then(|rendered| rendered.link.clone()),
        text: rendered.map(|rendered| rendered.text),
        can_retry: mail.state == MailState::Failed,
        mail: row(MailLine { mail, to: facts.to, language: facts.language, title }, seen),
    }
}
