//! The sample workflows of the catalogue on the running engine: what they give, and the mails that they really send.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use countersign::email;
use countersign::portal::link::{LinkState, Purpose};
use countersign::portal::mail::MailKind;
use countersign::portal::reads::MailLine;
use countersign::portal::workflows::{AnswerClosed, AnswerPage, StartWorkflow, WorkflowVerb};
use countersign::portal::{Actor, LinkId, PortalError, WorkflowError};
use countersign_engine::client::Seen;
use countersign_engine::{EventKind, InstanceId, InstanceRecord, RuntimeStatus};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::stand::Stand;
use super::workflows::wish;

const SOON: Duration = Duration::from_secs(30);

fn id(text: &str) -> InstanceId {
    InstanceId::parse(text).expect("an id")
}

async fn start(stand: &Stand, by: &Actor, name: &str, input: Value) -> String {
    stand.portal.start_workflow(by, wish(name, input)).await.expect("started")
}

async fn ended(stand: &Stand, run: &str) -> InstanceRecord {
    stand.client.wait_for_completion(&id(run), SOON).await.expect("an end")
}

/// The output of a run of this workflow.
async fn output(stand: &Stand, by: &Actor, name: &str, input: Value) -> Value {
    let run = start(stand, by, name, input).await;
    let record = ended(stand, &run).await;
    record.output.unwrap_or_else(|| panic!("{:?}", record.failure)).decode().expect("JSON")
}

/// Waits until the run shows what `fits`.
async fn shows(stand: &Stand, run: &str, fits: impl Fn(&InstanceRecord) -> bool) -> InstanceRecord {
    let mut seen = Seen::default();
    loop {
        let record = stand.client.wait_for_change(&id(run), &seen, SOON).await.expect("a change in time");
        if fits(&record) {
            return record;
        }
        seen = record.seen();
    }
}

fn status_holds(record: &InstanceRecord, text: &str) -> bool {
    record.custom_status.as_ref().is_some_and(|status| status.as_str().contains(text))
}

/// Kind, receiver and subject of all mails, oldest first, once every one of them has left.
async fn mailed(stand: &Stand, admin: &Actor) -> Vec<(MailKind, String, String)> {
    let mut lines = stand.portal.outbox(admin, None, None).await.expect("mails").rows;
    lines.reverse();
    for line in &lines {
        let sending = ended(stand, &line.mail.instance()).await;
        assert_eq!(sending.status, RuntimeStatus::Completed, "{:?}", sending.failure);
    }
    assert_eq!(stand.mails.all().len(), lines.len());
    let subject = |line: &MailLine| email::subject(line.mail.kind, line.title.as_deref(), line.language);
    lines.into_iter().map(|line| (line.mail.kind, line.to.email.clone(), subject(&line))).collect()
}

#[tokio::test]
async fn what_only_computes_gives_what_its_description_says() {
    let stand = Stand::new().await;
    let (admin, engine) = (stand.admin().await, stand.run().await);
    for (name, input, expected) in [
        ("Greet", json!("Ada"), json!("Hello, Ada. This HTTP triggered function executed successfully.")),
        ("FanOutFanIn", json!(["Task1", "Task2"]), json!(["Task1 completed", "Task2 completed"])),
        (
            "FanOutFanIn",
            json!({ "tasks": ["Task1", "fail2", "Task3"], "max_parallel": 1 }),
            json!(["Task1 completed", "fail2 failed: it was told to", "Task3 completed"]),
        ),
        ("AsyncHttp", json!({ "seconds": 1 }), json!("done")),
        ("OrderProcessing", json!({ "item": "", "quantity": 1, "card": "x" }), json!("Order processing failed.")),
        ("OrderProcessing", json!({ "item": "Lamp", "quantity": 11, "card": "x" }), json!("Order processing failed.")),
        (
            "OrderProcessing",
            json!({ "item": "Lamp", "quantity": 1, "card": "declined" }),
            json!("Order processing failed."),
        ),
    ] {
        assert_eq!(output(&stand, &admin, name, input.clone()).await, expected, "{name} {input}");
    }
    let asks = output(&stand, &admin, "Greet", Value::Null).await;
    assert!(asks.as_str().is_some_and(|text| text.contains("Pass a name")), "{asks}");
    assert!(mailed(&stand, &admin).await.is_empty());
    engine.shutdown().await;
}

#[tokio::test]
async fn an_order_is_confirmed_by_a_mail_to_whoever_started_it() {
    let stand = Stand::new().await;
    let (admin, engine) = (stand.admin().await, stand.run().await);
    let order = json!({ "item": "Lamp", "quantity": 2, "card": "4242" });
    assert_eq!(output(&stand, &admin, "OrderProcessing", order.clone()).await, json!("Order processed successfully!"));
    let run = start(&stand, &admin, "FunctionChaining", json!({ "id": "A-17", "amount": 12.5 })).await;
    let confirmed = ended(&stand, &run).await.output.expect("completed").decode::<Value>().expect("JSON");
    assert_eq!(confirmed, json!("Order A-17 is confirmed: 12.50 charged."));
    let history = stand.client.history(&id(&run), None).await.expect("a history");
    let steps = history.iter().filter(|event| matches!(event.kind, EventKind::TaskCompleted { .. })).count();
    assert_eq!(steps, 3, "each step's output is in the history");

    // Nobody signed in for this one, so there is nobody to mail.
    let processed = output(&stand, &Actor::LocalRpc, "OrderProcessing", order).await;
    assert_eq!(processed, json!("Order processed successfully!"));

    let mails = mailed(&stand, &admin).await;
    assert_eq!(mails.len(), 2, "{mails:?}");
    assert!(mails.iter().all(|(kind, to, _)| *kind == MailKind::Receipt && to == "ada@example.org"), "{mails:?}");
    assert_eq!(mails[1].2, "Confirmed: A-17");
    let sent = String::from_utf8(stand.mails.all().pop().expect("a mail")).expect("text");
    assert!(sent.contains("Order A-17 is confirmed: 12.50 charged."), "{sent}");
    assert!(sent.contains("multipart/alternative") && sent.contains("text/html"), "{sent}");
    engine.shutdown().await;
}

/// A run of `HumanInteraction` that waits for Ana.
async fn asked(stand: &Stand, admin: &Actor, on_timeout: &str, seconds: u64) -> String {
    let input = json!({
        "document": "Contract", "approver": "Ana@x.org", "timeout_seconds": seconds,
        "on_timeout": on_timeout, "escalate_to": "ben@x.org",
    });
    let run = start(stand, admin, "HumanInteraction", input).await;
    shows(stand, &run, |record| status_holds(record, "waiting for Ana@x.org")).await;
    run
}

async fn outcome(stand: &Stand, run: &str) -> Value {
    ended(stand, run).await.output.expect("completed").decode().expect("JSON")
}

#[tokio::test]
async fn a_guest_answers_by_the_link_in_their_mail_and_the_starter_is_told() {
    let stand = Stand::new().await;
    let (admin, engine) = (stand.admin().await, stand.run().await);
    let run = asked(&stand, &admin, "reject", 3_600).await;
    let ana = stand.link_actor("ana@x.org").await;
    let AnswerPage::Open(question) = stand.portal.answer_page(&ana).await.expect("a page") else { panic!("closed") };
    assert_eq!((question.title.as_str(), question.asked.email.as_str()), ("Contract", "ana@x.org"));
    assert_eq!(question.asked_by.map(|person| person.email), Some("ada@example.org".to_owned()));
    assert!(question.text_html.contains("This document is ready."), "{}", question.text_html);

    assert_eq!(stand.portal.answer_run(&ana, true).await, Ok(None));
    assert_eq!(outcome(&stand, &run).await, json!({ "verdict": "approved", "by": "ana@x.org", "escalated": false }));
    assert_eq!(stand.portal.answer_run(&ana, false).await, Ok(Some(AnswerClosed::Answered)));
    let page = stand.portal.answer_page(&ana).await;
    assert_eq!(page, Ok(AnswerPage::Closed { title: "Contract".into(), why: AnswerClosed::Answered }));
    let mails = mailed(&stand, &admin).await;
    let expected = [(MailKind::Question, "ana@x.org"), (MailKind::Outcome, "ada@example.org")];
    assert_eq!(mails.iter().map(|(kind, to, _)| (*kind, to.as_str())).collect::<Vec<_>>(), expected);
    assert!(mails.iter().all(|(_, _, subject)| subject == "Approval: Contract"), "{mails:?}");
    engine.shutdown().await;
}

#[tokio::test]
async fn the_event_decides_too_however_it_is_written() {
    let stand = Stand::new().await;
    let (admin, engine) = (stand.admin().await, stand.run().await);
    for (value, verdict, by) in [
        (json!(true), "approved", "Ana@x.org"),
        (json!("false"), "rejected", "Ana@x.org"),
        (json!({ "approved": true, "by": "deputy@x.org" }), "approved", "deputy@x.org"),
    ] {
        let run = asked(&stand, &admin, "reject", 3_600).await;
        stand.portal.raise_event(&admin, &run, "ApprovalEvent", value).await.expect("raised");
        assert_eq!(outcome(&stand, &run).await, json!({ "verdict": verdict, "by": by, "escalated": false }));
        let late = stand.portal.answer_run(&stand.link_actor("ana@x.org").await, true).await;
        assert_eq!(late, Ok(Some(AnswerClosed::Ended)), "the link comes too late");
    }
    engine.shutdown().await;
}

#[tokio::test]
async fn a_deadline_asks_somebody_else_whose_link_takes_the_place_of_the_first() {
    let stand = Stand::new().await;
    let (admin, engine) = (stand.admin().await, stand.run().await);
    let run = asked(&stand, &admin, "escalate", 2).await;
    let ana = stand.link_actor("ana@x.org").await;
    shows(&stand, &run, |record| status_holds(record, "waiting for ben@x.org")).await;
    assert_eq!(stand.portal.answer_run(&ana, true).await, Ok(Some(AnswerClosed::Superseded)));
    assert_eq!(
        outcome(&stand, &run).await,
        json!({ "verdict": "rejected", "by": "deadline", "escalated": true }),
        "nobody answered the second question either"
    );
    stand.pass(Duration::from_secs(60));
    let ben = stand.link_actor("ben@x.org").await;
    let expired = stand.portal.answer_run(&ben, true).await;
    assert!(matches!(expired, Ok(Some(AnswerClosed::Expired(_)))), "{expired:?}");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_link_of_a_question_opens_nothing_but_its_own() {
    let stand = Stand::new().await;
    let (admin, engine) = (stand.admin().await, stand.run().await);
    asked(&stand, &admin, "reject", 3_600).await;
    let link = stand.link_of("ana@x.org").await;
    let line = stand.portal.outbox(&admin, None, None).await.expect("mails").rows.remove(0);
    let row = stand.portal.mail(&admin, line.mail.id).await.expect("a mail").link.expect("a link");
    assert_eq!((row.id, row.purpose, row.state), (link, Purpose::Answer, LinkState::Live));
    assert_eq!(stand.portal.exchange_answer_link(&row.claims()).await, Ok(link));
    assert_eq!(stand.portal.exchange_link(&row.claims()).await, Err(PortalError::NotFound));
    assert_eq!(stand.portal.link_page(&Actor::Link(link)).await, Err(PortalError::NotFound));
    let unknown = Actor::Link(LinkId(uuid::Uuid::nil()));
    assert_eq!(stand.portal.answer_page(&unknown).await, Err(PortalError::NotFound));
    assert_eq!(stand.portal.answer_page(&admin).await, Err(PortalError::NotSignedIn));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_link_answers_no_later_run_that_has_the_id_of_its_own() {
    let stand = Stand::new().await;
    let (admin, engine) = (stand.admin().await, stand.run().await);
    let input =
        json!({ "document": "Contract", "approver": "ana@x.org", "timeout_seconds": 3_600, "on_timeout": "reject" });
    let named = |run: &str| StartWorkflow { id: Some(run.to_owned()), ..wish("HumanInteraction", input.clone()) };
    let mut links = Vec::new();
    for run in ["restarted", "replaced", "purged"] {
        stand.portal.start_workflow(&admin, named(run)).await.expect("started");
        shows(&stand, run, |record| status_holds(record, "waiting for ana@x.org")).await;
        links.push(stand.link_actor("ana@x.org").await);
        stand.portal.steer_workflow(&admin, run, WorkflowVerb::Terminate, "").await.expect("terminated");
        ended(&stand, run).await;
    }
    // From here on nobody is asked anew, so that what closes the links is that the runs begin.
    engine.shutdown().await;
    stand.portal.restart_workflow(&admin, "restarted", false).await.expect("restarted");
    stand.portal.start_workflow(&admin, named("replaced")).await.expect("replaced");
    stand.portal.purge_run(&admin, "purged").await.expect("purged");
    stand.portal.start_workflow(&admin, named("purged")).await.expect("started anew");
    for ana in links {
        assert_eq!(stand.portal.answer_run(&ana, true).await, Ok(Some(AnswerClosed::Superseded)), "{ana:?}");
    }
}

#[tokio::test]
async fn somebody_who_cannot_be_mailed_fails_the_run_with_a_sentence() {
    let stand = Stand::new().await;
    let (admin, engine) = (stand.admin().await, stand.run().await);
    let input = json!({ "document": "Contract", "approver": "nobody", "timeout_seconds": 60, "on_timeout": "reject" });
    let run = start(&stand, &admin, "HumanInteraction", input).await;
    let failure = ended(&stand, &run).await.failure.expect("a failure");
    assert!(format!("{failure:?}").contains("not a mail address"), "{failure:?}");
    engine.shutdown().await;
}

/// The address of a service that answers with 200.
async fn service() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = Router::new().route("/health", get(|| async { "ok" }));
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/health")
}

#[tokio::test]
async fn a_monitor_shows_how_its_service_is_and_mails_when_it_goes_down() {
    let stand = Stand::new().await;
    let (admin, engine) = (stand.admin().await, stand.run().await);
    let watch =
        |url: &str| json!({ "url": url, "interval_seconds": 1, "alert": "operator@x.org", "failures_before_alert": 1 });
    let well = start(&stand, &admin, "MonitorService", watch(&service().await)).await;
    let up = shows(&stand, &well, |record| record.custom_status.is_some()).await;
    assert!(status_holds(&up, "\"state\":\"up\""), "{:?}", up.custom_status);

    let gone = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    let ill = start(&stand, &admin, "MonitorService", watch(&format!("http://{gone}/"))).await;
    shows(&stand, &ill, |record| record.ordinal > 1 && status_holds(record, "\"state\":\"down\"")).await;
    let mails = mailed(&stand, &admin).await;
    let down = (MailKind::ServiceDown, "operator@x.org".to_owned(), format!("Service: http://{gone}/"));
    assert_eq!(mails, [down]);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_portal_that_was_stopped_goes_on_where_it_was() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let order = StartWorkflow {
        id: Some("order".into()),
        ..wish("OrderProcessing", json!({ "item": "Lamp", "quantity": 1, "card": "4242" }))
    };
    stand.portal.start_workflow(&admin, order).await.expect("started, although nothing runs");
    stand.portal.raise_event(&admin, "order", "Unheard", json!(1)).await.expect("kept for later");
    let taken = StartWorkflow { id: Some("order".into()), ..wish("Greet", Value::Null) };
    let again = stand.portal.start_workflow(&admin, taken).await;
    assert!(matches!(again, Err(WorkflowError::Exists(_))), "{again:?}");
    let engine = stand.run().await;
    assert_eq!(ended(&stand, "order").await.status, RuntimeStatus::Completed);
    assert_eq!(mailed(&stand, &admin).await.len(), 1);
    engine.shutdown().await;
}
