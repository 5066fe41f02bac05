//! `audit verify` and `audit checkpoint`, beside a server and without one.

use std::fs;

use countersign_engine::{Engine, Registry};
use sea_orm::ConnectionTrait;

use super::process::{Ended, Server, program, run, run_reading};
use crate::support::database::Place;

const PASSWORD: &str = "seven small stones";

/// A database whose log has a row per administrator.
async fn place_with(admins: &[&str]) -> Place {
    let place = Place::untouched().await;
    for email in admins {
        run_reading(program(&place, &["admin", "create", "--email", email]), PASSWORD).succeeded();
    }
    place
}

fn verify(place: &Place, more: &[&str]) -> Ended {
    run(program(place, &[["audit", "verify"].as_slice(), more].concat()))
}

/// Does what somebody can do who may write the database.
async fn tamper(place: &Place, statements: &'static [&'static str]) {
    let database = place.open().await;
    let client = Engine::builder(database.store(), Registry::new()).client();
    let done: Result<(), countersign::portal::PortalError> = client
        .transaction("tamper", move |tx| {
            Box::pin(async move {
                for sql in statements {
                    tx.connection().execute_unprepared(sql).await?;
                }
                Ok(())
            })
        })
        .await;
    done.expect("the statements are sound");
    database.close().await;
}

#[tokio::test]
async fn a_log_is_checked_beside_a_server_and_a_changed_row_is_named() {
    let place = place_with(&["ada@example.org", "bea@example.org"]).await;
    let server = Server::launch(&place, "127.0.0.1:0");
    server.ready();
    let checked = verify(&place, &[]).succeeded();
    assert!(
        checked.stdout.starts_with("2 rows and ") && checked.stdout.ends_with(", nothing wrong.\n"),
        "{}",
        checked.stdout
    );
    server.stop();

    tamper(&place, &["UPDATE audit SET object = 'somebody else' WHERE seq = 2"]).await;
    verify(&place, &[]).failed_saying("row 2 of the audit log does not have the hash of its content");
}

#[tokio::test]
async fn an_exported_checkpoint_misses_the_newest_rows() {
    let place = place_with(&["ada@example.org", "bea@example.org"]).await;
    let printed = run(program(&place, &["audit", "checkpoint"])).succeeded().stdout;
    let file = place.folder().join("checkpoint.json");
    fs::write(&file, &printed).expect("a file");
    let file = file.to_str().expect("text");
    verify(&place, &["--checkpoint", file]).succeeded();

    tamper(
        &place,
        &[
            "DELETE FROM audit WHERE seq = 2",
            "DELETE FROM audit_checkpoints",
            "UPDATE audit_head SET seq = 1, hash = (SELECT hash FROM audit WHERE seq = 1)",
        ],
    )
    .await;
    verify(&place, &[]).succeeded();
    verify(&place, &["--checkpoint", file]).failed_saying("row 2 of the audit log is missing");

    fs::write(file, printed.replace("\"seq\":2", "\"seq\":1")).expect("a file");
    verify(&place, &["--checkpoint", file]).failed_saying("no key of this portal signed");
    fs::write(file, "{}").expect("a file");
    verify(&place, &["--checkpoint", file]).failed_saying("is no checkpoint");
}

#[tokio::test]
async fn without_the_key_nothing_is_checked_and_no_new_key_is_made() {
    let place = Place::untouched().await;
    verify(&place, &[]).failed_saying("there is no key file");
    assert!(!place.folder().join("secret.key").exists());
}
