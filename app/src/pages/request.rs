//! The page of one request.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::decision::DecisionFields;
use crate::components::document::Prose;
use crate::components::events::EventStream;
use crate::components::files::{Files, Inline};
use crate::components::form::{ErrorSummary, TextArea};
use crate::components::notice::NoticeBox;
use crate::components::stage::StageLadder;
use crate::components::time::{DueTime, Time};
use crate::view::{
    CommentForm, DecisionBox, FileView, Frame, RequestDetail, RequestState, Tone, Verdict, WithdrawForm,
};

/// `GET /requests/{id}`, and again with messages after a decision, a withdrawal or a comment that could not be taken.
#[must_use]
pub fn request(frame: Frame, page: RequestDetail) -> Page {
    let shell = Shell::new(page.title.clone()).scripts(Scripts::Live);
    render(shell, || view! { <RequestPage frame=frame page=page /> })
}

#[component]
fn RequestPage(frame: Frame, page: RequestDetail) -> AnyView {
    let id = page.id.to_string();
    // The stream goes on after the last event that this page shows.
    let last = page.events.last().map_or(0, |event| event.seq).to_string();
    let events = paths::with_query(paths::RequestEvents(&id), &[("after", &last)]);
    let status = page.clone();
    let mut stage = page.stage;
    if !page.state.is_open() {
        // What the clock would have done no longer matters.
        stage.ladder.retain(|step| step.done);
    }
    let files: Vec<_> = page.files.iter().cloned().map(|file| addressed(&id, file)).collect();
    view! {
        <Layout frame=frame width=Width::Wide live=events>
            <Heading title=page.title.clone() above=format!("Request by {}", page.requester.label())>
                <Status page=status />
            </Heading>
            <div class="request">
                <div class="request__document">
                    <Document html=page.text_html files=files />
                </div>
                <div class="request__side">
                    <Decision id=id.clone() decision=page.decision />
                    <Card id="stage" title="Approvers" live="stage">
                        <StageLadder stage=stage />
                    </Card>
                    <Withdraw id=id.clone() form=page.withdraw />
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

fn addressed(id: &str, file: FileView) -> (FileView, String) {
    let href = paths::RequestFile(id, file.number).to_string();
    (file, href)
}

/// State, due time and what else identifies the request.
#[component]
fn Status(page: RequestDetail) -> AnyView {
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
                {format!("Revision {}", page.revision)}
                {(!fingerprint.is_empty())
                    .then(|| {
                        let title = format!("SHA-256 {}", page.sha256);
                        view! { " " <code class="code" title=title>{fingerprint}</code> }
                    })}
            </span>
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

/// Text and files.
#[component]
fn Document(html: String, files: Vec<(FileView, String)>) -> AnyView {
    let empty = html.trim().is_empty() && files.is_empty();
    let has_files = !files.is_empty();
    view! {
        <section class="card" aria-labelledby="document">
            <h2 class="card__title" id="document">
                "Document"
            </h2>
            {empty.then(|| view! { <p class="muted">"The title says it all: there is neither text nor a file."</p> })}
            <Prose html=html />
            {has_files.then(|| view! { <Files files=files inline=Inline::Everything /> })}
        </section>
    }
    .into_any()
}

/// What the reader may do. The key changes only with the kind of box, so that a live update never takes away a form
/// that somebody is filling in.
#[component]
fn Decision(id: String, decision: DecisionBox) -> AnyView {
    let key = match decision {
        DecisionBox::NotAsked => "not-asked",
        DecisionBox::Open { .. } => "open",
        DecisionBox::OnHold => "on-hold",
        DecisionBox::Decided { .. } => "decided",
        DecisionBox::TooLate => "too-late",
        DecisionBox::Withdrawn => "withdrawn",
    };
    let said = |text: &'static str| Some(view! { <p>{text}</p> }.into_any());
    let content = match decision {
        DecisionBox::NotAsked => None,
        DecisionBox::Open { form, tally } => {
            let action = paths::DecideRequest(&id).to_string();
            Some(view! { <DecisionFields form=form tally=tally action=action /> }.into_any())
        }
        DecisionBox::OnHold => {
            said("You are asked, but the request is on hold. You can decide as soon as it is resumed.")
        }
        DecisionBox::Decided { verdict, at } => {
            let tone = if verdict == Verdict::Approve { Tone::Good } else { Tone::Bad };
            let sentence = format!("You {} this request, ", verdict.past());
            Some(view! { <NoticeBox tone=tone>{sentence} <Time at=at relative=true /> "."</NoticeBox> }.into_any())
        }
        DecisionBox::TooLate => {
            said("The request was decided without your answer. There is nothing left for you to do.")
        }
        DecisionBox::Withdrawn => said("The request was withdrawn. There is nothing left for you to do."),
    };
    view! {
        <div class="request__decision" data-live-part="decision" data-live-key=key>
            {content
                .map(|content| {
                    view! {
                        <Card id="decide" title="Your decision">
                            {content}
                        </Card>
                    }
                })}
        </div>
    }
    .into_any()
}

/// Takes the request back. The key is whether that can be done, so that a reason is not lost while it is being typed.
#[component]
fn Withdraw(id: String, form: Option<WithdrawForm>) -> AnyView {
    let key = if form.is_some() { "open" } else { "none" };
    let content = form.map(|WithdrawForm { reason, errors }| {
        let action = paths::WithdrawRequest(&id).to_string();
        view! {
            <details class="card verb" open=!errors.is_empty()>
                <summary class="verb__word">"Withdraw the request"</summary>
                <form method="post" action=action>
                    <p class="verb__text">
                        "Nobody is asked any more, and the links in their mails stop working. Whoever has not answered \
                            yet is told by mail."
                    </p>
                    <ErrorSummary errors=errors.clone() prefix="withdraw-" />
                    <TextArea
                        name="reason"
                        id="withdraw-reason"
                        label="Why"
                        hint="Optional. Everybody involved can read it."
                        value=reason
                        error=errors.of("reason")
                        rows=2
                    />
                    <button class="button button--danger" type="submit">
                        "Withdraw"
                    </button>
                </form>
            </details>
        }
    });
    view! {
        <div class="request__withdraw" data-live-part="withdraw" data-live-key=key>
            {content}
        </div>
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
