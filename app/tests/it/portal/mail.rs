//! Mails: what leaves, and what must not stay.

use std::time::Duration;

use countersign::portal::mail::{MailState, MailStep, MailTrouble};
use countersign::portal::{Actor, RequestDraft};
use countersign_engine::ids::InstanceId;

use super::stand::{Stand, draft};

async fn sent(stand: &Stand, admin: &Actor) -> Vec<String> {
    for line in stand.portal.outbox(admin, None, None).await.expect("mails").rows {
        let id = InstanceId::parse(&line.mail.instance()).expect("an id");
        stand.client.wait_for_completion(&id, Duration::from_secs(20)).await.expect("an end");
    }
    stand.mails.all().into_iter().map(|bytes| String::from_utf8(bytes).expect("text")).collect()
}

#[tokio::test]
async fn a_question_is_mailed_with_its_link_which_stays_nowhere() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let hostile = RequestDraft { title: "Contract\r\nBcc: eve@x.org".into(), ..draft(&["ana@x.org"], "any") };
    let request = stand.submit(&admin, hostile).await;
    stand.open(request).await;
    let engine = stand.run().await;
    let mails = sent(&stand, &admin).await;
    engine.shutdown().await;
    let [mail] = mails.as_slice() else { panic!("{} mails", mails.len()) };
    let (head, _) = mail.split_once("\r\n\r\n").expect("a head");
    for header in
        ["To: ana@x.org", "Message-ID: <mail-", "Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All"]
    {
        assert!(head.contains(header), "{header} in {head}");
    }
    assert!(head.contains(&format!("References: <request-{request}@portal.example.org>")), "{head}");
    assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");

    let body = mail.replace("=\r\n", "").replace("=3D", "=");
    let from = body.find("/d/csn_").expect("a link") + 3;
    let token = &body[from..from + 108];
    assert!(stand.keys.verify(token, countersign::portal::link::Purpose::Decide).is_ok(), "{token}");
    let signature = &token.as_bytes()[80..];
    for entry in std::fs::read_dir(stand.folder()).expect("the data folder") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        assert!(!bytes.windows(signature.len()).any(|window| window == signature), "the link is in {}", path.display());
    }
}

#[tokio::test]
async fn a_refused_mail_keeps_the_servers_sentence_and_is_retried_under_the_same_id() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let mail = stand.portal.send_test_mail(&admin).await.expect("queued");
    let trouble = MailTrouble { step: MailStep::Refused, sentence: "550 no such user".into(), permanent: true };
    stand.portal.mark_mail_attempt(mail, trouble, None).await.expect("noted");
    stand.portal.mark_mail_failed(mail).await.expect("noted");
    let facts = stand.portal.mail(&admin, mail).await.expect("a mail");
    assert_eq!((facts.mail.state, facts.mail.error.as_deref()), (MailState::Failed, Some("550 no such user")));
    assert_eq!(stand.portal.mail_trouble(&admin).await.expect("readable"), Some("550 no such user".to_owned()));
    assert_eq!(stand.portal.mail_to_send(mail).await.expect("readable"), None);
    assert_eq!(stand.mailer.message_id(&facts), format!("<mail-{mail}@portal.example.org>"));
}

#[tokio::test]
async fn a_mail_marked_twice_is_counted_once() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let mail = stand.portal.send_test_mail(&admin).await.expect("queued");
    for _ in 0..2 {
        stand.portal.mark_mail_delivered(mail, countersign::portal::mail::Delivery::Kept).await.expect("noted");
    }
    let facts = stand.portal.mail(&admin, mail).await.expect("a mail");
    assert_eq!((facts.mail.state, facts.mail.attempts), (MailState::Kept, 1));
    assert!(stand.mailer.for_outbox(&facts).is_none(), "with a mail server no link is shown");
}
