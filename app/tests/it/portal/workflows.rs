//! Runs of workflows and entities: who may do what to which, and how it is refused. The engine runs only where it has to.

use std::time::Duration;

use countersign::portal::workflows::{EntitySignal, PurgeRuns, RunStatus, StartWorkflow, WorkflowVerb};
use countersign::portal::{
    Actor, Bearer, PortalError, Roles, STARTER, Scope, SignedIn, Time, TokenId, UserId, Verb, WorkflowError, Zone,
};
use countersign_engine::{EntityId, InstanceId, InstanceRecord};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::stand::{Stand, draft};

const SOON: Duration = Duration::from_secs(20);
const REQUESTER: Roles = Roles { requester: true, approver: false, admin: false };
const APPROVER: Roles = Roles { requester: false, approver: true, admin: false };

type Outcome<T> = Result<T, WorkflowError>;

/// Somebody with a session; the rules ask for no more than this.
fn somebody(number: u128, roles: Roles) -> Actor {
    let id = UserId(uuid::Uuid::from_u128(number));
    let (name, email) = ("Ana".into(), "ana@x.org".into());
    Actor::User(SignedIn { id, name, email, roles, zone: Zone::UTC, shortcuts: true })
}

/// The same person by a token with these scopes.
fn token(of: &Actor, scopes: &[Scope]) -> Actor {
    let user = of.signed_in().expect("a person").clone();
    let scopes = scopes.iter().copied().collect();
    Actor::Token(Bearer { id: TokenId(uuid::Uuid::nil()), user, scopes, once: None, in_person: false })
}

pub(super) fn wish(name: &str, input: Value) -> StartWorkflow {
    StartWorkflow { name: name.into(), version: None, id: None, input, traceparent: None }
}

fn wish_as(id: &str) -> StartWorkflow {
    StartWorkflow { id: Some(id.into()), ..wish("AsyncHttp", json!({ "seconds": 0 })) }
}

/// A run that waits for longer than any test.
async fn waiting(stand: &Stand, by: &Actor) -> String {
    stand.portal.start_workflow(by, wish("AsyncHttp", json!({ "seconds": 86_400 }))).await.expect("started")
}

fn id(text: &str) -> InstanceId {
    InstanceId::parse(text).expect("an id")
}

async fn found(stand: &Stand, run: &str) -> Option<InstanceRecord> {
    stand.client.status(&id(run)).await.expect("readable")
}

async fn ended(stand: &Stand, run: &str) -> InstanceRecord {
    stand.client.wait_for_completion(&id(run), SOON).await.expect("an end")
}

/// The lines of the audit log about `object`: what was done, and what is said of it.
async fn audited(stand: &Stand, object: &str) -> Vec<(String, String)> {
    let database = stand.store.read();
    let sql = format!("SELECT action, detail FROM audit WHERE object = '{object}' ORDER BY id");
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await;
    let text = |row: &sea_orm::QueryResult, at| row.try_get_by_index(at).expect("a text");
    rows.expect("readable").iter().map(|row| (text(row, 0), text(row, 1))).collect()
}

#[tokio::test]
async fn the_catalogue_names_every_workflow_and_an_example_of_each_can_be_started() {
    let stand = Stand::new().await;
    let ana = somebody(1, REQUESTER);
    let names = stand.portal.catalogue().names();
    let expected = [
        "Greet",
        "OrderProcessing",
        "FunctionChaining",
        "FanOutFanIn",
        "AsyncHttp",
        "MonitorService",
        "HumanInteraction",
    ];
    assert_eq!(names, expected);
    for workflow in stand.portal.catalogue().iter() {
        let run = stand.portal.start_workflow(&ana, wish(&workflow.name, workflow.example.clone())).await;
        let record = found(&stand, &run.expect("started")).await.expect("an instance");
        assert_eq!((&*record.name, &*record.version), (workflow.name.as_str(), workflow.version.as_str()));
        let given: Value = record.input.expect("an input").decode().expect("JSON");
        assert_eq!(given, workflow.example, "{}", workflow.name);
    }
    let run = stand.portal.start_workflow(&ana, wish("greet", json!("Ada"))).await.expect("started in another case");
    assert_eq!(&*found(&stand, &run).await.expect("an instance").name, "Greet");
    assert_eq!(stand.portal.catalogue().entities().map(|kind| kind.name.as_str()).collect::<Vec<_>>(), ["Counter"]);
}

#[tokio::test]
async fn a_run_is_filed_under_its_starter_and_continues_their_trace() {
    let stand = Stand::new().await;
    let ana = somebody(1, REQUESTER);
    let place = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let start = StartWorkflow { traceparent: Some(place.into()), ..wish_as("mine") };
    assert_eq!(stand.portal.start_workflow(&ana, start).await, Ok("mine".to_owned()));
    let record = found(&stand, "mine").await.expect("an instance");
    assert_eq!(record.tags.get(STARTER), Some(ana.user_id().expect("a person").to_string().as_str()));
    assert_eq!(audited(&stand, "mine").await, [("workflow.started".to_owned(), "AsyncHttp".to_owned())]);
    let start = StartWorkflow { traceparent: Some("nonsense".into()), ..wish_as("untraced") };
    assert_eq!(stand.portal.start_workflow(&Actor::LocalRpc, start).await, Ok("untraced".to_owned()));
    assert_eq!(found(&stand, "untraced").await.expect("an instance").tags.get(STARTER), None);
    let engine = stand.run().await;
    ended(&stand, "mine").await;
    let history = stand.client.export_history(&id("mine"), None).await.expect("a history");
    assert!(history.contains("4bf92f3577b34da6a3ce929d0e0e4736"), "{history}");
    engine.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_started_is_refused_by_name() {
    let stand = Stand::new().await;
    let ana = somebody(1, REQUESTER);
    for name in ["Approval", "Mail", "Monitor", "Webhook", "Visits", "Gree", ""] {
        let refused = stand.portal.start_workflow(&ana, wish(name, Value::Null)).await;
        let Err(WorkflowError::Unknown { name: asked, known }) = refused else { panic!("{name}: {refused:?}") };
        assert_eq!((asked.as_str(), known.len()), (name, 7));
    }
    for reserved in ["request-1", "mail-1", "monitor-1", "webhook-1", "", "a/b", "@counter@a"] {
        let refused = stand.portal.start_workflow(&ana, wish_as(reserved)).await;
        assert!(matches!(refused, Err(WorkflowError::Invalid(_))), "{reserved}: {refused:?}");
        assert!(InstanceId::parse(reserved).is_err() || found(&stand, reserved).await.is_none());
    }
    let versioned = StartWorkflow { version: Some("2".into()), ..wish_as("versioned") };
    assert!(matches!(stand.portal.start_workflow(&ana, versioned).await, Err(WorkflowError::Invalid(_))));
    let too_large = wish("Greet", json!("a".repeat(17 * 1024 * 1024)));
    assert!(matches!(stand.portal.start_workflow(&ana, too_large).await, Err(WorkflowError::Invalid(_))));
}

#[tokio::test]
async fn an_id_that_is_taken_gives_way_only_to_its_own_starter_and_only_once_it_has_ended() {
    let stand = Stand::new().await;
    let (ana, ben) = (somebody(1, REQUESTER), somebody(2, REQUESTER));
    stand.portal.start_workflow(&ana, wish_as("daily")).await.expect("started");
    for somebody in [&ana, &ben] {
        let taken = stand.portal.start_workflow(somebody, wish_as("daily")).await;
        assert!(matches!(taken, Err(WorkflowError::Exists(_))), "{taken:?}");
    }
    let engine = stand.run().await;
    let first = ended(&stand, "daily").await;
    let taken = stand.portal.start_workflow(&ben, wish_as("daily")).await;
    assert!(matches!(taken, Err(WorkflowError::Exists(_))), "{taken:?}");
    stand.portal.start_workflow(&ana, wish_as("daily")).await.expect("started again");
    let second = ended(&stand, "daily").await;
    assert_ne!(first.execution, second.execution);
    assert_eq!(audited(&stand, "daily").await.len(), 2);
    engine.shutdown().await;
}

#[tokio::test]
async fn an_input_that_a_client_encoded_twice_is_read_as_it_was_meant() {
    let stand = Stand::new().await;
    let ana = somebody(1, REQUESTER);
    for (name, sent, meant) in [
        ("AsyncHttp", json!("{\"seconds\":7}"), json!({ "seconds": 7 })),
        ("FanOutFanIn", json!("[\"Task1\"]"), json!(["Task1"])),
        ("Greet", json!("\"Ada\""), json!("Ada")),
        ("Greet", json!("17"), json!("17")),
        ("AsyncHttp", json!("soon"), json!("soon")),
    ] {
        let run = stand.portal.start_workflow(&ana, wish(name, sent)).await.expect("started");
        let record = found(&stand, &run).await.expect("an instance");
        assert_eq!(record.input.expect("an input").decode::<Value>().expect("JSON"), meant, "{name}");
    }
}

/// Every verb on a run, by name, with what it answers.
async fn every_verb(stand: &Stand, actor: &Actor, run: &str) -> Vec<(&'static str, Outcome<()>)> {
    let portal = &stand.portal;
    let steer = |verb| async move { portal.steer_workflow(actor, run, verb, "").await };
    vec![
        ("raise", portal.raise_event(actor, run, "Anything", json!(1)).await),
        ("suspend", steer(WorkflowVerb::Suspend).await),
        ("resume", steer(WorkflowVerb::Resume).await),
        ("rewind", steer(WorkflowVerb::Rewind).await),
        ("restart", portal.restart_workflow(actor, run, false).await.map(drop)),
        ("purge", portal.purge_run(actor, run).await.map(drop)),
        ("again", portal.restart_workflow(actor, run, true).await.map(drop)),
        ("terminate", steer(WorkflowVerb::Terminate).await),
    ]
}

#[tokio::test]
async fn whoever_may_see_a_run_may_do_all_that_its_state_allows() {
    let stand = Stand::new().await;
    let ana = somebody(1, REQUESTER);
    for actor in [ana.clone(), token(&ana, &Scope::ALL), somebody(2, Roles::ALL), Actor::Cli, Actor::LocalRpc] {
        let run = waiting(&stand, &ana).await;
        for (verb, outcome) in every_verb(&stand, &actor, &run).await {
            let fits = match verb {
                "rewind" => matches!(outcome, Err(WorkflowError::NotFailed(_))),
                "restart" | "purge" => matches!(outcome, Err(WorkflowError::Running(_))),
                _ => outcome.is_ok(),
            };
            assert!(fits, "{actor:?} {verb}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn to_everybody_else_a_run_does_not_exist() {
    let stand = Stand::new().await;
    let ana = somebody(1, REQUESTER);
    let run = waiting(&stand, &ana).await;
    let before = found(&stand, &run).await.expect("an instance");
    let ben = somebody(2, REQUESTER);
    for actor in [ben.clone(), token(&ben, &Scope::ALL)] {
        for (verb, outcome) in every_verb(&stand, &actor, &run).await {
            assert_eq!(outcome, Err(WorkflowError::NotFound), "{verb}");
        }
        assert!(!stand.portal.may_read_run(&actor, before.tags.get(STARTER)));
        assert!(!stand.portal.may_read_run(&actor, None));
    }
    assert_eq!(found(&stand, &run).await.expect("an instance").updated_at, before.updated_at);
    assert_eq!(audited(&stand, &run).await.len(), 1, "only its start");
    for (verb, outcome) in every_verb(&stand, &ana, "no such run").await {
        assert_eq!(outcome, Err(WorkflowError::NotFound), "{verb}");
    }
}

#[tokio::test]
async fn each_verb_needs_its_scope_and_a_start_needs_the_role() {
    let stand = Stand::new().await;
    let ana = somebody(1, REQUESTER);
    let run = waiting(&stand, &ana).await;
    let forbidden = |outcome: &Outcome<()>| matches!(outcome, Err(WorkflowError::Portal(PortalError::Forbidden(_))));
    for (verb, outcome) in every_verb(&stand, &token(&ana, &[Scope::InstancesRead]), &run).await {
        assert!(forbidden(&outcome), "{verb}: {outcome:?}");
    }
    assert!(stand.portal.starter_filter(&token(&ana, &[Scope::InstancesStart])).is_err());
    let mine = (STARTER.to_owned(), ana.user_id().expect("a person").to_string());
    assert_eq!(stand.portal.starter_filter(&token(&ana, &[Scope::InstancesRead])), Ok(Some(mine)));
    assert_eq!(stand.portal.starter_filter(&Actor::LocalRpc), Ok(None));
    assert_eq!(stand.portal.starter_filter(&somebody(2, Roles::ALL)), Ok(None));

    let cem = somebody(3, APPROVER);
    assert!(forbidden(&stand.portal.start_workflow(&cem, wish_as("no")).await.map(drop)));
    let link = Actor::Link(countersign::portal::LinkId(uuid::Uuid::nil()));
    for (verb, outcome) in every_verb(&stand, &link, &run).await {
        assert_eq!(outcome, Err(WorkflowError::Portal(PortalError::NotSignedIn)), "{verb}");
    }
}

#[tokio::test]
async fn no_verb_reaches_what_carries_something_of_the_portals_own() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    stand.open(request).await;
    let mail = stand.portal.outbox(&admin, None, None).await.expect("mails").rows[0].mail.instance();
    let nobody = "01a2028b-0a41-74f5-9067-433a0914bd13";
    let owned =
        [format!("request-{request}"), mail, format!("monitor-{nobody}"), format!("webhook-{nobody}"), "mail-x".into()];
    for instance in &owned {
        let before = found(&stand, instance).await;
        for actor in [admin.clone(), token(&admin, &Scope::ALL), somebody(9, REQUESTER), Actor::Cli, Actor::LocalRpc] {
            for (verb, outcome) in every_verb(&stand, &actor, instance).await {
                assert!(matches!(outcome, Err(WorkflowError::Owned(_))), "{instance} {verb}: {outcome:?}");
            }
        }
        let after = found(&stand, instance).await;
        let stands = |record: InstanceRecord| (record.seen(), record.updated_at);
        assert_eq!(before.map(stands), after.map(stands), "{instance}");
    }
    let purged = stand.portal.purge_runs(&admin, everything()).await;
    assert_eq!(purged, Ok(0));
}

fn everything() -> PurgeRuns {
    PurgeRuns { created_from: Time(0), created_to: None, statuses: Vec::new() }
}

#[tokio::test]
async fn a_run_that_has_ended_takes_only_what_fits() {
    let stand = Stand::new().await;
    let ana = somebody(1, REQUESTER);
    let engine = stand.run().await;
    stand.portal.start_workflow(&ana, wish_as("done")).await.expect("started");
    ended(&stand, "done").await;
    let portal = &stand.portal;
    for verb in [WorkflowVerb::Suspend, WorkflowVerb::Resume, WorkflowVerb::Terminate] {
        let outcome = portal.steer_workflow(&ana, "done", verb, "").await;
        assert!(matches!(outcome, Err(WorkflowError::Finished(_))), "{verb:?}: {outcome:?}");
    }
    let raised = portal.raise_event(&ana, "done", "Anything", Value::Null).await;
    assert!(matches!(raised, Err(WorkflowError::Finished(_))), "{raised:?}");
    let rewound = portal.steer_workflow(&ana, "done", WorkflowVerb::Rewind, "").await;
    assert!(matches!(rewound, Err(WorkflowError::NotFailed(_))), "{rewound:?}");
    assert_eq!(portal.restart_workflow(&ana, "done", false).await, Ok("done".to_owned()));
    ended(&stand, "done").await;
    assert_eq!(portal.purge_run(&ana, "done").await, Ok(1));
    assert_eq!(found(&stand, "done").await.map(|record| record.id), None);
    let lines: Vec<_> = audited(&stand, "done").await.into_iter().map(|(action, _)| action).collect();
    assert_eq!(lines, ["workflow.started", "workflow.restarted", "workflow.purged"]);

    let failed = StartWorkflow { id: Some("failed".into()), ..wish("AsyncHttp", json!("soon")) };
    portal.start_workflow(&ana, failed).await.expect("what does not fit is the run's own failure");
    assert!(ended(&stand, "failed").await.failure.is_some());
    assert_eq!(portal.steer_workflow(&ana, "failed", WorkflowVerb::Rewind, "again").await, Ok(()));
    assert!(audited(&stand, "failed").await.contains(&("workflow.rewound".to_owned(), "again".to_owned())));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_run_that_is_started_again_as_a_new_one_belongs_to_whoever_asked() {
    let stand = Stand::new().await;
    let (ana, admin) = (somebody(1, REQUESTER), somebody(2, Roles::ALL));
    let run = waiting(&stand, &ana).await;
    let again = stand.portal.restart_workflow(&admin, &run, true).await.expect("started");
    let (old, new) = (found(&stand, &run).await.expect("the old"), found(&stand, &again).await.expect("the new"));
    assert_eq!((old.name, old.input), (new.name, new.input));
    assert_eq!(new.tags.get(STARTER), Some(admin.user_id().expect("a person").to_string().as_str()));
}

#[tokio::test]
async fn a_removal_by_time_and_state_takes_ones_own_ended_runs_and_an_admins_takes_everybodys() {
    let stand = Stand::new().await;
    let (ana, ben, admin) = (somebody(1, REQUESTER), somebody(2, REQUESTER), stand.admin().await);
    let engine = stand.run().await;
    for (actor, run) in [(&ana, "a1"), (&ana, "a2"), (&ben, "b1")] {
        stand.portal.start_workflow(actor, wish_as(run)).await.expect("started");
        ended(&stand, run).await;
    }
    let open = waiting(&stand, &ana).await;
    let portal = &stand.portal;
    let failed = PurgeRuns { statuses: vec![RunStatus::Failed, RunStatus::Canceled], ..everything() };
    assert_eq!(portal.purge_runs(&ana, failed).await, Ok(0));
    let future = PurgeRuns { created_from: Time(i64::MAX), ..everything() };
    assert_eq!(portal.purge_runs(&ana, future).await, Ok(0));
    let past = PurgeRuns { created_to: Some(Time(1)), ..everything() };
    assert_eq!(portal.purge_runs(&ana, past).await, Ok(0));
    let running = PurgeRuns { statuses: vec![RunStatus::Running], ..everything() };
    assert!(matches!(portal.purge_runs(&ana, running).await, Err(WorkflowError::Invalid(_))));

    assert_eq!(portal.purge_runs(&ana, everything()).await, Ok(2));
    assert!(found(&stand, &open).await.is_some() && found(&stand, "b1").await.is_some());
    assert_eq!(portal.purge_runs(&admin, everything()).await, Ok(1));
    assert_eq!(audited(&stand, "AsyncHttp").await.len(), 2);
    engine.shutdown().await;
}

fn signal(operation: &str, input: Value) -> EntitySignal {
    EntitySignal { name: "Counter".into(), key: "visits".into(), operation: operation.into(), input }
}

#[tokio::test]
async fn entities_are_told_by_requesters_and_deleted_by_admins() {
    let stand = Stand::new().await;
    let (ana, admin) = (somebody(1, REQUESTER), stand.admin().await);
    let engine = stand.run().await;
    let portal = &stand.portal;
    for (operation, input) in [("add", json!(3)), ("add", json!("4")), ("GET", Value::Null)] {
        portal.signal_entity(&ana, signal(operation, input)).await.expect("told");
    }
    let entity = EntityId::new("counter", "visits").expect("an id");
    assert_eq!(audited(&stand, entity.as_str()).await.len(), 3);
    let forbidden = |outcome: Outcome<()>| matches!(outcome, Err(WorkflowError::Portal(PortalError::Forbidden(_))));
    assert!(forbidden(portal.signal_entity(&ana, signal("Delete", Value::Null)).await));
    assert!(forbidden(portal.delete_entity(&ana, "Counter", "visits").await));
    assert!(forbidden(portal.signal_entity(&somebody(3, APPROVER), signal("add", json!(1))).await));
    let only_signals = token(&admin, &[Scope::EntitiesSignal]);
    assert!(forbidden(portal.signal_entity(&only_signals, signal("delete", Value::Null)).await));
    let unknown = EntitySignal { name: "Account".into(), ..signal("add", json!(1)) };
    assert!(matches!(portal.signal_entity(&ana, unknown).await, Err(WorkflowError::Unknown { .. })));
    let no_key = EntitySignal { key: "a/b".into(), ..signal("add", json!(1)) };
    assert!(matches!(portal.signal_entity(&ana, no_key).await, Err(WorkflowError::Invalid(_))));
    portal.delete_entity(&Actor::LocalRpc, "counter", "visits").await.expect("deleted");
    engine.shutdown().await;
}

#[tokio::test]
async fn pages_need_a_reason_and_use_the_same_rules() {
    let stand = Stand::new().await;
    let (ana, ben) = (somebody(1, REQUESTER), somebody(2, REQUESTER));
    let run = waiting(&stand, &ana).await;
    let portal = &stand.portal;
    let no_reason = portal.steer_instance(&ana, &run, Verb::Terminate, " ").await;
    assert!(matches!(no_reason, Err(PortalError::Invalid(_))), "{no_reason:?}");
    assert_eq!(portal.steer_instance(&ben, &run, Verb::Terminate, "mine now").await, Err(PortalError::NotFound));
    let unfinished = portal.steer_instance(&ana, &run, Verb::Restart, "again").await;
    assert!(matches!(unfinished, Err(PortalError::Conflict(_))), "{unfinished:?}");
    assert_eq!(portal.steer_instance(&ana, &run, Verb::Terminate, "not needed").await, Ok(()));
    assert!(audited(&stand, &run).await.contains(&("workflow.terminated".to_owned(), "not needed".to_owned())));
}
