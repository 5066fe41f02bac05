//! The form of a policy: what it is called, its stages one below the other, and what holds for all of them.

use leptos::prelude::*;

use super::paths;
use super::policy_stage::{Surroundings, group_checks, stage_fields};
use crate::components::card::Card;
use crate::components::form::{
    Check, ErrorSummary, Named, SpanInput, TextArea, TextField, Tile, field_id, named_area, named_text,
};
use crate::view::{FormErrors, PolicyEditor, PolicyFields};

/// The whole form. Every button of it posts everything.
pub(super) fn policy_form(page: PolicyEditor) -> AnyView {
    let PolicyEditor { policy, fields, groups, zones, placeholders, preview_as, errors, .. } = page;
    let action = match &policy {
        Some(policy) => paths::Policy(&policy.id.to_string()).to_string(),
        None => paths::NewPolicy.to_string(),
    };
    let seen = policy.as_ref().map(|policy| {
        view! { <input type="hidden" name="seen" value=policy.version.to_string() /> }
    });
    let (count, around) =
        (fields.stages.len(), Surroundings { action: action.clone(), groups, errors: errors.clone() });
    let stages: Vec<_> = fields
        .stages
        .iter()
        .enumerate()
        .map(|(number, stage)| stage_fields(number, count, stage.clone(), &around))
        .collect();
    let offered = group_checks("offered_to", &around.groups, &fields.offered_to);
    let zones: Vec<_> = zones.into_iter().map(|zone| view! { <option value=zone></option> }).collect();
    let add = format!("{action}#stage-{count}");
    view! {
        <form class="form policy" method="post" action=action>
            // The first submit button of a form is the one that Enter presses; it must not remove a stage.
            {hidden_save()}
            {seen}
            <ErrorSummary errors=errors.clone() />
            {head(fields.clone(), placeholders, errors.clone())}
            <div class="policy__stages" id=field_id("stage") tabindex="-1">
                {stages}
            </div>
            <div>
                <button class="button" type="submit" name="intent" value="add_stage" formaction=add formnovalidate>
                    "Add a stage"
                </button>
            </div>
            <datalist id="zones">{zones}</datalist>
            {options(fields, offered, errors.clone())}
            {ask_preview(preview_as, errors.of("as"))}
            <div class="form__end">
                <button class="button button--primary" type="submit" name="intent" value="save">
                    {if policy.is_some() { "Save as a new version" } else { "Make the policy" }}
                </button>
                <p class="muted">"Requests that run keep the version that they were submitted with."</p>
            </div>
        </form>
    }
    .into_any()
}

fn hidden_save() -> AnyView {
    view! {
        <button class="visually-hidden" type="submit" name="intent" value="save" tabindex="-1" aria-hidden="true">
            "Save"
        </button>
    }
    .into_any()
}

/// What it is called, and what a request begins as.
fn head(fields: PolicyFields, placeholders: Vec<(String, String)>, errors: FormErrors) -> AnyView {
    let known: Vec<_> = placeholders
        .into_iter()
        .map(|(name, meaning)| {
            view! {
                <li>
                    <code>{format!("{{{{{name}}}}}")}</code>
                    " is "
                    {meaning}
                </li>
            }
        })
        .collect();
    let title = Named {
        name: "title".to_owned(),
        label: "Title of a request",
        value: fields.title,
        error: errors.of("title"),
        optional: true,
        ..Named::default()
    };
    let text = Named {
        name: "text".to_owned(),
        label: "Text of a request",
        value: fields.text,
        error: errors.of("text"),
        optional: true,
        ..Named::default()
    };
    view! {
        <Card id="about" title="What it is for">
            <TextField
                name="name"
                label="Name"
                value=fields.name
                error=errors.of("name")
                required=true
                max_length=100
                autocomplete="off"
            />
            <TextArea
                name="description"
                label="When to choose it"
                value=fields.description
                error=errors.of("description")
                rows=2
            />
            {named_text(title, 200, None)}
            {named_area(text, 5)}
            <div class="muted policy__known">
                <p>"A new request begins with them where nothing was typed. In both of them"</p>
                <ul>{known}</ul>
            </div>
        </Card>
    }
    .into_any()
}

/// What holds for all stages.
fn options(fields: PolicyFields, offered: AnyView, errors: FormErrors) -> AnyView {
    view! {
        <Card id="options" title="What holds for all stages">
            {on_revision(&fields.on_revision)}
            {assurance(&fields.assurance)}
            <Check
                name="self_approval"
                value="yes"
                checked=fields.self_approval
                label="Requesters may approve their own requests"
                hint="Where they are among those who are asked. Otherwise they are left out."
            />
            <SpanInput
                name="reconsider"
                label="An answer may be changed within"
                hint="While its stage is open. Leave empty for never."
                value=fields.reconsider
                error=errors.of("reconsider")
            />
            <SpanInput
                name="link_life"
                label="Links in mails work for"
                hint="At most, and never longer than the stage is open or 14 days. Leave empty for that."
                value=fields.link_life
                error=errors.of("link_life")
            />
            <TextArea
                name="observers"
                label="Observers"
                hint="Mail addresses, one per line. They see the request and are told how it ends."
                value=fields.observers
                error=errors.of("observers")
                rows=2
            />
            <fieldset id=field_id("offered_to") tabindex="-1">
                <legend class="field__label">"Who may use it"</legend>
                <p class="field__hint">"Members of these groups, and administrators. Tick none for everybody."</p>
                {errors.of("offered_to").map(|error| view! { <p class="field__error">{error}</p> })}
                {offered}
            </fieldset>
        </Card>
    }
    .into_any()
}

fn on_revision(chosen: &str) -> AnyView {
    let tile = |value: &'static str, title: &'static str, text: &'static str| {
        view! { <Tile name="on_revision" value=value chosen=chosen == value title=title text=text /> }
    };
    view! {
        <fieldset class="tiles">
            <legend class="field__label">"What a new revision does to approvals"</legend>
            {tile("if_changed", "Ask again if it differs", "Approvals stay when title, text and files are the same.")}
            {tile("all_again", "Always ask again", "Everybody, from the first stage.")}
            {tile("keep", "Keep them", "Only those who have not answered see the new one.")}
        </fieldset>
    }
    .into_any()
}

fn assurance(chosen: &str) -> AnyView {
    let tile = |value: &'static str, title: &'static str, text: &'static str| {
        view! { <Tile name="assurance" value=value chosen=chosen == value title=title text=text /> }
    };
    view! {
        <fieldset class="tiles">
            <legend class="field__label">"How sure it must be who decides"</legend>
            {tile("link", "The link is enough", "Whoever opens the mail decides.")}
            {tile("code", "Link and code", "A second mail brings a code to type. Signed in, none is needed.")}
        </fieldset>
    }
    .into_any()
}

/// The button that shows who would be asked when.
fn ask_preview(requester: String, error: Option<String>) -> AnyView {
    let control = Named {
        name: "as".to_owned(),
        label: "As if this person asked",
        hint: "A mail address. Leave empty for yourself.",
        value: requester,
        error,
        optional: true,
    };
    view! {
        <section class="card" aria-labelledby=field_id("policy")>
            <h2 class="card__title" id=field_id("policy") tabindex="-1">
                "Preview"
            </h2>
            {named_text(control, 254, None)}
            <div>
                <button class="button" type="submit" name="intent" value="preview">
                    "Show who will be asked when"
                </button>
            </div>
        </section>
    }
    .into_any()
}
