//! Files: in chunks, by content, and swept when nobody needs them.

use countersign::portal::file::{CHUNK_BYTES, FileKind};
use countersign::portal::{Actor, PortalError, RequestDraft, UploadId};

use super::stand::{MINUTE, Stand, draft};

async fn upload(stand: &Stand, by: &Actor, name: &str, bytes: &[u8]) -> countersign::portal::file::Upload {
    let mut receiving = stand.portal.receive_file(by, name).await.expect("an upload");
    for part in bytes.chunks(100_000) {
        receiving.write(part).await.expect("room");
    }
    receiving.finish().await.expect("a file")
}

#[tokio::test]
async fn a_file_comes_back_as_it_went_in_and_is_stored_once() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let bytes: Vec<u8> = b"%PDF-1.7 ".iter().copied().chain((0..1_200_000_u32).map(|n| n.to_le_bytes()[0])).collect();
    let (one, two) = (upload(&stand, &admin, "a.pdf", &bytes).await, upload(&stand, &admin, "b.pdf", &bytes).await);
    let (first, second) = (one.file.expect("a file"), two.file.expect("a file"));
    assert_eq!((first.kind, first.size, first.chunks()), (FileKind::Pdf, bytes.len() as u64, 3));
    assert_eq!((first.id, first.chunks_of), (second.id, second.chunks_of));

    let request =
        stand.submit(&admin, RequestDraft { files: vec![one.id, two.id], ..draft(&["ana@x.org"], "any") }).await;
    let file = stand.portal.request_file(&admin, request, 2).await.expect("a file");
    assert_eq!((file.name.as_str(), file.id), ("b.pdf", first.id));
    let mut back = Vec::new();
    for number in 0..first.chunks() {
        back.extend(stand.portal.file_chunk(file.chunks_of, number).await.expect("a chunk"));
    }
    assert_eq!(back, bytes);
}

#[tokio::test]
async fn a_file_that_is_too_large_or_somebody_elses_is_refused() {
    let stand = Stand::new().await;
    let (admin, other) = (stand.admin().await, stand.link_less_admin().await);
    let mut receiving = stand.portal.receive_file(&admin, "big").await.expect("an upload");
    receiving.write(&vec![0; 1_999_999]).await.expect("room");
    assert_eq!(receiving.write(&[0, 0]).await, Err(PortalError::TooLarge));
    let mine = upload(&stand, &admin, "a.txt", b"text").await;
    let stolen = RequestDraft { files: vec![mine.id], ..draft(&["ana@x.org"], "any") };
    assert!(
        matches!(stand.portal.submit(&other, stolen).await, Err(PortalError::Invalid(errors)) if errors[0].field == "file")
    );
    let unknown = RequestDraft { files: vec![UploadId(uuid::Uuid::nil())], ..draft(&["ana@x.org"], "any") };
    assert!(matches!(stand.portal.submit(&admin, unknown).await, Err(PortalError::Invalid(_))));
}

#[tokio::test]
async fn what_no_request_needs_is_swept_and_what_one_needs_stays() {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    let kept = upload(&stand, &admin, "kept.txt", b"needed").await;
    let lost = upload(&stand, &admin, "lost.bin", &vec![7; CHUNK_BYTES * 2]).await;
    let mut broken = stand.portal.receive_file(&admin, "broken").await.expect("an upload");
    broken.write(&vec![1; CHUNK_BYTES]).await.expect("room");
    drop(broken);
    let request = stand.submit(&admin, RequestDraft { files: vec![kept.id], ..draft(&["ana@x.org"], "any") }).await;
    stand.pass(25 * 60 * MINUTE);
    stand.portal.sweep_files().await.expect("swept");
    let file = stand.portal.request_file(&admin, request, 1).await.expect("a file");
    assert_eq!(stand.portal.file_chunk(file.chunks_of, 0).await, Ok(b"needed".to_vec()));
    assert!(stand.portal.file_chunk(lost.file.expect("a file").chunks_of, 0).await.is_err());
    assert_eq!(stand.portal.kept_files(&admin, &[lost.id, kept.id]).await, Ok(Vec::new()));
}
