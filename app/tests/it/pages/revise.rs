//! The form for another revision.

use countersign::pages;
use countersign::view::{ChangesWanted, FormErrors, KeptFile, PresentFile, ReviseForm};

use crate::support::html::{assert_sound, attribute, has, keep, tags};
use crate::support::views::{HOUR, at, id, member};

fn form() -> ReviseForm {
    let file = |number, name: &str, stays| PresentFile { number, name: name.into(), size: 84_300, stays };
    ReviseForm {
        id: id(1),
        present: "Renew the hosting contract".into(),
        number: 2,
        changes: None,
        title: "Renew the hosting contract".into(),
        text: "For two years.".into(),
        files: vec![file(1, "quote.pdf", true), file(2, "old.pdf", false)],
        kept: Vec::new(),
        max_file_size: 25_000_000,
        note: String::new(),
        errors: FormErrors::default(),
    }
}

#[test]
fn the_form_begins_with_the_present_revision() {
    let html = keep("revise", &pages::revise(member(), form()));
    assert_sound("revise", &html);
    assert!(html.contains("Revision 2") && html.contains("For two years."));
    assert!(html.contains("enctype=\"multipart/form-data\"") && html.contains("/revise\""));
    let boxes = tags(&html, "input").into_iter().filter(|input| attribute(input, "name") == Some("keep"));
    let boxes: Vec<_> = boxes.map(|input| (attribute(input, "value"), has(input, "checked"))).collect();
    assert_eq!(boxes, [(Some("1"), true), (Some("2"), false)]);
}

#[test]
fn a_refused_revision_keeps_everything_and_names_who_wants_what() {
    let page = ReviseForm {
        changes: Some(ChangesWanted { by: "Ben Okafor".into(), at: at(-HOUR), reason: "Shorter, please.".into() }),
        text: "\n<b>bold</b>".into(),
        note: "Half of it".into(),
        kept: vec![KeptFile { token: "t0ken".into(), name: "new.pdf".into(), size: 1_000 }],
        errors: FormErrors::one("title", "Nothing was changed."),
        ..form()
    };
    let html = keep("revise-refused", &pages::revise(member(), page));
    assert_sound("revise-refused", &html);
    for words in ["Shorter, please.", "&lt;b&gt;bold&lt;/b&gt;", "Half of it", "value=\"t0ken\"", "href=\"#f-title\""] {
        assert!(html.contains(words), "{words}");
    }
}
