//! Codes: what a policy asks for besides the link.

use std::collections::BTreeSet;
use std::time::Duration;

use countersign::portal::mail::MailKind;
use countersign::portal::policy::Verdict;
use countersign::portal::request::Strength;
use countersign::portal::{
    Actor, CODE_LIFE, CodeOutcome, CodeWanted, DecideOutcome, LinkPage, MAX_CODE_TRIES, MAX_CODES, PortalError,
    RequestDraft, RequestId, RevisionDraft, Roles, Scope,
};
use countersign_engine::ids::InstanceId;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::scene::Scene;
use super::stand::{MINUTE, Stand, draft};

const REQUESTER: Roles = Roles { requester: true, approver: false, admin: false };

/// A portal, its admin, and a request of Rita's to Ana and Ben, who must both approve with a code.
pub(crate) async fn asked(stand: &Stand, admin: &Actor) -> (Actor, RequestId) {
    let rita = stand.member(admin, "rita@x.org", REQUESTER).await;
    let policy = "name = \"Payments\"\nassurance = \"code\"\nreconsider_within = \"1 day\"\n\
                  [[stage]]\naddresses = [\"ana@x.org\", \"ben@x.org\"]\nrule = \"all\"\ndue_in = \"3 days\"\n\
                  [[stage.ladder]]\nat = \"due\"\ndo = \"reject\"\n";
    let policy = stand.portal.import_policy(admin, policy).await.expect("a policy");
    let request = stand.submit(&rita, RequestDraft { policy: Some(policy), ..draft(&[], "any") }).await;
    stand.open(request).await;
    (rita, request)
}

/// The code of the newest mail that brings one, as its reader sees it.
pub(crate) async fn mailed_code(stand: &Stand, admin: &Actor) -> String {
    let mails = stand.portal.outbox(admin, None, None).await.expect("the outbox").rows;
    let newest = mails.iter().find(|line| line.mail.kind == MailKind::Code).expect("a mail with a code");
    let facts = stand.portal.mail(admin, newest.mail.id).await.expect("the mail");
    let seed = facts.code.expect("a code that is kept").seed;
    stand.keys.code_digits(&seed).expect("the key is there").expose().to_owned()
}

/// Another code than this one.
pub(crate) fn other_than(code: &str) -> String {
    let number: u32 = code.parse().expect("a number");
    format!("{:06}", (number + 1) % 1_000_000)
}

/// What is said of the field `code`.
fn refused(answered: Result<DecideOutcome, PortalError>) -> String {
    match answered {
        Err(PortalError::Invalid(errors)) => {
            assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["code"]);
            errors[0].message.clone()
        }
        other => panic!("the code was not refused: {other:?}"),
    }
}

/// Asks for a code by the link of `holder`.
async fn ask(stand: &Stand, admin: &Actor, holder: &Actor) -> String {
    assert_eq!(stand.portal.request_code(holder).await, Ok(CodeOutcome::Mailed));
    mailed_code(stand, admin).await
}

/// Says yes with this code.
async fn yes(stand: &Stand, holder: &Actor, request: RequestId, code: &str) -> Result<DecideOutcome, PortalError> {
    stand.portal.decide_by_link_and_code(holder, stand.yes(request).await, code).await
}

/// What the link's page asks for.
async fn wanted(stand: &Stand, holder: &Actor) -> CodeWanted {
    let question = match stand.portal.link_page(holder).await.expect("a page") {
        LinkPage::Open(question) => *question,
        LinkPage::Closed { reconsider, .. } => reconsider.expect("a question that may be answered otherwise").question,
    };
    stand.portal.code_wanted(holder, &question).await.expect("readable")
}

#[tokio::test]
async fn the_right_code_decides_once_and_the_decision_says_how_it_was_known() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (_, request) = asked(&stand, &admin).await;
    let ana = stand.link_actor("ana@x.org").await;
    assert_eq!(wanted(&stand, &ana).await, CodeWanted::Unasked);
    assert!(refused(stand.portal.decide_by_link(&ana, stand.yes(request).await).await).contains("Enter the code"));
    assert!(refused(yes(&stand, &ana, request, "123456").await).contains("No code works"));

    let code = ask(&stand, &admin, &ana).await;
    assert_eq!(wanted(&stand, &ana).await, CodeWanted::Mailed { until: stand.portal.now() + CODE_LIFE });
    let spaced = format!(" {} {}\n", &code[..3], &code[3..]);
    let outcome = yes(&stand, &ana, request, &spaced).await.expect("an answer");
    assert!(matches!(outcome, DecideOutcome::Recorded(_)), "{outcome:?}");
    let record = stand.record(request).await;
    let decision = record.asked[0].decision.as_ref().expect("a decision");
    assert_eq!(decision.strength, Strength::LinkAndCode);
    let again = yes(&stand, &ana, request, "").await.expect("an answer");
    assert!(matches!(again, DecideOutcome::SameAgain(_)), "a repeated answer needs no code: {again:?}");
}

#[tokio::test]
async fn five_wrong_codes_make_the_right_one_void_although_each_was_refused() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (_, request) = asked(&stand, &admin).await;
    let ana = stand.link_actor("ana@x.org").await;
    let code = ask(&stand, &admin, &ana).await;
    // What is no code, or comes with an answer that is not complete, is no try.
    assert!(refused(yes(&stand, &ana, request, "12345").await).contains("six digits"));
    let silent = countersign::portal::Answer { reason: String::new(), ..stand.no(request).await };
    let incomplete = stand.portal.decide_by_link_and_code(&ana, silent, &other_than(&code)).await;
    assert!(matches!(incomplete, Err(PortalError::Invalid(errors)) if errors[0].field == "reason"));
    let mut said = Vec::new();
    for _ in 0..MAX_CODE_TRIES {
        said.push(refused(yes(&stand, &ana, request, &other_than(&code)).await));
    }
    assert!(said[0].contains("4 more tries") && said[3].contains("one more try"), "{said:?}");
    assert!(said[4].contains("Have a new one mailed"), "{said:?}");
    assert!(refused(yes(&stand, &ana, request, &code).await).contains("No code works"));
    assert_eq!(wanted(&stand, &ana).await, CodeWanted::Unasked);

    let fresh = ask(&stand, &admin, &ana).await;
    assert!(yes(&stand, &ana, request, &fresh).await.is_ok());
}

#[tokio::test]
async fn a_code_works_for_ten_minutes_and_a_newer_one_takes_its_place() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (_, request) = asked(&stand, &admin).await;
    let ana = stand.link_actor("ana@x.org").await;
    let old = ask(&stand, &admin, &ana).await;
    stand.pass(CODE_LIFE);
    assert!(refused(yes(&stand, &ana, request, &old).await).contains("expired"));
    assert_eq!(wanted(&stand, &ana).await, CodeWanted::Unasked);
    let before = ask(&stand, &admin, &ana).await;
    let newest = ask(&stand, &admin, &ana).await;
    if before != newest {
        assert!(refused(yes(&stand, &ana, request, &before).await).contains("not the code of the latest mail"));
    }
    stand.pass(CODE_LIFE - Duration::from_secs(1));
    assert!(yes(&stand, &ana, request, &newest).await.is_ok());
}

#[tokio::test]
async fn the_code_of_another_question_is_worth_nothing() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (_, request) = asked(&stand, &admin).await;
    let (ana, ben) = (stand.link_actor("ana@x.org").await, stand.link_actor("ben@x.org").await);
    let of_ben = ask(&stand, &admin, &ben).await;
    assert!(refused(yes(&stand, &ana, request, &of_ben).await).contains("No code works"));
    let of_ana = ask(&stand, &admin, &ana).await;
    if of_ana != of_ben {
        assert!(refused(yes(&stand, &ana, request, &of_ben).await).contains("4 more tries"));
    }
    assert!(yes(&stand, &ben, request, &of_ben).await.is_ok(), "Ana's tries are not Ben's");
}

#[tokio::test]
async fn another_answer_needs_another_code() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (_, request) = asked(&stand, &admin).await;
    let ana = stand.link_actor("ana@x.org").await;
    let code = ask(&stand, &admin, &ana).await;
    yes(&stand, &ana, request, &code).await.expect("decided");
    assert_eq!(wanted(&stand, &ana).await, CodeWanted::Unasked);
    let otherwise = stand.portal.decide_by_link_and_code(&ana, stand.no(request).await, &code).await;
    assert!(refused(otherwise).contains("No code works"));
    let fresh = ask(&stand, &admin, &ana).await;
    let outcome = stand.portal.decide_by_link_and_code(&ana, stand.no(request).await, &fresh).await;
    assert!(matches!(outcome, Ok(DecideOutcome::Recorded(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_new_revision_makes_a_code_void() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (rita, request) = asked(&stand, &admin).await;
    let before = stand.link_actor("ana@x.org").await;
    let code = ask(&stand, &admin, &before).await;
    let revision = RevisionDraft { title: "Contract".into(), text: "Cheaper.".into(), ..RevisionDraft::default() };
    stand.portal.revise(&rita, request, revision).await.expect("revised");
    stand.open(request).await;
    let late = yes(&stand, &before, request, &code).await.expect("an answer");
    assert!(matches!(late, DecideOutcome::NoLongerValid(_)), "{late:?}");
    assert_eq!(stand.portal.request_code(&before).await, Ok(CodeOutcome::Pointless));
    let ana = stand.link_actor("ana@x.org").await;
    assert_ne!(before, ana);
    assert!(refused(yes(&stand, &ana, request, &code).await).contains("No code works"));
}

#[tokio::test]
async fn codes_are_mailed_a_few_times_an_hour_and_only_while_they_are_of_use() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (_, request) = asked(&stand, &admin).await;
    let (ana, ben) = (stand.link_actor("ana@x.org").await, stand.link_actor("ben@x.org").await);
    for _ in 0..MAX_CODES {
        ask(&stand, &admin, &ana).await;
    }
    assert_eq!(stand.portal.request_code(&ana).await, Ok(CodeOutcome::TooSoon));
    let latest = mailed_code(&stand, &admin).await;
    assert!(matches!(wanted(&stand, &ana).await, CodeWanted::Mailed { .. }), "the latest one still works");
    assert_eq!(stand.portal.request_code(&ben).await, Ok(CodeOutcome::Mailed), "Ben has codes of his own");
    assert!(yes(&stand, &ana, request, &latest).await.is_ok());
    stand.pass(61 * MINUTE);
    ask(&stand, &admin, &ana).await;
    stand.portal.terminate(&admin, request, "Not needed.").await.expect("terminated");
    assert_eq!(stand.portal.request_code(&ben).await, Ok(CodeOutcome::Pointless));

    let plain = stand.submit(&admin, draft(&["cy@x.org"], "any")).await;
    stand.open(plain).await;
    let cy = stand.link_actor("cy@x.org").await;
    assert_eq!(wanted(&stand, &cy).await, CodeWanted::Not);
    assert_eq!(stand.portal.request_code(&cy).await, Ok(CodeOutcome::Pointless));
    assert!(yes(&stand, &cy, plain, "").await.is_ok(), "where the link is enough, no code is asked for");
    assert_eq!(stand.portal.request_code(&admin).await, Err(PortalError::NotSignedIn));
}

#[tokio::test]
async fn whoever_is_signed_in_needs_no_code() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let ana = stand.member(&admin, "ana@x.org", Roles { approver: true, ..Roles::default() }).await;
    let (_, request) = asked(&stand, &admin).await;
    let outcome = stand.portal.decide_in_session(&ana, request, stand.yes(request).await).await.expect("an answer");
    assert!(matches!(outcome, DecideOutcome::Recorded(_)), "{outcome:?}");
    let record = stand.record(request).await;
    assert_eq!(record.asked[0].decision.as_ref().map(|decision| decision.strength), Some(Strength::Session));
}

#[tokio::test]
async fn a_token_decides_nothing_where_a_code_is_asked_for() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let ana = stand.member(&admin, "ana@x.org", Roles { approver: true, ..Roles::default() }).await;
    let (_, request) = asked(&stand, &admin).await;
    let refused = stand.portal.decide_in_session(&Scene::token_of(&ana), request, stand.yes(request).await).await;
    assert!(matches!(&refused, Err(PortalError::Forbidden(why)) if why.contains("in the browser")), "{refused:?}");
    assert!(stand.record(request).await.asked.iter().all(|asked| asked.decision.is_none()));
    let plain = stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    let outcome = stand.portal.decide_in_session(&Scene::token_of(&ana), plain, stand.yes(plain).await).await;
    assert!(matches!(outcome, Ok(DecideOutcome::Recorded(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_token_brings_nobody_else_to_decide_where_a_code_is_asked_for() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let ana = stand.member(&admin, "ana@x.org", Roles { approver: true, ..Roles::default() }).await;
    let (rita, request) = asked(&stand, &admin).await;
    let questions = stand.record(request).await.asked;
    let of_ana = questions.iter().find(|asked| asked.person.email == "ana@x.org").expect("a question").assignment.id;
    let token = |of: &Actor, scope| Scene::token_of(of).in_person_by(scope).expect("it has the scope");
    let managing = token(&admin, Scope::RequestsManage);
    let refused = [
        stand.portal.reassign(&token(&ana, Scope::RequestsAct), of_ana, "eve@x.org", "").await,
        stand.portal.reassign(&managing, of_ana, "eve@x.org", "Because.").await,
        stand.portal.add_approver(&token(&rita, Scope::RequestsAct), request, "eve@x.org").await,
        stand.portal.overrule(&managing, request, Some(Verdict::Approve), "Because.").await,
    ];
    for refusal in refused {
        assert!(matches!(&refusal, Err(PortalError::Forbidden(why)) if why.contains("mailed code")), "{refusal:?}");
    }
    let record = stand.record(request).await;
    assert_eq!((record.asked, record.request.closed), (questions, None));

    stand.portal.add_approver(&rita, request, "eve@x.org").await.expect("in the portal she may");
    stand.portal.reassign(&ana, of_ana, "nina@x.org", "").await.expect("in the portal she may");
    stand.portal.overrule(&admin, request, Some(Verdict::Approve), "Because.").await.expect("in the portal they may");
}

#[tokio::test]
async fn old_codes_are_forgotten_and_the_audit_log_says_what_was_tried() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (_, request) = asked(&stand, &admin).await;
    let ana = stand.link_actor("ana@x.org").await;
    let code = ask(&stand, &admin, &ana).await;
    refused(yes(&stand, &ana, request, &other_than(&code)).await);
    yes(&stand, &ana, request, &code).await.expect("decided");
    let lines = column(&stand, "SELECT action || ': ' || detail FROM audit ORDER BY id").await;
    let about = |words: &str| lines.iter().filter(|line| line.contains(words)).count();
    assert_eq!((about("code.mailed: code "), about("code.refused: wrong code, 4 tries left")), (1, 1), "{lines:?}");
    assert_eq!(about("known by LinkAndCode"), 1, "{lines:?}");

    stand.portal.sweep_codes().await.expect("swept");
    assert_eq!(column(&stand, "SELECT id FROM link_codes").await.len(), 1);
    stand.pass(25 * 60 * MINUTE);
    stand.portal.sweep_codes().await.expect("swept");
    assert!(column(&stand, "SELECT id FROM link_codes").await.is_empty());
}

#[tokio::test]
async fn a_mailed_code_is_in_no_table() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (_, request) = asked(&stand, &admin).await;
    let ana = stand.link_actor("ana@x.org").await;
    let code = ask(&stand, &admin, &ana).await;
    let engine = stand.run().await;
    for line in stand.portal.outbox(&admin, None, None).await.expect("mails").rows {
        let id = InstanceId::parse(&line.mail.instance()).expect("an id");
        stand.client.wait_for_completion(&id, Duration::from_secs(20)).await.expect("an end");
    }
    refused(yes(&stand, &ana, request, &other_than(&code)).await);
    yes(&stand, &ana, request, &code).await.expect("decided");
    engine.shutdown().await;
    let mails: Vec<_> = stand.mails.all().into_iter().map(|mail| String::from_utf8(mail).expect("text")).collect();
    let said = format!("Your code: {code}");
    let sent: Vec<_> = mails.iter().filter(|mail| mail.contains(&said)).collect();
    assert_eq!(sent.len(), 1, "the mail brings it");
    let (head, body) = sent[0].split_once("\r\n\r\n").expect("a head");
    assert!(!head.contains(&code) && !body.contains("csn_"));

    let words = words_of_all_tables(&stand).await;
    assert!(words.contains("ana") && words.contains("mailed"), "the search finds what is there");
    assert!(!words.contains(code.as_str()), "the code is in a table");
}

/// The texts of the first column of a query.
async fn column(stand: &Stand, sql: &str) -> Vec<String> {
    let database = stand.store.read();
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await;
    rows.expect("readable").iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
}

/// Every run of letters and digits in every text and every blob of the database, the engine's tables included.
async fn words_of_all_tables(stand: &Stand) -> BTreeSet<String> {
    let database = stand.store.read();
    let tables = if database.get_database_backend() == DbBackend::Sqlite {
        "SELECT name FROM sqlite_master WHERE type = 'table'"
    } else {
        "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
    };
    let mut words = BTreeSet::new();
    for table in column(stand, tables).await {
        let sql = format!("SELECT * FROM \"{table}\"");
        let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await;
        for row in rows.expect("readable") {
            for column in row.column_names() {
                let text = row.try_get::<String>("", &column).ok();
                let bytes = || row.try_get::<Vec<u8>>("", &column).ok();
                let text = text.or_else(|| bytes().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()));
                let text = text.unwrap_or_default();
                words.extend(text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_owned));
            }
        }
    }
    words
}
