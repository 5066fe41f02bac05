//! Who may import what, and how large a file may grow. The plan is in the root's README.

use std::fs;
use std::path::{Path, PathBuf};

/// The source files below `folder`, by path from the crate's root.
fn sources(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    collect(&root.join(folder), &mut found);
    assert!(!found.is_empty(), "nothing to check in {folder}");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a readable file");
        (path.strip_prefix(root).expect("below the root").display().to_string(), text)
    };
    found.into_iter().map(read).collect()
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

fn assert_absent(folder: &str, words: &[&str]) {
    for (path, text) in sources(folder) {
        let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
        for (number, line) in code {
            for word in words {
                assert!(!line.contains(word), "{path}:{}: {word} does not belong in {folder}", number + 1);
            }
        }
    }
}

#[test]
fn the_rules_know_neither_web_nor_database_nor_mail_nor_engine() {
    let outside = [
        "axum",
        "leptos",
        "sea_orm",
        "lettre",
        "countersign_engine",
        "tower",
        "crate::db",
        "crate::http",
        "crate::pages",
        "crate::flows",
    ];
    assert_absent("src/portal", &outside);
}

#[test]
fn sql_is_written_in_db_only() {
    for folder in
        ["src/portal", "src/flows", "src/email", "src/pages", "src/http", "src/components", "src/view", "src/islands"]
    {
        assert_absent(folder, &["sea_orm", "sqlx"]);
    }
}

#[test]
fn what_the_browser_gets_knows_nothing_of_the_server() {
    let server = [
        "crate::portal",
        "crate::db",
        "crate::auth",
        "crate::flows",
        "crate::email",
        "crate::http",
        "crate::config",
        "axum",
        "tokio",
    ];
    for folder in ["src/view", "src/components", "src/islands"] {
        assert_absent(folder, &server);
    }
    assert_absent("src/view", &["leptos", "crate::components", "crate::pages"]);
    assert_absent("src/components", &["crate::pages"]);
}

#[test]
fn orchestrations_go_through_the_rules() {
    assert_absent("src/flows", &["crate::db", "crate::http", "crate::pages", "axum", "leptos"]);
}

#[test]
fn whoever_draws_knows_nothing_but_the_file() {
    let rest = ["crate::db", "crate::http", "crate::auth", "crate::config", "crate::flows", "countersign_engine"];
    assert_absent("src/drawing", &rest);
}

#[test]
fn the_demo_is_played_through_the_rules() {
    let outside = [
        "crate::db",
        "crate::http",
        "crate::pages",
        "crate::flows",
        "crate::cli",
        "sea_orm",
        "axum",
        "leptos",
        "SystemTime",
    ];
    assert_absent("src/demo", &outside);
}

#[test]
fn the_server_part_is_switched_in_one_place() {
    for (path, text) in sources("src").into_iter().filter(|(path, _)| path != "src/lib.rs") {
        for (number, line) in text.lines().enumerate() {
            assert!(!line.contains("feature = \"ssr\""), "{path}:{}: features are switched in lib.rs", number + 1);
        }
    }
}

#[test]
fn no_file_outgrows_its_room() {
    for (path, text) in sources("src") {
        let lines = text.lines().count();
        assert!(lines <= 400, "{path} has {lines} lines: change the plan of the house before adding a door");
    }
}
