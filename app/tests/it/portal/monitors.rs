//! Monitors: what a check changes, who is told of it and how often, and who may do what.

use std::sync::Arc;

use countersign::outbound::GuardedClient;
use countersign::portal::actor::Bearer;
use countersign::portal::mail::MailKind;
use countersign::portal::monitors::{MonitorDraft, MonitorPage, MonitorState, MonitorStep, Uptime};
use countersign::portal::ports::Outbound;
use countersign::portal::webhooks::WebhookDraft;
use countersign::portal::{
    Actor, InviteDraft, MonitorId, Owner, PortalError, Roles, Scope, SignedIn, SpanDraft, TokenId, Verb, owner_of,
};

use super::stand::{MINUTE, Stand};
use crate::support::receiver::Receiver;

const REQUESTER: Roles = Roles { requester: true, approver: false, admin: false };
const APPROVER: Roles = Roles { requester: false, approver: true, admin: false };

fn span(number: u32, unit: &str) -> SpanDraft {
    SpanDraft { number: number.to_string(), unit: unit.into() }
}

/// A check every five minutes, of which the first failure counts.
fn to(url: &str) -> MonitorDraft {
    MonitorDraft {
        name: "Shop".into(),
        url: url.into(),
        interval: "300".into(),
        timeout: "10".into(),
        retries: "0".into(),
        alert_to: "ops@x.org".into(),
        ..MonitorDraft::default()
    }
}

/// A portal with an admin and a service that it monitors.
struct Scene {
    stand: Stand,
    admin: Actor,
    service: Receiver,
    monitor: MonitorId,
}

impl Scene {
    async fn new(change: impl FnOnce(&mut MonitorDraft)) -> Self {
        let (stand, service) = (Stand::new().await, Receiver::start().await);
        let admin = stand.admin().await;
        let mut draft = to(&service.url);
        change(&mut draft);
        let monitor = stand.portal.create_monitor(&admin, draft).await.expect("a monitor");
        Self { stand, admin, service, monitor }
    }

    /// What the instance does when it wakes. Everything is reported twice, as by an activity that was repeated.
    async fn wake(&self) -> MonitorStep {
        self.wake_behind(&*self.stand.outbound).await
    }

    async fn wake_behind(&self, outbound: &dyn Outbound) -> MonitorStep {
        let step = self.stand.portal.next_monitor_step(self.monitor).await.expect("readable");
        if let MonitorStep::Check(probe) = &step {
            let result = outbound.send(probe.request.clone()).await;
            for _ in 0..2 {
                self.stand.portal.record_check(probe, result.clone()).await.expect("recorded");
            }
        }
        step
    }

    /// So many checks, five minutes apart.
    async fn checks(&self, count: u32) {
        for _ in 0..count {
            assert!(matches!(self.wake().await, MonitorStep::Check(_)), "a check is due");
            self.stand.pass(5 * MINUTE);
        }
    }

    /// From now on the service fails, or does not.
    fn fails(&self, fails: bool) {
        self.service.answers(if fails { &[503; 200] } else { &[] });
    }

    async fn page(&self) -> MonitorPage {
        self.stand.portal.monitor(&self.admin, self.monitor, None).await.expect("the monitor")
    }

    async fn state(&self) -> MonitorState {
        self.page().await.record.line.monitor.state()
    }

    /// Who was mailed what, oldest first.
    async fn mails(&self) -> Vec<(MailKind, String)> {
        let rows = self.stand.portal.outbox(&self.admin, None, None).await.expect("mails").rows;
        rows.into_iter().rev().map(|line| (line.mail.kind, line.to.email)).collect()
    }
}

fn ops(kind: MailKind) -> (MailKind, String) {
    (kind, "ops@x.org".to_owned())
}

async fn invited(stand: &Stand, admin: &Actor, email: &str, roles: Roles) -> Actor {
    let draft = InviteDraft { name: String::new(), email: email.into(), roles };
    stand.portal.invite(admin, draft).await.expect("invited");
    let mail = stand.portal.outbox(admin, None, None).await.expect("mails").rows[0].mail.id;
    let link = stand.portal.mail(admin, mail).await.expect("a mail").link.expect("a link");
    Actor::User(stand.portal.accept_invitation(link.claims(), "Somebody", "open sesame now").await.expect("accepted"))
}

#[tokio::test]
async fn a_service_that_goes_down_and_comes_back_is_told_once_each_with_one_reminder_in_between() {
    let scene = Scene::new(|draft| draft.remind = span(1, "hours")).await;
    scene.checks(12).await;
    assert_eq!((scene.state().await, scene.mails().await.len()), (MonitorState::Up, 0));
    scene.fails(true);
    scene.checks(15).await;
    assert_eq!(scene.state().await, MonitorState::Down);
    scene.fails(false);
    scene.checks(5).await;
    let expected = [MailKind::MonitorDown, MailKind::MonitorReminder, MailKind::MonitorRecovered].map(ops);
    assert_eq!(scene.mails().await, expected);

    let record = scene.page().await.record;
    assert_eq!(record.line.monitor.state(), MonitorState::Up);
    let uptime = Uptime { checks: 32, failed: 15 };
    assert_eq!((record.line.day, record.line.month, uptime.share()), (uptime, uptime, Some(5_312)));
    assert_eq!((record.checks.len(), record.checks[0].number), (32, 32), "each check counts once");
    let [incident] = record.incidents.as_slice() else { panic!("{} incidents", record.incidents.len()) };
    assert_eq!(incident.ended_at.map(|at| at.since(incident.began_at)), Some(75 * MINUTE));
    assert_eq!(incident.problem, "The status was 503, and not 2xx, 3xx.");
}

#[tokio::test]
async fn a_day_later_only_the_checks_of_the_last_24_hours_count_for_the_day() {
    let scene = Scene::new(|_| {}).await;
    scene.fails(true);
    scene.checks(1).await;
    scene.fails(false);
    scene.stand.pass(25 * 60 * MINUTE);
    scene.checks(1).await;
    let line = scene.page().await.record.line;
    assert_eq!(line.day, Uptime { checks: 1, failed: 0 });
    assert_eq!(line.month, Uptime { checks: 2, failed: 1 });
    scene.stand.pass(31 * 24 * 60 * MINUTE);
    let lines = scene.stand.portal.monitors(&scene.admin).await.expect("a list");
    assert_eq!((lines[0].day, lines[0].month), (Uptime::default(), Uptime::default()));
}

#[tokio::test]
async fn a_failure_counts_when_its_repetitions_fail_too_and_they_come_soon() {
    let scene = Scene::new(|draft| draft.retries = "1".into()).await;
    scene.fails(true);
    scene.wake().await;
    assert_eq!((scene.state().await, scene.mails().await.len()), (MonitorState::Unsure, 0));
    assert!(matches!(scene.wake().await, MonitorStep::Wait(Some(at)) if at == scene.stand.portal.now() + MINUTE / 2));
    scene.stand.pass(MINUTE / 2);
    scene.wake().await;
    assert_eq!((scene.state().await, scene.mails().await), (MonitorState::Down, vec![ops(MailKind::MonitorDown)]));
}

#[tokio::test]
async fn reminders_go_on_in_the_new_rhythm_when_it_is_changed_while_a_service_is_down() {
    let scene = Scene::new(|draft| draft.remind = span(10, "minutes")).await;
    scene.fails(true);
    scene.checks(13).await;
    let reminders = async || {
        let mails = scene.mails().await;
        mails.iter().filter(|mail| **mail == ops(MailKind::MonitorReminder)).count()
    };
    assert_eq!(reminders().await, 6, "one each ten minutes for an hour");
    for (remind, checks, expected) in [(span(1, "hours"), 11, 7), (span(10, "minutes"), 2, 8)] {
        let draft = MonitorDraft { remind, ..to(&scene.service.url) };
        scene.stand.portal.edit_monitor(&scene.admin, scene.monitor, draft).await.expect("edited");
        scene.stand.pass(5 * MINUTE);
        scene.checks(checks).await;
        assert_eq!(reminders().await, expected);
    }
}

#[tokio::test]
async fn what_lasts_is_escalated_once_and_who_heard_of_it_hears_of_its_end() {
    let scene = Scene::new(|draft| {
        (draft.escalate_to, draft.escalate) = ("boss@x.org".into(), span(30, "minutes"));
    })
    .await;
    scene.fails(true);
    scene.checks(12).await;
    scene.fails(false);
    scene.checks(1).await;
    let boss = |kind| (kind, "boss@x.org".to_owned());
    let mut told = scene.mails().await;
    told[2..].sort_by(|one, other| other.1.cmp(&one.1));
    assert_eq!(
        told,
        [
            ops(MailKind::MonitorDown),
            boss(MailKind::MonitorEscalated),
            ops(MailKind::MonitorRecovered),
            boss(MailKind::MonitorRecovered),
        ]
    );
}

#[tokio::test]
async fn webhooks_that_listen_to_monitors_are_told_the_same() {
    let scene = Scene::new(|draft| {
        (draft.alert_to, draft.remind) = ("ops@x.org".into(), span(10, "minutes"));
    })
    .await;
    let events = ["monitor.down", "monitor.reminder", "monitor.recovered"].map(str::to_owned).to_vec();
    let hook = WebhookDraft { url: scene.service.url.clone(), events, ..WebhookDraft::default() };
    let hook = scene.stand.portal.create_webhook(&scene.admin, hook).await.expect("a webhook").webhook;
    scene.fails(true);
    scene.checks(4).await;
    scene.fails(false);
    scene.checks(1).await;
    let page = scene.stand.portal.webhook(&scene.admin, hook, None).await.expect("the webhook");
    let told: Vec<_> = page.deliveries.rows.iter().rev().map(|delivery| delivery.event.word()).collect();
    assert_eq!(told, ["monitor.down", "monitor.reminder", "monitor.recovered"]);
    let payload = &page.deliveries.rows[0].payload;
    assert!(payload.contains(&format!("http://portal.example.org/monitors/{}", scene.monitor)), "{payload}");
}

#[tokio::test]
async fn on_hold_nothing_is_checked_and_what_was_on_its_way_does_not_count() {
    let scene = Scene::new(|_| {}).await;
    let MonitorStep::Check(probe) = scene.stand.portal.next_monitor_step(scene.monitor).await.expect("a step") else {
        panic!("a check is due")
    };
    let result = scene.stand.outbound.send(probe.request.clone()).await;
    scene.stand.portal.pause_monitor(&scene.admin, scene.monitor).await.expect("paused");
    scene.stand.portal.record_check(&probe, result.clone()).await.expect("nothing to record");
    assert_eq!((scene.state().await, scene.page().await.record.checks.len()), (MonitorState::Paused, 0));
    assert_eq!(scene.wake().await, MonitorStep::Wait(None));
    let twice = scene.stand.portal.pause_monitor(&scene.admin, scene.monitor).await;
    assert!(matches!(twice, Err(PortalError::Conflict(_))), "{twice:?}");
    let now = scene.stand.portal.check_monitor_now(&scene.admin, scene.monitor).await;
    assert!(matches!(now, Err(PortalError::Conflict(_))), "{now:?}");

    scene.stand.portal.resume_monitor(&scene.admin, scene.monitor).await.expect("resumed");
    let edited = MonitorDraft { name: "Store".into(), ..to(&scene.service.url) };
    scene.stand.portal.edit_monitor(&scene.admin, scene.monitor, edited).await.expect("edited");
    scene.stand.portal.record_check(&probe, result).await.expect("nothing to record");
    assert_eq!(scene.page().await.record.checks.len(), 0, "it was made with other settings");
    assert!(matches!(scene.wake().await, MonitorStep::Wait(Some(_))), "the service was asked a moment ago");
    scene.stand.pass(MINUTE);
    scene.checks(1).await;
    let line = scene.page().await.record.line;
    assert_eq!((line.monitor.settings.name.as_str(), line.day.checks), ("Store", 1));
}

#[tokio::test]
async fn a_check_may_be_asked_for_but_not_again_and_again() {
    let scene = Scene::new(|_| {}).await;
    scene.wake().await;
    let portal = &scene.stand.portal;
    let early = portal.check_monitor_now(&scene.admin, scene.monitor).await;
    assert!(matches!(early, Err(PortalError::TooMany(_))), "{early:?}");
    scene.stand.pass(MINUTE);
    assert!(matches!(scene.wake().await, MonitorStep::Wait(Some(_))), "it is not due by itself");
    portal.check_monitor_now(&scene.admin, scene.monitor).await.expect("asked for");
    assert!(matches!(scene.wake().await, MonitorStep::Check(_)));
    assert_eq!(scene.page().await.record.checks.len(), 2);
}

#[tokio::test]
async fn a_deleted_monitor_leaves_nothing_behind_and_its_instance_ends() {
    let scene = Scene::new(|_| {}).await;
    scene.fails(true);
    scene.checks(2).await;
    scene.stand.portal.delete_monitor(&scene.admin, scene.monitor).await.expect("deleted");
    assert_eq!(scene.wake().await, MonitorStep::Gone);
    assert_eq!(scene.stand.portal.monitor(&scene.admin, scene.monitor, None).await, Err(PortalError::NotFound));
    assert_eq!(scene.stand.portal.monitors(&scene.admin).await, Ok(Vec::new()));
    assert_eq!(scene.mails().await, [ops(MailKind::MonitorDown)], "mails that were written still go out");
}

#[tokio::test]
async fn the_engines_verbs_mean_what_they_mean_for_the_monitor() {
    let scene = Scene::new(|_| {}).await;
    let (portal, instance) = (&scene.stand.portal, format!("monitor-{}", scene.monitor));
    assert_eq!(owner_of(&instance), Some(Owner::Monitor(scene.monitor)));
    portal.steer_instance(&scene.admin, &instance, Verb::Suspend, "maintenance").await.expect("paused");
    assert_eq!(scene.state().await, MonitorState::Paused);
    portal.steer_instance(&scene.admin, &instance, Verb::Resume, "done").await.expect("resumed");
    assert_eq!(scene.state().await, MonitorState::Waiting);
    let refused = portal.steer_instance(&scene.admin, &instance, Verb::Terminate, "enough").await;
    assert!(matches!(refused, Err(PortalError::Conflict(why)) if why.contains("until it is deleted")));
    let refused = portal.steer_instance(&scene.admin, &instance, Verb::Restart, "again").await;
    assert!(matches!(refused, Err(PortalError::Conflict(_))), "only what has finished: {refused:?}");
    let refused = portal.steer_instance(&scene.admin, &instance, Verb::Suspend, " ").await;
    assert!(matches!(refused, Err(PortalError::Invalid(_))), "a reason is needed: {refused:?}");
}

#[tokio::test]
async fn an_address_that_may_not_be_asked_is_refused_when_it_is_typed() {
    let (stand, service) = (Stand::new().await, Receiver::start().await);
    let admin = stand.admin().await;
    let with_user = service.url.replace("http://", "http://ana:secret@");
    let typed = [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:8080/",
        "http://[::ffff:10.0.0.1]/",
        "http://167772161/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        with_user.as_str(),
    ];
    for url in typed {
        match stand.portal.create_monitor(&admin, to(url)).await {
            Err(PortalError::Invalid(errors)) => assert_eq!(errors[0].field, "url", "{url}"),
            other => panic!("{url}: {other:?}"),
        }
    }
    assert_eq!(stand.portal.monitors(&admin).await, Ok(Vec::new()));
}

#[tokio::test]
async fn an_address_that_was_allowed_once_is_refused_when_it_is_asked() {
    let scene = Scene::new(|_| {}).await;
    let strict: Arc<dyn Outbound> = Arc::new(GuardedClient::new(Vec::new()));
    scene.wake_behind(&*strict).await;
    assert!(scene.service.received().is_empty(), "nothing was connected to");
    let record = scene.page().await.record;
    assert_eq!(record.line.monitor.state(), MonitorState::Down);
    assert!(record.incidents[0].problem.contains("not public"), "{}", record.incidents[0].problem);
}

/// What somebody may do with a monitor of a requester: look at all, make one, change that one.
async fn rights(scene: &Scene, owned: MonitorId, actor: &Actor) -> (bool, bool, bool) {
    let portal = &scene.stand.portal;
    let looks = portal.monitors(actor).await.is_ok() && portal.monitor(actor, owned, None).await.is_ok();
    let makes = portal.create_monitor(actor, to(&scene.service.url)).await.is_ok();
    let changes = portal.edit_monitor(actor, owned, to(&scene.service.url)).await.is_ok();
    if changes {
        portal.pause_monitor(actor, owned).await.expect("paused");
        portal.resume_monitor(actor, owned).await.expect("resumed");
    } else {
        assert!(
            portal.pause_monitor(actor, owned).await.is_err() && portal.resume_monitor(actor, owned).await.is_err()
        );
        assert!(portal.check_monitor_now(actor, owned).await.is_err());
        assert!(portal.delete_monitor(actor, owned).await.is_err());
    }
    (looks, makes, changes)
}

#[tokio::test]
async fn everybody_looks_requesters_make_and_owners_and_admins_change() {
    let scene = Scene::new(|_| {}).await;
    let (stand, admin) = (&scene.stand, &scene.admin);
    let owner = invited(stand, admin, "bea@x.org", REQUESTER).await;
    let other = invited(stand, admin, "cid@x.org", REQUESTER).await;
    let approver = invited(stand, admin, "dan@x.org", APPROVER).await;
    let owned = stand.portal.create_monitor(&owner, to(&scene.service.url)).await.expect("a monitor");
    let token = |of: &Actor, scopes: &[Scope]| {
        let user: SignedIn = of.signed_in().expect("a person").clone();
        Actor::Token(Bearer {
            id: TokenId(uuid::Uuid::nil()),
            user,
            scopes: scopes.iter().copied().collect(),
            once: None,
            in_person: false,
        })
    };
    let (read, write) = (Scope::MonitorsRead, Scope::MonitorsWrite);
    let table = [
        (admin.clone(), (true, true, true)),
        (owner.clone(), (true, true, true)),
        (other, (true, true, false)),
        (approver.clone(), (true, false, false)),
        (token(&owner, &[read]), (true, false, false)),
        (token(&owner, &[write]), (false, true, true)),
        (token(admin, &[read, write]), (true, true, true)),
        (token(&approver, &[read, write]), (true, false, false)),
        (token(&owner, &[Scope::InstancesControl]), (false, false, false)),
        (Actor::LocalRpc, (false, false, false)),
        (Actor::System("rule"), (false, false, false)),
    ];
    for (actor, expected) in table {
        assert_eq!(rights(&scene, owned, &actor).await, expected, "{actor:?}");
    }
}
