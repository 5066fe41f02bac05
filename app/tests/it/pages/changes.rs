//! The revisions of a request, and what differs between two of them.

use countersign::pages;
use countersign::view::{
    Changes, ChangesPlace, FileChange, FileFate, FilePreview, FileVersion, Frame, Piece, PreviewPage, RevisionRow,
    Revisions,
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
    let (name, sha256, preview) = (name.into(), content.repeat(64), FilePreview::None);
    Some(FileVersion { number, name, size: 842_000, sha256, preview })
}

/// The same with a preview.
fn drawn(number: u32, name: &str, content: &str, preview: FilePreview) -> Option<FileVersion> {
    version(number, name, content).map(|version| FileVersion { preview, ..version })
}

fn ready(pages: u32) -> FilePreview {
    let pages = (1..=pages).map(|number| PreviewPage { number, width: 1_130, height: 1_600 }).collect();
    FilePreview::Ready { pages, missing: None }
}

fn change(fate: FileFate, from: Option<FileVersion>, to: Option<FileVersion>) -> FileChange {
    FileChange { fate, from, to }
}

fn changes(place: ChangesPlace) -> Changes {
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

#[test]
fn the_pages_of_a_changed_file_stand_side_by_side_and_those_of_a_new_one_alone() {
    let quote = |pages, content| drawn(1, "quote.pdf", content, ready(pages));
    let files = vec![
        change(FileFate::Changed, quote(1, "1"), quote(2, "2")),
        change(FileFate::Added, None, drawn(2, "plan.png", "3", ready(1))),
    ];
    let html = pages::changes(member(), Changes { files, ..changes(ChangesPlace::Request(id(1))) });
    let html = keep("changes-pages", &html);
    assert_sound("changes-pages", &html);
    let pictures: Vec<_> = tags(&html, "img").into_iter().filter(|img| img.contains("compared-pages__sheet")).collect();
    let named: Vec<_> =
        pictures.iter().filter_map(|img| Some((attribute(img, "alt")?, attribute(img, "src")?))).collect();
    let file = |revision, number, page| format!("/requests/{}/revisions/{revision}/files/{number}/pages/{page}", id(1));
    let expected = [
        ("Page 1 in revision 1", file(1, 1, 1)),
        ("Page 1 in revision 3", file(3, 1, 1)),
        ("Page 2 in revision 3", file(3, 1, 2)),
        ("Page 1 in revision 3", file(3, 2, 1)),
    ];
    assert_eq!(named, expected.each_ref().map(|(name, path)| (*name, path.as_str())));
    assert!(pictures.iter().all(|img| attribute(img, "loading") == Some("lazy")));
    assert!(pictures.iter().all(|img| has(img, "width") && has(img, "height")));
    assert!(html.contains("r1 has no page 2."));
    assert!(html.contains("\"Pages of quote.pdf in r1 and r3\"") && html.contains("\"Pages of plan.png in r3\""));
    let looks = tags(&html, "details").into_iter().filter(|look| look.contains("compared-pages__look"));
    assert_eq!(looks.map(|look| has(look, "open")).collect::<Vec<_>>(), [true, false], "the first one is open");
}

#[test]
fn behind_a_link_the_pages_are_below_its_own_address() {
    let files = vec![change(FileFate::Removed, drawn(2, "old.pdf", "1", ready(1)), None)];
    let page = Changes { files, ..changes(ChangesPlace::Link(id(9))) };
    let html = pages::changes(Frame::default(), page).html().to_owned();
    assert!(html.contains(&format!("src=\"/decide/{}/revisions/1/files/2/pages/1\"", id(9))));
    assert!(!html.contains("/requests/") && tags(&html, "script").is_empty());
}

#[test]
fn of_a_revision_whose_pages_are_not_there_the_reader_learns_why() {
    let failed = FilePreview::Failed { why: "It opens with a password only.".into() };
    let some = FilePreview::Ready {
        pages: vec![PreviewPage { number: 1, width: 9, height: 9 }],
        missing: Some("1 of 2 pages are shown. It takes too long to draw.".into()),
    };
    let files = vec![
        change(FileFate::Changed, drawn(1, "a.pdf", "1", FilePreview::Queued), drawn(1, "a.pdf", "2", failed)),
        change(FileFate::Changed, drawn(2, "b.pdf", "3", some), drawn(2, "b.pdf", "4", ready(2))),
    ];
    let page = Changes { files, ..changes(ChangesPlace::Request(id(1))) };
    let html = pages::changes(member(), page).html().to_owned();
    assert!(html.contains("r1: The preview is being made. It will be here when you load the page again."));
    assert!(html.contains("r3: There is no preview of this file: It opens with a password only."));
    assert!(html.contains("r1: 1 of 2 pages are shown.") && html.contains("Page 2 of r1 is not shown."));
    assert_eq!(count(&html, "class=\"compared-pages__look\""), 1, "without a page there is nothing to open");
}

#[test]
fn of_a_hundred_pages_no_more_are_shown() {
    let book = |number, name| change(FileFate::Added, None, drawn(number, name, "1", ready(60)));
    let page = Changes { files: vec![book(1, "one.pdf"), book(2, "two.pdf")], ..changes(ChangesPlace::Request(id(1))) };
    let html = pages::changes(member(), page).html().to_owned();
    assert_eq!(count(&html, "compared-pages__sheet\""), 100);
    assert_eq!(count(&html, "More pages are in the file."), 1);
}
