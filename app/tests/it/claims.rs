//! The README's tables of what went wrong elsewhere and what a signed link keeps: every test that they name is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const SECTION: &str = "\n## What goes wrong elsewhere, and the test that keeps it from here\n";

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of the workspace")
}

/// The rows of the section's tables: the claim, and the tests that its last cell names.
fn rows() -> Vec<(String, Vec<String>)> {
    let readme = fs::read_to_string(workspace().join("README.md")).expect("the README");
    let (_, rest) = readme.split_once(SECTION).expect("the section");
    let section = rest.split("\n## ").next().expect("its text");
    let cells = section.lines().filter(|line| line.starts_with("| ")).filter_map(|line| {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        Some((cells.next()?.to_owned(), cells.next()?.to_owned()))
    });
    let claims = cells.filter(|(_, tests)| tests != "test");
    claims.map(|(claim, tests)| (claim, tests.split('`').skip(1).step_by(2).map(str::to_owned).collect())).collect()
}

/// Every test below these folders, by its name.
fn tests() -> BTreeSet<String> {
    let mut files = Vec::new();
    for folder in ["app/src", "app/tests", "engine/src", "engine/tests", "end2end/tests"] {
        collect(&workspace().join(folder), &mut files);
    }
    let mut names = BTreeSet::new();
    for path in files {
        let read = || fs::read_to_string(&path).expect("a readable file");
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("rs") => names.extend(rust_tests(&read())),
            Some("ts") => names.extend(browser_tests(&read())),
            _ => {}
        }
    }
    names
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

/// The functions that stand below a test's attribute.
fn rust_tests(code: &str) -> Vec<String> {
    let mut lines = code.lines().map(str::trim_start);
    let mut names = Vec::new();
    while let Some(line) = lines.next() {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            let name = lines.find_map(|line| line.split_once("fn ")?.1.split('(').next());
            names.extend(name.map(str::to_owned));
        }
    }
    names
}

/// The sentences that tests in the browser are called by.
fn browser_tests(code: &str) -> Vec<String> {
    let titles = code.split("test(\"").skip(1).filter_map(|rest| rest.split_once('"'));
    titles.map(|(title, _)| title.to_owned()).collect()
}

#[test]
fn every_test_that_the_readme_names_is_there() {
    let (rows, tests) = (rows(), tests());
    assert_eq!(rows.len(), 18 + 14, "failures of others, and promises of a link");
    assert!(tests.len() > 500, "only {} tests were found", tests.len());
    for (claim, named) in rows {
        assert!(!named.is_empty(), "no test keeps it: {claim}");
        for name in named {
            assert!(tests.contains(&name), "there is no test {name}, which is to keep: {claim}");
        }
    }
}
