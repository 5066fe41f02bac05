//! What the audit log tells of a link: minted, mailed, fetched, refused, decided, revoked.

use std::time::Duration;

use countersign::pages::paths;
use countersign::portal::audit::AuditFilter;
use countersign::portal::mail::Delivery;
use countersign::portal::{AccountDraft, Actor, RequestDraft};

use super::super::browser::Browser;
use super::scene::{APPROVER, admin_of, audit_rows, join, log, secret};
use crate::portal::stand::{MINUTE, Stand, draft};

const HOUR: Duration = Duration::from_secs(3_600);

fn actions(log: &[(String, String)]) -> Vec<&str> {
    log.iter().map(|(action, _)| action.as_str()).collect()
}

#[tokio::test]
async fn the_log_tells_of_a_link_from_its_minting_to_its_end() {
    let browser = Browser::new().await;
    let (stand, admin) = (&browser.stand, admin_of(&browser).await);
    let forever = RequestDraft { due: Default::default(), ..draft(&["ana@x.org"], "any") };
    let request = stand.submit(&admin, forever).await;
    stand.open(request).await;
    let (id, _) = secret(stand, "ana@x.org").await;
    assert_eq!(actions(&log(stand, &admin, &id.to_string()).await), ["link.minted"]);

    let rows = stand.portal.outbox(&admin, None, None).await.expect("mails").rows;
    let mail = rows.iter().find(|line| line.mail.link == Some(id)).expect("the mail").mail.id;
    for _ in 0..2 {
        stand.portal.mark_mail_delivered(mail, Delivery::Sent).await.expect("noted");
    }
    let sent = log(stand, &admin, &mail.to_string()).await;
    assert_eq!(actions(&sent), ["mail.sent"], "a repeated note is no second row");
    assert!(sent[0].1.contains(&format!("message mail-{mail}")) && sent[0].1.contains(&id.to_string()), "{sent:?}");
    let facts = stand.portal.mail(&admin, mail).await.expect("the mail");
    assert!(stand.mailer.message_id(&facts).starts_with(&format!("<mail-{mail}@")), "that is what the receiver has");

    let ana = stand.link_actor("ana@x.org").await;
    stand.portal.hold(&admin, request, "Because.").await.expect("held");
    stand.portal.decide_by_link(&ana, stand.yes(request).await).await.expect("an answer");
    stand.portal.resume(&admin, request, "Because.").await.expect("resumed");
    stand.portal.decide_by_link(&ana, stand.yes(request).await).await.expect("a decision");
    let of_request = log(stand, &admin, &request.to_string()).await;
    assert!(of_request.contains(&("decision.refused".to_owned(), "on hold".to_owned())), "{of_request:?}");
    let recorded = of_request.iter().find(|(action, _)| action == "decision.recorded").expect("the decision");
    assert!(recorded.1.contains("Approve") && recorded.1.contains(&stand.yes(request).await.shown.to_string()));

    // Whoever comes with a link that is closed reads why, and so does the log.
    let other = stand.submit(&admin, draft(&["ben@x.org"], "any")).await;
    stand.open(other).await;
    let ben = stand.link_actor("ben@x.org").await;
    stand.portal.withdraw(&admin, other, "").await.expect("withdrawn");
    stand.portal.decide_by_link(&ben, stand.yes(other).await).await.expect("an answer");
    let refused = ("decision.refused".to_owned(), "no longer valid: the request was withdrawn".to_owned());
    assert!(log(stand, &admin, &other.to_string()).await.contains(&refused));
}

#[tokio::test]
async fn the_log_tells_of_links_that_set_up_and_invite_and_never_their_text() {
    let stand = Stand::new().await;
    let first = stand.portal.mint_set_up_link().await.expect("minted").expect("no admin yet");
    let link = stand.portal.mint_set_up_link().await.expect("minted").expect("no admin yet");
    let draft = AccountDraft { name: "Ada".into(), email: "ada@x.org".into(), password: "correct horse".into() };
    let admin = Actor::User(stand.portal.set_up_first_admin(link.claims(), draft).await.expect("an admin"));
    let row = |action: &str, detail: &str| (action.to_owned(), detail.to_owned());
    let replaced = log(&stand, &admin, &first.id.to_string()).await;
    assert_eq!(actions(&replaced), ["link.minted", "link.revoked"]);
    let set_up = log(&stand, &admin, &link.id.to_string()).await;
    assert_eq!(set_up, [row("link.minted", "set-up"), row("link.used", "set-up")]);

    let ben = join(&stand, &admin, "ben@x.org", APPROVER).await.user_id().expect("a person");
    let (id, invited) = secret(&stand, "ben@x.org").await;
    let detail = format!("invitation, user {ben}");
    let invitation = log(&stand, &admin, &id.to_string()).await;
    assert_eq!(invitation, [row("link.minted", &detail), row("link.used", &detail)]);

    let set_up = stand.keys.sign(&link.claims()).expect("the key is there");
    let all = stand.portal.audit_log(&admin, &AuditFilter::default(), None).await.expect("the log").page.rows;
    let all = format!("{all:?}");
    assert!(all.contains("set-up") && !all.contains("csn_"), "{all}");
    for text in [invited.as_str(), set_up.expose()] {
        assert!(!all.contains(&text[80..]), "the text of a link in {all}");
    }
}

#[tokio::test]
async fn fetches_of_a_link_are_one_row_an_hour_later_and_none_in_their_own_request() {
    let browser = Browser::new().await;
    let (stand, admin) = (&browser.stand, admin_of(&browser).await);
    let forever = RequestDraft { due: Default::default(), ..draft(&["ana@x.org"], "any") };
    let request = stand.submit(&admin, forever).await;
    stand.open(request).await;
    let (id, secret) = secret(stand, "ana@x.org").await;
    let rows = audit_rows(stand).await;
    for _ in 0..3 {
        browser.get(&paths::Link(&secret).to_string()).await;
        stand.pass(Duration::from_secs(2));
    }
    browser.get(&paths::Link("csn_forged").to_string()).await;
    stand.portal.sweep_fetched().await.expect("swept");
    assert_eq!(audit_rows(stand).await, rows, "nothing yet");

    stand.pass(HOUR);
    for _ in 0..2 {
        stand.portal.sweep_fetched().await.expect("swept");
        assert_eq!(audit_rows(stand).await, rows + 1, "one row, about the one link that there is");
    }
    let fetched = log(stand, &admin, &id.to_string()).await.pop().expect("a row");
    assert_eq!(fetched.0, "link.fetched");
    assert!(fetched.1.starts_with("3 times within 4 s from "), "{fetched:?}");

    // At most one row per link and hour, however often it is fetched and swept.
    for _ in 0..60 {
        browser.get(&paths::Link(&secret).to_string()).await;
        stand.portal.sweep_fetched().await.expect("swept");
        stand.pass(MINUTE);
    }
    stand.portal.sweep_fetched().await.expect("swept");
    assert_eq!(audit_rows(stand).await, rows + 2);
}
