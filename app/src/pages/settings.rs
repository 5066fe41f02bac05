//! What everybody sets for themselves, and where they are signed in.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::card::Card;
use crate::components::form::{Check, ErrorSummary, Field, FieldText, TextField, described_by, field_id};
use crate::components::shortcuts::ShortcutSwitch;
use crate::components::table::{Cell, Table};
use crate::components::time::Time;
use crate::view::{Frame, PasswordForm, ProfileForm, Section, SessionRow, Settings};

/// `GET /settings`, and again with messages after a form that was refused.
#[must_use]
pub fn settings(frame: Frame, page: Settings) -> Page {
    render(Shell::new("Settings").scripts(Scripts::Live), || view! { <SettingsPage frame=frame page=page /> })
}

#[component]
fn SettingsPage(frame: Frame, page: Settings) -> AnyView {
    let Settings { profile, password, shortcuts, sessions } = page;
    view! {
        <Layout frame=frame section=Section::Settings width=Width::Medium>
            <Heading title="Settings">
                <p>"How the portal calls you and speaks to you, and where you are signed in."</p>
            </Heading>
            <Card id="profile" title="You">
                <Profile form=profile />
            </Card>
            <Card id="password" title="Password">
                <Password form=password />
            </Card>
            <ShortcutSwitch on=shortcuts action=paths::Shortcuts.to_string() />
            <Card id="sessions" title="Where you are signed in">
                <Sessions rows=sessions />
            </Card>
        </Layout>
    }
    .into_any()
}

/// Name, language, time zone, digest.
#[component]
fn Profile(form: ProfileForm) -> AnyView {
    let digest = form.digest;
    view! {
        <form class="form" method="post" action=paths::Settings.to_string()>
            <ErrorSummary errors=form.errors.clone() />
            <div class="field">
                <label class="field__label" for="f-email">
                    "Mail address"
                </label>
                <input class="input" type="email" id="f-email" value=form.email.clone() readonly />
            </div>
            <TextField
                name="name"
                label="Your name"
                value=form.name.clone()
                error=form.errors.of("name")
                autocomplete="name"
                required=true
                max_length=100
            />
            {language(&form)}
            {zone(form)}
            <Check
                name="digest"
                value="daily"
                checked=digest
                label="One mail a day with everything that waits for me"
                hint="At eight in the morning of your time zone, on days when something waits. Questions and reminders come at once all the same."
            />
            <div class="form__end">
                <button class="button button--primary" type="submit">
                    "Save"
                </button>
            </div>
        </form>
    }
    .into_any()
}

fn language(form: &ProfileForm) -> AnyView {
    let (id, error) = (field_id("language"), form.errors.of("language"));
    let described = described_by(&id, true, error.is_some());
    let invalid = error.is_some().then_some("true");
    let (label, hint) = ("Language".to_owned(), "Of the mails that you get.".to_owned());
    let text = FieldText { id: id.clone(), label, hint, error, optional: false };
    let options: Vec<_> = form
        .languages
        .iter()
        .map(|(code, name)| {
            let chosen = *code == form.language;
            view! { <option value=code.clone() lang=code.clone() selected=chosen>{name.clone()}</option> }
        })
        .collect();
    view! {
        <Field text=text>
            <select class="input" id=id name="language" aria-invalid=invalid aria-describedby=described>
                {options}
            </select>
        </Field>
    }
    .into_any()
}

/// Typed, with all names offered: some four hundred are too many to look through in a list.
fn zone(form: ProfileForm) -> AnyView {
    let (id, error) = (field_id("zone"), form.errors.of("zone"));
    let described = described_by(&id, true, error.is_some());
    let invalid = error.is_some().then_some("true");
    let hint = "A place with your clock, such as Europe/Berlin.".to_owned();
    let text = FieldText { id: id.clone(), label: "Time zone".to_owned(), hint, error, optional: false };
    let zones: Vec<_> = form.zones.into_iter().map(|zone| view! { <option value=zone></option> }).collect();
    let clock = form.zone_time.map(|time| format!("It is {time} there."));
    view! {
        <Field text=text>
            <input
                class="input"
                type="text"
                id=id
                name="zone"
                value=form.zone
                list="zones"
                required=true
                maxlength="64"
                autocomplete="off"
                spellcheck="false"
                aria-invalid=invalid
                aria-describedby=described
            />
            <datalist id="zones">{zones}</datalist>
            <p class="field__hint" data-zone-here>
                {clock}
            </p>
        </Field>
    }
    .into_any()
}

/// A new password for the present one.
#[component]
fn Password(form: PasswordForm) -> AnyView {
    let errors = form.errors;
    view! {
        <form class="form" method="post" action=paths::ChangePassword.to_string()>
            <ErrorSummary errors=errors.clone() />
            <TextField
                name="current"
                label="Present password"
                kind="password"
                value=""
                error=errors.of("current")
                autocomplete="current-password"
                required=true
                max_length=1024
            />
            <TextField
                name="password"
                label="New password"
                kind="password"
                hint="At least 10 characters. You are signed out everywhere else."
                value=""
                error=errors.of("password")
                autocomplete="new-password"
                required=true
                max_length=1024
            />
            <div class="form__end">
                <button class="button" type="submit">
                    "Change the password"
                </button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Sessions(rows: Vec<SessionRow>) -> AnyView {
    let others = rows.iter().any(|row| !row.is_this);
    let rows: Vec<_> = rows.into_iter().map(session).collect();
    view! {
        <Table caption="Sessions" columns=vec!["Session", "Last used", "Signed in", "Ends"]>
            {rows}
        </Table>
        {others
            .then(|| {
                view! {
                    <form class="form settings__end" method="post" action=paths::EndSessions.to_string()>
                        <button class="button button--danger" type="submit">
                            "Sign out everywhere else"
                        </button>
                    </form>
                }
            })}
    }
    .into_any()
}

fn session(SessionRow { began_at, used_at, ends_at, is_this }: SessionRow) -> AnyView {
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">{if is_this { "This one" } else { "Another one" }}</Cell>
            <Cell label="Last used">
                <Time at=used_at relative=true />
            </Cell>
            <Cell label="Signed in">
                <Time at=began_at />
            </Cell>
            <Cell label="Ends">
                <Time at=ends_at />
            </Cell>
        </tr>
    }
    .into_any()
}
