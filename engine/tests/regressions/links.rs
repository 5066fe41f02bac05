//! What documents promise, they link to a test. Each link must lead to one.

use std::fs;
use std::path::Path;

/// Name and file of the tests that a document links to, as ``[`name`](file.rs)``.
fn links(document: &str) -> Vec<(&str, &str)> {
    let candidates = document.split("[`").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once("`](")?;
        let (file, _) = rest.split_once(')')?;
        Some((name, file))
    });
    candidates.filter(|(_, file)| file.ends_with(".rs")).collect()
}

/// Asserts that the links of a document lead to tests, and that there are at least `least`.
fn assert_linked(document: &str, least: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
    let text = fs::read_to_string(&path).expect("the document can be read");
    let folder = path.parent().expect("it stands in a folder");
    let links = links(&text);
    assert!(links.len() >= least, "{document} links to {} tests only", links.len());
    let dead: Vec<_> = links
        .into_iter()
        .filter(|(name, file)| {
            let source = fs::read_to_string(folder.join(file)).unwrap_or_default();
            !source.contains(&format!("fn {name}("))
        })
        .collect();
    assert!(dead.is_empty(), "{document}: no such test: {dead:#?}");
}

#[test]
fn every_regression_links_to_its_test() {
    assert_linked("tests/regressions/README.md", 15);
}

#[test]
fn every_yes_of_the_feature_table_links_to_its_test() {
    assert_linked("README.md", 30);
}

#[test]
fn every_test_of_this_folder_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/regressions");
    let listed = fs::read_to_string(folder.join("README.md")).expect("the list can be read");
    for file in ["children.rs", "events.rs", "nodes.rs", "upgrades.rs"] {
        let source = fs::read_to_string(folder.join(file)).expect("the file can be read");
        let tests = source.split("test]\n").skip(1).filter_map(|rest| rest.split_once("fn ")?.1.split('(').next());
        for test in tests {
            assert!(listed.contains(&format!("[`{test}`]({file})")), "{file}: {test} is not in the list");
        }
    }
}
