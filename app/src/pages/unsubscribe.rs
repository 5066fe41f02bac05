//! Ending the daily overview. No scripts, no navigation.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Shell, paths, render};
use crate::view::{Frame, Unsubscribe};

/// `/unsubscribe/{token}`.
#[must_use]
pub fn unsubscribe(page: Unsubscribe) -> Page {
    render(Shell::new("Daily overview"), || view! { <UnsubscribePage page=page /> })
}

#[component]
fn UnsubscribePage(page: Unsubscribe) -> AnyView {
    if page.subscribed { subscribed(page) } else { ended(page) }
}

fn subscribed(page: Unsubscribe) -> AnyView {
    view! {
        <Layout frame=Frame::default() width=Width::Narrow>
            <Heading title="Stop the daily overview?">
                <p>
                    <strong>{page.email}</strong>
                    " gets one mail a day with everything that waits. Questions and reminders still come when it stops."
                </p>
            </Heading>
            <form class="card form" method="post" action=paths::Unsubscribe(&page.token).to_string()>
                <button class="button button--primary button--wide" type="submit">
                    "Stop the daily overview"
                </button>
            </form>
        </Layout>
    }
    .into_any()
}

fn ended(page: Unsubscribe) -> AnyView {
    let settings = paths::Settings.to_string();
    view! {
        <Layout frame=Frame::default() width=Width::Narrow>
            <Heading title="The daily overview has stopped" />
            <div class="card">
                <p>
                    <strong>{page.email}</strong>
                    " gets no daily overview any more. Questions and reminders still come."
                </p>
                <p>
                    "You can turn it on again in " <a href=settings>"your settings"</a> "."
                </p>
            </div>
        </Layout>
    }
    .into_any()
}
