//! Plays a case on four requests of one kind, which differ only in the way by which their questions are answered, and on the
//! model: all of them must say the same after each step.

use countersign::portal::ids::AbsenceId;
use countersign::portal::{
    Actor, Answer, AssignmentId, BulkAnswer, DecideOutcome, LinkId, NewLinkOutcome, Next, PortalError, RequestId,
    RevisionDraft, RevisionHash, Round, Time,
};

use super::acts::Deed;
use super::check::check;
use super::generate::{ADMIN, Case, DAY, MOST_DAYS, Pass, REQUESTER, Slip, Step, Who};
use super::ground::{Ground, Seen, refused};
use super::hours::MINUTE;
use super::model::{Model, Told};

/// By which way a question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Link,
    Session,
    Token,
    Bulk,
}

/// One of the four requests.
pub(super) struct Twin {
    pub(super) way: Way,
    pub(super) id: RequestId,
    /// How sure it was each time who answered, in the table's words.
    pub(super) strengths: Vec<&'static str>,
    /// What its rows said last.
    pub(super) seen: Seen,
}

/// Tells what happened when a check fails.
struct Story {
    lines: Vec<String>,
}

impl Drop for Story {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.lines.join("\n"));
        }
    }
}

/// A case that is being played.
struct Run<'a> {
    ground: &'a Ground,
    case: &'a Case,
    absences: &'a [AbsenceId],
    begun: usize,
    model: Model<'a>,
    twins: Vec<Twin>,
    story: Story,
}

/// Plays a case to its end.
pub(super) async fn play(ground: &Ground, case: &Case, absences: &[AbsenceId]) {
    let seed = case.seed;
    let again = format!("seed {seed}; again with COUNTERSIGN_PROPERTY_SEEDS={seed}..{}", seed + 1);
    let story = Story { lines: vec![again, format!("{:#?}\n{:?}", case.plan, case.away)] };
    ground.go_to(case.start);
    let policy = ground.keep(format!("Policy {seed}"), &case.plan).await;
    let mut twins = Vec::new();
    for way in [Way::Link, Way::Session, Way::Token, Way::Bulk] {
        let id = ground.submit(policy).await;
        twins.push(Twin { way, id, strengths: Vec::new(), seen: ground.seen(id).await });
    }
    let model = Model::submitted(&case.plan, &case.away, case.start);
    let mut run = Run { ground, case, absences, begun: 0, model, twins, story };
    run.open().await;
    let mut left = 4;
    for step in &case.steps {
        run.step(step).await;
        left -= usize::from(run.model.closed.is_some());
        if left == 0 {
            break;
        }
    }
    run.deed(Deed::Withdraw { by: REQUESTER }).await;
}

impl Run<'_> {
    async fn open(&mut self) {
        if !self.ground.runs {
            for twin in &self.twins {
                self.ground.portal().open_stage(round(twin.id)).await.expect("a step");
            }
        }
        self.settle().await;
        self.compare().await;
    }

    async fn step(&mut self, step: &Step) {
        let now = self.model.now;
        let then = match step.pass {
            Pass::Minutes(minutes) => now + minutes,
            Pass::ToNext(after) => self.model.wake_at().map_or(now, |at| at + after),
        };
        self.model.now = then.clamp(now, self.case.start + MOST_DAYS * DAY);
        self.ground.go_to(self.model.now);
        // A portal that was down, or slow: somebody acts before the instance has done what was due.
        if step.woken || self.ground.runs {
            self.settle().await;
        }
        let deed = self.model.resolve(step.act);
        self.deed(deed).await;
    }

    async fn deed(&mut self, deed: Deed) {
        self.story.lines.push(format!("minute {}: {deed:?}", self.model.now - self.case.start));
        let before = self.model.clone();
        let expected = self.model.act(deed);
        for number in 0..self.twins.len() {
            let told = self.act(number, deed, &before).await;
            let way = self.twins[number].way;
            assert_eq!(told, expected, "what is told by {way:?} about {deed:?}, with {before:#?}");
        }
        self.settle().await;
        self.compare().await;
    }

    /// Has the instances do what is due, or does it for them.
    async fn settle(&mut self) {
        let (ground, case) = (self.ground, self.case);
        if ground.runs {
            ground.run().await;
            self.model.wake();
            return;
        }
        while let Some(away) = case.away.get(self.begun).filter(|away| away.first_day * DAY <= self.model.now) {
            let (of, id) = (ground.people[away.who].id, self.absences[self.begun]);
            ground.portal().begin_absence(of, id).await.expect("begun");
            self.model.begin(away);
            self.begun += 1;
        }
        self.model.wake();
        for twin in &self.twins {
            self.advance(twin).await;
        }
    }

    /// Calls the instance's steps until there is nothing left to do, and compares what it is to wait for.
    async fn advance(&self, twin: &Twin) {
        let (portal, model) = (self.ground.portal(), &self.model);
        let now = portal.now();
        let mut next = portal.advance(round(twin.id)).await.expect("a step");
        while model.held.is_none() && matches!(next, Next::Wait { wake_at: Some(at), .. } if at <= now) {
            next = portal.advance(round(twin.id)).await.expect("a step");
        }
        match next {
            Next::Wait { open, wake_at } => {
                let due = model.wake_at().map(|at| Time(at * MINUTE));
                let expected = if model.held.is_some() { Some(now) } else { due.filter(|_| model.is_running()) };
                assert_eq!((open.len(), wake_at), (model.pending().len(), expected), "{:?}", twin.way);
            }
            Next::Ended(how) => {
                assert_eq!(Some(how), model.closed.map(|end| end.how), "{:?}", twin.way);
                portal.conclude(round(twin.id)).await.expect("a step");
            }
            Next::Superseded => panic!("there is one round only"),
        }
    }

    async fn compare(&mut self) {
        for twin in &mut self.twins {
            let seen = self.ground.seen(twin.id).await;
            check(self.ground, &self.model, twin, &seen);
            twin.seen = seen;
        }
    }

    async fn act(&mut self, number: usize, deed: Deed, before: &Model<'_>) -> Told {
        let (ground, id) = (self.ground, self.twins[number].id);
        let portal = ground.portal();
        let done = match deed {
            Deed::Nothing => Ok(()),
            Deed::Decide { who, verdict, slip } => {
                let hash = self.twins[number].seen.record.request.revision_hash;
                let answer = Answer {
                    verdict: (slip != Slip::NoVerdict).then_some(verdict),
                    reason: "Because.".to_owned(),
                    shown: if slip == Slip::OldPage { RevisionHash([0; 32]) } else { hash },
                };
                return self.decide(number, who, answer, before).await;
            }
            Deed::PassOn { question, by, to } => {
                let question = self.question(id, before, question).await;
                portal.reassign(&self.by(by), question, &ground.people[to].email, "Busy.").await
            }
            Deed::Add { by, whom } => portal.add_approver(&self.by(by), id, &ground.people[whom].email).await,
            Deed::Revise { changed } => {
                let request = &self.twins[number].seen.record.request;
                let text = if changed { format!("Version {}", request.revision + 1) } else { request.text.clone() };
                let draft = RevisionDraft { title: request.title.clone(), text, ..RevisionDraft::default() };
                portal.revise(&ground.actor(REQUESTER), id, draft).await
            }
            Deed::Hold => portal.hold(&ground.actor(ADMIN), id, "A moment.").await,
            Deed::Resume => portal.resume(&ground.actor(ADMIN), id, "Go.").await,
            Deed::Withdraw { by } => portal.withdraw(&ground.actor(by), id, "No more.").await,
            Deed::Overrule { by, verdict } => portal.overrule(&self.by(by), id, Some(verdict), "I said so.").await,
        };
        done.map_or_else(refused, |()| Told::Done)
    }

    /// Somebody as they do what admins do, too.
    fn by(&self, who: Who) -> Actor {
        let admin = who == REQUESTER && self.case.plan.by_an_admin;
        if admin { self.ground.as_admin(who) } else { self.ground.actor(who) }
    }

    async fn decide(&mut self, number: usize, who: Who, answer: Answer, before: &Model<'_>) -> Told {
        let (ground, way, id) = (self.ground, self.twins[number].way, self.twins[number].id);
        let portal = ground.portal();
        let (mut strength, session) = ("session", ground.actor(who));
        let outcome = match way {
            Way::Session => portal.decide_in_session(&session, id, answer).await,
            Way::Token => {
                strength = "token";
                portal.decide_in_session(&ground.token(who), id, answer).await
            }
            Way::Bulk => {
                let Answer { verdict, reason, shown } = answer;
                let answer = BulkAnswer { verdict, reason, chosen: vec![(id, shown)] };
                portal.decide_in_bulk(&session, answer).await.and_then(|mut outcomes| outcomes.remove(0).outcome)
            }
            Way::Link => match self.by_link(id, who, &answer, before).await {
                Some(outcome) => {
                    strength = "link";
                    outcome
                }
                None => portal.decide_in_session(&session, id, answer).await,
            },
        };
        let told = outcome.map_or_else(refused, |outcome| ground.told(outcome));
        if matches!(told, Told::Recorded(..)) {
            self.twins[number].strengths.push(strength);
        }
        told
    }

    /// Answers by the newest link to somebody's question, or by another one where it has expired. None where nothing was mailed
    /// yet, where too many were asked for, and where the stage is over but its instance late: then they sign in.
    async fn by_link(
        &self,
        id: RequestId,
        who: Who,
        answer: &Answer,
        before: &Model<'_>,
    ) -> Option<Result<DecideOutcome, PortalError>> {
        let portal = self.ground.portal();
        for _ in 0..2 {
            let link = self.link(id, who, before).await?;
            let outcome = portal.decide_by_link(&link, answer.clone()).await;
            if !matches!(outcome, Ok(DecideOutcome::Expired { .. })) {
                return Some(outcome);
            }
            if portal.request_new_link(&link).await != Ok(NewLinkOutcome::Sent) {
                return None;
            }
        }
        assert!(before.is_over(), "a fresh link has expired");
        None
    }

    /// The newest link to somebody's question; none by which they could not answer otherwise although the policy lets them: one
    /// that was used and has expired since, or is of an earlier revision.
    async fn link(&self, id: RequestId, who: Who, before: &Model<'_>) -> Option<Actor> {
        let index = before.question_of(who)?;
        let asked = &before.questions[index];
        if asked.counts() && !asked.answers.is_empty() && asked.revision != before.revision {
            return None;
        }
        let (question, now) = (self.question(id, before, index).await, self.ground.portal().now().micros());
        let sql = format!(
            "SELECT CASE WHEN state = 'used' AND expires_at <= {now} THEN '' ELSE id END FROM links \
             WHERE assignment_id = '{question}' \
             ORDER BY CASE WHEN state = 'live' THEN 0 ELSE 1 END, created_at DESC"
        );
        let newest = self.ground.texts(&sql).await.into_iter().next().filter(|id| !id.is_empty())?;
        Some(Actor::Link(newest.parse::<LinkId>().expect("an id")))
    }

    /// The row of one of the model's questions.
    async fn question(&self, id: RequestId, before: &Model<'_>, question: usize) -> AssignmentId {
        let question = &before.questions[question];
        let (user, stage, attempt) = (self.ground.people[question.who].id, question.stage, question.attempt);
        let sql = format!(
            "SELECT id FROM assignments WHERE request_id = '{id}' AND user_id = '{user}' AND stage = {stage} \
             AND attempt = {attempt}"
        );
        let found = self.ground.texts(&sql).await;
        found.first().unwrap_or_else(|| panic!("{question:?} was not put")).parse().expect("an id")
    }
}

/// The only round of a request.
fn round(request: RequestId) -> Round {
    Round { request, generation: 1 }
}
