//! The form for a new request.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::form::{
    Check, ErrorSummary, Field, FieldText, SpanInput, TextArea, TextField, Tile, described_by, field_id,
};
use crate::islands::ApproverPicker;
use crate::view::file::size_in_words;
use crate::view::{ApproverForm, FinalRule, Frame, NewRequest, Section};

/// `/requests/new`.
#[must_use]
pub fn new_request(frame: Frame, page: NewRequest) -> Page {
    render(Shell::new("New request").scripts(Scripts::Islands), || view! { <NewRequestPage frame=frame page=page /> })
}

#[component]
fn NewRequestPage(frame: Frame, page: NewRequest) -> AnyView {
    let approvers = ApproverForm { errors: page.errors.clone(), ..page.approvers.clone() };
    let errors = page.errors.clone();
    view! {
        <Layout frame=frame section=Section::NewRequest width=Width::Medium>
            <Heading title="New request" />
            <form class="form" method="post" action=paths::NewRequest.to_string() enctype="multipart/form-data">
                // The first submit button of a form is the one that Enter presses; it must not be "Add approvers".
                <button
                    class="visually-hidden"
                    type="submit"
                    name="intent"
                    value="submit"
                    tabindex="-1"
                    aria-hidden="true"
                >
                    "Send"
                </button>
                <ErrorSummary errors=errors />
                <Document page=page.clone() />
                <section class="card" aria-labelledby="who">
                    <h2 class="card__title" id="who">
                        "Who decides, and by when"
                    </h2>
                    <ApproverPicker form=approvers />
                </section>
                <Ladder page=page />
                <div class="form__end">
                    <button class="button button--primary" type="submit" name="intent" value="submit">
                        "Send for approval"
                    </button>
                    <p class="muted">"The approvers get their mail at once."</p>
                </div>
            </form>
        </Layout>
    }
    .into_any()
}

/// Title, text and files.
#[component]
fn Document(page: NewRequest) -> AnyView {
    let NewRequest { title, text, kept, max_file_size, errors, .. } = page;
    let kept: Vec<_> = kept
        .into_iter()
        .map(|file| {
            let label = format!("{} ({})", file.name, size_in_words(file.size));
            view! { <Check name="kept_file" value=file.token checked=true label=label /> }
        })
        .collect();
    let file_id = field_id("file");
    let file_error = errors.of("file");
    let described = described_by(&file_id, true, file_error.is_some());
    let file_text = FieldText {
        id: file_id.clone(),
        label: "Files".to_owned(),
        hint: format!(
            "PDF, pictures and plain text are shown in the browser, others are offered as a download. Up to {} each.",
            size_in_words(max_file_size)
        ),
        error: file_error,
        optional: true,
    };
    view! {
        <section class="card" aria-labelledby="what">
            <h2 class="card__title" id="what">
                "What is to be approved"
            </h2>
            <TextField name="title" label="Title" value=title error=errors.of("title") required=true max_length=200 />
            <TextArea
                name="text"
                label="Text"
                hint="What the approvers must know. Markdown works: **bold**, lists, links."
                value=text
                error=errors.of("text")
                rows=7
            />
            {(!kept.is_empty())
                .then(|| {
                    view! {
                        <fieldset class="kept">
                            <legend class="field__label">"Already uploaded"</legend>
                            {kept}
                        </fieldset>
                    }
                })}
            <Field text=file_text>
                <input
                    class="input input--file"
                    type="file"
                    id=file_id
                    name="file"
                    multiple
                    aria-describedby=described
                />
            </Field>
        </section>
    }
    .into_any()
}

/// Reminder, escalation and final rule.
#[component]
fn Ladder(page: NewRequest) -> AnyView {
    let NewRequest { remind, escalate_to, escalate, final_rule, errors, .. } = page;
    let tile = move |rule: FinalRule, title: &'static str, text: &'static str| {
        view! { <Tile name="final_rule" value=rule.key() chosen=final_rule == rule title=title text=text /> }
    };
    view! {
        <section class="card" aria-labelledby="otherwise">
            <h2 class="card__title" id="otherwise">
                "If nobody decides in time"
            </h2>
            <p class="muted">"These steps count from the time limit above; without one, none of them happens."</p>
            <SpanInput
                name="remind"
                label="Remind before the time is up"
                hint="Leave empty for no reminder."
                value=remind
                error=errors.of("remind")
            />
            <div class="form__pair">
                <TextField
                    name="escalate_to"
                    label="Then also ask"
                    kind="email"
                    hint="Decides alone. Leave empty to skip this step."
                    value=escalate_to
                    error=errors.of("escalate_to")
                    max_length=254
                    autocomplete="off"
                />
                <SpanInput
                    name="escalate"
                    label="And give them"
                    hint="More time for everybody."
                    value=escalate
                    error=errors.of("escalate")
                />
            </div>
            <fieldset class="tiles" id=field_id("final_rule")>
                <legend class="field__label">"In the end"</legend>
                {tile(FinalRule::Reject, "Reject", "No answer means no.")}
                {tile(FinalRule::Approve, "Approve", "No answer means yes.")}
                {tile(FinalRule::Expire, "Let it expire", "It ends without a verdict.")}
            </fieldset>
        </section>
    }
    .into_any()
}
