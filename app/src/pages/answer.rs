//! What the link in a run's question opens. No scripts, no navigation.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Shell, paths, render};
use crate::components::document::Prose;
use crate::components::form::{ErrorSummary, Tile, field_id};
use crate::components::icon::Glyph;
use crate::components::time::{DueTime, Time};
use crate::view::{DecisionForm, Frame, Icon, RunQuestion, RunQuestionClosed, Tone, Verdict};

/// `GET /answer/{link}` for an open question, and again with messages after a POST that could not be taken.
#[must_use]
pub fn answer(page: RunQuestion) -> Page {
    render(Shell::new(page.title.clone()), || view! { <AnswerPage page=page /> })
}

/// The same when the question is not open.
#[must_use]
pub fn answer_closed(page: RunQuestionClosed) -> Page {
    let RunQuestionClosed { title, why } = page;
    render(Shell::new(why.heading()), move || {
        view! {
            <Layout frame=Frame::default() width=Width::Narrow>
                <Heading title=why.heading() above=title />
                <div class="card">
                    <p>{why.in_words()}</p>
                </div>
            </Layout>
        }
        .into_any()
    })
}

#[component]
fn AnswerPage(page: RunQuestion) -> AnyView {
    let link = page.link.to_string();
    let above = match &page.asked_by {
        Some(person) => format!("{} asks for your approval", person.label()),
        None => "Your approval is asked for".to_owned(),
    };
    let relative = page.due.at.relative.clone();
    view! {
        <Layout frame=Frame::default() width=Width::Narrow>
            <Heading title=page.title above=above>
                <p class="decide__facts">
                    <span>"Asked as " <strong>{page.asked_as.email}</strong></span>
                    <span>"By " <DueTime due=page.due /> {format!(" ({relative}).")}</span>
                </p>
            </Heading>
            <section class="card decide__document" aria-label="Document">
                <Prose html=page.text_html />
            </section>
            <section class="card" aria-labelledby="decide">
                <h2 class="card__title" id="decide">
                    "Your decision"
                </h2>
                <AnswerFields form=page.form action=paths::Answer(&link).to_string() />
            </section>
            <p class="aside">
                "Asked " <Time at=page.asked_at />
                ". Nothing is decided until you press \u{201c}Send decision\u{201d}."
            </p>
        </Layout>
    }
    .into_any()
}

/// Two equal tiles, none chosen beforehand, and one button.
#[component]
fn AnswerFields(form: DecisionForm, action: String) -> AnyView {
    let error = form.errors.of("verdict");
    let described = error.is_some().then(|| format!("{}-error", field_id("verdict")));
    view! {
        <form class="decision" method="post" action=action>
            <ErrorSummary errors=form.errors.clone() />
            <input type="hidden" name="nonce" value=form.nonce />
            <fieldset class="tiles" id=field_id("verdict") aria-describedby=described>
                <legend class="visually-hidden">"Your decision"</legend>
                <Tile
                    name="verdict"
                    value=Verdict::Approve.key()
                    chosen=form.verdict == Some(Verdict::Approve)
                    title="Approve"
                    text="Yes, it may go on."
                    icon=Icon::Check
                    tone=Tone::Good
                />
                <Tile
                    name="verdict"
                    value=Verdict::Reject.key()
                    chosen=form.verdict == Some(Verdict::Reject)
                    title="Reject"
                    text="No, it may not."
                    icon=Icon::Cross
                    tone=Tone::Bad
                />
            </fieldset>
            {error
                .map(|error| {
                    view! {
                        <p class="field__error" id=format!("{}-error", field_id("verdict"))>
                            <Glyph icon=Icon::Warning />
                            {error}
                        </p>
                    }
                })}
            <button class="button button--primary button--wide" type="submit">
                "Send decision"
            </button>
        </form>
    }
    .into_any()
}
