//! The form for a new request.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::form::{
    ErrorSummary, EscalationPair, Field, FieldText, SpanInput, TextArea, TextField, Tile, Uploads, Words, described_by,
    field_id,
};
use crate::components::policy_preview::PreviewLadder;
use crate::islands::ApproverPicker;
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
                {by_policy(&page)}
                <div class="new-request__own">
                    <section class="card" aria-labelledby="who">
                        <h2 class="card__title" id="who">
                            "Who decides, and by when"
                        </h2>
                        <ApproverPicker form=approvers />
                    </section>
                    <Ladder page=page />
                </div>
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
            <Uploads kept=kept max_file_size=max_file_size error=errors.of("file") />
        </section>
    }
    .into_any()
}

/// The choice of a policy in place of everything below it, and whom it asks; nothing where there is none to choose.
fn by_policy(page: &NewRequest) -> Option<AnyView> {
    let own = ("".to_owned(), "Choose the approvers myself".to_owned());
    let choices = page.policies.iter().map(|choice| (choice.id.clone(), choice.name.clone()));
    let options: Vec<_> = [own]
        .into_iter()
        .chain(choices)
        .map(|(id, name)| {
            let chosen = id == page.policy;
            view! { <option value=id selected=chosen>{name}</option> }
        })
        .collect();
    let id = field_id("policy");
    let error = page.errors.of("policy");
    let described = described_by(&id, true, error.is_some());
    let invalid = error.is_some().then_some("true");
    let hint = "It says who decides, by when, and what happens otherwise. Without one you say so below.".to_owned();
    let text = FieldText { id: id.clone(), label: "Policy".to_owned(), hint, error, optional: false };
    let about = page.policies.iter().find(|choice| choice.id == page.policy && !choice.description.is_empty());
    let about = about.map(|choice| view! { <p>{choice.description.clone()}</p> });
    let preview = page.preview.clone().map(|preview| view! { <PreviewLadder preview=preview /> });
    // One that was chosen and is gone has a message to show.
    (!page.policies.is_empty() || !page.policy.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="by-policy">
                <h2 class="card__title" id="by-policy">
                    "How it is decided"
                </h2>
                <Field text=text>
                    <select
                        class="input"
                        id=id
                        name="policy"
                        aria-invalid=invalid
                        aria-describedby=described
                    >
                        {options}
                    </select>
                </Field>
                <div>
                    <button class="button" type="submit" name="intent" value="preview" formnovalidate>
                        "Show who will be asked"
                    </button>
                </div>
                {about}
                {preview}
            </section>
        }
        .into_any()
    })
}

/// Reminder, escalation and final rule.
#[component]
fn Ladder(page: NewRequest) -> AnyView {
    let NewRequest { remind, escalate_to, escalate, final_rule, errors, .. } = page;
    let tile = move |rule: FinalRule, title: &'static str, text: &'static str| {
        view! { <Tile name="final_rule" value=rule.key() chosen=final_rule == rule title=title text=text /> }
    };
    let whom = Words { label: "Then also ask", hint: "Decides alone. Leave empty to skip this step." };
    let when = Words { label: "And give them", hint: "More time for everybody." };
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
            <EscalationPair whom=whom to=escalate_to when=when span=escalate errors=errors />
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
