//! A mailer, and one mail of every kind with what people may have typed.

use std::sync::Arc;

use crate::auth::Keys;
use crate::email::{MailSettings, Mailer, Rendered, Transport};
use crate::portal::clock::Time;
use crate::portal::code::{CodeSeed, CodeState, LinkCode};
use crate::portal::digests::DigestAbout;
use crate::portal::ids::{AssignmentId, CodeId, CodeProof, LinkId, MailId, MonitorId, RequestId, RevisionHash, UserId};
use crate::portal::language::Language;
use crate::portal::link::{Binding, Link, LinkState, Purpose};
use crate::portal::mail::{
    Mail, MailFacts, MailKind, MailState, MailedDigest, MailedLine, MailedMonitor, MailedRequest, MailedRun,
    MailedStage,
};
use crate::portal::policy::{FinalRule, Ruling};
use crate::portal::ports::KeyRing;
use crate::portal::request::Ending;
use crate::portal::user::Person;
use crate::portal::zone::Zone;

/// 2027-01-15 08:00 UTC.
pub(super) const DUE: Time = Time(1_800_000_000_000_000);

pub(super) const KINDS: [MailKind; 27] = [
    MailKind::Request,
    MailKind::Reminder,
    MailKind::Escalation,
    MailKind::Escalated,
    MailKind::Decided,
    MailKind::Terminated,
    MailKind::Withdrawn,
    MailKind::ChangesRequested,
    MailKind::Reassigned,
    MailKind::Observing,
    MailKind::Comment,
    MailKind::Digest,
    MailKind::Invitation,
    MailKind::NewLink,
    MailKind::Code,
    MailKind::Resumed,
    MailKind::Test,
    MailKind::Receipt,
    MailKind::Question,
    MailKind::Outcome,
    MailKind::ServiceDown,
    MailKind::ServiceStillDown,
    MailKind::ServiceRecovered,
    MailKind::MonitorDown,
    MailKind::MonitorReminder,
    MailKind::MonitorEscalated,
    MailKind::MonitorRecovered,
];

/// A mailer with the keys that it signs with.
pub(super) struct Desk {
    pub(super) mailer: Mailer,
    pub(super) keys: Arc<Keys>,
}

pub(super) fn desk_at(base_url: &str, transport: Transport) -> Desk {
    let keys = Arc::new(Keys::random().expect("randomness"));
    let settings = MailSettings { transport, from: "Sign <s@x.org>", base_url, host: "[::1]" };
    Desk { mailer: Mailer::new(settings, keys.clone()).expect("a mailer"), keys }
}

pub(super) fn desk() -> Desk {
    desk_at("http://[::1]:3000/", Transport::Outbox)
}

pub(super) fn person(number: u128, name: &str) -> Person {
    Person { id: UserId(uuid::Uuid::from_u128(number)), name: name.into(), email: format!("p{number}@x.org") }
}

pub(super) fn monitor() -> MailedMonitor {
    MailedMonitor {
        id: MonitorId(uuid::Uuid::nil()),
        name: "Shop <script>alert(3)</script>".into(),
        url: "https://shop.example/?<script>".into(),
        incident: 1,
        began_at: DUE,
        ended_at: Some(Time(DUE.0 + 600_000_000)),
    }
}

pub(super) fn request() -> MailedRequest {
    MailedRequest {
        id: RequestId(uuid::Uuid::nil()),
        title: "Rent & <script>alert(1)</script>".into(),
        requester: person(2, "Ada\r\nBcc: eve@x.org"),
        stage: Some(MailedStage { number: 2, of: 3, name: "Recht".into() }),
        stands_in: None,
        due_at: Some(DUE),
        final_rule: Some(FinalRule::Reject),
        policy: Some("Einkauf".into()),
        overridden: false,
        files: 2,
    }
}

fn line(about: DigestAbout, title: &str, ending: Option<Ending>, link: Option<Link>) -> MailedLine {
    let request = RequestId(uuid::Uuid::nil());
    let requester = person(2, "Ada");
    MailedLine { about, request, title: title.into(), requester, due_at: Some(DUE), ending, link }
}

fn mail(kind: MailKind, link: LinkId) -> Mail {
    Mail {
        id: MailId(uuid::Uuid::nil()),
        kind,
        to: UserId(uuid::Uuid::from_u128(1)),
        request: Some(RequestId(uuid::Uuid::nil())),
        run: Some(MailedRun { id: "order 17".into(), title: "Rent & <script>alert(2)</script>".into() }),
        monitor: Some(monitor()),
        link: Some(link),
        natural_key: String::new(),
        note: "<b>too dear</b>".into(),
        by: None,
        ruling: Some(Ruling::Rejected),
        state: MailState::Kept,
        attempts: 0,
        error: None,
        failed_step: None,
        next_attempt_at: None,
        created_at: DUE,
        sent_at: None,
    }
}

impl Desk {
    fn link(&self, number: u128, purpose: Purpose) -> Link {
        Link {
            id: LinkId(uuid::Uuid::from_u128(number)),
            purpose,
            user: None,
            assignment: None,
            key: self.keys.active_key(),
            binding: Binding([0; 16]),
            created_at: Time(0),
            expires_at: DUE,
            state: LinkState::Live,
        }
    }

    fn code(&self, link: LinkId) -> LinkCode {
        let (id, key) = (CodeId(uuid::Uuid::from_u128(31)), self.keys.active_key());
        LinkCode {
            seed: CodeSeed { id, key, link, revision: RevisionHash([0; 32]) },
            assignment: AssignmentId(uuid::Uuid::nil()),
            mail: MailId(uuid::Uuid::nil()),
            proof: CodeProof([0; 32]),
            created_at: Time(0),
            expires_at: DUE,
            tries: 0,
            state: CodeState::Live,
        }
    }

    pub(super) fn facts(&self, kind: MailKind) -> MailFacts {
        let purpose = match kind {
            MailKind::Invitation => Purpose::Invite,
            MailKind::Question => Purpose::Answer,
            MailKind::Digest => Purpose::Unsubscribe,
            _ => Purpose::Decide,
        };
        let link = self.link(9, purpose);
        let mut mail = mail(kind, link.id);
        let digest = (kind == MailKind::Digest).then(|| self.digest());
        if digest.is_some() || kind == MailKind::Test {
            (mail.request, mail.run, mail.monitor) = (None, None, None);
        }
        MailFacts {
            to: person(1, "Ana"),
            language: Language::En,
            zone: Zone::UTC,
            by: Some(person(3, "Ben")),
            code: (kind == MailKind::Code).then(|| self.code(link.id)),
            link: Some(link),
            request: mail.request.map(|_| request()),
            digest,
            has_account: false,
            mail,
        }
    }

    pub(super) fn digest(&self) -> MailedDigest {
        let question =
            |number, title| line(DigestAbout::Waiting, title, None, Some(self.link(number, Purpose::Decide)));
        MailedDigest {
            lines: vec![
                question(21, "Lease <script>alert(4)</script>"),
                question(22, "Chairs"),
                line(DigestAbout::ChangesRequested, "Lamp", None, None),
                line(DigestAbout::Decided, "Desk", Some(Ending::Ruled(Ruling::Approved)), None),
            ],
        }
    }

    pub(super) fn render(&self, facts: &MailFacts) -> Rendered {
        self.mailer.for_outbox(facts).expect("a mail")
    }

    pub(super) fn german(&self, kind: MailKind) -> MailFacts {
        MailFacts { language: Language::De, zone: Zone::of("Europe/Berlin").expect("a zone"), ..self.facts(kind) }
    }
}
