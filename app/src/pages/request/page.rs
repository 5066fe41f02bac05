//! The page itself.

use leptos::prelude::*;

use super::decision::decision;
use super::observers::observers;
use super::revise::changes_notice;
use super::verbs::verbs;
use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::document::Prose;
use crate::components::events::EventStream;
use crate::components::files::{Attached, Files, Inline};
use crate::components::form::{ErrorSummary, TextArea};
use crate::components::keepsakes::Keepsakes;
use crate::components::notice::NoticeBox;
use crate::components::stage::StageLadder;
use crate::components::time::{DueTime, Time};
use crate::pages::layout::{Heading, Layout, Width};
use crate::pages::{Page, Scripts, Shell, paths, render};
use crate::view::{ChangesWanted, CommentForm, FilePreview, FileView, Frame, RequestDetail, RequestState, Tone};

/// `GET /requests/{id}`, and again with messages after something typed on it could not be taken.
#[must_use]
pub fn request(frame: Frame, page: RequestDetail) -> Page {
    let shell = Shell::new(page.title.clone()).scripts(Scripts::Live);
    render(shell, || view! { <RequestPage frame=frame page=page /> })
}

#[component]
fn RequestPage(frame: Frame, page: RequestDetail) -> AnyView {
    let id = page.id.to_string();
    let events = news(&id, &page);
    let status = page.clone();
    let next = view! { <NextRevision id=id.clone() changes=page.changes may_revise=page.may_revise /> };
    let stages = page.stages;
    let keepsakes = (!page.state.is_open()).then(|| {
        let (certificate, archive) = (paths::Certificate(&id).to_string(), paths::Archive(&id).to_string());
        view! { <Keepsakes certificate=certificate archive=archive /> }
    });
    let files: Vec<_> = page.files.iter().cloned().map(|file| addressed(&id, file)).collect();
    view! {
        <Layout frame=frame width=Width::Wide live=events>
            <Heading title=page.title.clone() above=format!("Request by {}", page.requester.label())>
                <Status page=status />
                {next}
            </Heading>
            <div class="request">
                <div class="request__document">
                    <Document html=page.text_html files=files />
                </div>
                <div class="request__side">
                    {decision(id.clone(), page.decision)}
                    <Card id="stage" title="Approvers" live="stage">
                        <StageLadder stages=stages />
                    </Card>
                    {keepsakes}
                    {observers(id.clone(), page.observers)}
                    {verbs(id.clone(), page.withdraw, page.verbs)}
                </div>
                <div class="request__stream">
                    <Card id="stream" title="What happened" live="events">
                        <EventStream events=page.events />
                    </Card>
                    <Comment id=id form=page.comment />
                </div>
            </div>
        </Layout>
    }
    .into_any()
}

/// Where the page hears what is new: what happened after the last event that it shows, and when another number of previews is
/// being made than it says.
fn news(id: &str, page: &RequestDetail) -> String {
    let last = page.events.last().map_or(0, |event| event.seq).to_string();
    let drawing = page.files.iter().filter(|file| file.preview == FilePreview::Queued).count();
    let drawing = if drawing > 0 { drawing.to_string() } else { String::new() };
    paths::with_query(paths::RequestEvents(id), &[("after", &last), ("drawing", &drawing)])
}

fn addressed(id: &str, file: FileView) -> Attached {
    let number = file.number;
    let href = paths::RequestFile(id, number).to_string();
    Attached::new(file, href, |page| paths::RequestFilePage(id, number, page).to_string())
}

/// State, due time and what else identifies the request.
#[component]
fn Status(page: RequestDetail) -> AnyView {
    let id = page.id.to_string();
    let changes = (page.revision > 1).then(|| {
        let href = paths::Changes(&id).to_string();
        view! { <a href=href>{format!("Changes since r{}", page.revision - 1)}</a> }
    });
    let fingerprint = page.sha256.get(..12).unwrap_or(&page.sha256).to_owned();
    let reason = page.closed.as_ref().and_then(|closed| closed.reason.clone());
    view! {
        <div class="status" data-live-part="status">
            <Badge mark=page.state.mark() />
            {page.due.map(|due| view! { <span class="status__fact">"Due " <DueTime due=due /></span> })}
            {page
                .closed
                .map(|closed| {
                    let by = closed.by.map_or_else(|| "by rule".to_owned(), |by| format!("by {by}"));
                    view! { <span class="status__fact">"Closed " {by} ", " <Time at=closed.at relative=true /></span> }
                })}
            <span class="status__fact">"Submitted " <Time at=page.submitted_at relative=true /></span>
            <span class="status__fact">
                <a href=paths::Revisions(&id).to_string()>{format!("Revision {}", page.revision)}</a>
                {(!fingerprint.is_empty())
                    .then(|| {
                        let title = format!("SHA-256 {}", page.sha256);
                        view! { " " <code class="code" title=title>{fingerprint}</code> }
                    })}
            </span>
            {changes}
            {page
                .instance
                .map(|instance| view! { <a href=paths::Instance(&instance).to_string()>"Instance"</a> })}
        </div>
        <div data-live-part="hold">
            {(page.state == RequestState::OnHold)
                .then(|| {
                    view! {
                        <NoticeBox tone=Tone::Held>
                            "An administrator put this request on hold. The clock stands still; nobody is reminded \
                                and nothing is decided by rule."
                        </NoticeBox>
                    }
                })}
            {reason.map(|reason| view! { <blockquote class="quote">{reason}</blockquote> })}
        </div>
    }
    .into_any()
}

/// What keeps the request from going on, and the way to the next revision; prominent while that is waited for.
#[component]
fn NextRevision(id: String, changes: Option<ChangesWanted>, may_revise: bool) -> AnyView {
    let link = |look: &'static str| {
        let href = paths::ReviseRequest(&id).to_string();
        may_revise.then(|| view! { <a class=look href=href>"Submit a new revision"</a> })
    };
    let content = match changes {
        Some(changes) => {
            let what = if may_revise {
                "Nothing goes on until you submit another revision."
            } else {
                "Nothing goes on until there is another revision."
            };
            changes_notice(changes, what, link("button button--primary").map(IntoAny::into_any))
        }
        None => link("button").into_any(),
    };
    view! {
        <div class="request__next" data-live-part="revise">
            {content}
        </div>
    }
    .into_any()
}

/// Text and files.
#[component]
fn Document(html: String, files: Vec<Attached>) -> AnyView {
    let empty = html.trim().is_empty() && files.is_empty();
    let has_files = !files.is_empty();
    view! {
        <section class="card" aria-labelledby="document">
            <h2 class="card__title" id="document">
                "Document"
            </h2>
            {empty.then(|| view! { <p class="muted">"The title says it all: there is neither text nor a file."</p> })}
            <Prose html=html />
            {has_files.then(|| view! { <Files files=files inline=Inline::FirstOpen /> })}
        </section>
    }
    .into_any()
}

/// Adds to the stream above, which is a part of its own: what is being typed stays while that goes on.
#[component]
fn Comment(id: String, form: CommentForm) -> AnyView {
    let CommentForm { text, errors } = form;
    let action = paths::CommentRequest(&id).to_string();
    view! {
        <Card id="comment" title="Add a comment">
            <form class="form" method="post" action=action>
                <ErrorSummary errors=errors.clone() prefix="comment-" />
                <TextArea
                    name="text"
                    id="comment-text"
                    label="Comment"
                    hint="Plain text. Everybody involved can read it; whom you mention as @address is mailed."
                    value=text
                    error=errors.of("text")
                    rows=3
                    required=true
                />
                <button class="button" type="submit">
                    "Comment"
                </button>
            </form>
        </Card>
    }
    .into_any()
}
