//! The stores: each keeps the whole contract, and what is its own.

mod burst;
mod disk_full;
mod files;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "postgres")]
mod restarts;
#[cfg(feature = "postgres")]
mod server;
mod sqlite;
mod tables;

use std::fs;
use std::path::Path;

#[test]
fn every_test_of_the_contract_is_in_the_suite() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/testing/contract");
    let suite = fs::read_to_string(folder.join("suite.rs")).expect("the suite can be read");
    let listed: Vec<&str> = suite.lines().map(str::trim).collect();
    let mut missing = Vec::new();
    for file in fs::read_dir(folder).expect("the folder can be read") {
        let path = file.expect("the folder can be read").path();
        let source = fs::read_to_string(&path).expect("the file can be read");
        let tests = source.lines().filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next());
        missing.extend(tests.filter(|test| !listed.contains(test)).map(str::to_owned));
    }
    assert!(missing.is_empty(), "not in the suite: {missing:?}");
}
