//! What a link in a mail opens: the question, the receipt, or why there is neither. No scripts, no navigation.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Shell, paths, render};
use crate::components::decision::DecisionFields;
use crate::components::document::Prose;
use crate::components::files::{Attached, Files, Inline};
use crate::components::notice::NoticeBox;
use crate::components::time::{DueTime, Time};
use crate::view::{Decide, Frame, Tone};

/// `GET /decide/{link}` for an open question, and again with messages after a POST that could not be taken.
#[must_use]
pub fn decide(page: Decide) -> Page {
    render(Shell::new(page.title.clone()), || view! { <DecidePage page=page /> })
}

#[component]
fn DecidePage(page: Decide) -> AnyView {
    let link = page.link.to_string();
    let files: Vec<_> = page
        .files
        .into_iter()
        .map(|file| {
            let number = file.number;
            let href = paths::DecideFile(&link, number).to_string();
            Attached::new(file, href, |page| paths::DecideFilePage(&link, number, page).to_string())
        })
        .collect();
    let has_document = !page.text_html.trim().is_empty() || !files.is_empty();
    let has_files = !files.is_empty();
    let asked_as = match page.asked_as.name.trim() {
        "" => page.asked_as.email.clone(),
        name => format!("{name} <{}>", page.asked_as.email),
    };
    let escalated = page.tally.decides_alone;
    // Whoever has seen the revision before this one need not read it all again.
    let changes = (page.revision > 1).then(|| {
        let href = paths::DecideChanges(&link).to_string();
        view! { <a href=href>{format!("Changes since r{}", page.revision - 1)}</a> }
    });
    view! {
        <Layout frame=Frame::default() width=Width::Narrow>
            <Heading title=page.title above=format!("{} asks for your approval", page.requester.label())>
                <p class="decide__facts">
                    <span>"Asked as " <strong>{asked_as}</strong></span>
                    {page
                        .due
                        .map(|due| {
                            let relative = due.at.relative.clone();
                            view! {
                                <span>
                                    "By " <DueTime due=due />
                                    {match page.final_rule {
                                        Some(rule) => format!(" ({relative}). Otherwise {}.", rule.in_words()),
                                        None => format!(" ({relative})"),
                                    }}
                                </span>
                            }
                        })}
                    {changes}
                </p>
            </Heading>
            {escalated
                .then(|| {
                    view! {
                        <NoticeBox tone=Tone::Escalated>
                            "The others did not answer in time. Your answer decides alone."
                        </NoticeBox>
                    }
                })}
            {has_document
                .then(|| {
                    view! {
                        <section class="card decide__document" aria-label="Document">
                            <Prose html=page.text_html />
                            {has_files.then(|| view! { <Files files=files inline=Inline::Closed /> })}
                        </section>
                    }
                })}
            <section class="card" aria-labelledby="decide">
                <h2 class="card__title" id="decide">
                    "Your decision"
                </h2>
                <DecisionFields form=page.form tally=page.tally action=paths::Decide(&link).to_string() />
            </section>
            <p class="aside">
                "Submitted " <Time at=page.submitted_at /> {format!(", revision {}. ", page.revision)}
                "Nothing is decided until you press \u{201c}Send decision\u{201d}."
            </p>
        </Layout>
    }
    .into_any()
}
