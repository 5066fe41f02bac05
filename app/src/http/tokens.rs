//! `/tokens`: API tokens are made, listed and revoked.

use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use axum_extra::extract::Form;
use serde::Deserialize;

use super::error::Refusal;
use super::notice::Done;
use super::present::token::{TypedToken, row};
use super::reader::Reader;
use super::state::AppState;
use crate::auth::ApiToken;
use crate::pages::{self, Page, paths};
use crate::portal::tokens::{TokenDraft, TokensOf};
use crate::portal::{PortalError, Scope, TokenId};
use crate::view::{CreatedToken, FormErrors, TokenForm, TokenTab, Tokens};

/// What the address says; anything unknown counts as absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    tab: String,
    before: String,
}

/// The form for a new token.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    name: String,
    scope: Vec<String>,
    expires: String,
}

impl From<Typed> for TypedToken {
    fn from(typed: Typed) -> Self {
        let scopes = typed.scope.iter().filter_map(|word| Scope::of(word)).collect();
        Self { name: typed.name, scopes, expires: typed.expires }
    }
}

/// `GET /tokens`.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Query(filter): Query<Filter>,
) -> Result<Page, Refusal> {
    let form = TypedToken::default().form(reader.user.roles, FormErrors::default());
    list(&state, reader, &filter, form, None).await
}

/// `POST /tokens`. The answer is the page with the token's text, which nobody is shown again.
pub(crate) async fn create(
    State(state): State<AppState>,
    reader: Reader,
    Form(typed): Form<Typed>,
) -> Result<Page, Refusal> {
    let (typed, roles, filter) = (TypedToken::from(typed), reader.user.roles, Filter::default());
    let draft = TokenDraft { name: typed.name.clone(), scopes: typed.scopes, days: typed.days() };
    let minted = ApiToken::mint();
    match state.portal.create_token(&reader.actor, draft, minted.hash()).await {
        Ok(token) => {
            let created = CreatedToken { name: token.name, text: minted.expose().to_owned() };
            let form = TypedToken::default().form(roles, FormErrors::default());
            list(&state, reader, &filter, form, Some(created)).await
        }
        Err(PortalError::Invalid(errors)) => {
            let form = typed.form(roles, errors.into());
            Ok(list(&state, reader, &filter, form, None).await?.unprocessable())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /tokens/{id}/revoke`.
pub(crate) async fn revoke(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Redirect, Refusal> {
    let id: TokenId = id.parse().map_err(|_| Refusal::NotFound)?;
    state.portal.revoke_token(&reader.actor, id).await?;
    Ok(Done::TokenRevoked.then(paths::Tokens))
}

async fn list(
    state: &AppState,
    reader: Reader,
    filter: &Filter,
    form: TokenForm,
    created: Option<CreatedToken>,
) -> Result<Page, Refusal> {
    let everybody = filter.tab == TokenTab::Everybody.key();
    let (tab, of) =
        if everybody { (TokenTab::Everybody, TokensOf::Everybody) } else { (TokenTab::Mine, TokensOf::Mine) };
    let before: Option<TokenId> = filter.before.parse().ok();
    let (page, seen) = (state.portal.tokens(&reader.actor, of, before).await?, reader.seen(state));
    let rows = page.rows.into_iter().map(|line| row(line, seen)).collect();
    let next = page.next.map(|id| id.to_string());
    Ok(pages::tokens(reader.frame, Tokens { tab, rows, paged: before.is_some(), next, form, created }))
}
