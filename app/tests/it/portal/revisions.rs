//! The revisions of a request and what differs between them: who sees them, by session and by link.

use countersign::portal::{
    Actor, FileChange, Piece, PortalError, RequestDraft, RequestId, RevisionDraft, Roles, UploadId,
};

use super::stand::{Stand, draft};

const REQUESTER: Roles = Roles { requester: true, approver: false, admin: false };

async fn upload(stand: &Stand, by: &Actor, name: &str, bytes: &[u8]) -> UploadId {
    let mut receiving = stand.portal.receive_file(by, name).await.expect("an upload");
    receiving.write(bytes).await.expect("room");
    receiving.finish().await.expect("a file").id
}

/// Another revision with these words and this file.
async fn revise(stand: &Stand, by: &Actor, request: RequestId, text: &str, file: &str) {
    let files = vec![upload(stand, by, "quote.txt", file.as_bytes()).await];
    let title = "Contract".to_owned();
    let draft = RevisionDraft { title, text: text.into(), files, note: "Cheaper".into(), ..RevisionDraft::default() };
    stand.portal.revise(by, request, draft).await.expect("revised");
    stand.open(request).await;
}

/// A portal with an admin, a requester, and a request of theirs to Ana.
async fn asked() -> (Stand, Actor, Actor, RequestId) {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let rita = stand.member(&admin, "rita@x.org", REQUESTER).await;
    let files = vec![upload(&stand, &rita, "quote.txt", b"410").await];
    let first = RequestDraft { text: "For two years.".into(), files, ..draft(&["ana@x.org"], "any") };
    let request = stand.submit(&rita, first).await;
    stand.open(request).await;
    (stand, admin, rita, request)
}

#[tokio::test]
async fn whoever_may_see_a_request_sees_its_revisions_and_what_changed() {
    let (stand, admin, rita, request) = asked().await;
    revise(&stand, &rita, request, "For three years.", "395").await;
    for actor in [&admin, &rita] {
        let all = stand.portal.revisions(actor, request).await.expect("revisions").revisions;
        let numbers: Vec<_> = all.iter().map(|revision| (revision.number, revision.note.as_str())).collect();
        assert_eq!(numbers, [(1, ""), (2, "Cheaper")]);
        assert_ne!(all[0].hash, all[1].hash);
        let compared = stand.portal.changes(actor, request, None, None).await.expect("changes");
        assert_eq!((compared.from.number, compared.to.number, compared.newest), (1, 2, 2));
        let (gone, new) = (Piece::Gone("two".into()), Piece::New("three".into()));
        let changes = compared.changes();
        assert!(changes.text.contains(&gone) && changes.text.contains(&new), "{changes:?}");
        assert!(!changes.title.iter().any(Piece::is_change));
        assert!(matches!(changes.files.as_slice(), [FileChange::Changed { .. }]), "{changes:?}");
    }
}

#[tokio::test]
async fn to_everybody_else_there_is_neither_a_revision_nor_a_file_of_one() {
    let (stand, admin, _, request) = asked().await;
    let eve = stand.member(&admin, "eve@x.org", REQUESTER).await;
    assert_eq!(stand.portal.revisions(&eve, request).await, Err(PortalError::NotFound));
    assert_eq!(stand.portal.changes(&eve, request, None, None).await, Err(PortalError::NotFound));
    assert_eq!(stand.portal.revision_file(&eve, request, 1, 1).await, Err(PortalError::NotFound));
    let link = stand.link_actor("ana@x.org").await;
    assert_eq!(stand.portal.revisions(&link, request).await, Err(PortalError::NotSignedIn));
    assert_eq!(stand.portal.link_changes(&eve, None, None).await, Err(PortalError::NotSignedIn));
}

#[tokio::test]
async fn two_revisions_are_compared_as_asked_for_and_those_that_are_not_there_are_not_found() {
    let (stand, _, rita, request) = asked().await;
    let alone = stand.portal.changes(&rita, request, None, None).await.expect("one revision");
    assert_eq!((alone.from.number, alone.to.number), (1, 1));
    assert!(!alone.changes().text.iter().any(Piece::is_change));
    revise(&stand, &rita, request, "For three years.", "395").await;
    revise(&stand, &rita, request, "For four years.", "395").await;
    let last = stand.portal.changes(&rita, request, None, None).await.expect("changes");
    assert_eq!((last.from.number, last.to.number), (2, 3));
    assert!(matches!(last.changes().files.as_slice(), [FileChange::Same { .. }]));
    let all = stand.portal.changes(&rita, request, Some(1), Some(3)).await.expect("changes");
    assert!(all.changes().text.contains(&Piece::Gone("two".into())), "{all:?}");
    for (from, to) in [(Some(4), None), (None, Some(0)), (Some(1), Some(9))] {
        assert_eq!(stand.portal.changes(&rita, request, from, to).await, Err(PortalError::NotFound), "{from:?} {to:?}");
    }
}

#[tokio::test]
async fn the_files_of_a_revision_stay_what_they_were() {
    let (stand, _, rita, request) = asked().await;
    revise(&stand, &rita, request, "For three years.", "395").await;
    for (revision, content) in [(1, "410"), (2, "395")] {
        let file = stand.portal.revision_file(&rita, request, revision, 1).await.expect("a file");
        assert_eq!(stand.portal.file_chunk(file.chunks_of, 0).await, Ok(content.as_bytes().to_vec()));
    }
    for (revision, number) in [(3, 1), (1, 2), (0, 1)] {
        let file = stand.portal.revision_file(&rita, request, revision, number).await;
        assert_eq!(file, Err(PortalError::NotFound), "{revision}/{number}");
    }
}

#[tokio::test]
async fn a_link_shows_the_changes_while_its_question_is_open_or_was_answered_by_its_holder() {
    let (stand, admin, rita, request) = asked().await;
    let before = stand.link_actor("ana@x.org").await;
    revise(&stand, &rita, request, "For three years.", "395").await;
    assert_eq!(
        stand.portal.link_changes(&before, None, None).await,
        Err(PortalError::NotFound),
        "a new link was mailed"
    );
    let ana = stand.link_actor("ana@x.org").await;
    assert_ne!(before, ana);
    let seen = stand.portal.link_changes(&ana, None, None).await.expect("changes");
    assert_eq!((seen.from.number, seen.to.number), (1, 2));
    let file = stand.portal.link_revision_file(&ana, 1, 1).await.expect("a file");
    assert_eq!(file.name, "quote.txt");

    stand.portal.decide_by_link(&ana, stand.yes(request).await).await.expect("decided");
    assert!(stand.portal.link_changes(&ana, None, None).await.is_ok(), "what was decided on can be read again");

    let other = stand.submit(&rita, draft(&["ben@x.org"], "any")).await;
    stand.open(other).await;
    let ben = stand.link_actor("ben@x.org").await;
    assert!(stand.portal.link_changes(&ben, None, None).await.is_ok());
    stand.portal.terminate(&admin, other, "not needed").await.expect("terminated");
    assert_eq!(stand.portal.link_changes(&ben, None, None).await, Err(PortalError::NotFound));
    assert_eq!(stand.portal.link_revision_file(&ben, 1, 1).await, Err(PortalError::NotFound));
}
