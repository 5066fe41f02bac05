//! `/tokens`, and what a token opens: who is let in to the API, who is not, and what the answer says about going on.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use countersign::auth::ApiToken;
use countersign::portal::tokens::TokenDraft;
use countersign::portal::{Actor, Scope};

use super::browser::{ADMIN, Answer, Browser, PASSWORD};

/// An address of the API that needs `instances:read`.
const LIST: &str = "/runtime/webhooks/durabletask/instances";

async fn admin(browser: &Browser) -> Actor {
    Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"))
}

/// A token of the admin with these scopes.
async fn token(browser: &Browser, scopes: &[Scope]) -> ApiToken {
    let text = ApiToken::mint();
    let draft = TokenDraft { name: "test".into(), scopes: scopes.iter().copied().collect(), days: Some(7) };
    browser.stand.portal.create_token(&admin(browser).await, draft, text.hash()).await.expect("a token");
    text
}

async fn list_with(browser: &Browser, name: header::HeaderName, value: &str) -> Answer {
    browser.send(Request::get(LIST).header(name, value).body(Body::empty()).expect("a request")).await
}

async fn list_as(browser: &Browser, token: &ApiToken) -> Answer {
    list_with(browser, header::AUTHORIZATION, &format!("Bearer {}", token.expose())).await
}

/// The token in a page, if there is one.
fn shown(page: &str) -> Option<&str> {
    let from = page.find("cst_")?;
    page[from..].split('"').next()
}

#[tokio::test]
async fn a_token_is_shown_in_the_answer_that_makes_it_and_nowhere_else() {
    let browser = Browser::signed_in().await;
    let form = "name=Build+server&scope=instances%3Aread&scope=people%3Aread&expires=30";
    let made = browser.post("/tokens", form).await;
    assert_eq!((made.status, made.header("cache-control")), (StatusCode::OK, "no-store"));
    assert_eq!(made.header("set-cookie"), "");
    let page = made.text();
    let text = shown(&page).expect("the token").to_owned();
    assert_eq!(page.matches(text.as_str()).count(), 1);

    let answer = list_with(&browser, header::AUTHORIZATION, &format!("Bearer {text}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    for path in ["/tokens", "/tokens?tab=everybody"] {
        let page = browser.get(path).await.text();
        assert!(page.contains("Build server") && page.contains("people:read"), "{path}");
        assert_eq!(shown(&page), None, "{path}");
    }
}

#[tokio::test]
async fn a_form_that_is_not_right_comes_back_as_it_was_typed_and_makes_nothing() {
    let browser = Browser::signed_in().await;
    let answer = browser.post("/tokens", "name=&scope=monitors%3Aread&expires=never").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text();
    assert!(page.contains("Enter a name.") && shown(&page).is_none());
    let ticked = page.split("<input").find(|input| input.contains("monitors:read")).expect("the box");
    assert!(ticked.split('>').next().is_some_and(|input| input.contains("checked")), "{ticked}");
    for form in ["name=a&expires=7", "name=a&scope=all&expires=7", "name=a&scope=monitors%3Aread&expires=1000"] {
        assert_eq!(browser.post("/tokens", form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    assert!(browser.get("/tokens").await.text().contains("There are no tokens yet"));
}

#[tokio::test]
async fn a_revoked_token_opens_nothing() {
    let browser = Browser::signed_in().await;
    let text = token(&browser, &[Scope::InstancesRead]).await;
    assert_eq!(list_as(&browser, &text).await.status, StatusCode::OK);
    let page = browser.get("/tokens").await.text();
    let revoke = page.split('"').find(|part| part.ends_with("/revoke")).expect("a form");
    let answer = browser.post(revoke, "").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/tokens?done=token"));
    assert_eq!(list_as(&browser, &text).await.status, StatusCode::UNAUTHORIZED);
    assert!(browser.get("/tokens").await.text().contains("Revoked"));
    let unknown = "/tokens/01a2028b-0a41-74f5-9067-433a0914bd13/revoke";
    assert_eq!(browser.post(unknown, "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_token_is_taken_from_each_place_where_clients_put_it() {
    let browser = Browser::new().await;
    let text = token(&browser, &[Scope::InstancesRead]).await;
    assert_eq!(list_as(&browser, &text).await.status, StatusCode::OK);
    let key = header::HeaderName::from_static("x-functions-key");
    assert_eq!(list_with(&browser, key, text.expose()).await.status, StatusCode::OK);
    assert_eq!(browser.get(&format!("{LIST}?code={}", text.expose())).await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_a_token_that_works_nobody_is_let_in_and_all_look_alike() {
    let browser = Browser::signed_in().await;
    let unknown = list_as(&browser, &ApiToken::mint()).await;
    let malformed = list_with(&browser, header::AUTHORIZATION, "Bearer nonsense").await;
    // The session's cookie is sent with each of these.
    let none = browser.get(LIST).await;
    for answer in [&unknown, &malformed, &none] {
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.bytes, unknown.bytes);
    }
}

#[tokio::test]
async fn without_the_scope_the_refusal_names_it() {
    let browser = Browser::new().await;
    let others: Vec<_> = Scope::ALL.into_iter().filter(|scope| *scope != Scope::InstancesRead).collect();
    let answer = list_as(&browser, &token(&browser, &others).await).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.text().contains("instances:read"), "{}", answer.text());
}

#[tokio::test]
async fn every_answer_says_how_often_the_token_may_still_be_used() {
    let browser = Browser::new().await;
    let text = token(&browser, &[Scope::InstancesRead]).await;
    let first = list_as(&browser, &text).await;
    let said = |answer: &Answer| {
        ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after"]
            .map(|name| answer.header(name).to_owned())
    };
    assert_eq!(said(&first), ["120", "119", "1", ""]);
    for _ in 0..119 {
        assert_eq!(list_as(&browser, &text).await.status, StatusCode::OK);
    }
    let refused = list_as(&browser, &text).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(said(&refused), ["120", "0", "12", "1"]);
}

#[tokio::test]
async fn a_tokens_use_is_noted_beside_the_call() {
    let browser = Browser::signed_in().await;
    let text = token(&browser, &[Scope::InstancesRead]).await;
    list_as(&browser, &text).await;
    let admin = admin(&browser).await;
    let of = countersign::portal::tokens::TokensOf::Mine;
    // The note is written by a task of its own; every look lets it go on.
    let noted = async {
        while browser.stand.portal.tokens(&admin, of, None).await.expect("a list").rows[0].token.last_used_at.is_none()
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), noted).await.expect("the use is noted");
}
