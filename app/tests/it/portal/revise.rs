//! Another revision: who may submit one, when, and whose answers and links it makes void.

use std::time::Duration;

use countersign::portal::link::Invalid;
use countersign::portal::mail::MailKind;
use countersign::portal::policy::Verdict;
use countersign::portal::request::{AssignmentState, EventKind, RequestState};
use countersign::portal::{
    Actor, DecideOutcome, PortalError, RequestDraft, RequestVerb, RevisionDraft, Round, SpanDraft, UploadId,
};
use countersign_engine::ids::InstanceId;
use countersign_engine::model::RuntimeStatus;
use sea_orm::ConnectionTrait;

use super::scene::{Scene, field, is_conflict, is_forbidden};
use super::stand::{MINUTE, draft};

const APPROVED: AssignmentState = AssignmentState::Answered(Verdict::Approve);
const SUPERSEDED: DecideOutcome = DecideOutcome::NoLongerValid(Invalid::Superseded);

/// What was submitted first, with another title.
fn titled(title: &str) -> RevisionDraft {
    RevisionDraft { title: title.into(), text: "Please **read**.".into(), ..RevisionDraft::default() }
}

async fn upload(scene: &Scene, name: &str) -> UploadId {
    let mut receiving = scene.stand.portal.receive_file(&scene.rita, name).await.expect("an upload");
    receiving.write(name.as_bytes()).await.expect("room");
    receiving.finish().await.expect("a file").id
}

#[tokio::test]
async fn what_has_changed_is_asked_of_everybody_anew_and_the_links_of_before_are_dead() {
    let scene = Scene::new().await;
    let (otto, guest) = (scene.stand.link_actor("otto@x.org").await, scene.stand.link_actor("guest@x.org").await);
    scene.say_by(&guest, Verdict::Approve).await.expect("an answer");
    let draft = RevisionDraft { note: "  Cheaper ".into(), ..titled("Contract, mended") };
    scene.stand.portal.revise(&scene.rita, scene.request, draft).await.expect("revised");

    let record = scene.record().await;
    assert_eq!((record.request.revision, record.request.title.as_str()), (2, "Contract, mended"));
    for email in ["otto@x.org", "guest@x.org"] {
        assert_eq!(scene.states(email).await, [AssignmentState::Stale, AssignmentState::Pending], "{email}");
        let asked = &scene.questions(email).await[1].assignment;
        assert_eq!((asked.attempt, asked.revision), (2, 2), "{email}");
    }
    let event = record.events.iter().find(|event| event.kind == EventKind::Revised).expect("an event");
    assert_eq!((event.note.as_str(), event.actor.as_ref().map(|by| by.id)), ("Cheaper", scene.rita.user_id()));
    for link in [&otto, &guest] {
        assert_eq!(scene.say_by(link, Verdict::Approve).await, Ok(SUPERSEDED));
    }

    scene.stand.open(scene.request).await;
    for email in ["otto@x.org", "guest@x.org"] {
        let outcome = scene.say(email, Verdict::Approve).await;
        assert!(matches!(outcome, Ok(DecideOutcome::Recorded(_))), "{email}: {outcome:?}");
    }
    assert_eq!(scene.record().await.request.state(), RequestState::Approved);
    assert_eq!(scene.mailed(MailKind::Request).await.len(), 4);
}

#[tokio::test]
async fn what_was_approved_stays_so_when_nothing_changed_and_only_the_one_who_wanted_more_is_asked_again() {
    let scene = Scene::new().await;
    let portal = &scene.stand.portal;
    assert_eq!(field(portal.revise(&scene.rita, scene.request, titled("Contract")).await), "title");
    scene.say("otto@x.org", Verdict::Approve).await.expect("an answer");
    scene.say("guest@x.org", Verdict::RequestChanges).await.expect("an answer");
    assert_eq!(scene.record().await.request.state(), RequestState::ChangesRequested);

    let explained = RevisionDraft { note: "It is what was agreed.".into(), ..titled("Contract") };
    portal.revise(&scene.rita, scene.request, explained).await.expect("revised");
    let request = scene.record().await.request;
    assert_eq!((request.state(), request.revision), (RequestState::Waiting, 2));
    assert_eq!(scene.states("otto@x.org").await, [APPROVED]);
    assert_eq!(scene.states("guest@x.org").await, [AssignmentState::Stale, AssignmentState::Pending]);
    scene.stand.open(scene.request).await;
    scene.say("guest@x.org", Verdict::Approve).await.expect("an answer");
    assert_eq!(scene.record().await.request.state(), RequestState::Approved);
}

#[tokio::test]
async fn line_ends_alone_change_nothing() {
    let typed = RequestDraft { text: "One\nTwo".into(), ..draft(&["otto@x.org"], "any") };
    let scene = Scene::with(typed).await;
    let sent = RevisionDraft { text: "One\r\nTwo".into(), ..titled("Contract") };
    assert_eq!(field(scene.stand.portal.revise(&scene.rita, scene.request, sent).await), "title");
}

#[tokio::test]
async fn kept_files_come_first_and_are_numbered_anew() {
    let scene = Scene::new().await;
    let (one, two, three) =
        (upload(&scene, "one.txt").await, upload(&scene, "two.txt").await, upload(&scene, "three.txt").await);
    let with_two = RevisionDraft { files: vec![one, two], ..titled("Contract") };
    scene.stand.portal.revise(&scene.rita, scene.request, with_two).await.expect("revised");
    let another = RevisionDraft { keep: vec![2, 7], files: vec![three], ..titled("Contract") };
    scene.stand.portal.revise(&scene.rita, scene.request, another).await.expect("revised");

    let all = scene.stand.portal.revisions(&scene.rita, scene.request).await.expect("revisions").revisions;
    let files = |at: usize| {
        let files = all[at].files.iter();
        files.map(|file| (file.number, file.name.as_str())).collect::<Vec<_>>()
    };
    assert!(files(0).is_empty());
    assert_eq!(files(1), [(1, "one.txt"), (2, "two.txt")]);
    assert_eq!(files(2), [(1, "two.txt"), (2, "three.txt")]);
}

#[tokio::test]
async fn everything_wrong_is_an_error_of_its_field() {
    let scene = Scene::new().await;
    let revise = async |draft| field(scene.stand.portal.revise(&scene.rita, scene.request, draft).await);
    assert_eq!(revise(titled(" ")).await, "title");
    assert_eq!(revise(RevisionDraft { text: "a\0b".into(), ..titled("Other") }).await, "text");
    assert_eq!(revise(RevisionDraft { note: "x".repeat(2_001), ..titled("Other") }).await, "note");
    assert_eq!(revise(RevisionDraft { keep: (1..=21).collect(), ..titled("Other") }).await, "file");
    assert_eq!(scene.record().await.request.revision, 1);
}

#[tokio::test]
async fn only_the_requester_may_by_session_or_by_token() {
    let scene = Scene::new().await;
    let portal = &scene.stand.portal;
    let revise = async |actor: &Actor| portal.revise(actor, scene.request, titled("Mine now")).await;
    let link = scene.stand.link_actor("guest@x.org").await;
    assert!(is_forbidden(&revise(&scene.otto).await));
    assert_eq!(revise(&scene.eve).await, Err(PortalError::NotFound));
    assert_eq!(revise(&link).await, Err(PortalError::NotSignedIn));
    assert!(is_forbidden(&portal.revisable(&scene.admin, scene.request).await));
    assert!(is_forbidden(&portal.revisable(&scene.otto, scene.request).await));
    assert_eq!(portal.revisable(&scene.eve, scene.request).await, Err(PortalError::NotFound));
    assert!(portal.revisable(&scene.rita, scene.request).await.is_ok());
    assert_eq!(scene.record().await.request.revision, 1);
    assert_eq!(revise(&Scene::token_of(&scene.rita)).await, Ok(()));
}

#[tokio::test]
async fn what_is_on_hold_or_has_ended_is_not_changed() {
    let scene = Scene::new().await;
    let revise = async || scene.stand.portal.revise(&scene.rita, scene.request, titled("Other")).await;
    scene.stand.portal.hold(&scene.admin, scene.request, "a moment").await.expect("held");
    assert!(is_conflict(&revise().await));
    scene.stand.portal.resume(&scene.admin, scene.request, "go on").await.expect("resumed");
    scene.stand.portal.withdraw(&scene.rita, scene.request, "").await.expect("withdrawn");
    assert!(is_conflict(&revise().await));
    assert_eq!(scene.record().await.request.revision, 1);
}

#[tokio::test]
async fn a_request_has_a_hundred_revisions_at_most() {
    let scene = Scene::new().await;
    let counted: Result<(), PortalError> = scene
        .stand
        .client
        .transaction("count", |tx| {
            Box::pin(async move {
                tx.connection().execute_unprepared("UPDATE requests SET revision = 99").await?;
                Ok(())
            })
        })
        .await;
    counted.expect("a sound statement");
    let revise = async |title: &str| scene.stand.portal.revise(&scene.rita, scene.request, titled(title)).await;
    assert_eq!(revise("The hundredth").await, Ok(()));
    assert!(is_conflict(&revise("One more").await));
    let record = scene.record().await;
    assert_eq!(record.request.revision, 100);
    let user = scene.rita.signed_in().expect("a session");
    assert!(!record.may(user, scene.stand.portal.now()).can(RequestVerb::Revise), "the page does not offer it");
    assert!(revise("One more").await.is_err_and(|error| error.to_string().contains("as many revisions")));
}

#[tokio::test]
async fn the_clock_of_the_stage_begins_again() {
    let escalating = RequestDraft {
        escalate_to: "boss@x.org".into(),
        escalate: SpanDraft { number: "30".into(), unit: "minutes".into() },
        ..draft(&["otto@x.org"], "any")
    };
    let scene = Scene::with(escalating).await;
    scene.stand.pass(60 * MINUTE);
    let round = Round { request: scene.request, generation: 1 };
    scene.stand.portal.advance(round).await.expect("escalated");
    assert_eq!(scene.record().await.request.state(), RequestState::Escalated);
    scene.stand.portal.revise(&scene.rita, scene.request, titled("Other")).await.expect("revised");
    let request = scene.record().await.request;
    assert_eq!(request.state(), RequestState::Waiting);
    assert_eq!(request.deadline.due_at, Some(request.updated_at + 60 * MINUTE));
    assert_eq!(scene.states("boss@x.org").await, [AssignmentState::Stale], "asked again when time runs out again");
}

#[tokio::test]
async fn the_instance_mails_the_next_revision_by_itself_and_ends_with_the_last_answer() {
    let scene = Scene::new().await;
    let engine = scene.stand.run().await;
    for email in ["otto@x.org", "guest@x.org"] {
        scene.until_mailed(email, 1).await;
    }
    scene.say("guest@x.org", Verdict::RequestChanges).await.expect("an answer");
    scene.stand.portal.revise(&scene.rita, scene.request, titled("Contract, mended")).await.expect("revised");
    for email in ["otto@x.org", "guest@x.org"] {
        scene.until_mailed(email, 2).await;
        let outcome = scene.say(email, Verdict::Approve).await;
        assert!(matches!(outcome, Ok(DecideOutcome::Recorded(_))), "{email}: {outcome:?}");
    }
    let id = InstanceId::parse(&format!("request-{}", scene.request)).expect("an id");
    let end = scene.stand.client.wait_for_completion(&id, Duration::from_secs(20)).await.expect("an end");
    assert_eq!(end.status, RuntimeStatus::Completed);
    assert_eq!(scene.record().await.request.state(), RequestState::Approved);
    assert_eq!(scene.mailed(MailKind::ChangesRequested).await, ["rita@x.org"]);
    engine.shutdown().await;
}
