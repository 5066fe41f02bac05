//! Deciding several requests at once: the page that confirms it, and the one that tells what became of each.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::empty::Empty;
use crate::components::form::{ErrorSummary, TextArea, Tile, field_id};
use crate::components::icon::Glyph;
use crate::components::notice::NoticeBox;
use crate::components::table::{Cell, Table};
use crate::components::time::DueTime;
use crate::view::{
    BulkDecision, BulkResult, BulkResultRow, BulkRow, DecisionForm, Frame, Icon, InboxTab, Section, Tone, Verdict,
};

/// `GET /requests/decide`, and the same when the form comes back.
#[must_use]
pub fn bulk(frame: Frame, page: BulkDecision) -> Page {
    render(Shell::new("Decide together").scripts(Scripts::Live), || view! { <BulkPage frame=frame page=page /> })
}

/// `POST /requests/decide`.
#[must_use]
pub fn bulk_result(frame: Frame, page: BulkResult) -> Page {
    render(Shell::new("Decided together").scripts(Scripts::Live), || view! { <ResultPage frame=frame page=page /> })
}

fn waiting_list() -> String {
    paths::with_query(paths::Inbox, &[("tab", InboxTab::Waiting.key())])
}

fn requests(number: usize) -> String {
    if number == 1 { "one request".to_owned() } else { format!("{number} requests") }
}

#[component]
fn BulkPage(frame: Frame, page: BulkDecision) -> AnyView {
    let BulkDecision { rows, left_out, form } = page;
    let number = rows.len();
    let title = if number == 0 { "Nothing to decide".to_owned() } else { format!("Decide on {}", requests(number)) };
    let left_out = (left_out > 0).then(|| {
        let what = requests(left_out);
        view! {
            <NoticeBox tone=Tone::Ink>
                {format!("Left out: {what} of those you chose, which you have answered, or which are closed or on hold.")}
            </NoticeBox>
        }
    });
    let content = if number == 0 { nothing(form).into_any() } else { decision(rows, form).into_any() };
    view! {
        <Layout frame=frame section=Section::Inbox width=Width::Medium>
            <Heading title=title>
                <p>"One answer for all of them. Each is recorded by itself, for the revision named here."</p>
            </Heading>
            {left_out}
            {content}
        </Layout>
    }
    .into_any()
}

fn nothing(form: DecisionForm) -> impl IntoView {
    view! {
        <ErrorSummary errors=form.errors />
        <Empty title="Nothing is chosen" text="Tick requests in the list of those that wait for you, and come back.">
            <a class="button" href=waiting_list()>
                "Back to the list"
            </a>
        </Empty>
    }
}

fn decision(rows: Vec<BulkRow>, form: DecisionForm) -> impl IntoView {
    let send = format!("Send decision on {}", requests(rows.len()));
    let rows: Vec<_> = rows.into_iter().map(chosen_row).collect();
    view! {
        <form class="form" method="post" action=paths::DecideRequests.to_string()>
            <ErrorSummary errors=form.errors.clone() />
            <div class="sheet">
                <Table caption="Chosen requests" columns=vec!["Request", "Revision", "Due"]>
                    {rows}
                </Table>
            </div>
            <Answer form=form />
            <div class="form__end">
                <button class="button button--primary" type="submit">
                    {send}
                </button>
                <a class="button" href=waiting_list()>
                    "Back to the list"
                </a>
            </div>
        </form>
    }
}

fn chosen_row(row: BulkRow) -> AnyView {
    let due = match row.due {
        Some(due) => view! { <DueTime due=due /> }.into_any(),
        None => view! { <span class="muted table__none">"\u{2013}"</span> }.into_any(),
    };
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">
                <input type="hidden" name="chosen" value=row.chosen />
                <a class="row-link" href=paths::Request(&row.id.to_string()).to_string()>
                    {row.title}
                </a>
                <span class="muted">{row.requester.label()}</span>
            </Cell>
            <Cell label="Revision">{row.revision}</Cell>
            <Cell label="Due">{due}</Cell>
        </tr>
    }
    .into_any()
}

/// Two equal tiles, none chosen beforehand, and a reason.
#[component]
fn Answer(form: DecisionForm) -> AnyView {
    let error = form.errors.of("verdict");
    let described = error.is_some().then(|| format!("{}-error", field_id("verdict")));
    let tile = |verdict: Verdict, title: &'static str, text: &'static str, icon: Icon, tone: Tone| {
        let chosen = form.verdict == Some(verdict);
        view! { <Tile name="verdict" value=verdict.key() chosen=chosen title=title text=text icon=icon tone=tone /> }
    };
    view! {
        <fieldset class="tiles" id=field_id("verdict") aria-describedby=described>
            <legend class="visually-hidden">"Your decision"</legend>
            {tile(Verdict::Approve, "Approve", "You approve each of them.", Icon::Check, Tone::Good)}
            {tile(Verdict::Reject, "Reject", "You reject each of them, for this reason.", Icon::Cross, Tone::Bad)}
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
        <TextArea
            name="reason"
            label="Reason"
            hint="Needed when you reject. It is written to each of them, and everybody involved can read it."
            value=form.reason
            error=form.errors.of("reason")
            rows=2
        />
    }
    .into_any()
}

#[component]
fn ResultPage(frame: Frame, page: BulkResult) -> AnyView {
    let (recorded, all) = (page.recorded(), page.rows.len());
    let tone = if recorded == all { Tone::Good } else { Tone::Escalated };
    let text = if recorded == all {
        format!("Your answer to {} is recorded.", requests(all))
    } else {
        format!("Your answer is recorded for {recorded} of {}. Below is what became of the others.", requests(all))
    };
    let rows: Vec<_> = page.rows.into_iter().map(result_row).collect();
    view! {
        <Layout frame=frame section=Section::Inbox width=Width::Medium>
            <Heading title="What became of your answer" />
            <NoticeBox tone=tone announce=true>
                {text}
            </NoticeBox>
            <div class="sheet">
                <Table caption="Results" columns=vec!["Request", "Result"]>
                    {rows}
                </Table>
            </div>
            <p>
                <a class="button" href=waiting_list()>
                    "Back to the list"
                </a>
            </p>
        </Layout>
    }
    .into_any()
}

fn result_row(row: BulkResultRow) -> AnyView {
    let name = if row.title.is_empty() {
        view! { <span class="muted">"A request that you are not asked about"</span> }.into_any()
    } else {
        let href = paths::Request(&row.id.to_string()).to_string();
        view! {
            <a class="row-link" href=href>
                {row.title}
            </a>
        }
        .into_any()
    };
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">{name} <span class="muted">{row.text}</span></Cell>
            <Cell label="State">
                <Badge mark=row.fate.mark() />
            </Cell>
        </tr>
    }
    .into_any()
}
