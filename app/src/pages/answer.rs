//! What the link in a run's question opens. No scripts, no navigation.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Shell, paths, render};
use crate::components::document::Prose;
use crate::components::time::{DueTime, Time};
use crate::components::verdict::{Choice, VerdictFields};
use crate::view::{Frame, RunQuestion, RunQuestionClosed};

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
    let choices = vec![Choice::approve("Yes, it may go on."), Choice::reject("No, it may not.")];
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
                <VerdictFields form=page.form choices=choices action=paths::Answer(&link).to_string() />
            </section>
            <p class="aside">
                "Asked " <Time at=page.asked_at />
                ". Nothing is decided until you press \u{201c}Send decision\u{201d}."
            </p>
        </Layout>
    }
    .into_any()
}
