//! `keys list` and `keys rotate`, beside a server and without one.

use std::fs::{self, File};
use std::path::PathBuf;
use std::thread;

use countersign::auth::Keys;
use countersign::db::DbReads;
use countersign::portal::audit::{AuditQuery, AuditReads};
use countersign::portal::link::{KeyId, LinkClaims, Purpose};

use super::process::{Ended, Server, get, program, run, run_reading};
use crate::support::database::Place;

fn keys(place: &Place, arguments: &[&str]) -> Ended {
    run(program(place, &[["keys"].as_slice(), arguments].concat()))
}

fn key_file(place: &Place) -> PathBuf {
    place.folder().join("secret.key")
}

/// A database that was used: it has an administrator, and a line in the log about that.
async fn used_place() -> Place {
    let place = Place::untouched().await;
    run_reading(program(&place, &["admin", "create", "--email", "ada@example.org"]), "seven small stones").succeeded();
    place
}

/// The token of the link that a server prints while there is no administrator.
fn printed_token(server: &Server) -> String {
    let line = server.says("/setup?token=");
    line.split("token=").nth(1).expect("a token").trim().to_owned()
}

/// What an authentic link says.
fn claims(place: &Place, token: &str) -> LinkClaims {
    let keys = Keys::load_or_create(&key_file(place)).expect("the ring");
    keys.verify(token, Purpose::SetUp).expect("an authentic link")
}

/// The numbers and the secrets of the keys in the file.
fn ring(place: &Place) -> Vec<(u32, String)> {
    let text = fs::read_to_string(key_file(place)).expect("the ring");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let key = |line: &str| {
        let mut words = line.split(' ').map(str::to_owned);
        (words.next().expect("a number").parse::<u32>().expect("a number"), words.next().expect("a key"))
    };
    lines.map(key).collect()
}

fn numbers(place: &Place) -> Vec<u32> {
    ring(place).into_iter().map(|(number, _)| number).collect()
}

/// Lets the rotations of so far be years ago.
fn age(place: &Place) {
    let text = fs::read_to_string(key_file(place)).expect("the ring");
    let aged = text.lines().map(|line| match line.split(' ').collect::<Vec<_>>()[..] {
        [number, key, _] if !line.starts_with('#') => format!("{number} {key} 1700000000\n"),
        _ => format!("{line}\n"),
    });
    fs::write(key_file(place), aged.collect::<String>()).expect("written");
}

#[tokio::test]
async fn after_a_rotation_old_links_still_open_and_new_ones_are_signed_by_the_new_key() {
    let place = Place::untouched().await;
    let server = Server::launch(&place, "127.0.0.1:0");
    let old = printed_token(&server);
    let address = server.ready();
    assert_eq!(claims(&place, &old).key, KeyId(1));
    let rotated = keys(&place, &["rotate"]).succeeded();
    assert_eq!(rotated.stdout, "Key 2 signs what is new. A running server takes it up at once.\n");
    let answer = get(&address, &format!("/setup?token={old}"));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    for (number, key) in ring(&place) {
        let told = format!("{}{}", rotated.stdout, rotated.stderr);
        assert!(!told.contains(&key), "key {number} is printed");
    }
    server.stop();

    let server = Server::launch(&place, "127.0.0.1:0");
    let new = printed_token(&server);
    let address = server.ready();
    assert_eq!(claims(&place, &new).key, KeyId(2));
    let answer = get(&address, &format!("/setup?token={new}"));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    server.stop();

    let database = place.open().await;
    let query = AuditQuery { actor: None, action: Some("keys.rotated".into()), object: None, before: None, limit: 9 };
    let lines = DbReads::new(database.read().clone()).list_audit(&query).await.expect("the log");
    let said: Vec<_> = lines.iter().map(|line| (&*line.row.entry.actor_kind, &*line.row.entry.object)).collect();
    assert_eq!(said, [("cli", "2")]);
    database.close().await;
}

#[tokio::test]
async fn pruning_keeps_the_key_of_a_link_that_works_and_removes_one_that_nothing_needs() {
    let place = Place::untouched().await;
    let server = Server::launch(&place, "127.0.0.1:0");
    let token = printed_token(&server);
    server.ready();
    server.stop();
    keys(&place, &["rotate"]).succeeded();
    let told = keys(&place, &["rotate", "--prune"]).succeeded().stdout;
    assert!(told.contains("Key 2 stays for forms that may be open."), "{told}");
    assert_eq!(numbers(&place), [1, 2, 3]);

    age(&place);
    let listed = keys(&place, &["list"]).succeeded().stdout;
    let lines: Vec<_> = listed.lines().collect();
    assert!(lines[0].starts_with("key 1: stays for 1 link"), "{listed}");
    assert!(lines[1].starts_with("key 2, made 2023-11-14T22:13:20Z: nothing needs it"), "{listed}");
    assert!(lines[2].ends_with(": signs what is new"), "{listed}");
    assert!(ring(&place).iter().all(|(_, key)| !listed.contains(key)), "{listed}");

    let told = keys(&place, &["rotate", "--prune"]).succeeded().stdout;
    assert!(told.contains("Key 1 stays for 1 link"), "{told}");
    assert!(told.contains("Key 2 is removed: nothing needs it."), "{told}");
    assert_eq!(numbers(&place), [1, 3, 4]);
    assert_eq!(claims(&place, &token).key, KeyId(1), "the link still opens");
}

#[tokio::test]
async fn checkpoints_that_an_older_key_signed_are_verified_after_a_rotation() {
    let place = used_place().await;
    let checkpoint = || run(program(&place, &["audit", "checkpoint"])).succeeded().stdout;
    let file = place.folder().join("checkpoint.json");
    let old = checkpoint();
    assert!(old.contains("\"key\":1"), "{old}");
    fs::write(&file, old).expect("a file");
    keys(&place, &["rotate"]).succeeded();
    assert!(checkpoint().contains("\"key\":2"));
    let file = file.to_str().expect("text");
    let verified = run(program(&place, &["audit", "verify", "--checkpoint", file])).succeeded();
    assert!(verified.stdout.starts_with("2 rows and 1 checkpoints"), "{}", verified.stdout);
}

#[tokio::test]
async fn of_rotations_at_the_same_time_each_makes_a_key_or_says_that_another_one_did() {
    let place = used_place().await;
    let held = File::open(key_file(&place)).expect("the ring");
    held.try_lock().expect("nobody else has it");
    keys(&place, &["rotate"]).failed_saying("another `countersign keys rotate` replaces ");
    assert_eq!(numbers(&place), [1]);
    drop(held);

    let all: Vec<_> = (0..4).map(|_| program(&place, &["keys", "rotate"])).collect();
    let all: Vec<_> = all.into_iter().map(|rotate| thread::spawn(move || run(rotate))).collect();
    let mut made = 0;
    for ended in all.into_iter().map(|rotating| rotating.join().expect("no panic")) {
        if ended.stdout.starts_with("Key ") {
            ended.succeeded();
            made += 1;
        } else {
            ended.failed_saying("another `countersign keys rotate` replaces ");
        }
    }
    assert!(made > 0, "one wins");
    assert_eq!(numbers(&place), (1..=made + 1).collect::<Vec<u32>>());
}

#[tokio::test]
async fn a_key_file_that_cannot_be_replaced_stays_and_the_operator_is_told_what_to_do() {
    let place = used_place().await;
    let provided = place.folder().join("provided");
    fs::create_dir_all(provided.join("ring.key.new")).expect("something in the way, whoever runs this");
    fs::copy(key_file(&place), provided.join("ring.key")).expect("a ring from elsewhere");
    let rotate = || {
        let mut rotate = program(&place, &["keys", "rotate"]);
        rotate.env("COUNTERSIGN_SECRET_KEY_FILE", provided.join("ring.key"));
        run(rotate)
    };
    let refused = rotate();
    refused.failed_saying("add a line there: the next number, a blank and 64 random hexadecimal digits");
    let text = || fs::read_to_string(provided.join("ring.key")).expect("the ring");
    assert_eq!(text(), fs::read_to_string(key_file(&place)).expect("the ring"));
    assert!(ring(&place).iter().all(|(_, key)| !refused.stderr.contains(key)), "{}", refused.stderr);

    fs::remove_dir(provided.join("ring.key.new")).expect("out of the way");
    rotate().succeeded();
    assert_ne!(text(), fs::read_to_string(key_file(&place)).expect("the ring"));
    assert_eq!(numbers(&place), [1], "the file that is configured was replaced, and no other");
}

#[tokio::test]
async fn without_the_keys_or_the_database_that_needs_them_nothing_is_rotated() {
    let place = Place::untouched().await;
    keys(&place, &["list"]).failed_saying("there is no key file");
    keys(&place, &["rotate"]).failed_saying("cannot be used");
    assert!(!key_file(&place).exists());
    run(program(&place, &["migrate"])).succeeded();
    keys(&place, &["rotate", "--prune"]).failed_saying("this database was never used");
    assert_eq!(numbers(&place), [1]);
}
