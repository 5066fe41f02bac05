//! API tokens: how they begin and end, and what they may never do.

use std::time::Duration;

use countersign::auth::ApiToken;
use countersign::portal::policy::Verdict;
use countersign::portal::request::Strength;
use countersign::portal::tokens::{MAX_LIVE_TOKENS, TokenDraft, TokenState, TokensOf};
use countersign::portal::{
    Actor, DecideOutcome, InviteDraft, PortalError, Roles, Scope, TokenHash, TokenId, UserId, Verb,
};
use sea_orm::{ConnectionTrait, Statement};

use super::stand::{MINUTE, Stand, draft};

const REQUESTER: Roles = Roles { requester: true, approver: false, admin: false };
const APPROVER: Roles = Roles { requester: false, approver: true, admin: false };

fn wish(scopes: &[Scope], days: Option<u32>) -> TokenDraft {
    TokenDraft { name: " build\tserver ".into(), scopes: scopes.iter().copied().collect(), days }
}

/// A token of `actor` for a week, by its id and its text.
async fn made(stand: &Stand, actor: &Actor, scopes: &[Scope]) -> (TokenId, ApiToken) {
    let text = ApiToken::mint();
    let token = stand.portal.create_token(actor, wish(scopes, Some(7)), text.hash()).await.expect("a token");
    (token.id, text)
}

/// Whoever comes with the token.
async fn bearer(stand: &Stand, text: &ApiToken) -> Actor {
    Actor::Token(stand.portal.admit_token(text.hash()).await.expect("it works").bearer)
}

/// Somebody with a session and these roles.
async fn invited(stand: &Stand, admin: &Actor, email: &str, roles: Roles) -> Actor {
    let draft = InviteDraft { name: String::new(), email: email.into(), roles };
    stand.portal.invite(admin, draft).await.expect("invited");
    let mail = stand.portal.outbox(admin, None, None).await.expect("mails").rows[0].mail.id;
    let link = stand.portal.mail(admin, mail).await.expect("a mail").link.expect("a link");
    Actor::User(stand.portal.accept_invitation(link.claims(), "Somebody", "open sesame now").await.expect("accepted"))
}

fn id_of(actor: &Actor) -> UserId {
    actor.user_id().expect("a person")
}

fn fields<T: std::fmt::Debug>(refused: Result<T, PortalError>) -> Vec<String> {
    match refused {
        Err(PortalError::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
        other => panic!("not refused as invalid: {other:?}"),
    }
}

/// The rows of a query that gives one text each.
async fn texts(stand: &Stand, sql: &str) -> Vec<String> {
    let database = stand.store.read();
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await;
    rows.expect("readable").iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
}

#[tokio::test]
async fn a_token_acts_for_its_owner_within_its_scopes_until_it_is_revoked() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (id, text) = made(&stand, &admin, &[Scope::RequestsRead]).await;
    let actor = bearer(&stand, &text).await;
    assert_eq!(actor.user_id(), admin.user_id());
    assert_eq!(actor.in_audit(), ("token", id.to_string()));
    assert!(stand.portal.inbox_counts(&actor).await.is_ok());
    let refused = stand.portal.submit(&actor, draft(&["ana@x.org"], "any")).await;
    assert!(matches!(refused, Err(PortalError::Forbidden(why)) if why.contains("requests:write")));

    stand.portal.revoke_token(&admin, id).await.expect("revoked");
    assert_eq!(stand.portal.admit_token(text.hash()).await, Err(PortalError::NotSignedIn));
    stand.portal.revoke_token(&admin, id).await.expect("nothing more to do");
    let rows = stand.portal.tokens(&admin, TokensOf::Mine, None).await.expect("a list").rows;
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].token.name.as_str(), rows[0].token.state(stand.portal.now())),
        ("build server", TokenState::Revoked)
    );
}

#[tokio::test]
async fn a_token_works_until_its_day_and_not_a_moment_longer() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (_, text) = made(&stand, &admin, &[Scope::RequestsRead]).await;
    let eternal = ApiToken::mint();
    stand.portal.create_token(&admin, wish(&[Scope::RequestsRead], None), eternal.hash()).await.expect("an admin may");
    stand.pass(7 * 24 * 60 * MINUTE - Duration::from_micros(1));
    assert!(stand.portal.admit_token(text.hash()).await.is_ok());
    stand.pass(Duration::from_micros(1));
    assert_eq!(stand.portal.admit_token(text.hash()).await, Err(PortalError::NotSignedIn));
    stand.pass(10 * 365 * 24 * 60 * MINUTE);
    assert!(stand.portal.admit_token(eternal.hash()).await.is_ok());
}

#[tokio::test]
async fn a_token_of_somebody_disabled_lets_nobody_in() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let bea = invited(&stand, &admin, "bea@x.org", REQUESTER).await;
    let (_, text) = made(&stand, &bea, &[Scope::RequestsRead]).await;
    stand.portal.disable_user(&admin, id_of(&bea)).await.expect("disabled");
    assert_eq!(stand.portal.admit_token(text.hash()).await, Err(PortalError::NotSignedIn));
    let late = stand.portal.create_token(&bea, wish(&[Scope::RequestsRead], Some(7)), ApiToken::mint().hash()).await;
    assert!(late.is_err(), "a session from before makes no token either");
}

#[tokio::test]
async fn a_token_never_has_more_than_its_owners_roles_of_now() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let bea = invited(&stand, &admin, "bea@x.org", REQUESTER).await;
    let hash = || ApiToken::mint().hash();
    let wanted = wish(&[Scope::PeopleRead, Scope::RequestsRead], None);
    assert_eq!(fields(stand.portal.create_token(&bea, wanted, hash()).await), ["scope", "expires"]);

    let (_, text) = made(&stand, &bea, &[Scope::RequestsRead, Scope::RequestsWrite]).await;
    let actor = bearer(&stand, &text).await;
    stand.portal.submit(&actor, draft(&["ana@x.org"], "any")).await.expect("a requester may");
    stand.portal.change_roles(&admin, id_of(&bea), APPROVER).await.expect("changed");
    let Actor::Token(now) = bearer(&stand, &text).await else { panic!("a token") };
    assert_eq!(now.scopes.iter().collect::<Vec<_>>(), [Scope::RequestsRead]);
    assert_eq!(now.user.roles, APPROVER);
}

#[tokio::test]
async fn the_portal_keeps_the_hash_of_a_token_and_nothing_else_of_it() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (id, text) = made(&stand, &admin, &[Scope::InstancesRead, Scope::PeopleRead]).await;
    stand.portal.revoke_token(&admin, id).await.expect("revoked");
    let secret = text.expose().trim_start_matches("cst_");
    let rows = texts(&stand, "SELECT id || user_id || name || hash || scopes FROM tokens").await;
    assert!(rows.len() == 1 && rows[0].contains(&text.hash().to_string()) && !rows[0].contains(secret));
    let log =
        texts(&stand, "SELECT actor_kind || ' ' || action || ' ' || object || ' ' || detail FROM audit ORDER BY id")
            .await;
    let user = id_of(&admin);
    let expected = [
        format!("user token.created {id} of user {user} for 7 days: instances:read, people:read"),
        format!("user token.revoked {id} of user {user}"),
    ];
    assert_eq!(log[log.len() - 2..], expected);
    assert!(log.iter().all(|line| !line.contains(secret)));
}

#[tokio::test]
async fn people_see_and_close_their_own_tokens_and_admins_everybodys() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let bea = invited(&stand, &admin, "bea@x.org", REQUESTER).await;
    let (of_admin, _) = made(&stand, &admin, &[Scope::RequestsRead]).await;
    let (of_bea, text) = made(&stand, &bea, &[Scope::RequestsRead]).await;
    let listed = async |actor: &Actor, of| {
        let page = stand.portal.tokens(actor, of, None).await.expect("a list");
        page.rows.iter().map(|line| (line.token.id, line.owner.email.clone())).collect::<Vec<_>>()
    };
    let (admins, beas) = ((of_admin, "ada@example.org".to_owned()), (of_bea, "bea@x.org".to_owned()));
    assert_eq!(listed(&bea, TokensOf::Mine).await, std::slice::from_ref(&beas));
    assert_eq!(listed(&admin, TokensOf::Everybody).await, [beas, admins]);
    let refused = stand.portal.tokens(&bea, TokensOf::Everybody, None).await;
    assert!(matches!(refused, Err(PortalError::Forbidden(_))));

    assert_eq!(stand.portal.revoke_token(&bea, of_admin).await, Err(PortalError::NotFound));
    stand.portal.revoke_token(&admin, of_bea).await.expect("an admin may");
    assert_eq!(stand.portal.admit_token(text.hash()).await, Err(PortalError::NotSignedIn));
}

#[tokio::test]
async fn no_token_does_what_needs_a_person_whatever_its_scopes() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let request = stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    let (id, text) = made(&stand, &admin, &Scope::ALL).await;
    let (portal, token) = (&stand.portal, bearer(&stand, &text).await);
    let instance = format!("request-{request}");
    let invite = InviteDraft { name: String::new(), email: "eve@x.org".into(), roles: Roles::ALL };
    let refused = [
        portal.create_token(&token, wish(&Scope::ALL, Some(7)), ApiToken::mint().hash()).await.err(),
        portal.revoke_token(&token, id).await.err(),
        portal.tokens(&token, TokensOf::Mine, None).await.err(),
        portal.invite(&token, invite).await.err(),
        portal.disable_user(&token, id_of(&admin)).await.err(),
        portal.hold(&token, request, "why not").await.err(),
        portal.steer_instance(&token, &instance, Verb::Terminate, "why not").await.err(),
        portal.outbox(&token, None, None).await.err(),
        portal.send_test_mail(&token).await.err(),
    ];
    for (number, refusal) in refused.into_iter().enumerate() {
        assert!(matches!(refusal, Some(PortalError::Forbidden(_))), "use case {number}: {refusal:?}");
    }
    assert!(portal.people(&token).await.is_ok(), "its scope and its owner's role allow that");
}

#[tokio::test]
async fn what_is_typed_wrong_is_named_and_so_is_one_token_too_many() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let wrong = TokenDraft { name: " ".into(), ..wish(&[], Some(366)) };
    let refused = stand.portal.create_token(&admin, wrong, ApiToken::mint().hash()).await;
    assert_eq!(fields(refused), ["name", "scope", "expires"]);
    for _ in 0..MAX_LIVE_TOKENS {
        made(&stand, &admin, &[Scope::RequestsRead]).await;
    }
    let one_more = wish(&[Scope::RequestsRead], Some(7));
    let refused = stand.portal.create_token(&admin, one_more.clone(), ApiToken::mint().hash()).await;
    assert!(matches!(refused, Err(PortalError::Conflict(_))));
    stand.pass(8 * 24 * 60 * MINUTE);
    stand.portal.create_token(&admin, one_more, ApiToken::mint().hash()).await.expect("expired ones do not count");
    let page = stand.portal.tokens(&admin, TokensOf::Mine, None).await.expect("a list");
    assert_eq!(page.rows.len(), 50);
    let rest = stand.portal.tokens(&admin, TokensOf::Mine, page.next).await.expect("a list");
    assert_eq!((rest.rows.len(), rest.next), (1, None));
}

#[tokio::test]
async fn the_command_line_makes_tokens_for_people_and_nobody_else_does() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let make = async |actor: &Actor, email: &str, hash: TokenHash| {
        stand.portal.create_token_for(actor, email, wish(&[Scope::InstancesRead], Some(1)), hash).await
    };
    let text = ApiToken::mint();
    make(&Actor::Cli, " Ada@example.org", text.hash()).await.expect("a token");
    assert_eq!(bearer(&stand, &text).await.user_id(), admin.user_id());
    assert_eq!(fields(make(&Actor::Cli, "nobody@example.org", ApiToken::mint().hash()).await), ["email"]);
    let refused = make(&admin, "ada@example.org", ApiToken::mint().hash()).await;
    assert!(matches!(refused, Err(PortalError::Forbidden(_))));
}

#[tokio::test]
async fn who_calls_too_often_waits_a_moment() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (_, text) = made(&stand, &admin, &[Scope::RequestsRead]).await;
    let (_, other) = made(&stand, &admin, &[Scope::RequestsRead]).await;
    for left in (0..120).rev() {
        let admitted = stand.portal.admit_token(text.hash()).await.expect("it works");
        assert_eq!(admitted.allowance.remaining, left);
    }
    assert!(matches!(stand.portal.admit_token(text.hash()).await, Err(PortalError::TooMany(_))));
    assert!(stand.portal.admit_token(other.hash()).await.is_ok());
    stand.pass(Duration::from_millis(100));
    assert!(stand.portal.admit_token(text.hash()).await.is_ok());
}

#[tokio::test]
async fn the_last_use_is_noted_every_ten_minutes() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (id, text) = made(&stand, &admin, &[Scope::RequestsRead]).await;
    let last_used =
        async || stand.portal.tokens(&admin, TokensOf::Mine, None).await.expect("a list").rows[0].token.last_used_at;
    assert_eq!(last_used().await, None);
    assert!(stand.portal.admit_token(text.hash()).await.expect("it works").is_use_to_note);
    stand.portal.note_token_use(id).await.expect("noted");
    assert_eq!(last_used().await, Some(stand.portal.now()));
    stand.pass(9 * MINUTE);
    assert!(!stand.portal.admit_token(text.hash()).await.expect("it works").is_use_to_note);
    stand.pass(MINUTE);
    assert!(stand.portal.admit_token(text.hash()).await.expect("it works").is_use_to_note);
}

#[tokio::test]
async fn a_token_answers_what_is_asked_of_its_owner_and_the_decision_says_so() {
    let stand = Stand::new().await;
    let (admin, bo) = (stand.admin().await, stand.link_less_admin().await);
    let request = stand.submit(&admin, draft(&["bo@example.org"], "any")).await;
    let (_, reader) = made(&stand, &bo, &[Scope::RequestsRead]).await;
    let (_, decider) = made(&stand, &bo, &[Scope::RequestsDecide]).await;
    let (reader, decider) = (bearer(&stand, &reader).await, bearer(&stand, &decider).await);
    let refused = stand.portal.decide_in_session(&reader, request, stand.yes(request).await).await;
    assert!(matches!(refused, Err(PortalError::Forbidden(why)) if why.contains("requests:decide")));
    let outcome = stand.portal.decide_in_session(&decider, request, stand.yes(request).await).await.expect("an answer");
    assert!(matches!(outcome, DecideOutcome::Recorded(receipt) if receipt.verdict == Verdict::Approve));
    let record = stand.record(request).await;
    let decision = record.asked[0].decision.as_ref().expect("a decision");
    assert_eq!((decision.strength, decision.by), (Strength::Token, bo.user_id()));
}
