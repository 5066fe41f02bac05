//! The form of a monitor.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::form::{
    ErrorSummary, EscalationPair, Field, FieldText, SpanInput, TextArea, TextField, Words, described_by, field_id,
};
use crate::view::{Frame, MonitorForm, Section};

/// `/monitors/new`.
#[must_use]
pub fn new_monitor(frame: Frame, form: MonitorForm) -> Page {
    render(Shell::new("New monitor").scripts(Scripts::Live), || view! { <NewMonitorPage frame=frame form=form /> })
}

#[component]
fn NewMonitorPage(frame: Frame, form: MonitorForm) -> AnyView {
    let action = paths::NewMonitor.to_string();
    view! {
        <Layout frame=frame section=Section::Monitors width=Width::Medium>
            <Heading title="New monitor" />
            {monitor_fields(form, action, "Start to monitor")}
        </Layout>
    }
    .into_any()
}

/// The whole form, for a new monitor and for one that is changed.
pub(super) fn monitor_fields(form: MonitorForm, action: String, send: &'static str) -> AnyView {
    view! {
        <form class="form" method="post" action=action>
            <ErrorSummary errors=form.errors.clone() />
            <Service form=form.clone() />
            <Expected form=form.clone() />
            <Told form=form />
            <div class="form__end">
                <button class="button button--primary" type="submit">
                    {send}
                </button>
                <p class="muted">"It is checked at once."</p>
            </div>
        </form>
    }
    .into_any()
}

/// What is asked, and how often.
#[component]
fn Service(form: MonitorForm) -> AnyView {
    let MonitorForm { name, url, interval, timeout, retries, errors, .. } = form;
    view! {
        <section class="card" aria-labelledby="service">
            <h2 class="card__title" id="service">
                "What is checked"
            </h2>
            <TextField name="name" label="Name" value=name error=errors.of("name") required=true max_length=100 />
            <TextField
                name="url"
                label="Address"
                kind="url"
                hint="Asked with GET; a redirect is an answer and is not followed. Everybody who can sign in sees it."
                value=url
                error=errors.of("url")
                required=true
                max_length=2000
                autocomplete="off"
            />
            <Interval value=interval error=errors.of("interval") />
            <div class="form__pair">
                <TextField
                    name="timeout"
                    label="Wait for an answer, in seconds"
                    hint="From 1 to 60."
                    value=timeout
                    error=errors.of("timeout")
                    required=true
                    max_length=2
                />
                <TextField
                    name="retries"
                    label="Try again"
                    hint="From 0 to 10 times."
                    value=retries
                    error=errors.of("retries")
                    required=true
                    max_length=2
                />
            </div>
        </section>
    }
    .into_any()
}

/// The interval: the usual ones to choose from, and the present one whatever it is.
#[component]
fn Interval(value: String, error: Option<String>) -> AnyView {
    let id = field_id("interval");
    let described = described_by(&id, false, error.is_some());
    let invalid = error.is_some().then_some("true");
    let text = FieldText { id: id.clone(), label: "Check every".to_owned(), error, ..FieldText::default() };
    let unusual = MonitorForm::INTERVALS.iter().all(|(seconds, _)| *seconds != value);
    let unusual = unusual.then(|| {
        let word = format!("{value} seconds");
        view! { <option value=value.clone() selected=true>{word}</option> }
    });
    let usual: Vec<_> = MonitorForm::INTERVALS
        .into_iter()
        .map(|(seconds, word)| view! { <option value=seconds selected=seconds == value>{word}</option> })
        .collect();
    view! {
        <Field text=text>
            <select class="input" id=id name="interval" aria-invalid=invalid aria-describedby=described>
                {unusual}
                {usual}
            </select>
        </Field>
    }
    .into_any()
}

/// What the answer must be.
#[component]
fn Expected(form: MonitorForm) -> AnyView {
    let MonitorForm { statuses, contains, max_latency, certificate_days, errors, .. } = form;
    view! {
        <section class="card" aria-labelledby="expected">
            <h2 class="card__title" id="expected">
                "What the answer must be"
            </h2>
            <TextField
                name="statuses"
                label="Status"
                hint="Codes and classes, such as 200, 2xx or 400-404."
                value=statuses
                error=errors.of("statuses")
                max_length=200
            />
            <TextField
                name="contains"
                label="Text in it"
                hint="Exactly as it stands in the answer. Leave empty for any."
                value=contains
                error=errors.of("contains")
                max_length=500
            />
            <div class="form__pair">
                <TextField
                    name="max_latency"
                    label="Longest time, in milliseconds"
                    hint="Leave empty for any."
                    value=max_latency
                    error=errors.of("max_latency")
                    max_length=5
                />
                <TextField
                    name="certificate_days"
                    label="Certificate, in days"
                    hint="Must be valid for so long."
                    value=certificate_days
                    error=errors.of("certificate_days")
                    max_length=3
                />
            </div>
        </section>
    }
    .into_any()
}

/// Who is told.
#[component]
fn Told(form: MonitorForm) -> AnyView {
    let MonitorForm { alert_to, remind, escalate_to, escalate, errors, .. } = form;
    let whom = Words { label: "Then also tell", hint: "Leave empty to skip this step." };
    let when = Words { label: "After", hint: "Counted from the first alert." };
    view! {
        <section class="card" aria-labelledby="told">
            <h2 class="card__title" id="told">
                "Who is told"
            </h2>
            <TextArea
                name="alert_to"
                label="Mail addresses"
                hint="One per line. They are told when it goes down and when it is back. Webhooks that listen to monitors \
                are told in any case."
                value=alert_to
                error=errors.of("alert_to")
                rows=3
            />
            <SpanInput
                name="remind"
                label="Remind them every"
                hint="While it stays down. Leave empty for no reminder."
                value=remind
                error=errors.of("remind")
            />
            <EscalationPair whom=whom to=escalate_to when=when span=escalate errors=errors />
        </section>
    }
    .into_any()
}
