//! Who has a part in a request, until when, and what admins may do to requests of their own.

use countersign::portal::link::Invalid;
use countersign::portal::mail::MailKind;
use countersign::portal::policy::Verdict;
use countersign::portal::reads::InboxTab;
use countersign::portal::request::AssignmentState;
use countersign::portal::{
    Actor, DecideOutcome, InboxFilter, May, PortalError, RequestDraft, RequestId, RequestVerb, RevisionDraft, Round,
    SpanDraft,
};

use super::scene::{REQUESTER, Scene, is_conflict, is_forbidden};
use super::stand::{MINUTE, Stand, draft};

const REASSIGNED: DecideOutcome = DecideOutcome::NoLongerValid(Invalid::Reassigned);

/// The tabs in which somebody finds the request.
async fn tabs(stand: &Stand, who: &Actor, request: RequestId) -> Vec<InboxTab> {
    let mut found = Vec::new();
    let counts = stand.portal.inbox_counts(who).await.expect("counts");
    for (tab, count) in [
        (InboxTab::Waiting, counts.waiting),
        (InboxTab::Mine, counts.mine),
        (InboxTab::Watching, counts.watching),
        (InboxTab::Done, counts.done),
    ] {
        let rows = stand.portal.inbox(who, tab, &InboxFilter::default(), None).await.expect("a list").rows;
        assert_eq!(rows.len() as u64, count, "{tab:?}");
        if rows.iter().any(|row| row.id == request) {
            found.push(tab);
        }
    }
    found
}

impl Scene {
    async fn reads(&self, who: &Actor) -> bool {
        let page = self.stand.portal.request_page(who, self.request).await;
        let others = [
            self.stand.portal.revisions(who, self.request).await.map(|_| ()),
            self.stand.portal.changes(who, self.request, None, None).await.map(|_| ()),
            self.stand.portal.events_after(who, self.request, 0).await.map(|_| ()),
        ];
        for other in others {
            assert_eq!(other.err(), page.as_ref().err().cloned());
        }
        page.is_ok()
    }

    /// An admin gives the newest question of `from` to Nina.
    async fn give_to_nina(&self, from: &str) {
        let question = self.question(from).await;
        self.stand.portal.reassign(&self.admin, question, "nina@x.org", "On leave").await.expect("reassigned");
    }

    async fn revise(&self, title: &str) {
        let draft = RevisionDraft { title: title.into(), ..RevisionDraft::default() };
        self.stand.portal.revise(&self.rita, self.request, draft).await.expect("revised");
        self.stand.open(self.request).await;
    }
}

#[tokio::test]
async fn from_whom_an_admin_took_the_question_sees_nothing_of_the_request_any_more() {
    let scene = Scene::new().await;
    let (portal, request) = (&scene.stand.portal, scene.request);
    let link = scene.stand.link_actor("otto@x.org").await;
    assert_eq!((scene.reads(&scene.otto).await, tabs(&scene.stand, &scene.otto, request).await.len()), (true, 1));
    scene.give_to_nina("otto@x.org").await;
    let taken = scene.question("otto@x.org").await;

    assert!(!scene.reads(&scene.otto).await && tabs(&scene.stand, &scene.otto, request).await.is_empty());
    let refused = [
        portal.comment(&scene.otto, request, "Hello").await,
        portal.add_approver(&scene.otto, request, "pal@x.org").await,
        portal.reassign(&scene.otto, taken, "pal@x.org", "").await,
        portal.observe(&scene.otto, request, "pal@x.org").await,
        portal.withdraw(&scene.otto, request, "").await,
        portal.remind(&scene.otto, request).await.map(|_| ()),
        portal.revise(&scene.otto, request, RevisionDraft { title: "Mine".into(), ..RevisionDraft::default() }).await,
    ];
    assert!(refused.iter().all(|refused| *refused == Err(PortalError::NotFound)), "{refused:?}");
    let user = scene.otto.signed_in().expect("a session");
    assert_eq!(scene.record().await.may(user, portal.now()), May::default());

    // How it ends is nothing to them, by whichever way they ask.
    portal.overrule(&scene.admin, request, Some(Verdict::Approve), "Urgent.").await.expect("overruled");
    portal.conclude(Round { request, generation: 1 }).await.expect("told");
    assert_eq!(scene.mailed(MailKind::Decided).await, ["guest@x.org", "nina@x.org", "rita@x.org"]);
    assert_eq!(scene.say_by(&link, Verdict::Approve).await, Ok(REASSIGNED));
    let yes = scene.stand.yes(request).await;
    assert_eq!(portal.decide_in_session(&scene.otto, request, yes).await, Ok(REASSIGNED));
    assert!(tabs(&scene.stand, &scene.otto, request).await.is_empty());
}

#[tokio::test]
async fn whoever_passes_their_question_on_goes_on_as_an_observer() {
    let scene = Scene::new().await;
    let (portal, request) = (&scene.stand.portal, scene.request);
    let question = scene.question("otto@x.org").await;
    portal.reassign(&scene.otto, question, "nina@x.org", "").await.expect("passed on");

    assert!(scene.reads(&scene.otto).await);
    assert_eq!(tabs(&scene.stand, &scene.otto, request).await, [InboxTab::Watching]);
    let otto = scene.otto.user_id().expect("a person");
    let may = scene.record().await.may(scene.otto.signed_in().expect("a session"), portal.now());
    assert_eq!(may, May { unobserve: vec![otto], ..May::default() }, "to observe is to see, no more");
    assert_eq!(portal.observe(&scene.otto, request, "pal@x.org").await, Err(PortalError::NotFound));
    portal.comment(&scene.otto, request, "Nina knows more.").await.expect("a comment");
    assert!(scene.mailed(MailKind::Observing).await.is_empty(), "they know");

    portal.overrule(&scene.admin, request, Some(Verdict::Approve), "Urgent.").await.expect("overruled");
    portal.conclude(Round { request, generation: 1 }).await.expect("told");
    assert!(scene.mailed(MailKind::Decided).await.contains(&"otto@x.org".to_owned()));
    portal.unobserve(&scene.otto, request, otto).await.expect("no more");
    assert!(!scene.reads(&scene.otto).await);
}

#[tokio::test]
async fn with_a_question_go_those_of_earlier_revisions_that_were_never_answered() {
    for answered in [false, true] {
        let scene = Scene::new().await;
        if answered {
            scene.say("otto@x.org", Verdict::RequestChanges).await.expect("an answer");
        }
        scene.revise("Contract, mended").await;
        assert_eq!(scene.states("otto@x.org").await, [AssignmentState::Stale, AssignmentState::Pending]);
        let before = scene.questions("otto@x.org").await.remove(0);
        scene.stand.pass(MINUTE);
        scene.give_to_nina("otto@x.org").await;
        let questions = scene.questions("otto@x.org").await;
        assert_eq!(questions[0], before, "what became of it and when stays on record");
        assert_eq!(questions[1].assignment.state, AssignmentState::Reassigned);
        assert_eq!(scene.reads(&scene.otto).await, answered, "whoever decided on it reads on");
        let said = scene.stand.portal.comment(&scene.otto, scene.request, "Hello").await;
        assert_eq!((said.is_ok(), said == Err(PortalError::NotFound)), (answered, !answered), "and goes on talking");
        let passed_on = scene.stand.portal.reassign(&scene.otto, before.assignment.id, "pal@x.org", "").await;
        assert_eq!((is_conflict(&passed_on), passed_on == Err(PortalError::NotFound)), (answered, !answered));
        scene.stand.portal.withdraw(&scene.rita, scene.request, "").await.expect("withdrawn");
        let found = tabs(&scene.stand, &scene.otto, scene.request).await;
        assert_eq!(found.contains(&InboxTab::Done), answered, "the list is of one mind with the page: {found:?}");
    }
}

#[tokio::test]
async fn a_question_that_a_revision_made_void_is_still_a_part_in_the_request() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let rita = stand.member(&admin, "rita@x.org", REQUESTER).await;
    let boss = stand.member(&admin, "boss@x.org", REQUESTER).await;
    let escalating = RequestDraft {
        escalate_to: "boss@x.org".into(),
        escalate: SpanDraft { number: "30".into(), unit: "minutes".into() },
        ..draft(&["otto@x.org"], "any")
    };
    let request = stand.submit(&rita, escalating).await;
    stand.open(request).await;
    stand.pass(60 * MINUTE);
    stand.portal.advance(Round { request, generation: 1 }).await.expect("escalated");
    assert_eq!(tabs(&stand, &boss, request).await, [InboxTab::Waiting]);

    let other = RevisionDraft { title: "Other".into(), ..RevisionDraft::default() };
    stand.portal.revise(&rita, request, other).await.expect("revised");
    assert!(stand.portal.request_page(&boss, request).await.is_ok(), "they are asked again when time runs out again");
    stand.portal.withdraw(&rita, request, "").await.expect("withdrawn");
    assert!(stand.portal.request_page(&boss, request).await.is_ok());
    assert_eq!(tabs(&stand, &boss, request).await, [InboxTab::Done]);
}

/// A request of an admin's own by a policy of which one answer is enough.
async fn own_request(scene: &Scene, name: &str, self_approval: bool) -> RequestId {
    let policy = format!(
        "name = \"{name}\"\nself_approval = {self_approval}\n[[stage]]\naddresses = [\"otto@x.org\", \"guest@x.org\"]\n\
         rule = \"any\"\ndue_in = \"3 days\"\n[[stage.ladder]]\nat = \"due\"\ndo = \"reject\"\n"
    );
    let policy = scene.stand.portal.import_policy(&scene.admin, &policy).await.expect("a policy");
    scene.stand.submit(&scene.admin, RequestDraft { policy: Some(policy), ..draft(&[], "any") }).await
}

/// What an admin may do to a request, whether the page offers it or not: pass a question on, add an approver, overrule.
async fn rules(scene: &Scene, admin: &Actor, request: RequestId) -> [(bool, bool); 3] {
    let portal = &scene.stand.portal;
    let record = scene.stand.record(request).await;
    let may = record.may(admin.signed_in().expect("a session"), portal.now());
    let offered = [!may.pass_on.is_empty(), may.can(RequestVerb::AddApprover), may.can(RequestVerb::Overrule)];
    let done = [
        portal.reassign(admin, record.asked[0].assignment.id, "nina@x.org", "On leave").await,
        portal.add_approver(admin, request, "pal@x.org").await,
        portal.overrule(admin, request, Some(Verdict::Approve), "Urgent.").await,
    ];
    for refused in done.iter().filter(|done| done.is_err()) {
        assert!(is_forbidden(refused), "{refused:?}");
    }
    let [pass_on, add, overrule] = done.map(|done| done.is_ok());
    [(offered[0], pass_on), (offered[1], add), (offered[2], overrule)]
}

#[tokio::test]
async fn on_a_request_of_their_own_admins_may_do_no_more_than_any_requester() {
    let scene = Scene::new().await;
    let other = scene.stand.link_less_admin().await;
    let own = own_request(&scene, "Strict", false).await;
    assert_eq!(rules(&scene, &scene.admin, own).await, [(false, false); 3]);
    assert!(scene.stand.record(own).await.request.closed.is_none());
    assert_eq!(rules(&scene, &other, own).await, [(true, true); 3], "another admin may");
    let lenient = own_request(&scene, "Lenient", true).await;
    assert_eq!(rules(&scene, &scene.admin, lenient).await, [(true, true); 3], "where the policy lets them decide");
}

#[tokio::test]
async fn on_a_request_of_their_own_admins_keep_what_requesters_have() {
    let scene = Scene::new().await;
    let portal = &scene.stand.portal;
    let own = scene.stand.submit(&scene.admin, draft(&["otto@x.org", "guest@x.org"], "any")).await;
    scene.stand.open(own).await;
    portal.add_approver(&scene.admin, own, "pal@x.org").await.expect("no policy chose the people");
    portal.observe(&scene.admin, own, "nina@x.org").await.expect("observed");
    assert_eq!(portal.remind(&scene.admin, own).await, Ok(3));
    let question = scene.stand.record(own).await.asked[0].assignment.id;
    assert!(is_forbidden(&portal.reassign(&scene.admin, question, "nina@x.org", "On leave").await));
    portal.hold(&scene.admin, own, "A moment.").await.expect("held");
    portal.resume(&scene.admin, own, "Go on.").await.expect("resumed");
    portal.withdraw(&scene.admin, own, "").await.expect("withdrawn");
}
