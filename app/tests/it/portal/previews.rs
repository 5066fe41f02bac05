//! Previews: pages drawn by a process of its own, side by side, once per file; and files that were made to do harm.

use std::time::{Duration, Instant};

use countersign::db::DbReads;
use countersign::drawing::ChildDrawer;
use countersign::portal::file::{FileKind, RequestFile};
use countersign::portal::ports::{DrawError, Drawer};
use countersign::portal::previews::{
    MAX_PAGES, PreviewReads, PreviewState, ShownPreview, Unshowable, instance_of_preview,
};
use countersign::portal::request::RequestState;
use countersign::portal::{Actor, FileId, PortalError, RequestDraft, RequestId, Verb};
use countersign_engine::ids::InstanceId;

use super::stand::{Stand, draft};
use crate::support::documents::{boasting_png, endless_drawing, endless_pages, huge_page, pages, photograph, png};

/// Longer than anything here takes on a machine that does other things, too.
const PATIENCE: Duration = Duration::from_secs(100);

/// A request with these files, whose previews are queued.
async fn request(stand: &Stand, by: &Actor, files: &[&[u8]]) -> (RequestId, Vec<RequestFile>) {
    let mut uploads = Vec::new();
    for content in files {
        let mut receiving = stand.portal.receive_file(by, "file").await.expect("an upload");
        receiving.write(content).await.expect("room");
        uploads.push(receiving.finish().await.expect("a file").id);
    }
    let request = stand.submit(by, RequestDraft { files: uploads, ..draft(&["ana@x.org"], "any") }).await;
    stand.portal.sweep_previews().await.expect("queued");
    let files = stand.record(request).await.files;
    (request, files)
}

/// Makes a preview as its instance would.
async fn make(stand: &Stand, file: FileId) -> ShownPreview {
    let count = stand.portal.count_preview_pages(file).await.expect("counted");
    for number in 1..=count {
        stand.portal.draw_preview_page(file, number).await.expect("tried");
    }
    stand.portal.finish_preview(file).await.expect("finished").expect("a preview");
    shown(stand, file).await
}

async fn shown(stand: &Stand, file: FileId) -> ShownPreview {
    let reads = DbReads::new(stand.store.read().clone());
    reads.list_previews(&[file]).await.expect("readable").pop().expect("a preview")
}

#[tokio::test]
async fn the_pages_of_a_document_are_drawn_by_its_instance_once_however_often_it_is_attached() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let document = pages(6);
    let (request, files) = request(&stand, &admin, &[&document, &document]).await;
    assert_eq!(files[0].id, files[1].id);
    assert_eq!(shown(&stand, files[0].id).await.preview.state, PreviewState::Queued);

    let engine = stand.run().await;
    let instance = InstanceId::parse(&instance_of_preview(files[0].id)).expect("an id");
    let record = stand.client.wait_for_completion(&instance, PATIENCE).await.expect("it ends");
    assert_eq!(record.output.map(|output| output.as_str().to_owned()).as_deref(), Some("\"ready\""));
    engine.shutdown().await;

    let seen = stand.portal.previews_of(&files).await.expect("previews");
    assert_eq!(seen.len(), 1);
    assert_eq!(
        (seen[0].preview.state, seen[0].preview.total, seen[0].preview.why),
        (PreviewState::Ready, Some(6), None)
    );
    let numbers: Vec<_> = seen[0].pages.iter().map(|page| page.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    assert!(seen[0].pages.iter().all(|page| page.height == 1_600 && (1_129..=1_132).contains(&page.width)));
    let picture = stand.portal.preview_page(files[0].id, 6).await.expect("a picture");
    assert_eq!(FileKind::sniff(&picture, true), FileKind::Png);
    assert_eq!(stand.portal.preview_page(files[0].id, 7).await, Err(PortalError::NotFound));
    assert_eq!(stand.record(request).await.request.state(), RequestState::Waiting);
}

#[tokio::test]
async fn submitting_a_request_queues_the_previews_of_its_files() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let mut receiving = stand.portal.receive_file(&admin, "a.pdf").await.expect("an upload");
    receiving.write(&pages(1)).await.expect("room");
    let upload = receiving.finish().await.expect("a file").id;
    let request = stand.submit(&admin, RequestDraft { files: vec![upload], ..draft(&["ana@x.org"], "any") }).await;
    let files = stand.record(request).await.files;
    assert_eq!(shown(&stand, files[0].id).await.preview.state, PreviewState::Queued);
}

#[tokio::test]
async fn repeating_a_step_changes_nothing() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (_, files) = request(&stand, &admin, &[&pages(1)]).await;
    let id = files[0].id;
    for _ in 0..2 {
        assert_eq!(stand.portal.count_preview_pages(id).await, Ok(1));
        assert_eq!(stand.portal.draw_preview_page(id, 1).await, Ok(true));
    }
    assert_eq!(stand.portal.finish_preview(id).await, Ok(Some(PreviewState::Ready)));
    let before = shown(&stand, id).await;
    assert_eq!(make(&stand, id).await, before);
}

#[tokio::test]
async fn a_preview_that_is_given_up_shows_what_was_drawn_until_then_and_says_that_it_failed() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (_, files) = request(&stand, &admin, &[&pages(1), &pages(2)]).await;
    let (untouched, begun) = (files[0].id, files[1].id);
    stand.portal.give_up_preview(untouched).await.expect("given up");
    let nothing = shown(&stand, untouched).await;
    assert_eq!((nothing.preview.state, nothing.preview.why), (PreviewState::Failed, Some(Unshowable::GivenUp)));

    stand.portal.count_preview_pages(begun).await.expect("counted");
    stand.portal.draw_preview_page(begun, 1).await.expect("drawn");
    stand.portal.give_up_preview(begun).await.expect("given up");
    let half = shown(&stand, begun).await;
    assert_eq!((half.preview.state, half.preview.why), (PreviewState::Ready, Some(Unshowable::GivenUp)));
    assert_eq!((half.pages.len(), half.preview.total), (1, Some(2)));
}

#[tokio::test]
async fn what_nothing_draws_any_more_is_given_up_by_the_next_sweep() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (_, files) = request(&stand, &admin, &[&pages(1), &png(4, 4)]).await;
    let (ended, gone) = (files[0].id, files[1].id);
    let instances = [ended, gone].map(|file| InstanceId::parse(&instance_of_preview(file)).expect("an id"));
    // Past the portal, which would have closed the rows.
    for instance in &instances {
        stand.client.terminate(instance, "not needed").await.expect("on its way");
    }
    let engine = stand.run().await;
    for instance in &instances {
        stand.client.wait_for_completion(instance, PATIENCE).await.expect("it ends");
    }
    engine.shutdown().await;
    stand.client.purge(&instances[1]).await.expect("purged");
    for file in [ended, gone] {
        assert_eq!(shown(&stand, file).await.preview.state, PreviewState::Queued);
    }

    let (_, others) = request(&stand, &admin, &[&png(8, 8)]).await;
    stand.portal.sweep_previews().await.expect("swept");
    for file in [ended, gone] {
        let preview = shown(&stand, file).await.preview;
        assert_eq!((preview.state, preview.why), (PreviewState::Failed, Some(Unshowable::GivenUp)));
    }
    assert_eq!(shown(&stand, others[0].id).await.preview.state, PreviewState::Queued, "its turn comes");
}

#[tokio::test]
async fn whoever_watches_a_request_is_nudged_when_a_preview_ends_and_then_counts_one_less_that_is_being_made() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (asked, files) = request(&stand, &admin, &[&pages(1), &png(4, 4)]).await;
    let known = stand.record(asked).await.events.last().expect("an event").seq;
    let drawing = async || stand.portal.news_after(&admin, asked, known).await.expect("news").drawing;
    assert_eq!(drawing().await, 2);

    let mut nudges = stand.portal.nudges().watch();
    stand.portal.finish_preview(files[0].id).await.expect("finished");
    let nudge = tokio::time::timeout(PATIENCE, nudges.recv()).await.expect("a nudge in time");
    assert_eq!(nudge.expect("a nudge"), asked);
    assert_eq!(drawing().await, 1);
    let events = stand.portal.news_after(&admin, asked, known).await.expect("news").events;
    assert!(events.is_empty(), "a preview is no event of the request: {events:?}");
}

#[tokio::test]
async fn of_a_long_document_the_first_pages_are_drawn() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (_, files) = request(&stand, &admin, &[&pages(120)]).await;
    assert_eq!(stand.portal.count_preview_pages(files[0].id).await, Ok(MAX_PAGES));
    assert_eq!(shown(&stand, files[0].id).await.preview.total, Some(120));
}

#[tokio::test]
async fn a_picture_is_made_smaller_and_upright_and_tells_nothing_of_its_camera() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let photo = photograph(60, 40, "Secret Camera 9000");
    assert!(photo.windows(13).any(|part| part == b"Secret Camera"));
    let (_, files) = request(&stand, &admin, &[&photo, &png(3_200, 40)]).await;
    let upright = make(&stand, files[0].id).await;
    assert_eq!((upright.pages[0].width, upright.pages[0].height), (40, 60));
    let picture = stand.portal.preview_page(files[0].id, 1).await.expect("a picture");
    assert!(!picture.windows(6).any(|part| part == b"Secret"));
    assert!(!picture.windows(4).any(|part| part.eq_ignore_ascii_case(b"exif")));
    let wide = make(&stand, files[1].id).await;
    assert_eq!((wide.pages[0].width, wide.pages[0].height), (1_600, 20));
}

#[tokio::test]
async fn what_was_made_to_do_harm_has_no_preview_and_holds_up_no_request() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let whole = pages(3);
    let hostile: [(&str, Vec<u8>, &[Unshowable]); 6] = [
        ("the beginning of a document", whole[..40].to_vec(), &[Unshowable::Damaged]),
        ("no document", b"%PDF-1.7\nbut nothing of the kind".repeat(20), &[Unshowable::Damaged]),
        ("no picture", b"\x89PNG\r\n\x1a\nbut nothing of the kind".to_vec(), &[Unshowable::Damaged]),
        ("more pixels than there is memory", boasting_png(200_000, 200_000), &[Unshowable::TooLarge]),
        ("more pixels than are decoded", boasting_png(19_000, 19_000), &[Unshowable::TooLarge]),
        (
            "a book without end",
            endless_pages(400_000),
            &[Unshowable::TooLarge, Unshowable::TooHungry, Unshowable::TooSlow],
        ),
    ];
    for (what, content, reasons) in hostile {
        let (request, files) = request(&stand, &admin, &[&content]).await;
        let preview = make(&stand, files[0].id).await;
        assert_eq!((preview.preview.state, preview.pages.len()), (PreviewState::Failed, 0), "{what}");
        assert!(preview.preview.why.is_some_and(|why| reasons.contains(&why)), "{what}: {:?}", preview.preview.why);
        stand.open(request).await;
        let answer = stand.yes(request).await;
        let ana = stand.link_actor("ana@x.org").await;
        stand.portal.decide_by_link(&ana, answer).await.expect("decided");
        assert_eq!(stand.record(request).await.request.state(), RequestState::Approved, "{what}");
    }
}

#[tokio::test]
async fn a_drawing_without_end_is_ended_by_its_bounds() {
    let drawer = ChildDrawer::new(env!("CARGO_BIN_EXE_countersign")).within(2);
    let document = endless_drawing();
    assert_eq!(drawer.count_pages(FileKind::Pdf, &document).await, Ok(1));
    let begun = Instant::now();
    let drawn = drawer.draw_page(FileKind::Pdf, &document, 1, 1_600).await;
    assert_eq!(drawn, Err(DrawError::Unshowable(Unshowable::TooSlow)));
    assert!(begun.elapsed() >= Duration::from_secs(1), "it was tried");
}

#[tokio::test]
async fn a_page_that_takes_more_memory_than_there_may_be_is_too_hungry() {
    let drawer = ChildDrawer::new(env!("CARGO_BIN_EXE_countersign"));
    let drawn = drawer.draw_page(FileKind::Pdf, &huge_page(30_000), 1, 30_000).await;
    assert_eq!(drawn, Err(DrawError::Unshowable(Unshowable::TooHungry)), "3.6 GB of pixels");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_not_the_files_fault() {
    let drawer = ChildDrawer::new("/no/such/program");
    assert!(matches!(drawer.count_pages(FileKind::Pdf, &pages(1)).await, Err(DrawError::Unavailable(_))));
}

#[tokio::test]
async fn admins_have_a_preview_made_again_or_given_up_and_nobody_else_does() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let (_, files) = request(&stand, &admin, &[&pages(1), &png(4, 4)]).await;
    let (document, picture) = (files[0].id, files[1].id);
    let steer = async |actor: &Actor, file, verb| {
        stand.portal.steer_instance(actor, &instance_of_preview(file), verb, "It looks odd.").await
    };
    stand.open(stand.submit(&admin, draft(&["ben@x.org"], "any")).await).await;
    let link = stand.link_actor("ben@x.org").await;
    assert!(steer(&link, picture, Verb::Terminate).await.is_err());

    steer(&admin, picture, Verb::Terminate).await.expect("given up");
    let given_up = shown(&stand, picture).await.preview;
    assert_eq!((given_up.state, given_up.why), (PreviewState::Failed, Some(Unshowable::Stopped)));

    let engine = stand.run().await;
    let instance = InstanceId::parse(&instance_of_preview(document)).expect("an id");
    stand.client.wait_for_completion(&instance, PATIENCE).await.expect("it ends");
    engine.shutdown().await;
    assert_eq!(shown(&stand, document).await.pages.len(), 1);
    assert!(matches!(steer(&admin, document, Verb::Terminate).await, Err(PortalError::Conflict(_))));
    steer(&admin, document, Verb::Restart).await.expect("begun anew");
    let again = shown(&stand, document).await;
    assert_eq!((again.preview.state, again.preview.total, again.pages.len()), (PreviewState::Queued, None, 0));
    assert_eq!(make(&stand, document).await.preview.state, PreviewState::Ready);
}
