//! A portal with eight people, on which one case after the other is played.

use std::time::Duration;

use countersign::portal::absence::AbsenceDraft;
use countersign::portal::ids::AbsenceId;
use countersign::portal::policies::{Approvers, EscalateTo, PolicyDraft, RungDoes, RungDraft, StageDraft};
use countersign::portal::policy::Assurance;
use countersign::portal::reads::RequestRecord;
use countersign::portal::{
    AccountDraft, Actor, Bearer, DecideOutcome, Email, PolicyId, Portal, PortalError, Reads, RequestDraft, RequestId,
    Roles, Scope, SignedIn, Time, TokenId,
};
use countersign_engine::clock::Timestamp;
use sea_orm::{ConnectionTrait, Statement};

use super::generate::{ADMIN, Away, Case, Hours, PEOPLE, Plan, REQUESTER, Rung, StagePlan, Who};
use super::hours::{MINUTE, date};
use super::model::Told;
use crate::flows::crash_points::{Process, World};

/// The portal, and whether its instances run by themselves.
pub(super) struct Ground {
    pub(super) world: World,
    pub(super) process: Process,
    pub(super) people: Vec<SignedIn>,
    pub(super) runs: bool,
}

/// What the rows of a request say.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) record: RequestRecord,
    /// Every decision in its order, as text: what the model knows, a bar, the rest.
    pub(super) decisions: Vec<String>,
}

fn address(who: Who) -> String {
    format!("person{who}@x.org")
}

fn email(who: Who) -> Email {
    Email::parse(&address(who)).expect("an address")
}

/// Minutes as the portal keeps them.
fn span(minutes: i64) -> Duration {
    Duration::from_secs(u64::try_from(minutes * 60).expect("not negative"))
}

impl Ground {
    pub(super) async fn new(runs: bool) -> Self {
        let world = World::new().await;
        let process = world.process(world.database.store()).await.expect("a process");
        let mut people = Vec::new();
        for who in 0..PEOPLE {
            let (name, password) = (format!("Person {who}"), "correct horse".to_owned());
            let account = AccountDraft { name, email: address(who), password };
            people.push(process.portal.create_admin(&Actor::Cli, account).await.expect("an account"));
        }
        Self { world, process, people, runs }
    }

    pub(super) fn portal(&self) -> &Portal {
        &self.process.portal
    }

    /// Moves the clock to a minute that has not passed.
    pub(super) fn go_to(&self, minute: i64) {
        self.world.clock.advance_to(Timestamp::from_micros(minute * MINUTE));
        assert_eq!(self.portal().now().micros(), minute * MINUTE, "the clock cannot go back");
    }

    fn signed_in(&self, who: Who) -> SignedIn {
        let roles = match who {
            ADMIN => Roles::ALL,
            REQUESTER => Roles { requester: true, ..Roles::default() },
            _ => Roles { approver: true, ..Roles::default() },
        };
        SignedIn { roles, ..self.people[who].clone() }
    }

    /// The same person as an admin.
    pub(super) fn as_admin(&self, who: Who) -> Actor {
        Actor::User(SignedIn { roles: Roles::ALL, ..self.signed_in(who) })
    }

    /// Somebody with a session.
    pub(super) fn actor(&self, who: Who) -> Actor {
        Actor::User(self.signed_in(who))
    }

    /// A program with a token of theirs.
    pub(super) fn token(&self, who: Who) -> Actor {
        let scopes = [Scope::RequestsDecide].into_iter().collect();
        let (id, user) = (TokenId(uuid::Uuid::nil()), self.signed_in(who));
        Actor::Token(Bearer { id, user, scopes, once: None, in_person: false })
    }

    /// Who has this address.
    fn whose(&self, email: &str) -> Who {
        self.people.iter().position(|person| person.email == email).expect("somebody known")
    }

    /// Plans the absences of all cases, and lets their instances tell the entities.
    pub(super) async fn plan_absences(&self, cases: &[Case]) -> Vec<Vec<AbsenceId>> {
        let mut planned = Vec::new();
        for case in cases {
            let mut ids = Vec::new();
            for away in &case.away {
                ids.push(self.plan_absence(away).await);
            }
            planned.push(ids);
        }
        self.run().await;
        planned
    }

    async fn plan_absence(&self, away: &Away) -> AbsenceId {
        let draft = AbsenceDraft {
            from: date(away.first_day).to_string(),
            to: date(away.last_day).to_string(),
            substitute: address(away.substitute),
            note: String::new(),
        };
        let of = self.people[away.who].id;
        self.portal().plan_absence(&self.as_admin(away.by), of, draft).await.expect("an absence")
    }

    /// Lets the instances do what is due.
    pub(super) async fn run(&self) {
        self.process.node.run_until_idle().await.expect("a database");
    }

    /// Keeps a policy under a name of its own.
    pub(super) async fn keep(&self, name: String, plan: &Plan) -> PolicyId {
        self.portal().create_policy(&self.actor(ADMIN), policy(name, plan)).await.expect("a policy")
    }

    pub(super) async fn submit(&self, policy: PolicyId) -> RequestId {
        let (title, text) = ("Contract".to_owned(), "Version 1".to_owned());
        let draft = RequestDraft { title, text, policy: Some(policy), ..RequestDraft::default() };
        self.portal().submit(&self.actor(REQUESTER), draft).await.expect("a request")
    }

    pub(super) async fn seen(&self, id: RequestId) -> Seen {
        let record = self.process.reads.find_request(id).await.expect("readable").expect("the request");
        let sql = format!(
            "SELECT stage || ' ' || number || ' ' || revision || ' ' || COALESCE(user_id, '-') || ' ' || ruling || ' ' \
             || strength || ' ' || decided_at || '|' || id || ' ' || revision_hash || ' ' || reason \
             FROM decisions WHERE request_id = '{id}' ORDER BY id"
        );
        Seen { record, decisions: self.texts(&sql).await }
    }

    /// The rows of a query that gives one text each.
    pub(super) async fn texts(&self, sql: &str) -> Vec<String> {
        let database = self.world.database.read();
        let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await;
        rows.expect("readable").iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
    }

    /// What an outcome says, in the model's words.
    pub(super) fn told(&self, outcome: DecideOutcome) -> Told {
        let minute = |at: Time| at.micros() / MINUTE;
        match outcome {
            DecideOutcome::Recorded(receipt) => Told::Recorded(receipt.verdict, receipt.request_state),
            DecideOutcome::SameAgain(receipt) => Told::SameAgain(receipt.verdict),
            DecideOutcome::AlreadyDecidedBy { who, ruling, at } => {
                let who = who.map(|who| self.whose(&who.email));
                Told::Decided { who, ruling, at: minute(at) }
            }
            DecideOutcome::AwaitsRevision { since } => Told::AwaitsRevision(minute(since)),
            DecideOutcome::OnHold { since } => Told::OnHold(minute(since)),
            DecideOutcome::Expired { .. } => Told::LinkExpired,
            DecideOutcome::NoLongerValid(why) => Told::NoLongerValid(why),
        }
    }
}

/// What a refusal says, in the model's words.
pub(super) fn refused(error: PortalError) -> Told {
    match error {
        PortalError::Invalid(errors) => Told::Wrong(errors[0].field.clone()),
        PortalError::Conflict(_) => Told::Conflict,
        PortalError::Forbidden(_) => Told::Forbidden,
        PortalError::NotFound => Told::NotFound,
        other => panic!("{other}"),
    }
}

fn policy(name: String, plan: &Plan) -> PolicyDraft {
    PolicyDraft {
        name,
        description: String::new(),
        title: String::new(),
        text: String::new(),
        stages: plan.stages.iter().map(stage).collect(),
        on_revision: plan.on_revision,
        self_approval: plan.self_approval,
        reconsider_within: plan.reconsider.map(span),
        assurance: Assurance::Link,
        max_link_life: plan.link_life.map(span),
        observers: Vec::new(),
        offered_to: Vec::new(),
    }
}

fn stage(plan: &StagePlan) -> StageDraft {
    let rung = |(offset, rung): &(i64, Rung)| {
        let does = match *rung {
            Rung::Remind => RungDoes::Remind,
            Rung::Escalate(to) => RungDoes::Escalate(EscalateTo::Address(email(to))),
            Rung::Finish(rule) => RungDoes::Finish(rule),
        };
        RungDraft { offset: offset * 60, does }
    };
    let addresses = plan.names.iter().copied().map(email).collect();
    StageDraft {
        name: String::new(),
        approvers: Approvers { addresses, ..Approvers::default() },
        rule: plan.rule,
        due_in: plan.due.map(span),
        ladder: plan.ladder.iter().map(rung).collect(),
        hours: plan.hours.as_ref().map(Hours::draft),
    }
}
