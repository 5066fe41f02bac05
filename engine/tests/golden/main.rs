//! Histories that were recorded once for each feature, and are replayed against today's code for ever: what they pass,
//! instances that are on their way when a new build is deployed pass too.
//!
//! `COUNTERSIGN_RECORD_GOLDEN=1 cargo test -p countersign-engine --test golden` writes the histories of features that have
//! none. It never changes one: a file in `histories` is a promise, and so is the code in `code.rs` that it was recorded from.

mod code;
mod scenarios;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use countersign_engine::testing::replay_history;

/// Set to write missing histories.
const RECORD: &str = "COUNTERSIGN_RECORD_GOLDEN";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/histories")
}

/// The recorded histories, by name.
fn recorded() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder()).expect("the folder of the histories") {
        let path = entry.expect("a readable entry").path();
        let name = path.file_stem().expect("a file").to_string_lossy().into_owned();
        found.push((name, fs::read_to_string(&path).expect("a readable history")));
    }
    found.sort();
    found
}

#[tokio::test]
async fn every_scenario_has_its_recorded_history() {
    let known: BTreeSet<String> = recorded().into_iter().map(|(name, _)| name).collect();
    let mut missing = Vec::new();
    for (name, history) in scenarios::play_all().await {
        if known.contains(name) {
            continue;
        }
        match std::env::var_os(RECORD) {
            Some(_) => fs::write(folder().join(format!("{name}.json")), history + "\n").expect("a history is written"),
            None => missing.push(name),
        }
    }
    assert!(missing.is_empty(), "no history is recorded of {missing:?}; {RECORD}=1 records it");
}

#[test]
fn every_recorded_history_replays_against_todays_code() {
    let registry = code::registry().expect("the names differ");
    let histories = recorded();
    assert!(histories.len() >= 15, "histories are missing: {}", histories.len());
    for (name, history) in histories {
        if let Err(error) = replay_history(&registry, &history) {
            panic!("{name}: {error}");
        }
    }
}
