//! Webhooks: what is told to whom, how it is signed, and what happens when the receiver does not play along.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use countersign::db::DbUnits;
use countersign::outbound::GuardedClient;
use countersign::portal::actor::Bearer;
use countersign::portal::webhooks::{
    Delivery, DeliveryState, NewSecret, SECRET_OVERLAP, WebhookDraft, WebhookEvent, WebhookLine,
};
use countersign::portal::work::{Job, Units};
use countersign::portal::{
    AccountDraft, Actor, Nudges, PortalError, RequestDraft, Roles, Scope, SignedIn, SpanDraft, Time, TokenId, WebhookId,
};
use countersign_engine::ids::InstanceId;
use sea_orm::{ConnectionTrait, Statement};

use super::stand::draft;
use crate::flows::crash_points::{Process, World};
use crate::support::receiver::Receiver;

/// A portal with an admin, a receiver, and a webhook to it that subscribed to everything.
struct Scene {
    world: World,
    process: Process,
    admin: Actor,
    receiver: Receiver,
    made: NewSecret,
}

fn to(url: &str) -> WebhookDraft {
    let events = WebhookEvent::SUBSCRIBABLE.map(|event| event.word().to_owned()).to_vec();
    WebhookDraft { url: url.to_owned(), description: "The ledger".into(), events }
}

impl Scene {
    async fn new() -> Self {
        let (world, receiver) = (World::new().await, Receiver::start().await);
        let process = world.process(world.database.store()).await.expect("a process");
        let account =
            AccountDraft { name: "Ada".into(), email: "ada@example.org".into(), password: "correct horse".into() };
        let admin = Actor::User(process.portal.create_admin(&Actor::Cli, account).await.expect("an admin"));
        let made = process.portal.create_webhook(&admin, to(&receiver.url)).await.expect("a webhook");
        Self { world, process, admin, receiver, made }
    }

    fn secret(&self) -> &str {
        self.made.secret.expose()
    }

    async fn line(&self) -> WebhookLine {
        self.process.portal.webhook(&self.admin, self.made.webhook, None).await.expect("the webhook").line
    }

    /// Its deliveries, newest first.
    async fn deliveries(&self) -> Vec<Delivery> {
        deliveries(&self.process, &self.admin, self.made.webhook).await
    }

    /// Its only delivery.
    async fn delivery(&self) -> Delivery {
        let mut deliveries = self.deliveries().await;
        assert_eq!(deliveries.len(), 1, "{deliveries:?}");
        deliveries.remove(0)
    }

    async fn test(&self) {
        self.process.portal.test_webhook(&self.admin, self.made.webhook).await.expect("a test");
    }

    async fn submit(&self, draft: RequestDraft) {
        self.process.portal.submit(&self.admin, draft).await.expect("a request");
    }

    /// Does what is due now.
    async fn run(&self) {
        self.process.node.run_until_idle().await.expect("a database");
    }

    /// Lets time pass until nothing is left to do.
    async fn run_to_the_end(&self) {
        self.process.node.run_to_the_end().await.expect("a database");
    }

    async fn audit(&self) -> Vec<String> {
        let (database, sql) = (self.world.database.read(), "SELECT actor_kind || ' ' || action FROM audit ORDER BY id");
        let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await;
        rows.expect("readable").iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
    }
}

async fn deliveries(process: &Process, admin: &Actor, webhook: WebhookId) -> Vec<Delivery> {
    process.portal.webhook(admin, webhook, None).await.expect("the webhook").deliveries.rows
}

fn minutes(number: u32) -> SpanDraft {
    SpanDraft { number: number.to_string(), unit: "minutes".into() }
}

#[tokio::test]
async fn a_message_is_small_and_its_signature_verifies_with_the_secret_that_was_shown() {
    let scene = Scene::new().await;
    scene.submit(draft(&["ana@x.org"], "any")).await;
    scene.run().await;
    let received = scene.receiver.received();
    let [message] = received.as_slice() else { panic!("{received:?}") };
    assert!(message.is_signed_with(scene.secret()), "{message:?}");
    assert_eq!((message.header("content-type"), message.header("webhook-key-id")), ("application/json", "1"));
    let json = message.json();
    assert_eq!(json["type"], "request.submitted");
    assert_eq!(json["id"], message.header("webhook-id"));
    let request = &json["data"]["request"];
    assert_eq!(request["title"], "Contract");
    assert_eq!(request["state"], "waiting");
    assert!(request["url"].as_str().is_some_and(|url| url.starts_with("http://portal.example.org/requests/")));
    assert!(!message.body.contains("Please") && !message.body.contains("csn_"), "{}", message.body);
    let delivery = scene.delivery().await;
    assert_eq!((delivery.state, delivery.status), (DeliveryState::Delivered, Some(200)));
    assert_eq!((delivery.answer.as_str(), delivery.attempts), ("noted", 1));
}

#[tokio::test]
async fn everything_that_happens_to_a_request_is_told_once() {
    let scene = Scene::new().await;
    let ladder = RequestDraft {
        remind: minutes(20),
        escalate_to: "boss@x.org".into(),
        escalate: minutes(30),
        ..draft(&["ana@x.org", "ben@x.org"], "any")
    };
    scene.submit(ladder).await;
    scene.run_to_the_end().await;
    let told = ["request.submitted", "request.reminded", "request.escalated", "request.closed"];
    assert_eq!(scene.receiver.types(), told);
    let closed = scene.receiver.received()[3].json();
    assert_eq!(closed["data"]["verdict"], "rejected");
    assert_eq!(closed["data"]["request"]["state"], "rejected");
    assert_eq!(scene.deliveries().await.len(), told.len());
}

#[tokio::test]
async fn a_webhook_hears_only_of_what_it_subscribed_to() {
    let scene = Scene::new().await;
    let only = WebhookDraft { events: vec!["request.closed".into()], ..to(&scene.receiver.url) };
    scene.process.portal.edit_webhook(&scene.admin, scene.made.webhook, only).await.expect("edited");
    scene.submit(draft(&["ana@x.org"], "any")).await;
    scene.run_to_the_end().await;
    assert_eq!(scene.receiver.types(), ["request.closed"]);
}

#[tokio::test]
async fn a_refused_message_is_posted_again_under_the_same_id_with_growing_pauses() {
    let scene = Scene::new().await;
    scene.receiver.answers(&[500, 302, 404]);
    scene.test().await;
    scene.run().await;
    let waiting = scene.delivery().await;
    assert_eq!(waiting.state, DeliveryState::Retrying);
    assert_eq!(waiting.error.as_deref(), Some("The receiver answered 500."));
    assert_eq!(waiting.next_attempt_at, waiting.attempted_at.map(|at| at + Duration::from_secs(5)));
    scene.run_to_the_end().await;
    let received = scene.receiver.received();
    let first: i64 = received[0].header("webhook-timestamp").parse().expect("a number");
    let seconds: Vec<_> = received
        .iter()
        .map(|message| message.header("webhook-timestamp").parse::<i64>().expect("a number") - first)
        .collect();
    assert_eq!(seconds, [0, 5, 15, 35]);
    for message in &received {
        assert_eq!(message.header("webhook-id"), received[0].header("webhook-id"));
        assert_eq!(message.body, received[0].body);
        assert!(message.is_signed_with(scene.secret()), "{message:?}");
    }
    let delivery = scene.delivery().await;
    assert_eq!((delivery.state, delivery.attempts, delivery.error.as_deref()), (DeliveryState::Delivered, 4, None));
}

#[tokio::test]
async fn what_is_given_up_after_a_day_can_be_redelivered_by_hand() {
    let scene = Scene::new().await;
    scene.receiver.answers(&[503; 18]);
    scene.test().await;
    scene.run_to_the_end().await;
    let failed = scene.delivery().await;
    assert_eq!((failed.state, failed.attempts, failed.next_attempt_at), (DeliveryState::Failed, 18, None));
    scene.process.portal.redeliver(&scene.admin, failed.id).await.expect("finished");
    scene.run().await;
    let received = scene.receiver.received();
    assert_eq!(received.len(), 19);
    assert_eq!(received[18].header("webhook-id"), failed.id.to_string());
    assert_eq!(scene.deliveries().await[0].state, DeliveryState::Delivered);
    assert!(scene.audit().await.contains(&"user delivery.repeated".to_owned()));
}

#[tokio::test]
async fn for_a_day_after_a_rotation_both_secrets_sign() {
    let scene = Scene::new().await;
    let portal = &scene.process.portal;
    let new = portal.rotate_webhook(&scene.admin, scene.made.webhook, 1).await.expect("rotated").secret;
    let again = portal.rotate_webhook(&scene.admin, scene.made.webhook, 1).await;
    assert!(matches!(again, Err(PortalError::Conflict(_))), "the form that was sent twice: {again:?}");
    scene.test().await;
    scene.run().await;
    scene.world.clock.advance(SECRET_OVERLAP);
    scene.test().await;
    scene.run().await;
    let received = scene.receiver.received();
    let [during, after] = received.as_slice() else { panic!("{received:?}") };
    assert!(during.is_signed_with(new.expose()) && during.is_signed_with(scene.secret()), "{during:?}");
    assert!(after.is_signed_with(new.expose()) && !after.is_signed_with(scene.secret()), "{after:?}");
    assert_eq!((during.header("webhook-key-id"), after.header("webhook-key-id")), ("2 1", "2"));
}

#[tokio::test]
async fn who_answers_that_it_is_gone_hears_nothing_any_more() {
    let scene = Scene::new().await;
    scene.receiver.answers(&[410]);
    scene.test().await;
    scene.run_to_the_end().await;
    scene.submit(draft(&["ana@x.org"], "any")).await;
    scene.run_to_the_end().await;
    assert_eq!(scene.receiver.types(), ["webhook.test"]);
    let delivery = scene.delivery().await;
    assert_eq!((delivery.state, delivery.status, delivery.attempts), (DeliveryState::Failed, Some(410), 1));
    let disabled = scene.line().await.webhook.disabled.expect("disabled");
    assert!(disabled.why.contains("410"), "{}", disabled.why);
    assert!(scene.audit().await.contains(&"system webhook.disabled".to_owned()));
    let refused = scene.process.portal.redeliver(&scene.admin, delivery.id).await;
    assert!(matches!(refused, Err(PortalError::Conflict(why)) if why.contains("disabled")));
}

#[tokio::test]
async fn an_address_that_is_not_public_is_refused_by_the_form_and_at_every_attempt() {
    let scene = Scene::new().await;
    let addresses = ["http://10.0.0.1/hook", "http://169.254.169.254/latest", "http://ana:pw@127.0.0.1/", "nonsense"];
    for url in addresses {
        let refused = scene.process.portal.create_webhook(&scene.admin, to(url)).await;
        let is_about_it = matches!(&refused, Err(PortalError::Invalid(errors)) if errors[0].field == "url");
        assert!(is_about_it, "{url}: {refused:?}");
    }
    scene.test().await;
    // The next process is started without the permission to ask this machine.
    let Scene { world, process, admin, receiver, made } = scene;
    drop(process);
    let strict = Arc::new(GuardedClient::new(Vec::new()));
    let process = world.process_behind(world.database.store(), strict).await.expect("a process");
    process.node.run_to_the_end().await.expect("a database");
    assert!(receiver.received().is_empty());
    let delivery = deliveries(&process, &admin, made.webhook).await.remove(0);
    assert_eq!((delivery.state, delivery.attempts, delivery.status), (DeliveryState::Failed, 1, None));
    assert!(delivery.error.as_ref().is_some_and(|error| error.contains("not public")), "{:?}", delivery.error);
}

#[tokio::test]
async fn nothing_more_is_posted_to_a_webhook_that_is_disabled_or_deleted() {
    let scene = Scene::new().await;
    let portal = &scene.process.portal;
    scene.receiver.answers(&[500, 500]);
    scene.test().await;
    scene.run().await;
    portal.disable_webhook(&scene.admin, scene.made.webhook).await.expect("disabled");
    scene.submit(draft(&["ana@x.org"], "any")).await;
    scene.run_to_the_end().await;
    let given_up = scene.delivery().await;
    assert_eq!((given_up.state, given_up.error.as_deref()), (DeliveryState::Failed, Some("The webhook is disabled.")));
    portal.enable_webhook(&scene.admin, scene.made.webhook).await.expect("enabled");
    scene.test().await;
    scene.run().await;
    portal.delete_webhook(&scene.admin, scene.made.webhook).await.expect("deleted");
    scene.run_to_the_end().await;
    assert_eq!(scene.receiver.received().len(), 2);
    assert_eq!(portal.delivery(&scene.admin, given_up.id).await, Err(PortalError::NotFound));
    portal.sweep_deliveries().await.expect("swept");
    let instance = InstanceId::parse(&given_up.instance()).expect("an id");
    assert!(scene.process.node.client().status(&instance).await.expect("readable").is_none(), "its instance went too");
}

#[tokio::test]
async fn a_month_later_a_delivery_and_its_instance_are_gone_and_a_younger_one_stays() {
    let scene = Scene::new().await;
    scene.test().await;
    scene.run().await;
    scene.world.clock.advance(Duration::from_secs(20 * 86_400));
    scene.test().await;
    scene.run().await;
    scene.world.clock.advance(Duration::from_secs(11 * 86_400));
    let both = scene.deliveries().await;
    let [young, old] = both.as_slice() else { panic!("{both:?}") };
    scene.process.portal.sweep_deliveries().await.expect("swept");
    assert_eq!(scene.deliveries().await, std::slice::from_ref(young));
    for (delivery, stays) in [(young, true), (old, false)] {
        let instance = InstanceId::parse(&delivery.instance()).expect("an id");
        let status = scene.process.node.client().status(&instance).await.expect("readable");
        assert_eq!(status.is_some(), stays, "{instance}");
    }
}

#[tokio::test]
async fn of_many_deliveries_the_newest_of_each_webhook_stay_and_those_under_way() {
    let scene = Scene::new().await;
    let other = scene.process.portal.create_webhook(&scene.admin, to(&scene.receiver.url)).await;
    let other = other.expect("a webhook").webhook;
    scene.receiver.answers(&[500]);
    for _ in 0..6 {
        scene.test().await;
        scene.run().await;
        scene.world.clock.advance(Duration::from_millis(10));
    }
    scene.process.portal.test_webhook(&scene.admin, other).await.expect("a test");
    scene.run().await;
    let before = scene.deliveries().await;
    let units = DbUnits::new(scene.process.node.client(), Nudges::default());
    for expected in [2, 1, 0] {
        let deleted = Arc::new(AtomicU64::new(0));
        let count = deleted.clone();
        let two_at_most: Job = Box::new(move |work| {
            Box::pin(async move {
                count.store(work.delete_old_deliveries(Time(0), 2, 2).await?, Ordering::Relaxed);
                Ok(())
            })
        });
        units.run("sweep", two_at_most).await.expect("swept");
        assert_eq!(deleted.load(Ordering::Relaxed), expected);
    }
    let kept = [&before[0], &before[1], &before[5]].map(Clone::clone);
    assert_eq!((scene.deliveries().await, kept[2].state), (kept.to_vec(), DeliveryState::Retrying));
    assert_eq!(deliveries(&scene.process, &scene.admin, other).await.len(), 1);
}

#[tokio::test]
async fn only_admins_manage_webhooks_and_a_token_needs_the_scope() {
    let scene = Scene::new().await;
    let (portal, id) = (&scene.process.portal, scene.made.webhook);
    let user = |roles| SignedIn { roles, ..scene.admin.signed_in().expect("a session").clone() };
    let token = |scopes: &[Scope]| {
        let (id, scopes) = (TokenId(uuid::Uuid::nil()), scopes.iter().copied().collect());
        Actor::Token(Bearer { id, user: user(Roles::ALL), scopes, once: None, in_person: false })
    };
    let member = Actor::User(user(Roles { admin: false, ..Roles::ALL }));
    for actor in [&member, &token(&[Scope::WebhooksRead]), &token(&[Scope::RequestsWrite])] {
        for refused in [
            portal.create_webhook(actor, to(&scene.receiver.url)).await.map(|_| ()),
            portal.edit_webhook(actor, id, to(&scene.receiver.url)).await,
            portal.disable_webhook(actor, id).await,
            portal.rotate_webhook(actor, id, 1).await.map(|_| ()),
            portal.test_webhook(actor, id).await.map(|_| ()),
            portal.delete_webhook(actor, id).await,
        ] {
            assert!(matches!(refused, Err(PortalError::Forbidden(_))), "{actor:?}: {refused:?}");
        }
    }
    assert!(matches!(portal.webhooks(&member).await, Err(PortalError::Forbidden(_))));
    assert!(matches!(portal.webhooks(&Actor::System("x")).await, Err(PortalError::NotSignedIn)));
    assert_eq!(portal.webhooks(&token(&[Scope::WebhooksRead])).await.expect("may read").len(), 1);
    portal.disable_webhook(&token(&[Scope::WebhooksWrite]), id).await.expect("may write");
    let unknown = portal.enable_webhook(&scene.admin, WebhookId(uuid::Uuid::nil())).await;
    assert_eq!(unknown, Err(PortalError::NotFound));
}

#[tokio::test]
async fn the_secret_is_nowhere_in_the_database() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    let scene = Scene::new().await;
    scene.test().await;
    scene.run().await;
    let text = scene.secret().trim_start_matches("whsec_").trim_end_matches('=');
    let key = STANDARD.decode(scene.secret().trim_start_matches("whsec_")).expect("base64");
    let traces: [(&str, Vec<u8>); 4] = [
        ("the text", text.into()),
        ("its bytes", key.clone()),
        ("its hexadecimal", hex::encode(&key).into()),
        ("any secret", "whsec_".into()),
    ];
    for entry in std::fs::read_dir(scene.world.place.folder()).expect("the data folder") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        for (what, trace) in &traces {
            let found = bytes.windows(trace.len()).any(|window| window == trace.as_slice());
            assert!(!found, "{what} is in {}", path.display());
        }
    }
    assert!(!format!("{:?}", scene.made).contains(text), "nor in what is printed for debugging");
}
