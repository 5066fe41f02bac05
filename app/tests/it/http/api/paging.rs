//! Lists come in parts that neither skip nor repeat anything while rows come.

use std::collections::BTreeSet;

use super::program::{Program, json_of};

/// The address in the header `Link`.
fn next_of(link: &str) -> Option<String> {
    let (address, relation) = link.split_once(">; ")?;
    assert_eq!(relation, "rel=\"next\"");
    address.strip_prefix('<').map(str::to_owned)
}

#[tokio::test]
async fn the_parts_of_a_list_hold_each_request_once_although_others_come_meanwhile() {
    let program = Program::new().await;
    let mut expected = BTreeSet::new();
    for number in 0..5 {
        expected.insert(program.submitted(&format!("Number {number}"), &["ben@example.org"]).await);
    }
    let mut seen = Vec::new();
    let mut address = Some(String::from("/api/v1/requests?tab=all&limit=2"));
    while let Some(path) = address {
        let answer = program.get(&path).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let page = json_of(&answer);
        let items = page["items"].as_array().expect("items");
        assert!(items.len() <= 2);
        seen.extend(items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()));
        address = next_of(answer.header("link"));
        assert_eq!(address.is_some(), page["next"].is_string());
        program.submitted("In between", &["ben@example.org"]).await;
    }
    assert_eq!(seen.len(), 5, "{seen:?}");
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), expected);
}

#[tokio::test]
async fn people_come_by_name_in_parts() {
    let program = Program::new().await;
    program.submitted("Contract", &["ana@example.org", "ben@example.org"]).await;
    let first = json_of(&program.get("/api/v1/people?limit=2").await);
    let cursor = first["next"].as_str().expect("another part");
    let second = json_of(&program.get(&format!("/api/v1/people?limit=2&cursor={cursor}")).await);
    let count = |page: &serde_json::Value| page["items"].as_array().map_or(0, Vec::len);
    assert_eq!((count(&first), count(&second)), (2, 1));
    assert!(second["next"].is_null());
}

#[tokio::test]
async fn events_after_a_number_are_only_the_newer_ones() {
    let program = Program::new().await;
    let id = program.submitted("Contract", &["ben@example.org"]).await;
    let path = format!("/api/v1/requests/{id}/events");
    let all = json_of(&program.get(&path).await);
    let last = all["items"].as_array().and_then(|items| items.last()).expect("an event")["number"].clone();
    assert_eq!(json_of(&program.get(&format!("/api/v1/requests/{id}")).await)["last_event"], last);
    let newer = json_of(&program.get(&format!("{path}?after={last}")).await);
    assert_eq!(newer["items"].as_array().map(Vec::len), Some(0));
}
