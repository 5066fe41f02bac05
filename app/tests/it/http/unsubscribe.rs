//! `/unsubscribe/{token}`: the link in a digest, fetched by scanners, posted by mail programs, pressed by people.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use countersign::portal::digests::Turn;
use countersign::portal::mail::{MailFacts, MailKind};
use countersign::portal::{Actor, Digest, SettingsDraft, UserId};

use super::browser::{ADMIN, Browser, PASSWORD};
use crate::portal::stand::{MINUTE, draft};

/// What a mail program posts (RFC 8058).
const ONE_CLICK: &str = "List-Unsubscribe=One-Click";

struct Scene {
    browser: Browser,
    ada: Actor,
    /// The path of the link in Ada's digest.
    path: String,
}

fn id_of(actor: &Actor) -> UserId {
    actor.user_id().expect("a person")
}

async fn subscribe(browser: &Browser, ada: &Actor) {
    let draft = SettingsDraft { name: "Ada".into(), language: "en".into(), zone: "UTC".into(), digest: Digest::Daily };
    browser.stand.portal.save_settings(ada, &draft).await.expect("settings");
}

async fn digest_of(browser: &Browser, ada: &Actor) -> Option<Digest> {
    Some(browser.stand.portal.settings(ada).await.ok()?.user.digest)
}

/// The newest digest, as it is sent.
async fn digest(browser: &Browser, ada: &Actor) -> MailFacts {
    let rows = browser.stand.portal.outbox(ada, None, None).await.expect("mails").rows;
    let newest = rows.iter().find(|line| line.mail.kind == MailKind::Digest).expect("a digest").mail.id;
    browser.stand.portal.mail(ada, newest).await.expect("a mail")
}

/// Ada, who is asked by somebody, has got a digest.
async fn scene() -> Scene {
    let browser = Browser::new().await;
    let (portal, stand) = (&browser.stand.portal, &browser.stand);
    let ada = Actor::User(portal.sign_in(ADMIN, PASSWORD).await.expect("Ada"));
    let bo = stand.link_less_admin().await;
    let request = stand.submit(&bo, draft(&[ADMIN], "any")).await;
    stand.open(request).await;
    subscribe(&browser, &ada).await;
    let turn = Turn { at: portal.now(), since: portal.now() - MINUTE };
    portal.digest_turn(id_of(&ada), Some(turn)).await.expect("taken");
    let link = digest(&browser, &ada).await.link.expect("a link");
    let url = stand.mailer.link_url(&link).expect("the key is there");
    let path = url.strip_prefix("http://portal.example.org").expect("a page of this portal").to_owned();
    Scene { browser, ada, path }
}

#[tokio::test]
async fn fetching_the_link_only_asks() {
    let Scene { browser, ada, path } = scene().await;
    for method in [Method::GET, Method::HEAD, Method::GET] {
        assert_eq!(browser.with_method(method, &path).await.status, StatusCode::OK);
    }
    let page = browser.get(&path).await;
    assert!(page.text().contains("Stop the daily overview?") && page.text().contains(ADMIN));
    assert!(page.text().contains("method=\"post\"") && !page.text().contains("<script"));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(digest_of(&browser, &ada).await, Some(Digest::Daily));
}

#[tokio::test]
async fn one_click_is_enough_and_a_second_one_changes_nothing() {
    let Scene { browser, ada, path } = scene().await;
    for _ in 0..2 {
        let answer = browser.post(&path, ONE_CLICK).await;
        assert_eq!(answer.status, StatusCode::OK, "a mail program must not be sent elsewhere");
        assert!(answer.text().contains("The daily overview has stopped"));
        assert_eq!(digest_of(&browser, &ada).await, Some(Digest::Never));
    }
    assert!(browser.get(&path).await.text().contains("The daily overview has stopped"));
    subscribe(&browser, &ada).await;
    browser.post(&path, ONE_CLICK).await;
    assert_eq!(digest_of(&browser, &ada).await, Some(Digest::Never), "whoever comes back can leave again");
}

#[tokio::test]
async fn another_site_cannot_post_it_with_the_browser_of_the_reader() {
    let Scene { browser, ada, path } = scene().await;
    let foreign = Request::post(&path).header(header::ORIGIN, "https://evil.example").body(Body::empty());
    assert_eq!(browser.send(foreign.expect("a request")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(digest_of(&browser, &ada).await, Some(Digest::Daily));
}

#[tokio::test]
async fn the_link_opens_nothing_else_and_other_links_do_not_end_digests() {
    let Scene { browser, ada, path } = scene().await;
    let token = path.rsplit('/').next().expect("a token");
    assert_eq!(browser.get(&format!("/d/{token}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get(&format!("/invite/{token}")).await.status, StatusCode::GONE);
    let facts = digest(&browser, &ada).await;
    let question = facts.digest.and_then(|digest| digest.lines[0].link.clone()).expect("a link to a decision");
    let url = browser.stand.mailer.link_url(&question).expect("the key is there");
    let decision = url.rsplit('/').next().expect("a token");
    assert_eq!(browser.post(&format!("/unsubscribe/{decision}"), ONE_CLICK).await.status, StatusCode::GONE);
    assert_eq!(digest_of(&browser, &ada).await, Some(Digest::Daily));
}
