//! What a command says that cannot have its database.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use super::process::{Ended, Server, get, program, run};
use crate::support::database::Place;

#[tokio::test]
async fn a_second_server_on_one_database_is_refused_and_the_first_goes_on() {
    let place = Place::untouched().await;
    let first = Server::launch(&place, "127.0.0.1:0");
    let address = first.ready();
    let second = run(program(&place, &["serve", "--listen", "127.0.0.1:0"]));
    second.failed_saying("another server uses ");
    assert!(get(&address, "/readyz").starts_with("HTTP/1.1 200 "));
    first.stop();
}

#[test]
fn a_port_that_stays_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let place = Place::untouched_folder();
    let refused = run(program(&place, &["serve", "--listen", &address]));
    refused.failed_saying(&format!("cannot listen on {address}"));
    assert!(!place.folder().join("countersign.db").exists(), "nothing has happened yet");
}

#[test]
fn a_listener_that_asks_for_no_token_is_refused_to_other_machines() {
    let place = Place::untouched_folder();
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--rpc-listen", "0.0.0.0:17071"];
    run(program(&place, &arguments)).failed_saying("COUNTERSIGN_RPC_LISTEN: other machines may reach 0.0.0.0:17071");
    assert!(!place.folder().join("countersign.db").exists(), "nothing has happened yet");
}

fn run_on(url: &str, command: &str) -> Ended {
    let place = Place::untouched_folder();
    let mut command = program(&place, &[command, "--listen", "127.0.0.1:0"]);
    command.env("COUNTERSIGN_DATABASE_URL", url);
    let ended = run(command);
    assert!(!format!("{}{}", ended.stdout, ended.stderr).contains("hunter2"), "{}", ended.stderr);
    ended
}

#[test]
fn a_url_that_is_none_is_refused_without_showing_it() {
    for command in ["serve", "migrate", "doctor"] {
        run_on("mysql://me:hunter2@db.example.org/sign", command).failed_saying("COUNTERSIGN_DATABASE_URL: write ");
        run_on("postgres://me:hunter2@localhost:port/sign", command).failed_saying("its URL cannot be used");
    }
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let nowhere = "postgres://me:hunter2@localhost/sign?host=/no/such/folder";
    for command in ["serve", "migrate", "doctor"] {
        run_on(nowhere, command).failed_saying("the database is unavailable: sign at /no/such/folder");
    }
}

/// Says to each who comes, once, what PostgreSQL says to a wrong password; gives its address.
fn suspicious_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let mut fields = Vec::new();
    for field in ["SFATAL", "VFATAL", "C28P01", "Mpassword authentication failed for user \"me\""] {
        fields.extend_from_slice(field.as_bytes());
        fields.push(0);
    }
    fields.push(0);
    let length = u32::try_from(fields.len() + 4).expect("a short message");
    let answer = [&b"E"[..], &length.to_be_bytes(), &fields].concat();
    thread::spawn(move || {
        for mut client in listener.incoming().map_while(Result::ok) {
            // The client's greeting comes first; then it waits.
            if client.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {
                client.write_all(&answer).expect("the client reads");
            }
        }
    });
    address
}

#[test]
fn a_wrong_password_is_called_so_and_not_shown() {
    let url = format!("postgres://me:hunter2@{}/sign?sslmode=disable", suspicious_server());
    for command in ["serve", "migrate", "doctor"] {
        run_on(&url, command).failed_saying("password authentication failed for user \"me\"");
    }
}
