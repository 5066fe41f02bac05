//! The revisions of a request, and what differs between two of them.

use countersign::pages;
use countersign::view::{
    Changes, ChangesPlace, FileChange, FileFate, FileVersion, Frame, Piece, RevisionRow, Revisions,
};

use crate::support::html::{assert_sound, attribute, count, has, keep, tags};
use crate::support::views::{DAY, ana, at, id, member};

fn row(number: u32) -> RevisionRow {
    RevisionRow {
        number,
        title: "Renewal of the hosting contract".into(),
        submitted_at: at(-DAY * i64::from(4 - number)),
        by: ana(),
        note: (number > 1).then(|| "They came <down> by 15 a month.".into()),
        sha256: format!("{number}a").repeat(32),
        files: 2,
    }
}

fn version(number: u32, name: &str, content: &str) -> Option<FileVersion> {
    Some(FileVersion { number, name: name.into(), size: 842_000, sha256: content.repeat(64) })
}

fn changes(place: ChangesPlace) -> Changes {
    let change = |fate, from, to| FileChange { fate, from, to };
    Changes {
        place,
        title: "Renewal of the hosting contract".into(),
        newest: 3,
        from: row(1),
        to: row(3),
        titles: vec![Piece::Same("Renewal of the hosting contract".into())],
        text: vec![
            Piece::Skipped(17),
            Piece::Same("We pay ".into()),
            Piece::Gone("410 <b>euros</b>".into()),
            Piece::New("395 euros".into()),
            Piece::Same(" a month.\n".into()),
        ],
        files: vec![
            change(FileFate::Changed, version(1, "quote.pdf", "1"), version(1, "quote.pdf", "2")),
            change(FileFate::Renamed, version(2, "plan.png", "3"), version(2, "floor.png", "3")),
            change(FileFate::Same, version(3, "terms.txt", "4"), version(3, "terms.txt", "4")),
            change(FileFate::Removed, version(4, "old.txt", "5"), None),
            change(FileFate::Added, None, version(4, "new.txt", "6")),
        ],
    }
}

#[test]
fn every_revision_says_who_submitted_it_with_which_words_and_leads_to_what_changed() {
    let page =
        Revisions { id: id(1), title: "Renewal of the hosting contract".into(), rows: vec![row(3), row(2), row(1)] };
    let html = keep("revisions", &pages::revisions(member(), page));
    assert_sound("revisions", &html);
    assert_eq!(count(&html, "Ana Silva"), 3);
    assert_eq!(count(&html, "They came &lt;down&gt; by 15 a month."), 2);
    assert!(html.contains(&"3a".repeat(32)));
    let changes = format!("/requests/{}/changes?from=", id(1));
    let links: Vec<_> =
        tags(&html, "a").into_iter().filter_map(|a| attribute(a, "href")).filter(|a| a.starts_with(&changes)).collect();
    assert_eq!(links.len(), 2, "the first one has nothing before it: {links:?}");
}

#[test]
fn what_is_gone_and_what_is_new_is_marked_in_words_too_and_stays_text() {
    let html = keep("changes", &pages::changes(member(), changes(ChangesPlace::Request(id(1)))));
    assert_sound("changes", &html);
    assert!(html.contains("Changes since r1"));
    assert_eq!((tags(&html, "del").len(), tags(&html, "ins").len()), (1, 1));
    assert!(html.contains("[removed: ") && html.contains("[added: "));
    assert!(html.contains("410 &lt;b&gt;euros&lt;/b&gt;") && !html.contains("<b>euros"));
    assert!(html.contains("17 unchanged lines"));
    assert!(!html.contains("id=\"titles\""), "a title that is the same is not compared");
}

#[test]
fn files_say_what_became_of_them_and_lead_to_both_versions() {
    let html = pages::changes(member(), changes(ChangesPlace::Request(id(1)))).html().to_owned();
    for word in ["Changed", "Renamed", "Unchanged", "Removed", "Added"] {
        assert!(html.contains(word), "{word}");
    }
    let file = |revision, number| format!("href=\"/requests/{}/revisions/{revision}/files/{number}\"", id(1));
    assert!(html.contains(&file(1, 1)) && html.contains(&file(3, 1)));
    assert!(html.contains(&file(3, 3)) && !html.contains(&file(1, 3)), "what has not changed is shown once");
    assert!(html.contains(&file(1, 4)) && html.contains(&file(3, 4)));
}

#[test]
fn two_other_revisions_can_be_chosen_and_those_shown_are_chosen_already() {
    let html = pages::changes(member(), changes(ChangesPlace::Request(id(1)))).html().to_owned();
    let options = tags(&html, "option");
    let chosen: Vec<_> = options
        .iter()
        .filter(|option| has(option, "selected"))
        .filter_map(|option| attribute(option, "value"))
        .collect();
    assert_eq!((options.len(), chosen), (6, vec!["1", "3"]));
    let two = Changes { newest: 2, to: row(2), ..changes(ChangesPlace::Request(id(1))) };
    assert!(tags(pages::changes(member(), two).html(), "select").is_empty(), "of two there is nothing to choose");
}

#[test]
fn the_holder_of_a_link_stays_below_it_and_gets_no_script() {
    let html = keep("changes-by-link", &pages::changes(Frame::default(), changes(ChangesPlace::Link(id(9)))));
    assert_sound("changes-by-link", &html);
    assert!(tags(&html, "script").is_empty());
    assert!(html.contains(&format!("href=\"/decide/{}\"", id(9))));
    assert!(html.contains(&format!("action=\"/decide/{}/changes\"", id(9))));
    assert!(html.contains(&format!("href=\"/decide/{}/revisions/1/files/1\"", id(9))));
    assert!(!html.contains("/requests/"));
}

#[test]
fn where_nothing_differs_the_page_says_so() {
    let same = vec![Piece::Same("We pay 410.".into())];
    let page = Changes { text: same, files: vec![], ..changes(ChangesPlace::Request(id(1))) };
    let html = pages::changes(member(), page).html().to_owned();
    assert!(html.contains("The text is the same.") && html.contains("Neither has a file."));
    assert!(!html.contains("We pay 410."));
}
