//! Comments: who may write them, what is kept, and who is mailed.

use countersign::portal::mail::{MailFacts, MailKind};
use countersign::portal::request::EventKind;
use countersign::portal::{Actor, Bearer, MAX_COMMENT_CHARS, PortalError, RequestId, Roles, Scope, TokenId};

use super::stand::{MINUTE, Stand, draft};

const REQUESTER: Roles = Roles { requester: true, approver: false, admin: false };

/// A portal with an admin, Rita, who asks Otto, who has an account, and a guest.
async fn scene() -> (Stand, Actor, [Actor; 2], RequestId) {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let rita = stand.member(&admin, "rita@x.org", REQUESTER).await;
    let otto = stand.member(&admin, "otto@x.org", REQUESTER).await;
    let request = stand.submit(&rita, draft(&["otto@x.org", "guest@x.org"], "all")).await;
    stand.open(request).await;
    (stand, admin, [rita, otto], request)
}

/// The mails about comments, in the order of their addresses.
async fn mails(stand: &Stand, admin: &Actor) -> Vec<MailFacts> {
    let rows = stand.portal.outbox(admin, None, None).await.expect("mails").rows;
    let mut facts = Vec::new();
    for row in rows.iter().filter(|row| row.mail.kind == MailKind::Comment) {
        facts.push(stand.portal.mail(admin, row.mail.id).await.expect("a mail"));
    }
    facts.sort_by(|one, other| one.to.email.cmp(&other.to.email));
    facts
}

#[tokio::test]
async fn everybody_who_sees_the_request_comments_in_its_one_stream() {
    let (stand, admin, [rita, otto], request) = scene().await;
    let before = stand.record(request).await.events.len();
    for (actor, text) in [(&rita, "first"), (&otto, "  second\r\n<b>line</b>\0  "), (&admin, "third")] {
        stand.portal.comment(actor, request, text).await.expect("a comment");
    }
    stand.portal.withdraw(&rita, request, "").await.expect("withdrawn");
    stand.portal.comment(&otto, request, "a pity").await.expect("what has ended can be talked about");
    let events = stand.record(request).await.events;
    let comments: Vec<_> = events[before..].iter().filter(|event| event.kind == EventKind::Commented).collect();
    let notes: Vec<_> = comments.iter().map(|event| event.note.as_str()).collect();
    assert_eq!(notes, ["first", "second\n<b>line</b>", "third", "a pity"]);
    let authors: Vec<_> = comments.iter().map(|event| event.actor.as_ref().map(|person| person.id)).collect();
    assert_eq!(authors, [rita.user_id(), otto.user_id(), admin.user_id(), otto.user_id()]);
    assert!(mails(&stand, &admin).await.is_empty(), "nobody was mentioned");
}

#[tokio::test]
async fn strangers_tokens_and_links_do_not_comment() {
    let (stand, admin, [rita, _], request) = scene().await;
    let eve = stand.member(&admin, "eve@x.org", REQUESTER).await;
    let link = stand.link_actor("guest@x.org").await;
    let user = rita.signed_in().expect("a session").clone();
    let scopes = Scope::ALL.into_iter().collect();
    let token = Actor::Token(Bearer { id: TokenId(uuid::Uuid::nil()), user, scopes, once: None, in_person: false });
    let before = stand.record(request).await.events.len();
    assert_eq!(stand.portal.comment(&eve, request, "hello").await, Err(PortalError::NotFound));
    assert_eq!(stand.portal.comment(&link, request, "hello").await, Err(PortalError::NotSignedIn));
    assert!(matches!(stand.portal.comment(&token, request, "hello").await, Err(PortalError::Forbidden(_))));
    for text in [" \r\n ".to_owned(), "x".repeat(MAX_COMMENT_CHARS + 1)] {
        let refused = stand.portal.comment(&rita, request, &text).await;
        assert!(matches!(refused, Err(PortalError::Invalid(errors)) if errors[0].field == "text"));
    }
    assert_eq!(stand.record(request).await.events.len(), before);
    stand.portal.comment(&rita, request, &"é".repeat(MAX_COMMENT_CHARS)).await.expect("as long as it may be");
}

#[tokio::test]
async fn who_is_involved_and_mentioned_is_mailed_once_and_nobody_else() {
    let (stand, admin, [rita, _], request) = scene().await;
    stand.member(&admin, "eve@x.org", REQUESTER).await;
    let text = "@Otto@X.org, @guest@x.org: see 3. @otto@x.org again; @eve@x.org and @rita@x.org, otto@x.organic too.";
    stand.portal.comment(&rita, request, text).await.expect("a comment");
    let mails = mails(&stand, &admin).await;
    let to: Vec<_> = mails.iter().map(|facts| (facts.to.email.as_str(), facts.has_account)).collect();
    assert_eq!(to, [("guest@x.org", false), ("otto@x.org", true)]);
    for facts in &mails {
        assert_eq!((facts.mail.note.as_str(), facts.link.as_ref()), (text, None));
        assert_eq!(facts.by.as_ref().map(|person| person.email.as_str()), Some("rita@x.org"));
    }
}

#[tokio::test]
async fn nobody_who_is_disabled_is_mailed() {
    let (stand, admin, [rita, otto], request) = scene().await;
    stand.portal.disable_user(&admin, otto.user_id().expect("a person")).await.expect("disabled");
    stand.portal.comment(&rita, request, "@otto@x.org?").await.expect("a comment");
    assert!(mails(&stand, &admin).await.is_empty());
}

#[tokio::test]
async fn whoever_comments_without_pause_has_to_wait() {
    let (stand, _, [rita, otto], request) = scene().await;
    let mut written = 0;
    let refused = loop {
        match stand.portal.comment(&rita, request, "again").await {
            Ok(()) => written += 1,
            Err(error) => break error,
        }
        assert!(written < 100, "somebody must stop this");
    };
    assert!(matches!(refused, PortalError::TooMany(_)), "{refused:?}");
    stand.portal.comment(&otto, request, "still here").await.expect("others may");
    stand.pass(10 * MINUTE);
    stand.portal.comment(&rita, request, "and again").await.expect("after a pause");
}
