//! `/workflows`, `/instances` and `/entities` through the router: who starts what, who sees it, what comes back.

use std::time::Duration;

use axum::http::StatusCode;
use countersign::pages::paths;
use countersign::portal::Actor;
use countersign::portal::workflows::{EntitySignal, StartWorkflow};
use countersign_engine::InstanceId;
use serde_json::{Value, json};

use super::browser::{ADMIN, Answer, Browser, PASSWORD};
use super::roles::{REQUESTER, signed_in_with};

const ORDER: &str = "way=fields&in.item=Desk&in.quantity=3&in.card=4242";

async fn admin(browser: &Browser) -> Actor {
    Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"))
}

/// Starts a run as an admin; gives its id.
async fn run_of(browser: &Browser, name: &str, input: Value) -> String {
    let start = StartWorkflow { name: name.into(), version: None, id: None, input, traceparent: None };
    browser.stand.portal.start_workflow(&admin(browser).await, start).await.expect("a run")
}

/// The id in the address that an answer leads to.
fn led_to(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let address = answer.header("location").strip_prefix("/instances/").expect("the page of an instance");
    address.split('?').next().expect("an id").to_owned()
}

/// Waits until a run has ended.
async fn end_of(browser: &Browser, id: &str) {
    let id = InstanceId::parse(id).expect("an id");
    browser.stand.client.wait_for_completion(&id, Duration::from_secs(60)).await.expect("an ended run");
}

#[tokio::test]
async fn whoever_starts_a_run_by_the_form_sees_it_and_its_input() {
    let browser = signed_in_with(REQUESTER).await;
    let id = led_to(&browser.post("/workflows/OrderProcessing", ORDER).await);
    let page = browser.get(&paths::Instance(&id).to_string()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("Run of OrderProcessing") && page.text().contains("Desk"));
    assert!(browser.get("/instances").await.text().contains(&id));
    assert!(browser.get("/workflows/OrderProcessing").await.text().contains(&id));
    assert!(browser.get("/workflows").await.text().contains("1 run of yours in the last 7 days, 1 not finished"));
}

#[tokio::test]
async fn a_run_of_somebody_else_looks_like_none() {
    let browser = signed_in_with(REQUESTER).await;
    let id = run_of(&browser, "Greet", json!("Ada")).await;
    for path in [paths::Instance(&id).to_string(), paths::InstanceEvents(&id).to_string()] {
        assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for verb in ["suspend", "terminate", "restart-as-new", "purge"] {
        let path = paths::InstanceVerb(&id, verb).to_string();
        let answer = browser.post(&path, &format!("reason=because&confirm={id}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{verb}");
    }
    let raised = browser.post(&paths::RaiseEvent(&id).to_string(), "event=x&value=1").await;
    assert_eq!(raised.status, StatusCode::NOT_FOUND);
    assert!(!browser.get("/instances").await.text().contains(&id));
}

#[tokio::test]
async fn an_address_fills_the_form_in_and_starts_nothing() {
    let browser = Browser::signed_in().await;
    let page = browser.get("/workflows/OrderProcessing?item=Desk&quantity=7").await.text();
    assert!(page.contains("value=\"Desk\"") && page.contains("value=\"7\""));
    let input = "%7B%22item%22%3A%22Chair%22%2C%22quantity%22%3A1%2C%22card%22%3A%221%22%7D";
    let page = browser.get(&format!("/workflows/OrderProcessing?input={input}")).await.text();
    assert!(page.contains("value=\"Chair\""));
    let broken = browser.get("/workflows/OrderProcessing?input=%7B").await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(broken.text().contains("This is not JSON"));
    assert!(browser.stand.client.count_by_status().await.expect("readable tables").is_empty());
}

#[tokio::test]
async fn what_is_wrong_with_a_start_is_said_at_its_field() {
    let browser = Browser::signed_in().await;
    let path = "/workflows/OrderProcessing";
    let refused = [
        ("way=fields&in.item=Desk&in.card=1&in.quantity=many", "href=\"#f-in-quantity\""),
        ("way=fields&in.item=&in.card=1&in.quantity=1", "href=\"#f-in-item\""),
        ("way=json&input=%7B", "href=\"#json-input\""),
        ("way=json&input=%7B%7D&instance_id=a%2Fb", "href=\"#json-instance_id\""),
    ];
    for (form, link) in refused {
        let answer = browser.post(path, form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(answer.text().contains(link), "{form}");
    }
    let mine = format!("{ORDER}&instance_id=order-17");
    assert_eq!(led_to(&browser.post(path, &mine).await), "order-17");
    let again = browser.post(path, &mine).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text().contains("exists already") && again.text().contains("value=\"order-17\""));
    let own = browser.post(path, &format!("{ORDER}&instance_id=request-17")).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY, "ids of the portal's own");
}

#[tokio::test]
async fn a_verb_on_a_run_asks_for_what_it_needs() {
    let browser = Browser::signed_in().await;
    let id = run_of(&browser, "Greet", json!("Ada")).await;
    let verb = |verb: &str| paths::InstanceVerb(&id, verb).to_string();
    for (path, form) in [
        (verb("suspend"), "reason=+"),
        (verb("restart"), "reason="),
        (verb("purge"), "confirm=another"),
        (paths::RaiseEvent(&id).to_string(), "event=&value=1"),
        (paths::RaiseEvent(&id).to_string(), "event=Go&value=%7B"),
    ] {
        assert_eq!(browser.post(&path, form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {form}");
    }
    assert_eq!(browser.post(&verb("purge"), &format!("confirm={id}")).await.status, StatusCode::CONFLICT);
    assert_eq!(browser.post(&verb("rewind"), "reason=because").await.status, StatusCode::CONFLICT);
    assert_eq!(browser.post(&verb("dance"), "reason=because").await.status, StatusCode::NOT_FOUND);
    assert_eq!(led_to(&browser.post(&paths::RaiseEvent(&id).to_string(), "event=Go&value=").await), id);
    assert_eq!(led_to(&browser.post(&verb("suspend"), "reason=because").await), id);
    assert!(browser.get(&paths::Instance(&id).to_string()).await.text().contains("Suspended"));
}

#[tokio::test]
async fn an_ended_run_is_started_again_beside_itself_and_removed() {
    let browser = Browser::signed_in().await;
    let engine = browser.stand.run().await;
    let id = run_of(&browser, "Greet", json!("Ada")).await;
    end_of(&browser, &id).await;
    assert!(browser.get(&paths::Instance(&id).to_string()).await.text().contains("Hello, Ada."));

    let another = browser.post(&paths::InstanceVerb(&id, "restart-as-new").to_string(), "reason=once+more").await;
    let another = led_to(&another);
    assert_ne!(another, id);
    end_of(&browser, &another).await;

    let purged = browser.post(&paths::InstanceVerb(&id, "purge").to_string(), &format!("confirm={id}")).await;
    assert_eq!((purged.status, purged.header("location")), (StatusCode::SEE_OTHER, "/instances?done=purged"));
    assert_eq!(browser.get(&paths::Instance(&id).to_string()).await.status, StatusCode::NOT_FOUND);
    engine.shutdown().await;
}

#[tokio::test]
async fn an_admin_sends_an_operation_to_an_entity_and_deletes_its_state() {
    let browser = Browser::signed_in().await;
    let path = paths::Entity("@counter@door").to_string();
    assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND, "nobody has told it anything");
    let (name, key, operation) = ("Counter".into(), "door".into(), "add".into());
    let signal = EntitySignal { name, key, operation, input: json!(5) };
    browser.stand.portal.signal_entity(&admin(&browser).await, signal).await.expect("a signal");

    let page = browser.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("It has no state"), "the engine does not run");
    assert_eq!(browser.post(&path, "operation=add&input=2").await.status, StatusCode::SEE_OTHER);
    for form in ["operation=&input=2", "operation=add&input=%7B"] {
        assert_eq!(browser.post(&path, form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    let deleted = browser.post(&paths::DeleteEntity("@counter@door").to_string(), "").await;
    assert_eq!(deleted.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get("/entities").await.status, StatusCode::OK);
}
