//! API tokens: the list, the form for a new one, and its text, once.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::form::{Check, ErrorSummary, TextField};
use crate::components::icon::Glyph;
use crate::components::pager::Pager;
use crate::components::table::{Cell, Table};
use crate::components::time::Time;
use crate::view::token::{Choice, CreatedToken, ScopeGroup, TokenForm, TokenRow, TokenState, TokenTab, Tokens};
use crate::view::{Frame, Icon, Moment, Section};

/// `GET /tokens`, and again as the answer to the form: with messages, or with the token that was made.
#[must_use]
pub fn tokens(frame: Frame, page: Tokens) -> Page {
    render(Shell::new("API tokens").scripts(Scripts::Live), || view! { <TokensPage frame=frame page=page /> })
}

#[component]
fn TokensPage(frame: Frame, page: Tokens) -> AnyView {
    let Tokens { tab, rows, paged, next, form, created } = page;
    let address = move |cursor: &str| paths::with_query(paths::Tokens, &[("tab", tab.key()), ("before", cursor)]);
    let tabs = frame.is_for_admin().then(|| {
        let tabs = [TokenTab::Mine, TokenTab::Everybody].map(|each| tab_link(each, each == tab));
        view! {
            <nav class="tabs" aria-label="Whose tokens">
                {Vec::from(tabs)}
            </nav>
        }
    });
    view! {
        <Layout frame=frame section=Section::Tokens width=Width::Wide>
            <Heading title="API tokens">
                <p>
                    "With a token a program acts in your name: within what you tick here, and never beyond your roles. \
                    It is sent as " <code class="code">"Authorization: Bearer"</code> ", as "
                    <code class="code">"x-functions-key"</code> ", or as " <code class="code">"code"</code>
                    " in the query."
                </p>
            </Heading>
            {created.map(|created| view! { <Created token=created /> })}
            {tabs}
            {list(tab, rows)}
            <Pager label="Tokens" first=paged.then(|| address("")) next=next.map(|cursor| address(&cursor)) />
            <NewToken form=form />
        </Layout>
    }
    .into_any()
}

fn tab_link(tab: TokenTab, current: bool) -> AnyView {
    view! {
        <a
            class="tabs__tab"
            href=paths::with_query(paths::Tokens, &[("tab", tab.key())])
            aria-current=current.then_some("page")
        >
            {tab.word()}
        </a>
    }
    .into_any()
}

/// The one time that a token's text is shown.
#[component]
fn Created(token: CreatedToken) -> AnyView {
    let CreatedToken { name, text } = token;
    view! {
        <Card id="created" title=format!("Your new token: {name}")>
            <p>"Copy it now and keep it like a password. It is shown this one time; the portal does not keep it."</p>
            <div class="field">
                <label class="field__label" for="f-token">
                    "Token"
                </label>
                <input
                    class="input token__text"
                    id="f-token"
                    type="text"
                    value=text
                    readonly=true
                    autofocus=true
                    autocomplete="off"
                    spellcheck="false"
                />
            </div>
        </Card>
    }
    .into_any()
}

fn list(tab: TokenTab, rows: Vec<TokenRow>) -> AnyView {
    if rows.is_empty() {
        let text = "Make one below for each program that should talk to the portal, so that each can be closed alone.";
        return view! { <Empty title="There are no tokens yet" text=text /> }.into_any();
    }
    let rows: Vec<_> = rows.into_iter().map(|token| row(tab, token)).collect();
    view! {
        <div class="sheet">
            <Table caption="Tokens" columns=vec!["Token", "State", "May", "Last used", "Expires", ""]>
                {rows}
            </Table>
        </div>
    }
    .into_any()
}

fn row(tab: TokenTab, row: TokenRow) -> AnyView {
    let TokenRow { id, name, owner, state, scopes, last_used_at, expires_at } = row;
    let owner = (tab == TokenTab::Everybody).then(|| view! { <span class="muted">{owner.label()}</span> });
    let scopes: Vec<_> = scopes.into_iter().map(|word| view! { <li class="code">{word}</li> }).collect();
    let revoke = (state == TokenState::Live).then(|| {
        view! {
            <form method="post" action=paths::RevokeToken(&id.to_string()).to_string()>
                <button class="button button--danger" type="submit">
                    "Revoke"
                    <span class="visually-hidden">" " {name.clone()}</span>
                </button>
            </form>
        }
    });
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">
                <span class="token__name">{name.clone()}</span>
                {owner}
            </Cell>
            <Cell label="State">
                <Badge mark=state.mark() />
            </Cell>
            <Cell label="May">
                <ul class="token__scopes">{scopes}</ul>
            </Cell>
            <Cell label="Last used">{moment(last_used_at, "Never")}</Cell>
            <Cell label="Expires">{moment(expires_at, "Never")}</Cell>
            <Cell kind="actions">{revoke}</Cell>
        </tr>
    }
    .into_any()
}

fn moment(at: Option<Moment>, none: &'static str) -> AnyView {
    match at {
        Some(at) => view! { <Time at=at relative=true /> }.into_any(),
        None => view! { <span class="muted">{none}</span> }.into_any(),
    }
}

/// The form for a new token.
#[component]
fn NewToken(form: TokenForm) -> AnyView {
    let TokenForm { name, groups, lives, errors } = form;
    let groups: Vec<_> = groups.into_iter().map(scope_group).collect();
    let lives: Vec<_> = lives.into_iter().map(life).collect();
    let message = |field: &str| {
        errors.of(field).map(|error| view! { <p class="field__error"><Glyph icon=Icon::Warning /> {error}</p> })
    };
    let (of_scopes, of_life) = (message("scope"), message("expires"));
    view! {
        <Card id="new-token" title="New token">
            <form class="form" method="post" action=paths::Tokens.to_string()>
                <ErrorSummary errors=errors.clone() />
                <TextField
                    name="name"
                    label="Name"
                    hint="What will use it, so that you know it again."
                    value=name
                    error=errors.of("name")
                    required=true
                    max_length=100
                    autocomplete="off"
                />
                <fieldset id="f-scope">
                    <legend class="field__label">"What it may do"</legend>
                    {of_scopes}
                    <div class="token__grid">{groups}</div>
                </fieldset>
                <fieldset id="f-expires">
                    <legend class="field__label">"Expires after"</legend>
                    <div class="token__lives">{lives}</div>
                    {of_life}
                </fieldset>
                <div class="form__end">
                    <button class="button button--primary" type="submit">
                        "Make the token"
                    </button>
                </div>
            </form>
        </Card>
    }
    .into_any()
}

fn scope_group(group: ScopeGroup) -> AnyView {
    let title = group.title;
    let boxes: Vec<_> = group
        .scopes
        .into_iter()
        .map(|Choice { value, text, chosen }| {
            view! { <Check name="scope" value=value.clone() checked=chosen label=value hint=text /> }
        })
        .collect();
    view! {
        <div role="group" aria-label=title>
            <p class="token__group">{title.clone()}</p>
            {boxes}
        </div>
    }
    .into_any()
}

fn life(life: Choice) -> AnyView {
    view! {
        <label class="check">
            <input type="radio" name="expires" value=life.value checked=life.chosen required />
            <span>{life.text}</span>
        </label>
    }
    .into_any()
}
