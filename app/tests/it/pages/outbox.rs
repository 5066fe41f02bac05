//! The mails.

use countersign::pages;
use countersign::view::{FormErrors, MailDetail, MailRow, MailState, Outbox, Transport};

use crate::support::html::{assert_sound, attribute, keep, tags};
use crate::support::views::{HOUR, admin, at, id, request};

fn mail(number: u128, kind: &str, state: MailState) -> MailRow {
    let troubled = matches!(state, MailState::Retrying | MailState::Failed);
    MailRow {
        id: id(number),
        kind: kind.into(),
        to: "chiara@supplier.example".into(),
        subject: request().title,
        state,
        attempts: if troubled { 4 } else { u32::from(state == MailState::Sent) },
        error: troubled.then(|| "451 4.7.1 Greylisting in action, please come back later".into()),
        next_attempt_at: (state == MailState::Retrying).then(|| at(HOUR / 4)),
        created_at: at(-HOUR * i64::try_from(number).unwrap_or_default()),
    }
}

fn outbox(transport: Transport) -> Outbox {
    Outbox {
        transport,
        counts: MailState::ALL.into_iter().zip([1, 1, 212, 1, 0]).collect(),
        state: None,
        rows: vec![
            mail(1, "Request", MailState::Queued),
            mail(2, "Reminder", MailState::Retrying),
            mail(3, "Escalation", MailState::Sent),
            mail(4, "Invitation", MailState::Failed),
            mail(5, "Test", MailState::Kept),
        ],
        paged: false,
        next: None,
        errors: FormErrors::default(),
    }
}

#[test]
fn the_outbox_shows_the_servers_own_sentence_and_the_next_attempt() {
    let trouble = Some("421 4.3.2 Service not available, closing channel".to_owned());
    let transport = Transport::Smtp { host: "mail.example.org:587".into(), trouble };
    let html = keep("outbox", &pages::outbox(admin(), outbox(transport)));
    assert_sound("outbox", &html);
    assert!(html.contains("451 4.7.1 Greylisting in action"));
    assert!(html.contains("Next attempt"));
    assert!(html.contains("421 4.3.2 Service not available"));
}

#[test]
fn without_a_mail_server_the_outbox_says_that_mails_stay_here() {
    let page = Outbox {
        errors: FormErrors::one("", "The test mail was refused at RCPT: 550 no such user"),
        ..outbox(Transport::Local)
    };
    let html = keep("outbox-local", &pages::outbox(admin(), page));
    assert_sound("outbox-local", &html);
    assert!(html.contains("no mail leaves this machine"));
}

fn detail() -> MailDetail {
    MailDetail {
        mail: mail(5, "Request", MailState::Kept),
        from: "Countersign <countersign@example.org>".into(),
        message_id: format!("<{}@example.org>", id(5)),
        sent_at: None,
        request: Some(id(1)),
        instance: format!("mail-{}", id(5)),
        text: Some(
            "Ana Silva asks for your approval.\n\nRenew the hosting contract\n\nhttp://127.0.0.1:3000/d/csn_AbC\n"
                .into(),
        ),
        html: true,
        link: Some("http://127.0.0.1:3000/d/csn_AbC".into()),
        can_retry: false,
    }
}

#[test]
fn a_mail_that_stays_here_offers_its_link_and_says_what_that_means() {
    let html = keep("mail", &pages::mail(admin(), detail()));
    assert_sound("mail", &html);
    assert!(html.contains("acts as the recipient"));
    let [frame] = tags(&html, "iframe")[..] else { panic!("one frame for the HTML part") };
    assert_eq!((attribute(frame, "sandbox"), attribute(frame, "loading")), (Some(""), None), "{frame}");
}

#[test]
fn a_failed_mail_can_be_tried_again_and_shows_no_link() {
    let page = MailDetail {
        mail: mail(4, "Request", MailState::Failed),
        text: None,
        html: false,
        link: None,
        can_retry: true,
        ..detail()
    };
    let html = keep("mail-failed", &pages::mail(admin(), page));
    assert_sound("mail-failed", &html);
    assert!(html.contains("Try again now"));
    assert!(!html.contains("csn_"));
}
