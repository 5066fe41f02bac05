//! Builders for what pages show: a small company, and one request of it in every state.

use countersign::view::stage::LadderKind;
use countersign::view::{
    AskedPerson, Closing, CommentForm, Decide, DecisionBox, DecisionForm, Due, EventKind, EventLine, FileKind,
    FilePreview, FileView, FinalRule, Frame, LadderStep, Moment, Person, PersonState, PreviewPage, Receipt,
    RequestDetail, RequestState, RequestVerbs, RoleSet, Rule, Stage, StageStanding, Tally, Verdict, Viewer,
};
use uuid::Uuid;

/// The moment at which all pages of these tests are made: Sunday 22 November 2026, 08:06 UTC.
pub(crate) const NOW: i64 = 1_795_334_760_000_000;
/// One hour in microseconds.
pub(crate) const HOUR: i64 = 3_600_000_000;
/// One day in microseconds.
pub(crate) const DAY: i64 = 24 * HOUR;

/// An id that is the same in every run.
pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0193_5a2b_7c00_7000_8000_0000_0000_0000 + number)
}

/// A moment before or after [`NOW`].
pub(crate) fn at(offset: i64) -> Moment {
    Moment::at(NOW + offset, NOW)
}

/// A due time before or after [`NOW`].
pub(crate) fn due(offset: i64) -> Due {
    Due::at(NOW + offset, NOW)
}

/// A person.
pub(crate) fn person(name: &str, email: &str) -> Person {
    Person { name: name.to_owned(), email: email.to_owned() }
}

/// Ana, who asks.
pub(crate) fn ana() -> Person {
    person("Ana Silva", "ana.silva@example.org")
}

/// Ben, who is asked.
pub(crate) fn ben() -> Person {
    person("Ben Okafor", "ben.okafor@example.org")
}

/// Chiara, who is asked and has no account.
pub(crate) fn chiara() -> Person {
    person("", "chiara@supplier.example")
}

/// Dana, to whom things are escalated.
pub(crate) fn dana() -> Person {
    person("Dana Whitfield", "dana.whitfield@example.org")
}

/// The frame of a page that an admin reads.
pub(crate) fn admin() -> Frame {
    let roles = RoleSet { requester: true, approver: true, admin: true };
    let (name, email) = ("Dana Whitfield".into(), "dana.whitfield@example.org".into());
    let viewer = Viewer { name, email, roles, waiting: 2, shortcuts: true };
    Frame { viewer: Some(viewer), notice: None }
}

/// The frame of a page that somebody without the admin role reads.
pub(crate) fn member() -> Frame {
    let roles = RoleSet { requester: true, approver: true, admin: false };
    let (name, email) = ("Ben Okafor".into(), "ben.okafor@example.org".into());
    let viewer = Viewer { name, email, roles, waiting: 1, shortcuts: false };
    Frame { viewer: Some(viewer), notice: None }
}

/// One asked person.
pub(crate) fn asked(person: Person, state: PersonState) -> AskedPerson {
    let decided = matches!(state, PersonState::Approved | PersonState::Rejected);
    AskedPerson {
        person,
        state,
        decided_at: decided.then(|| at(-2 * HOUR)),
        reason: None,
        reminders: 0,
        escalation: false,
        stands_in: None,
        added: false,
        is_viewer: false,
    }
}

/// Three people are asked, one of them has approved, two of three are needed.
pub(crate) fn stage() -> Stage {
    let approved = AskedPerson {
        reason: Some("Numbers match the quote. Please mind the notice period.".into()),
        ..asked(person("Efua Mensah", "efua.mensah@example.org"), PersonState::Approved)
    };
    let viewer = AskedPerson { is_viewer: true, reminders: 1, ..asked(ben(), PersonState::Waiting) };
    let step = |kind, offset: i64| LadderStep { kind, at: at(offset), done: offset < 0 };
    Stage {
        number: 1,
        name: String::new(),
        standing: StageStanding::Current,
        rule: Rule::AtLeast(2),
        asked: vec![approved, viewer, asked(chiara(), PersonState::Waiting)],
        ladder: vec![
            step(LadderKind::Remind, -3 * HOUR),
            step(LadderKind::Escalate(vec![dana().into()]), 21 * HOUR),
            step(LadderKind::End(FinalRule::Reject), 2 * DAY + 21 * HOUR),
        ],
    }
}

/// The text of the request, as the sanitiser leaves it.
pub(crate) const TEXT: &str = "<p>The hosting contract runs out on <strong>31 December</strong>. Please approve the renewal \
     for two years:</p><ul><li>18 % cheaper per year than now</li><li>same service level, 99.9 %</li>\
     <li>cancellation at three months' notice, before it was six</li></ul><p>The signed quote is attached; the old \
     contract is in <a href=\"https://example.org/contracts/17\" rel=\"noopener noreferrer nofollow\">our \
         archive</a>.</p>";

/// A PDF, a picture, a text and something else.
pub(crate) fn files() -> Vec<FileView> {
    let file = |number, name: &str, size, kind, preview| FileView {
        number,
        name: name.into(),
        size,
        kind,
        sha256: "9f86d0818".into(),
        preview,
    };
    let page = |number, width, height| PreviewPage { number, width, height };
    let document = FilePreview::Ready {
        pages: vec![page(1, 1130, 1600), page(2, 1130, 1600)],
        missing: Some("The first 2 of 12 pages are shown.".into()),
    };
    let picture = FilePreview::Ready { pages: vec![page(1, 640, 240)], missing: None };
    let excerpt =
        "Renewal 2027-2028\n\n  per month   410.00 EUR\n  set-up        0.00 EUR\n  <b>not bold</b>\n".to_owned();
    vec![
        file(1, "quote-2027.txt", 1_240, FileKind::Text { excerpt, cut: true }, FilePreview::None),
        file(2, "Hosting contract, signed.pdf", 842_000, FileKind::Pdf, document),
        file(3, "service-level.png", 96_400, FileKind::Image, picture),
        file(4, "calculation.xlsx", 31_800, FileKind::Other, FilePreview::None),
    ]
}

/// One event.
pub(crate) fn event(seq: i64, offset: i64, kind: EventKind, actor: Option<&str>, subject: Option<&str>) -> EventLine {
    let subjects = subject.map(Into::into).into_iter().collect();
    EventLine { seq, at: at(offset), kind, actor: actor.map(Into::into), subjects, note: None }
}

/// What happened so far.
pub(crate) fn events() -> Vec<EventLine> {
    vec![
        event(1, -2 * DAY, EventKind::Submitted, Some("Ana Silva"), None),
        event(2, -2 * DAY, EventKind::Mailed, None, Some("Efua Mensah")),
        event(3, -2 * DAY, EventKind::Mailed, None, Some("Ben Okafor")),
        EventLine {
            note: Some("550 5.1.1 The email account that you tried to reach does not exist".into()),
            ..event(4, -2 * DAY + HOUR, EventKind::MailFailed, None, Some("chiara@supplier.example"))
        },
        event(5, -3 * HOUR, EventKind::Reminded, None, Some("Ben Okafor")),
        EventLine {
            note: Some("Numbers match the quote. Please mind the notice period.".into()),
            ..event(6, -2 * HOUR, EventKind::Decided(Verdict::Approve), Some("Efua Mensah"), None)
        },
    ]
}

/// The count as the next approver sees it.
pub(crate) fn tally() -> Tally {
    Tally { rule: Rule::AtLeast(2), asked: 3, approved: 1, rejected: 0, decides_alone: false, more_stages: false }
}

/// The request, open, as Ben sees it.
pub(crate) fn request() -> RequestDetail {
    RequestDetail {
        id: id(1),
        title: "Renew the hosting contract for 2027 and 2028".into(),
        state: RequestState::Waiting,
        requester: ana(),
        revision: 1,
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        submitted_at: at(-2 * DAY),
        due: Some(due(21 * HOUR)),
        closed: None,
        text_html: TEXT.into(),
        files: files(),
        policy: None,
        stages: vec![stage()],
        observers: Vec::new(),
        changes: None,
        may_revise: false,
        decision: DecisionBox::Open {
            form: DecisionForm { nonce: "n0nce".into(), ..DecisionForm::default() },
            tally: tally(),
        },
        events: events(),
        withdraw: None,
        verbs: RequestVerbs::default(),
        comment: CommentForm::default(),
        instance: None,
    }
}

/// The same request after it was closed in `state`.
pub(crate) fn closed(state: RequestState) -> RequestDetail {
    let by = matches!(state, RequestState::Approved | RequestState::Rejected).then(|| "Ben Okafor".to_owned());
    let mut request = request();
    request.events.push(event(7, -HOUR, EventKind::Closed(state), by.as_deref(), None));
    RequestDetail {
        state,
        due: None,
        closed: Some(Closing { at: at(-HOUR), by, reason: None }),
        decision: DecisionBox::TooLate,
        instance: Some(format!("request-{}", id(1))),
        ..request
    }
}

/// The question behind a link.
pub(crate) fn decide() -> Decide {
    let request = request();
    Decide {
        link: id(7),
        title: request.title,
        requester: ana(),
        asked_as: ben(),
        submitted_at: request.submitted_at,
        revision: 1,
        text_html: TEXT.into(),
        files: files(),
        due: Some(due(21 * HOUR)),
        final_rule: Some(FinalRule::Reject),
        tally: tally(),
        form: DecisionForm { nonce: "n0nce".into(), ..DecisionForm::default() },
    }
}

/// The receipt of an approval.
pub(crate) fn receipt() -> Receipt {
    Receipt {
        title: request().title,
        requester: ana(),
        decided_as: ben(),
        verdict: Verdict::Approve,
        reason: "Fine with me. Check the notice period again in 2028.".into(),
        at: at(0),
        request_state: RequestState::Approved,
        revision: 1,
        sha256: request().sha256,
        reference: id(9).to_string(),
        certificate: false,
        reconsider: None,
    }
}
