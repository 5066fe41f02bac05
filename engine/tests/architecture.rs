//! Who may import what, and how large a file may grow. The plan is in the root's README.

use std::fs;
use std::path::{Path, PathBuf};

/// A source file and its text.
struct Source {
    path: String,
    text: String,
}

fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    collect(&root.join(folder), &mut found);
    assert!(!found.is_empty(), "nothing to check in {folder}");
    found
        .into_iter()
        .map(|path| Source {
            text: fs::read_to_string(&path).expect("a readable file"),
            path: path.strip_prefix(root).expect("below the root").display().to_string(),
        })
        .collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The lines of a file that are code.
fn code(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    source.text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn assert_absent(folder: &str, words: &[&str]) {
    for source in sources(folder) {
        for (number, line) in code(&source) {
            for word in words {
                assert!(!line.contains(word), "{}:{}: {word} does not belong in {folder}", source.path, number + 1);
            }
        }
    }
}

#[test]
fn model_replay_and_entity_do_no_io_read_no_clock_and_know_no_tokio() {
    let outside = [
        "tokio",
        "sea_orm",
        "std::fs",
        "std::net",
        "std::thread",
        "SystemTime",
        "Instant::now",
        "SystemClock",
        "now_v7",
        "new_v4",
    ];
    for folder in ["src/model", "src/replay", "src/entity"] {
        assert_absent(folder, &outside);
        assert_absent(
            folder,
            &["crate::store", "crate::runtime", "crate::client", "crate::registry", "crate::testing"],
        );
    }
    assert_absent("src/model", &["crate::replay", "crate::entity"]);
    assert_absent("src/replay", &["crate::entity"]);
    assert_absent("src/entity", &["crate::replay"]);
}

#[test]
fn the_database_is_known_to_the_store_only() {
    for folder in ["src/model", "src/replay", "src/registry", "src/entity", "src/runtime", "src/client"] {
        assert_absent(folder, &["sea_orm", "sqlx"]);
    }
    for source in sources("src").into_iter().filter(|source| !source.path.starts_with("src/store/sqlite/")) {
        for (number, line) in code(&source) {
            assert!(!line.contains("rusqlite"), "{}:{}: it belongs in src/store/sqlite", source.path, number + 1);
        }
    }
}

#[test]
fn the_store_knows_nothing_of_those_who_use_it() {
    assert_absent(
        "src/store",
        &["crate::runtime", "crate::client", "crate::registry", "crate::replay", "crate::entity"],
    );
}

#[test]
fn nothing_but_tests_uses_the_testing_module() {
    for folder in ["src/model", "src/replay", "src/registry", "src/entity", "src/runtime", "src/client", "src/store"] {
        assert_absent(folder, &["crate::testing"]);
    }
}

#[test]
fn only_the_clock_reads_the_machines_time_and_randomness() {
    for source in sources("src").into_iter().filter(|source| source.path != "src/clock.rs") {
        for (number, line) in code(&source) {
            for word in ["SystemTime::now", "now_v7", "new_v4", "tokio::time::sleep"] {
                assert!(!line.contains(word), "{}:{}: {word} belongs in clock.rs", source.path, number + 1);
            }
        }
    }
}

/// The arguments of each call of a `tracing` macro, with its file.
fn log_calls(source: &Source) -> Vec<&str> {
    let levels = ["error!(", "warn!(", "info!(", "debug!(", "trace!("];
    let calls = source.text.match_indices("tracing::").filter_map(|(at, path)| {
        let call = &source.text[at + path.len()..];
        let level = levels.iter().find(|level| call.starts_with(**level))?;
        let arguments = &call[level.len()..];
        Some(&arguments[..arguments.find(");").unwrap_or(arguments.len())])
    });
    calls.collect()
}

#[test]
fn spans_fields_and_metrics_are_named_in_one_place() {
    for source in sources("src").into_iter().filter(|source| !source.path.starts_with("src/observe/")) {
        for (number, line) in code(&source) {
            for word in ["span!(", "counter!(", "gauge!(", "histogram!(", "\"engine."] {
                assert!(!line.contains(word), "{}:{}: {word} belongs in src/observe", source.path, number + 1);
            }
        }
        for call in log_calls(&source) {
            let fields = call.split('"').next().unwrap_or(call).split(',').map(str::trim);
            for field in fields.filter(|field| !field.is_empty()) {
                let named = field.starts_with("{ field::");
                assert!(named, "{}: log fields are `{{ field::NAME }} = value`, not `{field}`", source.path);
            }
        }
    }
}

#[test]
fn no_file_outgrows_its_room() {
    for source in sources("src") {
        let lines = source.text.lines().count();
        assert!(lines <= 400, "{} has {lines} lines: change the plan of the house before adding a door", source.path);
    }
}

#[test]
fn a_stored_event_is_never_edited() {
    for source in sources("src/store") {
        let text: Vec<&str> = code(&source).map(|(_, line)| line).collect();
        let text = text.join("\n").to_lowercase();
        let words: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
        for (place, _) in words.iter().enumerate().filter(|(_, word)| **word == "update") {
            // `UPDATE history`, `UPDATE ONLY history`, `Query::update().table(history::Entity)`.
            let next = &words[place + 1..words.len().min(place + 4)];
            assert!(!next.contains(&"history"), "{}: update {next:?}", source.path);
        }
        if text.contains("tables::history") {
            for word in ["update", "upsert", "on_conflict", "on conflict"] {
                assert!(!text.contains(word), "{}: {word} in a file that writes histories", source.path);
            }
        }
    }
}
