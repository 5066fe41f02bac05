//! Set-up, sign-in and accepting an invitation.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Shell, paths, render};
use crate::components::form::{ErrorSummary, TextField};
use crate::view::{FormErrors, Frame, Invitation, SetUp, SignIn};

const PASSWORD_HINT: &str = "At least 10 characters. A few unrelated words work well.";

/// `/setup`.
#[must_use]
pub fn set_up(page: SetUp) -> Page {
    render(Shell::new("Set up"), || view! { <SetUpPage page=page /> })
}

#[component]
fn SetUpPage(page: SetUp) -> AnyView {
    let SetUp { token, name, email, errors } = page;
    let action = paths::with_query(paths::SetUp, &[("token", &token)]);
    view! {
        <Layout frame=Frame::default() width=Width::Narrow>
            <Heading title="Welcome. Who is the first administrator?">
                <p>"This account can invite everybody else. The page closes as soon as it exists."</p>
            </Heading>
            <form class="card form" method="post" action=action>
                <ErrorSummary errors=errors.clone() />
                <input type="hidden" name="token" value=token />
                <TextField
                    name="name"
                    label="Your name"
                    value=name
                    error=errors.of("name")
                    autocomplete="name"
                    required=true
                    max_length=100
                />
                <TextField
                    name="email"
                    label="Mail address"
                    kind="email"
                    value=email
                    error=errors.of("email")
                    autocomplete="username"
                    required=true
                    max_length=254
                />
                <NewPassword errors=errors />
                <button class="button button--primary button--wide" type="submit">
                    "Create the account"
                </button>
            </form>
        </Layout>
    }
    .into_any()
}

/// A person chooses a password.
#[component]
fn NewPassword(errors: FormErrors) -> AnyView {
    view! {
        <TextField
            name="password"
            label="Password"
            kind="password"
            hint=PASSWORD_HINT
            value=""
            error=errors.of("password")
            autocomplete="new-password"
            required=true
            max_length=1024
        />
    }
    .into_any()
}

/// `/sign-in`.
#[must_use]
pub fn sign_in(frame: Frame, page: SignIn) -> Page {
    render(Shell::new("Sign in"), || view! { <SignInPage frame=frame page=page /> })
}

#[component]
fn SignInPage(frame: Frame, page: SignIn) -> AnyView {
    let SignIn { email, next, errors } = page;
    view! {
        <Layout frame=frame width=Width::Narrow>
            <Heading title="Sign in" />
            <form class="card form" method="post" action=paths::SignIn.to_string()>
                <ErrorSummary errors=errors.clone() />
                <input type="hidden" name="next" value=next />
                <TextField
                    name="email"
                    label="Mail address"
                    kind="email"
                    value=email
                    error=errors.of("email")
                    autocomplete="username"
                    required=true
                    max_length=254
                />
                <TextField
                    name="password"
                    label="Password"
                    kind="password"
                    value=""
                    error=errors.of("password")
                    autocomplete="current-password"
                    required=true
                    max_length=1024
                />
                <button class="button button--primary button--wide" type="submit">
                    "Sign in"
                </button>
            </form>
            <p class="aside">
                "Asked for an approval by mail? The link in the mail is enough, you need no account. For an \
                    account, ask an administrator for an invitation."
            </p>
        </Layout>
    }
    .into_any()
}

/// `/invite/{token}`.
#[must_use]
pub fn invitation(page: Invitation) -> Page {
    render(Shell::new("Accept the invitation"), || view! { <InvitationPage page=page /> })
}

#[component]
fn InvitationPage(page: Invitation) -> AnyView {
    let Invitation { token, invited_by, email, name, errors } = page;
    view! {
        <Layout frame=Frame::default() width=Width::Narrow>
            <Heading title="Accept the invitation">
                <p>{invited_by} " invites you to Countersign. Choose how you are called and a password."</p>
            </Heading>
            <form class="card form" method="post" action=paths::Invitation(&token).to_string()>
                <ErrorSummary errors=errors.clone() />
                <div class="field">
                    <label class="field__label" for="f-email">"Mail address"</label>
                    <input class="input" type="email" id="f-email" value=email autocomplete="username" readonly />
                </div>
                <TextField
                    name="name"
                    label="Your name"
                    value=name
                    error=errors.of("name")
                    autocomplete="name"
                    required=true
                    max_length=100
                />
                <NewPassword errors=errors />
                <button class="button button--primary button--wide" type="submit">
                    "Create my account"
                </button>
            </form>
        </Layout>
    }
    .into_any()
}
