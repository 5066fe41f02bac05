//! The mails, for admins.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::empty::Empty;
use crate::components::form::ErrorSummary;
use crate::components::notice::NoticeBox;
use crate::components::pager::Pager;
use crate::components::table::{Cell, Table};
use crate::components::time::Time;
use crate::view::{Frame, MailRow, MailState, Outbox, Section, Tone, Transport};

/// `GET /outbox`.
#[must_use]
pub fn outbox(frame: Frame, page: Outbox) -> Page {
    render(Shell::new("Outbox").scripts(Scripts::Live), || view! { <OutboxPage frame=frame page=page /> })
}

#[component]
fn OutboxPage(frame: Frame, page: Outbox) -> AnyView {
    let Outbox { transport, counts, state, rows, paged, next, errors } = page;
    let first = paged.then(|| address(state, ""));
    let next = next.map(|cursor| address(state, &cursor));
    let list = if rows.is_empty() { empty(state).into_any() } else { list(rows).into_any() };
    view! {
        <Layout frame=frame section=Section::Outbox width=Width::Wide>
            <Heading title="Outbox">
                <p>"Every mail of this portal, and what became of it."</p>
            </Heading>
            <TransportBox transport=transport />
            <ErrorSummary errors=errors />
            <div class="toolbar">
                <Counts counts=counts current=state />
                <form method="post" action=paths::TestMail.to_string()>
                    <button class="button" type="submit">
                        "Send me a test mail"
                    </button>
                </form>
            </div>
            {list}
            <Pager label="Mails" first=first next=next />
        </Layout>
    }
    .into_any()
}

fn address(state: Option<MailState>, cursor: &str) -> String {
    paths::with_query(paths::Outbox, &[("state", state.map_or("", MailState::key)), ("before", cursor)])
}

/// How mails leave, and whether they do.
#[component]
fn TransportBox(transport: Transport) -> AnyView {
    match transport {
        Transport::Local => view! {
            <NoticeBox tone=Tone::Held>
                <strong>"No mail server is set up, so no mail leaves this machine. "</strong>
                "Mails stay here, and administrators can open them with their links: this is the only place where \
                    anybody but the recipient sees a link. Set "
                <code class="code">"COUNTERSIGN_SMTP_URL"</code> " to send them."
            </NoticeBox>
        }
        .into_any(),
        Transport::Smtp { host, trouble: None } => {
            view! { <p class="muted">"Mails leave by " <strong>{host}</strong> "."</p> }.into_any()
        }
        Transport::Smtp { host, trouble: Some(trouble) } => view! {
            <NoticeBox tone=Tone::Bad>
                <strong>{host} " does not take mails at the moment. "</strong>
                "It said: " <q>{trouble}</q> " Each mail is tried again by itself."
            </NoticeBox>
        }
        .into_any(),
    }
}

/// How many are in each state; each count is a filter.
#[component]
fn Counts(counts: Vec<(MailState, u64)>, current: Option<MailState>) -> AnyView {
    let total: u64 = counts.iter().map(|(_, count)| count).sum();
    let chip = move |state: Option<MailState>, count: u64| {
        let mark = state.map(MailState::mark);
        let word = mark.map_or("All", |mark| mark.word);
        view! {
            <a
                class="chip"
                href=address(state, "")
                data-tone=mark.map(|mark| mark.tone.key())
                aria-current=(current == state).then_some("true")
            >
                {word}
                <span class="chip__count">{count}</span>
            </a>
        }
    };
    let chips: Vec<_> = counts.into_iter().map(|(state, count)| chip(Some(state), count)).collect();
    view! {
        <nav class="chips" aria-label="Filter by state">
            {chip(None, total)}
            {chips}
        </nav>
    }
    .into_any()
}

fn list(rows: Vec<MailRow>) -> AnyView {
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    view! {
        <div class="sheet">
            <Table caption="Mails" columns=vec!["Mail", "To", "State", "Attempts", "Written"]>
                {rows}
            </Table>
        </div>
    }
    .into_any()
}

fn row(mail: MailRow) -> AnyView {
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">
                <a class="row-link" href=paths::Mail(&mail.id.to_string()).to_string()>
                    {mail.subject}
                </a>
                <span class="muted">{mail.kind}</span>
            </Cell>
            <Cell label="To">{mail.to}</Cell>
            <Cell label="State">
                <Badge mark=mail.state.mark() />
                {mail.error.map(|error| view! { <span class="outbox__error">{error}</span> })}
                {mail
                    .next_attempt_at
                    .map(|at| {
                        view! { <span class="muted outbox__next">"Next attempt " <Time at=at relative=true /></span> }
                    })}
            </Cell>
            <Cell label="Attempts">{mail.attempts}</Cell>
            <Cell label="Written">
                <Time at=mail.created_at relative=true />
            </Cell>
        </tr>
    }
    .into_any()
}

fn empty(state: Option<MailState>) -> AnyView {
    if state.is_some() {
        return view! {
            <Empty title="No mail is in this state" text="Choose another state, or look at all of them.">
                <a class="button" href=paths::Outbox.to_string()>
                    "Show all"
                </a>
            </Empty>
        }
        .into_any();
    }
    view! { <Empty title="No mail has been written yet" text="The first request or invitation writes one. A test \
    mail shows whether they arrive." /> }
    .into_any()
}
