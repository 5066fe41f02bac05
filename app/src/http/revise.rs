//! `/requests/{id}/revise`: another revision of a request, by its requester, with files.

use axum::extract::{Multipart, Path, State};
use axum::response::{IntoResponse, Response};

use super::error::Refusal;
use super::notice::Done;
use super::present::request_verbs::changes;
use super::reader::Reader;
use super::received::{Fields, MAX_REPEATED, Received};
use super::request::parse;
use super::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::reads::RequestRecord;
use crate::portal::{PortalError, RevisionDraft};
use crate::view::{Notice, PresentFile, ReviseForm, Tone};

/// What was typed; an absent field counts as empty.
#[derive(Debug, Default)]
struct Typed {
    title: String,
    text: String,
    note: String,
    keep: Vec<u32>,
}

impl Fields for Typed {
    fn set(&mut self, name: &str, value: String) {
        match name {
            "title" => self.title = value,
            "text" => self.text = value,
            "note" => self.note = value,
            "keep" if self.keep.len() < MAX_REPEATED => self.keep.extend(value.parse::<u32>()),
            _ => {}
        }
    }
}

/// `GET /requests/{id}/revise`.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Page, Refusal> {
    let present = state.portal.revisable(&reader.actor, parse(&id)?).await?.record;
    if let Some(why) = present.request.fixed() {
        return Err(Refusal::Conflict(why.to_owned()));
    }
    let typed = Typed {
        title: present.request.title.clone(),
        text: present.request.text.clone(),
        note: String::new(),
        keep: present.files.iter().map(|file| file.number).collect(),
    };
    Ok(page(&state, reader, present, Received { typed, uploads: Vec::new(), errors: Vec::new() }))
}

/// `POST /requests/{id}/revise`. What was typed comes back even where the request cannot be changed any more.
pub(crate) async fn submit(
    State(state): State<AppState>,
    mut reader: Reader,
    Path(id): Path<String>,
    form: Multipart,
) -> Result<Response, Refusal> {
    let id = parse(&id)?;
    // Before anything of the body is stored.
    let present = state.portal.revisable(&reader.actor, id).await?.record;
    let mut received: Received<Typed> = Received::read(&state, &reader.actor, form).await?;
    if received.errors.is_empty() {
        match state.portal.revise(&reader.actor, id, draft(&received)).await {
            Ok(()) => return Ok(Done::Revised.then(paths::Request(&id.to_string())).into_response()),
            Err(PortalError::Invalid(errors)) => received.errors = errors,
            Err(PortalError::Conflict(text)) => {
                reader.frame.notice = Some(Notice { tone: Tone::Bad, text });
                return Ok(page(&state, reader, present, received).conflicting().into_response());
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(page(&state, reader, present, received).unprocessable().into_response())
}

fn draft(received: &Received<Typed>) -> RevisionDraft {
    let Typed { title, text, note, keep } = &received.typed;
    RevisionDraft {
        title: title.clone(),
        text: text.clone(),
        keep: keep.clone(),
        files: received.upload_ids(),
        note: note.clone(),
    }
}

/// The form, for the revision after the present one.
fn page(state: &AppState, reader: Reader, present: RequestRecord, received: Received<Typed>) -> Page {
    let kept = received.kept();
    let Received { typed, errors, .. } = received;
    let changes = changes(&present, reader.seen(state));
    let files = present.files.iter().map(|file| PresentFile {
        number: file.number,
        name: file.name.clone(),
        size: file.size,
        stays: typed.keep.contains(&file.number),
    });
    let form = ReviseForm {
        id: present.request.id.0,
        number: present.request.revision + 1,
        changes,
        files: files.collect(),
        present: present.request.title,
        title: typed.title,
        text: typed.text,
        kept,
        max_file_size: state.portal.max_file_bytes(),
        note: typed.note,
        errors: errors.into(),
    };
    pages::revise(reader.frame, form)
}
