//! `migrate`, `admin create`, `serve` and `doctor`, one after the other and beside each other.

use super::process::{Server, get, post, program, run, run_reading};
use crate::support::database::Place;

const ADA: &str = "ada@example.org";
const PASSWORD: &str = "seven small stones";
const SIGN_IN: &str = "email=ada%40example.org&password=seven+small+stones";

#[tokio::test]
async fn from_nothing_to_a_portal_with_an_admin_who_signs_in() {
    let place = Place::untouched().await;
    for _ in 0..2 {
        let migrated = run(program(&place, &["migrate"])).succeeded();
        assert!(migrated.stderr.contains("has this version's form"), "{}", migrated.stderr);
    }
    let made = run_reading(program(&place, &["admin", "create", "--email", ADA]), PASSWORD).succeeded();
    assert_eq!(made.stdout, format!("{ADA} is an administrator now.\n"));

    let server = Server::launch(&place, "127.0.0.1:0");
    let address = server.ready();
    for path in ["/livez", "/readyz", "/sign-in"] {
        let answer = get(&address, path);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{path}: {answer}");
    }
    let answer = post(&address, "/sign-in", SIGN_IN);
    assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");

    let examined = run(program(&place, &["doctor"])).succeeded();
    assert!(examined.stdout.ends_with("nothing wrong.\n"), "{}", examined.stdout);
    run(program(&place, &["migrate"])).succeeded();
    server.stop();
    run(program(&place, &["doctor"])).succeeded();
}

#[tokio::test]
async fn an_admins_password_may_come_from_the_environment() {
    let place = Place::untouched().await;
    let mut create = program(&place, &["admin", "create", "--email", ADA]);
    create.env("COUNTERSIGN_ADMIN_PASSWORD", PASSWORD);
    let made = run(create).succeeded();
    assert!(!format!("{}{}", made.stdout, made.stderr).contains(PASSWORD));
    let nobody = run(program(&place, &["admin", "create"]));
    nobody.failed_saying("name the mail address");
}

#[tokio::test]
async fn the_first_start_makes_the_database_and_shows_how_to_make_the_first_admin() {
    let place = Place::untouched().await;
    let server = Server::launch(&place, "127.0.0.1:0");
    server.says("There is no administrator yet.");
    let answer = get(&server.ready(), "/readyz");
    assert!(answer.ends_with("ok\n"), "{answer}");
    let made = run_reading(program(&place, &["admin", "create", "--email", ADA]), PASSWORD).succeeded();
    assert!(made.stdout.contains(ADA));
    server.stop();
}

#[tokio::test]
async fn a_token_is_printed_alone_and_named_nowhere_else() {
    let place = Place::untouched().await;
    run_reading(program(&place, &["admin", "create", "--email", ADA]), PASSWORD).succeeded();
    let create = ["token", "create", "--email", ADA, "--name", "build server", "--scope", "instances:read"];
    let made = run(program(&place, &[create.as_slice(), &["--scope", "instances:start"]].concat())).succeeded();
    let token = made.stdout.trim_end_matches('\n');
    assert!(token.starts_with("cst_") && token.len() == 47 && !token.contains(char::is_whitespace), "{token}");
    assert!(!made.stderr.contains("cst_"), "{}", made.stderr);

    let server = Server::launch(&place, "127.0.0.1:0");
    let address = server.ready();
    let path = |code: &str| format!("/runtime/webhooks/durabletask/instances?code={code}");
    let answer = get(&address, &path(token));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let answer = get(&address, &path("cst_unknown"));
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    server.stop();
}

#[tokio::test]
async fn a_token_that_cannot_be_made_is_refused_in_a_sentence() {
    let place = Place::untouched().await;
    run_reading(program(&place, &["admin", "create", "--email", ADA]), PASSWORD).succeeded();
    let create = |email: &'static str, name: &'static str| {
        run(program(&place, &["token", "create", "--email", email, "--name", name, "--scope", "people:read"]))
    };
    create("eve@example.org", "x").failed_saying("Nobody here has this address.");
    create(ADA, " ").failed_saying("Enter a name.");
    let unknown = run(program(&place, &["token", "create", "--email", ADA, "--name", "x", "--scope", "people"]));
    assert!(unknown.stderr.contains("people:read") && unknown.stdout.is_empty(), "{}", unknown.stderr);
}
