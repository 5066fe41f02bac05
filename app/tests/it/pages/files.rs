//! Files on the pages that show them: pages as pictures, and what is said where there are none.

use countersign::pages;
use countersign::view::{Decide, FilePreview, RequestDetail};

use crate::support::html::{assert_sound, attribute, count, has, keep, tags};
use crate::support::views::{decide, files, member, request};

#[test]
fn pages_are_pictures_that_keep_their_place_and_wait_until_they_are_seen() {
    let html = keep("request-files", &pages::request(member(), RequestDetail { files: files(), ..request() }));
    assert_sound("request-files", &html);
    let pictures: Vec<_> =
        tags(&html, "img").into_iter().filter(|img| has(img, "class") && img.contains("file__")).collect();
    let addresses: Vec<_> = pictures.iter().filter_map(|img| attribute(img, "src")).collect();
    let of_request = "/requests/01935a2b-7c00-7000-8000-000000000001/files";
    let expected = ["2/pages/1", "2/pages/2", "3/pages/1"].map(|page| format!("{of_request}/{page}"));
    assert_eq!(addresses, expected);
    assert!(pictures.iter().all(|img| attribute(img, "loading") == Some("lazy")));
    assert!(pictures.iter().all(|img| has(img, "width") && has(img, "height") && has(img, "alt")));
    assert!(html.contains("The first 2 of 12 pages are shown."));
    assert!(tags(&html, "iframe").is_empty());
}

#[test]
fn the_page_behind_a_link_shows_them_below_its_own_address_and_closed() {
    let page = decide();
    let link = page.link.to_string();
    let html = keep("decide-files", &pages::decide(Decide { files: files(), ..page }));
    assert_sound("decide-files", &html);
    assert_eq!(count(&html, &format!("src=\"/decide/{link}/files/2/pages/")), 2);
    let previews: Vec<_> =
        tags(&html, "details").into_iter().filter(|details| details.contains("file__preview")).collect();
    assert!(previews.len() == 3 && previews.iter().all(|details| !has(details, "open")));
}

#[test]
fn without_a_preview_the_reader_learns_why_and_can_download_the_file() {
    let mut files = files();
    files[1].preview = FilePreview::Queued;
    files[2].preview = FilePreview::Failed { why: "It opens with a password only.".into() };
    let html = keep("request-no-previews", &pages::request(member(), RequestDetail { files, ..request() }));
    assert!(html.contains("The preview is being made."));
    assert!(html.contains("drawing=1\""), "the page hears when it is made");
    let parts: Vec<_> = tags(&html, "li").into_iter().filter_map(|item| attribute(item, "data-live-key")).collect();
    assert_eq!(parts, ["queued", "failed"], "each file is a part of its own");
    assert!(html.contains("There is no preview of this file: It opens with a password only."));
    assert_eq!(count(&html, "class=\"file__download\""), 4);
    assert!(tags(&html, "img").iter().all(|img| !img.contains("/pages/")));
}
