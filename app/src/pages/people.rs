//! People and invitations, for admins.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::form::{Check, ErrorSummary, TextField};
use crate::components::table::{Cell, Table};
use crate::components::time::Time;
use crate::view::{AccountState, Frame, InviteForm, People, PersonRow, RoleSet, Section};

/// `GET /people`, and again with messages after an invitation that was refused.
#[must_use]
pub fn people(frame: Frame, page: People) -> Page {
    render(Shell::new("People").scripts(Scripts::Live), || view! { <PeoplePage frame=frame page=page /> })
}

#[component]
fn PeoplePage(frame: Frame, page: People) -> AnyView {
    let rows: Vec<_> = page.rows.into_iter().map(row).collect();
    view! {
        <Layout frame=frame section=Section::People width=Width::Wide>
            <Heading title="People">
                <p>
                    "Everybody who can sign in, was invited, or was ever asked for a decision. "
                    <a href=paths::Workload.to_string()>"Workload"</a>
                </p>
            </Heading>
            <div class="people">
                <div class="sheet">
                    <Table caption="People" columns=vec!["Person", "Account", "Roles", "Manager", "Last sign-in", ""]>
                        {rows}
                    </Table>
                </div>
                <Invite form=page.invite />
            </div>
        </Layout>
    }
    .into_any()
}

fn row(row: PersonRow) -> AnyView {
    let PersonRow { id, person, state, roles, manager, signed_in_at, is_viewer, away } = row;
    let id = id.to_string();
    let label = person.label();
    let name = label.clone();
    let held = roles.held().into_iter().map(|(_, word)| word).collect::<Vec<_>>().join(", ");
    let held = if held.is_empty() { "None".to_owned() } else { held };
    let email = (label != person.email).then(|| view! { <span class="muted">{person.email}</span> });
    let signed_in = match signed_in_at {
        Some(at) => view! { <Time at=at relative=true /> }.into_any(),
        None => view! { <span class="muted">"Never"</span> }.into_any(),
    };
    let href = paths::Person(&id).to_string();
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">
                <a class="people__name" href=href>
                    {name}
                    {is_viewer.then_some(" (you)")}
                </a>
                {email}
            </Cell>
            <Cell label="Account">
                <Badge mark=state.mark() />
                {away.map(|away| view! { <span class="muted people__away">{away.in_words()}</span> })}
            </Cell>
            <Cell label="Roles">{held}</Cell>
            <Cell label="Manager">{manager.unwrap_or_else(|| "None".to_owned())}</Cell>
            <Cell label="Last sign-in">{signed_in}</Cell>
            <Cell kind="actions">
                <Actions id=id label=label state=state roles=roles is_viewer=is_viewer />
            </Cell>
        </tr>
    }
    .into_any()
}

/// What can be done to one person, closed until it is opened.
#[component]
fn Actions(id: String, label: String, state: AccountState, roles: RoleSet, is_viewer: bool) -> AnyView {
    view! {
        <details class="people__actions" name="person">
            <summary>"Change" <span class="visually-hidden">" " {label.clone()}</span></summary>
            <div class="people__panel">
                {account_forms(id, label, state, roles, is_viewer)}
            </div>
        </details>
    }
    .into_any()
}

/// The forms that change one person's account.
pub(super) fn account_forms(
    id: String,
    label: String,
    state: AccountState,
    roles: RoleSet,
    is_viewer: bool,
) -> AnyView {
    let verb = |verb: &'static str, word: &'static str| {
        let name = label.clone();
        view! {
            <form method="post" action=paths::PersonVerb(&id, verb).to_string()>
                <button class="button" type="submit">
                    {word}
                    <span class="visually-hidden">" " {name}</span>
                </button>
            </form>
        }
    };
    let boxes: Vec<_> = RoleSet::choices()
        .into_iter()
        .map(|(key, word, hint)| view! { <Check name="role" value=key checked=roles.has(key) label=word hint=hint /> })
        .collect();
    let may_invite = matches!(state, AccountState::Invited | AccountState::Guest);
    let may_disable = !is_viewer && state != AccountState::Disabled;
    view! {
        <a href=paths::PersonAbsence(&id).to_string()>
            "Absence"
            <span class="visually-hidden">" of " {label.clone()}</span>
        </a>
        <form method="post" action=paths::PersonVerb(&id, "roles").to_string()>
            <fieldset>
                <legend class="field__label">"Roles"</legend>
                {boxes}
            </fieldset>
            <button class="button" type="submit">
                "Save roles"
                <span class="visually-hidden">" of " {label.clone()}</span>
            </button>
        </form>
        {may_invite.then(|| verb("invite-again", "Send an invitation"))}
        {may_disable.then(|| verb("disable", "Disable"))}
        {(state == AccountState::Disabled).then(|| verb("enable", "Enable"))}
    }
    .into_any()
}

/// The form for inviting somebody.
#[component]
fn Invite(form: InviteForm) -> AnyView {
    let InviteForm { name, email, roles, errors } = form;
    let boxes: Vec<_> = RoleSet::choices()
        .into_iter()
        .map(|(key, word, hint)| view! { <Check name="role" value=key checked=roles.has(key) label=word hint=hint /> })
        .collect();
    view! {
        <Card id="invite" title="Invite somebody">
            <form class="form" method="post" action=paths::InvitePerson.to_string()>
                <ErrorSummary errors=errors.clone() />
                <TextField
                    name="email"
                    label="Mail address"
                    kind="email"
                    value=email
                    error=errors.of("email")
                    required=true
                    max_length=254
                    autocomplete="off"
                />
                <TextField
                    name="name"
                    label="Name"
                    value=name
                    error=errors.of("name")
                    max_length=100
                    autocomplete="off"
                />
                <fieldset id="f-role">
                    <legend class="field__label">"Roles"</legend>
                    {boxes}
                    {errors.of("role").map(|error| view! { <p class="field__error">{error}</p> })}
                </fieldset>
                <button class="button button--primary" type="submit">
                    "Send the invitation"
                </button>
            </form>
        </Card>
    }
    .into_any()
}
