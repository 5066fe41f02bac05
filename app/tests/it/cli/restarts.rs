//! A server that is started while the one before it is not quite gone.

use std::net::TcpListener;

use countersign_engine::store::SqliteOptions;

use super::process::{Server, get};
use crate::support::database::Place;

#[tokio::test]
async fn after_a_kill_the_next_server_starts_at_once_on_the_same_port_and_database() {
    let place = Place::untouched().await;
    let mut server = Server::launch(&place, "127.0.0.1:0");
    let address = server.ready();
    for _ in 0..3 {
        server.kill();
        let next = Server::launch(&place, &address);
        assert_eq!(next.ready(), address);
        assert!(get(&address, "/readyz").starts_with("HTTP/1.1 200 "));
        server = next;
    }
    server.stop();
}

#[tokio::test]
async fn a_port_that_comes_free_in_time_is_taken() {
    let place = Place::untouched().await;
    let before = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = before.local_addr().expect("an address").to_string();
    let server = Server::launch(&place, &address);
    server.logs("waiting for a process that may be about to end");
    drop(before);
    assert_eq!(server.ready(), address);
    server.stop();
}

#[tokio::test]
async fn a_data_folder_that_comes_free_in_time_is_taken() {
    let place = Place::untouched_folder();
    let before = place.open_sqlite(SqliteOptions::default()).await;
    let server = Server::launch(&place, "127.0.0.1:0");
    server.logs("another server uses ");
    before.close().await;
    drop(before);
    server.ready();
    server.stop();
}
