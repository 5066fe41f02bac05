//! The webhooks, and the form for a new one. For admins.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::form::{Check, ErrorSummary, TextField};
use crate::components::icon::Glyph;
use crate::components::table::{Cell, Table};
use crate::components::time::Time;
use crate::view::webhook::EventChoice;
use crate::view::{Frame, Icon, Section, WebhookForm, WebhookRow, Webhooks};

/// `GET /webhooks`, and again with messages after a form that was refused.
#[must_use]
pub fn webhooks(frame: Frame, page: Webhooks) -> Page {
    render(Shell::new("Webhooks").scripts(Scripts::Live), || view! { <WebhooksPage frame=frame page=page /> })
}

#[component]
fn WebhooksPage(frame: Frame, page: Webhooks) -> AnyView {
    view! {
        <Layout frame=frame section=Section::Webhooks width=Width::Wide>
            <Heading title="Webhooks">
                <p>
                    "Other programs are told what happens here: by a small signed message that is posted to their \
                    address, again and again for a day until they accept it."
                </p>
            </Heading>
            {list(page.rows)}
            <Card id="new-webhook" title="New webhook">
                {settings_form(page.form, paths::Webhooks.to_string(), "Make the webhook")}
            </Card>
        </Layout>
    }
    .into_any()
}

fn list(rows: Vec<WebhookRow>) -> AnyView {
    if rows.is_empty() {
        let text = "Make one below for each program that should hear of requests or monitors.";
        return view! { <Empty title="There are no webhooks yet" text=text /> }.into_any();
    }
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    view! {
        <div class="sheet">
            <Table caption="Webhooks" columns=vec!["Webhook", "State", "Events", "Newest delivery"]>
                {rows}
            </Table>
        </div>
    }
    .into_any()
}

fn row(row: WebhookRow) -> AnyView {
    let name = row.name().to_owned();
    let url = (name != row.url).then(|| view! { <span class="muted webhook__url">{row.url.clone()}</span> });
    let events: Vec<_> = row.events.iter().map(|word| view! { <li class="code">{word.clone()}</li> }).collect();
    let newest = match row.newest {
        Some((state, at)) => view! {
            <Badge mark=state.mark() />
            <span class="muted webhook__when">
                <Time at=at relative=true />
            </span>
        }
        .into_any(),
        None => view! { <span class="muted">"None yet"</span> }.into_any(),
    };
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">
                <a class="row-link webhook__url" href=paths::Webhook(&row.id.to_string()).to_string()>
                    {name}
                </a>
                {url}
            </Cell>
            <Cell label="State">
                <Badge mark=row.state.mark() />
            </Cell>
            <Cell label="Events">
                <ul class="webhook__words">{events}</ul>
            </Cell>
            <Cell label="Newest delivery">{newest}</Cell>
        </tr>
    }
    .into_any()
}

/// The form for a new webhook and for an old one.
pub(super) fn settings_form(form: WebhookForm, action: String, send: &'static str) -> AnyView {
    let WebhookForm { url, description, events, errors } = form;
    let events: Vec<_> = events.into_iter().map(event).collect();
    view! {
        <form class="form" method="post" action=action>
            <ErrorSummary errors=errors.clone() />
            <TextField
                name="url"
                label="Address"
                kind="url"
                hint="What is posted goes here. Use https:// wherever the receiver can."
                value=url
                error=errors.of("url")
                required=true
                max_length=2000
                autocomplete="off"
            />
            <TextField
                name="description"
                label="What it is for"
                value=description
                error=errors.of("description")
                max_length=200
                autocomplete="off"
            />
            <fieldset id="f-event" tabindex="-1">
                <legend class="field__label">"Events"</legend>
                {errors.of("event").map(wrong)}
                <div class="webhook__events">{events}</div>
            </fieldset>
            <div class="form__end">
                <button class="button button--primary" type="submit">
                    {send}
                </button>
            </div>
        </form>
    }
    .into_any()
}

fn wrong(message: String) -> AnyView {
    view! {
        <p class="field__error">
            <Glyph icon=Icon::Warning />
            {message}
        </p>
    }
    .into_any()
}

fn event(EventChoice { word, text, chosen }: EventChoice) -> AnyView {
    view! { <Check name="event" value=word.clone() checked=chosen label=word hint=text /> }.into_any()
}
