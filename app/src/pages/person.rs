//! One person, for admins.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::people::account_forms;
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::facts::{Fact, Facts};
use crate::components::form::{ErrorSummary, Field, FieldText, described_by, field_id};
use crate::components::time::Time;
use crate::view::{AccountState, Frame, ManagerForm, Moment, PersonDetail, PersonLink, Section};

/// `GET /people/{id}`, and again with messages after a manager who was refused.
#[must_use]
pub fn person(frame: Frame, page: PersonDetail) -> Page {
    let shell = Shell::new(page.row.person.label()).scripts(Scripts::Live);
    render(shell, || view! { <PersonPage frame=frame page=page /> })
}

#[component]
fn PersonPage(frame: Frame, page: PersonDetail) -> AnyView {
    let (row, form) = (page.row.clone(), page.form.clone());
    let label = row.person.label();
    let away = row.away.as_ref().map(|away| view! { <span class="muted">{away.in_words()}</span> });
    let id = row.id.to_string();
    let action = paths::PersonVerb(&id, "manager").to_string();
    view! {
        <Layout frame=frame section=Section::People width=Width::Wide>
            <Heading title=label.clone() above="Person">
                <div class="status">
                    <Badge mark=row.state.mark() />
                    {away}
                </div>
            </Heading>
            <div class="people">
                <div class="person__main">
                    <About page=page />
                    <Card id="manager" title="Manager">
                        <ManagerField form=form action=action />
                    </Card>
                </div>
                <Card id="account" title="Account">
                    <div class="person__account">
                        {account_forms(id, label, row.state, row.roles, row.is_viewer)}
                    </div>
                </Card>
            </div>
        </Layout>
    }
    .into_any()
}

/// What is known of them.
#[component]
fn About(page: PersonDetail) -> AnyView {
    let PersonDetail { row, manager, reports, groups, language, zone, digest, invited_at, created_at, .. } = page;
    let held = row.roles.held().into_iter().map(|(_, word)| word).collect::<Vec<_>>().join(", ");
    let groups: Vec<_> = groups
        .into_iter()
        .map(|(id, name)| view! { <li><a href=paths::Group(&id.to_string()).to_string()>{name}</a></li> }.into_any())
        .collect();
    view! {
        <Card id="about" title="About">
            <Facts>
                <Fact name="Mail address">{row.person.email}</Fact>
                <Fact name="Roles">{or_none(held)}</Fact>
                <Fact name="Manager">{people(manager.into_iter().collect())}</Fact>
                <Fact name="Reports">{people(reports)}</Fact>
                <Fact name="Groups">{list(groups)}</Fact>
                <Fact name="Language of mails">{language}</Fact>
                <Fact name="Time zone">{zone}</Fact>
                <Fact name="Daily digest">{if digest { "Yes" } else { "No" }}</Fact>
                <Fact name="Last sign-in">{moment(row.signed_in_at, "Never")}</Fact>
                <Fact name="Invited">{moment(invited_at, "Never")}</Fact>
                <Fact name="Known since">
                    <Time at=created_at />
                </Fact>
            </Facts>
        </Card>
    }
    .into_any()
}

fn moment(at: Option<Moment>, none: &'static str) -> AnyView {
    match at {
        Some(at) => view! { <Time at=at /> }.into_any(),
        None => none.into_any(),
    }
}

fn or_none(text: String) -> String {
    if text.is_empty() { "None".to_owned() } else { text }
}

/// People with the way to their pages.
pub(super) fn people(people: Vec<PersonLink>) -> AnyView {
    list(people.into_iter().map(one).collect())
}

fn one(PersonLink { id, person, state }: PersonLink) -> AnyView {
    let disabled = (state == AccountState::Disabled).then(|| view! { <Badge mark=state.mark() /> });
    view! {
        <li>
            <a href=paths::Person(&id.to_string()).to_string()>{person.label()}</a> {disabled}
        </li>
    }
    .into_any()
}

fn list(items: Vec<AnyView>) -> AnyView {
    if items.is_empty() {
        return "None".into_any();
    }
    view! { <ul class="person__list">{items}</ul> }.into_any()
}

/// The form that says who their manager is.
#[component]
fn ManagerField(form: ManagerForm, action: String) -> AnyView {
    let ManagerForm { manager, others, errors } = form;
    let (id, error) = (field_id("manager"), errors.of("manager"));
    let described = described_by(&id, true, error.is_some());
    let invalid = error.is_some().then_some("true");
    let hint = "The address of whom policies mean by “the manager”, and to whom their questions are escalated. \
        Leave it empty for nobody."
        .to_owned();
    let text = FieldText { id: id.clone(), label: "Mail address".to_owned(), hint, error, optional: true };
    let others: Vec<_> =
        others.into_iter().map(|other| view! { <option value=other.email.clone()>{other.label()}</option> }).collect();
    view! {
        <form class="form" method="post" action=action>
            <ErrorSummary errors=errors />
            <Field text=text>
                <input
                    class="input"
                    type="email"
                    id=id
                    name="manager"
                    value=manager
                    list="others"
                    maxlength="254"
                    autocomplete="off"
                    aria-invalid=invalid
                    aria-describedby=described
                />
                <datalist id="others">{others}</datalist>
            </Field>
            <div class="form__end">
                <button class="button button--primary" type="submit">
                    "Save the manager"
                </button>
            </div>
        </form>
    }
    .into_any()
}
