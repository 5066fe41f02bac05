//! One webhook with its deliveries, for admins.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::webhooks::settings_form;
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::facts::{Fact, Facts};
use crate::components::notice::NoticeBox;
use crate::components::pager::Pager;
use crate::components::table::{Cell, Table};
use crate::components::time::Time;
use crate::view::webhook::{ShownSecret, WebhookState};
use crate::view::{DeliveryRow, Frame, Moment, Section, Tone, WebhookDetail};

/// `GET /webhooks/{id}`, and again as the answer to its form and to a new secret.
#[must_use]
pub fn webhook(frame: Frame, page: WebhookDetail) -> Page {
    let shell = Shell::new(page.webhook.name().to_owned()).scripts(Scripts::Live);
    render(shell, || view! { <WebhookPage frame=frame page=page /> })
}

#[component]
fn WebhookPage(frame: Frame, page: WebhookDetail) -> AnyView {
    let id = page.webhook.id.to_string();
    let address = |cursor: &str| paths::with_query(paths::Webhook(&id), &[("before", cursor)]);
    let (first, next) = (page.paged.then(|| address("")), page.next.as_deref().map(address));
    let action = paths::Webhook(&id).to_string();
    let (state, rows, form) = (page.webhook.state, page.deliveries.clone(), page.form.clone());
    view! {
        <Layout frame=frame section=Section::Webhooks width=Width::Wide>
            <Heading title=page.webhook.name().to_owned() above="Webhook">
                <div class="status">
                    <Badge mark=state.mark() />
                </div>
            </Heading>
            {page.secret.clone().map(|secret| view! { <Secret secret=secret /> })}
            {page.disabled.clone().map(|(at, why)| view! { <DisabledBox at=at why=why /> })}
            <div class="webhook">
                <div class="webhook__main">
                    <Card id="deliveries" title="Deliveries">
                        {deliveries(rows)}
                        <Pager label="Deliveries" first=first next=next />
                    </Card>
                    <Card id="settings" title="Settings">
                        {settings_form(form, action, "Save the changes")}
                    </Card>
                </div>
                <div class="webhook__side">
                    <Verbs id=id state=state secret_number=page.secret_number />
                    <About page=page />
                </div>
            </div>
        </Layout>
    }
    .into_any()
}

/// The one time that a secret is shown.
#[component]
fn Secret(secret: ShownSecret) -> AnyView {
    view! {
        <Card id="secret" title="The secret of this webhook">
            <p>
                "Copy it to the receiver now and keep it like a password: with it the receiver knows that a message is \
                from here. It is shown this one time; later it can only be replaced."
            </p>
            <div class="field">
                <label class="field__label" for="f-secret">
                    "Secret"
                </label>
                <input
                    class="input webhook__secret"
                    id="f-secret"
                    type="text"
                    value=secret.0
                    readonly=true
                    autofocus=true
                    autocomplete="off"
                    spellcheck="false"
                />
            </div>
        </Card>
    }
    .into_any()
}

#[component]
fn DisabledBox(at: Moment, why: String) -> AnyView {
    let why = if why.is_empty() { "An administrator disabled it.".to_owned() } else { why };
    view! {
        <NoticeBox tone=Tone::Held>
            <strong>"Nothing is posted to it. "</strong>
            {why}
            " ("
            <Time at=at />
            ")"
        </NoticeBox>
    }
    .into_any()
}

fn deliveries(rows: Vec<DeliveryRow>) -> AnyView {
    if rows.is_empty() {
        let text = "The next event that it subscribed to writes one. A test shows at once whether they arrive.";
        return view! { <Empty title="Nothing was posted yet" text=text /> }.into_any();
    }
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    view! {
        <Table caption="Deliveries" columns=vec!["Event", "State", "Attempts", "Written"]>
            {rows}
        </Table>
    }
    .into_any()
}

fn row(row: DeliveryRow) -> AnyView {
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">
                <a class="row-link row-link--id" href=paths::Delivery(&row.id.to_string()).to_string()>
                    {row.event}
                </a>
            </Cell>
            <Cell label="State">
                <Badge mark=row.state.mark() />
                {row.error.map(|error| view! { <span class="webhook__error">{error}</span> })}
                {row
                    .next_attempt_at
                    .map(|at| {
                        view! { <span class="muted webhook__when">"Next attempt " <Time at=at relative=true /></span> }
                    })}
            </Cell>
            <Cell label="Attempts">{row.attempts}</Cell>
            <Cell label="Written">
                <Time at=row.created_at relative=true />
            </Cell>
        </tr>
    }
    .into_any()
}

/// What can be done to it.
#[component]
fn Verbs(id: String, state: WebhookState, secret_number: u32) -> AnyView {
    let button = |verb: &'static str, word: &'static str| {
        view! {
            <form method="post" action=paths::WebhookVerb(&id, verb).to_string()>
                <button class="button" type="submit">
                    {word}
                </button>
            </form>
        }
    };
    let now = match state {
        WebhookState::Active => view! { {button("test", "Post a test")} {button("disable", "Disable")} }.into_any(),
        WebhookState::Disabled => button("enable", "Enable").into_any(),
    };
    view! {
        <Card id="verbs" title="Change it">
            <div class="webhook__verbs">{now}</div>
            <div class="verbs">
                <Rotate id=id.clone() secret_number=secret_number />
                <Delete id=id />
            </div>
        </Card>
    }
    .into_any()
}

#[component]
fn Rotate(id: String, secret_number: u32) -> AnyView {
    view! {
        <details class="verb">
            <summary class="verb__word">"Replace the secret"</summary>
            <form method="post" action=paths::WebhookVerb(&id, "rotate").to_string()>
                <p class="verb__text">
                    "Shows a new secret. For 24 hours messages are signed with both, so that the receiver can change \
                    over; a secret that is older still stops working at once."
                </p>
                <input type="hidden" name="shown" value=secret_number.to_string() />
                <button class="button button--primary" type="submit">
                    "Make a new secret"
                </button>
            </form>
        </details>
    }
    .into_any()
}

#[component]
fn Delete(id: String) -> AnyView {
    view! {
        <details class="verb">
            <summary class="verb__word">"Delete"</summary>
            <form method="post" action=paths::WebhookVerb(&id, "delete").to_string()>
                <p class="verb__text">
                    "Nothing more is posted, and the list of its deliveries goes too. This cannot be undone."
                </p>
                <button class="button button--danger" type="submit">
                    "Delete the webhook"
                </button>
            </form>
        </details>
    }
    .into_any()
}

#[component]
fn About(page: WebhookDetail) -> AnyView {
    let WebhookDetail { webhook, owner, created_at, secret_number, old_secret_until, .. } = page;
    view! {
        <Card id="about" title="About">
            <Facts>
                <Fact name="Address">{webhook.url}</Fact>
                <Fact name="Made by">{owner.label()}</Fact>
                <Fact name="Made"><Time at=created_at /></Fact>
                <Fact name="Secret">"Number " {secret_number}</Fact>
                {old_secret_until
                    .map(|until| view! { <Fact name="Old secret">"Signs too until " <Time at=until /></Fact> })}
            </Facts>
            <p class="aside">
                "Messages are signed as the Standard Webhooks convention has it: the headers "
                <code class="code">"webhook-id"</code> ", " <code class="code">"webhook-timestamp"</code> " and "
                <code class="code">"webhook-signature"</code>
                ". A message may come twice; the receiver knows it again by its id."
            </p>
        </Card>
    }
    .into_any()
}
