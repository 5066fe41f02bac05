//! What mails hold beside their words: links, headers, and nothing that people typed as anything but text.

use std::collections::BTreeSet;

use super::desk::{KINDS, desk, desk_at};
use crate::email::message::{self, Content};
use crate::email::{MemoryMails, Transport};
use crate::portal::language::Language;
use crate::portal::link::Purpose;
use crate::portal::mail::{MailFacts, MailKind, MailState};

#[test]
fn every_kind_has_both_parts_and_what_people_typed_is_only_text() {
    let desk = desk();
    for (kind, language) in KINDS.into_iter().flat_map(|kind| Language::ALL.map(|language| (kind, language))) {
        let rendered = desk.render(&MailFacts { language, ..desk.facts(kind) });
        assert!(!rendered.html.contains("<script>") && !rendered.html.contains("<b>too"), "{kind:?}");
        assert!(rendered.text.trim().len() > 40 && rendered.html.contains("</html>"), "{kind:?}");
        assert!(rendered.html.contains(&format!("<html lang=\"{}\">", language.code())), "{kind:?}");
        assert!(!rendered.subject.contains(['\r', '\n']), "{kind:?}");
        assert!(!format!("{rendered:?}").contains("csn_"), "{kind:?}");
    }
}

#[test]
fn a_comment_leads_those_with_an_account_to_the_request_and_nobody_to_a_signed_link() {
    let desk = desk();
    let of = |has_account| desk.render(&MailFacts { has_account, link: None, ..desk.facts(MailKind::Comment) });
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
    let desk = desk();
    let rendered = desk.render(&desk.facts(MailKind::Request));
    let link = rendered.link.expect("a link");
    assert!(link.starts_with("http://[::1]:3000/d/csn_"), "{link}");
    assert!(rendered.text.contains(&link) && rendered.html.contains(&link));
    let token = link.rsplit('/').next().expect("a token");
    assert!(desk.keys.verify(token, Purpose::Decide).is_ok());
}

#[test]
fn a_code_is_in_both_parts_always_the_same_and_comes_without_the_link() {
    let desk = desk();
    let facts = desk.facts(MailKind::Code);
    let digits = desk.keys.code_digits(&facts.code.as_ref().expect("a code").seed).expect("the key is there");
    for (language, words) in [(Language::En, "Your code: "), (Language::De, "Ihr Code: ")] {
        let rendered = desk.render(&MailFacts { language, link: None, ..facts.clone() });
        assert!(rendered.text.contains(&format!("{words}{}\n", digits.expose())), "{}", rendered.text);
        assert!(rendered.html.contains(digits.expose()) && !rendered.subject.contains(digits.expose()));
        assert!(!rendered.text.contains("csn_") && !rendered.html.contains("csn_") && rendered.link.is_none());
    }
    let request = desk.render(&desk.facts(MailKind::Request));
    assert_eq!(desk.render(&facts).subject, request.subject, "one conversation");
    let forgotten = MailFacts { code: None, ..facts };
    assert!(desk.mailer.for_outbox(&forgotten).is_none(), "a code that is kept no more is not made up");
}

#[test]
fn a_digest_lists_each_question_with_a_link_of_its_own_and_can_be_ended_with_one_more() {
    let desk = desk();
    let rendered = desk.render(&desk.facts(MailKind::Digest));
    assert_eq!((rendered.subject.as_str(), rendered.link.is_none()), ("Your daily overview from Countersign", true));
    assert!(rendered.text.starts_with("2 requests wait for your decision\n"), "{}", rendered.text);
    let of_purpose = |purpose| {
        let texts = rendered.text.split_whitespace().filter_map(|word| word.rsplit('/').next());
        texts.filter(|token| desk.keys.verify(token, purpose).is_ok()).collect::<BTreeSet<_>>().len()
    };
    assert_eq!((of_purpose(Purpose::Decide), of_purpose(Purpose::Unsubscribe)), (2, 1));
    let ends_it = rendered.unsubscribe.expect("an address");
    assert!(ends_it.starts_with("http://[::1]:3000/unsubscribe/csn_"), "{ends_it}");
    assert!(rendered.html.contains(&ends_it) && rendered.text.contains(&ends_it));
    for part in [
        "* Chairs\n  Asked by Ada, to be decided by Friday 15 January 2027, 08:00 UTC\n",
        "* Lamp\n  Submit a new revision: http://[::1]:3000/requests/",
    ] {
        assert!(rendered.text.contains(part), "{part} in {}", rendered.text);
    }
    assert!(rendered.text.contains("* Desk\n  Approved\n  See the request: http://[::1]:3000/requests/"));
    let german = desk.render(&desk.german(MailKind::Digest)).text;
    for part in [
        "2 Anträge warten auf Ihre Entscheidung\n",
        "Ihre Übersicht für Freitag, 15. Januar 2027.",
        "Seit der letzten Übersicht entschieden",
        "Tägliche Übersicht abbestellen:",
    ] {
        assert!(german.contains(part), "{part} in {german}");
    }
}

async fn head_of(base_url: &str, kind: MailKind, language: Language) -> String {
    let mails = MemoryMails::default();
    let desk = desk_at(base_url, Transport::Memory(mails.clone()));
    desk.mailer.send(&MailFacts { language, ..desk.facts(kind) }).await.expect("sent");
    let sent = String::from_utf8(mails.all().remove(0)).expect("text");
    // Long headers are folded.
    sent.split("\r\n\r\n").next().expect("a head").replace("\r\n ", " ")
}

#[tokio::test]
async fn the_head_names_the_language_and_where_digests_end() {
    let german = head_of("https://sign.example.org", MailKind::Request, Language::De).await;
    assert!(german.lines().any(|line| line == "Content-Language: de"), "{german}");
    assert!(!german.contains("List-Unsubscribe"), "{german}");
    let digest = head_of("https://sign.example.org", MailKind::Digest, Language::En).await;
    assert!(digest.lines().any(|line| line == "Content-Language: en"), "{digest}");
    let ends_it = digest.lines().find(|line| line.starts_with("List-Unsubscribe:")).expect("an address");
    assert!(ends_it.contains("<https://sign.example.org/unsubscribe/csn_") && ends_it.ends_with('>'), "{ends_it}");
    assert!(digest.lines().any(|line| line == "List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{digest}");
    let plain = head_of("http://sign.example.org", MailKind::Digest, Language::En).await;
    assert!(plain.contains("List-Unsubscribe:") && !plain.contains("List-Unsubscribe-Post"), "{plain}");
}

#[test]
fn with_a_mail_server_or_before_it_was_kept_nobody_sees_the_link() {
    let desk = desk();
    let mut queued = desk.facts(MailKind::Request);
    queued.mail.state = MailState::Queued;
    assert!(desk.mailer.for_outbox(&queued).is_none());
    let served = desk_at("http://[::1]:3000", Transport::Memory(MemoryMails::default()));
    assert!(served.mailer.for_outbox(&served.facts(MailKind::Request)).is_none());
}

#[test]
fn what_looks_like_a_header_in_a_name_stays_in_the_name() {
    let mut facts = desk().facts(MailKind::Request);
    facts.to.name = "Ana\r\nBcc: eve@x.org".into();
    let content = Content {
        subject: "Rent\r\nBcc: eve@x.org",
        language: "en",
        unsubscribe: None,
        text: "t".into(),
        html: "<p>h</p>".into(),
    };
    let from = "Sign <s@x.org>".parse().expect("a sender");
    let message = message::build(&facts.mail, &facts.to, &from, "[::1]", content).expect("a message");
    let head = String::from_utf8(message.formatted()).expect("text");
    assert!(!head.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{head}");
    assert!(message.envelope().to().len() == 1);
}
