//! The form for another revision.

use leptos::prelude::*;

use crate::components::form::{Check, ErrorSummary, TextArea, TextField, Uploads};
use crate::components::notice::NoticeBox;
use crate::components::time::Time;
use crate::pages::layout::{Heading, Layout, Width};
use crate::pages::{Page, Scripts, Shell, paths, render};
use crate::view::file::size_in_words;
use crate::view::{ChangesWanted, Frame, PresentFile, ReviseForm, Tone};

/// `/requests/{id}/revise`.
#[must_use]
pub fn revise(frame: Frame, page: ReviseForm) -> Page {
    let shell = Shell::new(format!("New revision of {}", page.present)).scripts(Scripts::Live);
    render(shell, || view! { <RevisePage frame=frame page=page /> })
}

#[component]
fn RevisePage(frame: Frame, page: ReviseForm) -> AnyView {
    let request = page.id.to_string();
    let heading = format!("Revision {}", page.number);
    let changes = page.changes.clone().map(|changes| changes_notice(changes, "Answer it with this revision.", None));
    view! {
        <Layout frame=frame width=Width::Medium>
            <Heading title=heading above=page.present.clone()>
                <p>
                    "The links in the mails stop working, and whoever has to see it is asked again. "
                    <a href=paths::Request(&request).to_string()>"Back to the request"</a>
                </p>
            </Heading>
            {changes}
            <RevisionFields page=page />
        </Layout>
    }
    .into_any()
}

#[component]
fn RevisionFields(page: ReviseForm) -> AnyView {
    let ReviseForm { id, title, text, files, kept, max_file_size, note, errors, .. } = page;
    let action = paths::ReviseRequest(&id.to_string()).to_string();
    view! {
        <form class="form" method="post" action=action enctype="multipart/form-data">
            <ErrorSummary errors=errors.clone() />
            <section class="card" aria-labelledby="what">
                <h2 class="card__title" id="what">
                    "What is to be approved"
                </h2>
                <TextField
                    name="title"
                    label="Title"
                    value=title
                    error=errors.of("title")
                    required=true
                    max_length=200
                />
                <TextArea
                    name="text"
                    label="Text"
                    hint="Markdown works: **bold**, lists, links."
                    value=text
                    error=errors.of("text")
                    rows=7
                />
                <Present files=files />
                <Uploads kept=kept max_file_size=max_file_size error=errors.of("file") />
            </section>
            <section class="card" aria-labelledby="note">
                <h2 class="card__title" id="note">
                    "What you changed"
                </h2>
                <TextArea
                    name="note"
                    label="Note"
                    hint="Optional. Everybody involved can read it."
                    value=note
                    error=errors.of("note")
                    rows=3
                />
            </section>
            <div class="form__end">
                <button class="button button--primary" type="submit">
                    "Submit the revision"
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// The files of the present revision, each of which stays unless it is unticked.
#[component]
fn Present(files: Vec<PresentFile>) -> AnyView {
    let has_any = !files.is_empty();
    let boxes: Vec<_> = files
        .into_iter()
        .map(|PresentFile { number, name, size, stays }| {
            let label = format!("{name} ({})", size_in_words(size));
            view! { <Check name="keep" value=number.to_string() checked=stays label=label /> }
        })
        .collect();
    has_any
        .then(|| {
            view! {
                <fieldset class="kept">
                    <legend class="field__label">"Files that stay"</legend>
                    {boxes}
                </fieldset>
            }
        })
        .into_any()
}

/// Who asked for changes, and which.
pub(super) fn changes_notice(changes: ChangesWanted, what: &'static str, way: Option<AnyView>) -> AnyView {
    let ChangesWanted { by, at, reason } = changes;
    view! {
        <NoticeBox tone=Tone::Changes>
            <p>{by} " asked for changes, " <Time at=at relative=true /> ". " {what}</p>
            <blockquote class="quote">{reason}</blockquote>
            {way}
        </NoticeBox>
    }
    .into_any()
}
