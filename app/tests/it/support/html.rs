//! Looking at rendered pages: small questions about a document, without a parser for all of HTML.

use std::path::PathBuf;
use std::{env, fs};

use countersign::pages::Page;

/// Keeps a page below the target folder, for whoever wants to look at it, and returns its HTML.
pub(crate) fn keep(name: &str, page: &Page) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&folder).expect("the target folder can be written");
    fs::write(folder.join(format!("{name}.html")), page.html()).expect("the target folder can be written");
    page.html().to_owned()
}

/// How often `needle` occurs.
pub(crate) fn count(html: &str, needle: &str) -> usize {
    html.matches(needle).count()
}

/// Every start tag with this name, attributes included.
pub(crate) fn tags<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let open = format!("<{name}");
    let starts = html.match_indices(&open).filter(|(at, _)| {
        html[at + open.len()..].starts_with(|next: char| next.is_whitespace() || next == '>' || next == '/')
    });
    starts.map(|(at, _)| &html[at..at + html[at..].find('>').expect("the tag ends")]).collect()
}

/// The value of an attribute of a start tag.
pub(crate) fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let open = format!(" {name}=\"");
    let start = tag.find(&open)? + open.len();
    Some(&tag[start..start + tag[start..].find('"').expect("the value ends")])
}

/// Whether an attribute without a value is set.
pub(crate) fn has(tag: &str, name: &str) -> bool {
    tag.split_whitespace().any(|part| part == name || part.starts_with(&format!("{name}=")))
}

/// What every page promises: one main heading, a title, landmarks, labelled controls, sound references, nothing inline.
pub(crate) fn assert_sound(name: &str, html: &str) {
    assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{name}: language and document type");
    assert_eq!(tags(html, "h1").len(), 1, "{name}: one h1");
    assert_eq!(tags(html, "main").len(), 1, "{name}: one main");
    assert!(tags(html, "a").first().is_some_and(|link| attribute(link, "href") == Some("#main")), "{name}: skip link");
    assert!(!html.contains(" style=\""), "{name}: no inline style, the policy forbids it");
    assert!(!html.contains("<style"), "{name}: no inline style sheet");
    let ids: Vec<_> = html.match_indices(" id=\"").map(|(at, found)| &html[at + found.len()..]).collect();
    let ids: Vec<_> = ids.iter().map(|rest| &rest[..rest.find('"').expect("the value ends")]).collect();
    for id in &ids {
        assert_eq!(ids.iter().filter(|other| other == &id).count(), 1, "{name}: the id {id} is used once");
    }
    assert_references(name, html, &ids);
    assert_labels(name, html);
}

fn assert_references(name: &str, html: &str, ids: &[&str]) {
    for attribute in ["for", "aria-describedby", "aria-labelledby"] {
        let open = format!(" {attribute}=\"");
        for (at, _) in html.match_indices(&open) {
            let rest = &html[at + open.len()..];
            for id in rest[..rest.find('"').expect("the value ends")].split(' ') {
                assert!(ids.contains(&id), "{name}: {attribute} refers to {id}, which is not there");
            }
        }
    }
    for (at, found) in html.match_indices("href=\"#") {
        let rest = &html[at + found.len()..];
        let id = &rest[..rest.find('"').expect("the value ends")];
        assert!(ids.contains(&id), "{name}: a link leads to #{id}, which is not there");
    }
}

fn assert_labels(name: &str, html: &str) {
    let controls = ["input", "textarea", "select"].into_iter().flat_map(|tag| tags(html, tag));
    for control in controls {
        let kind = attribute(control, "type").unwrap_or("text");
        if ["hidden", "radio", "checkbox"].contains(&kind) {
            // Radio buttons and check boxes stand inside their label.
            continue;
        }
        let labelled = attribute(control, "id").is_some_and(|id| html.contains(&format!(" for=\"{id}\"")));
        assert!(labelled || attribute(control, "aria-label").is_some(), "{name}: {control} has a label");
    }
}
