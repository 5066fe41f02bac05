//! Error pages.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Shell, paths, render};
use crate::view::{Frame, Problem};

/// What went wrong, with the status that goes with it.
#[must_use]
pub fn problem(frame: Frame, page: Problem) -> Page {
    let status = page.status;
    let shown = render(Shell::new(page.heading()), || view! { <ProblemPage frame=frame page=page /> });
    shown.with_status(axum::http::StatusCode::from_u16(status).unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR))
}

#[component]
fn ProblemPage(frame: Frame, page: Problem) -> AnyView {
    let advice = page.advice();
    view! {
        <Layout frame=frame width=Width::Narrow>
            <Heading title=page.heading() above=format!("Error {}", page.status) />
            <div class="card">
                {(!page.detail.is_empty()).then(|| view! { <p>{page.detail}</p> })}
                <p>{advice}</p>
                <p>
                    <a class="button" href=paths::Inbox.to_string()>
                        "To the start"
                    </a>
                </p>
            </div>
            <p class="aside">"Number of this message, for the log: " <code class="code">{page.request_id}</code></p>
        </Layout>
    }
    .into_any()
}
