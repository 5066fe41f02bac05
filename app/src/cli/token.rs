//! `countersign token create`.

use clap::Args;

use super::Failure;
use super::admin::in_words;
use super::assemble::Assembled;
use crate::auth::ApiToken;
use crate::config::Config;
use crate::portal::tokens::{MAX_TOKEN_DAYS, TokenDraft};
use crate::portal::{Actor, Scope};

/// The token to make.
#[derive(Args, Debug)]
pub(super) struct NewToken {
    /// Mail address of the person in whose name the token acts.
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// What to call it.
    #[arg(long)]
    name: String,
    /// What it may do, such as instances:read; repeat it for more.
    #[arg(long = "scope", value_name = "SCOPE", required = true, value_parser = scope)]
    scopes: Vec<Scope>,
    /// For how many days it works.
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_TOKEN_DAYS)))]
    expires_days: u32,
}

/// Makes a token and prints it on standard output, alone, so that a script can take it from there.
pub(super) async fn create(config: &Config, new: NewToken) -> Result<(), Failure> {
    let assembled = Assembled::beside_a_server(config).await?;
    let draft = TokenDraft { name: new.name, scopes: new.scopes.into_iter().collect(), days: Some(new.expires_days) };
    let minted = ApiToken::mint();
    let made = assembled.portal.create_token_for(&Actor::Cli, &new.email, draft, minted.hash()).await;
    assembled.database.close().await;
    made.map_err(in_words)?;
    println!("{}", minted.expose());
    Ok(())
}

fn scope(word: &str) -> Result<Scope, String> {
    Scope::of(word).ok_or_else(|| format!("there are {}", Scope::ALL.map(Scope::word).join(", ")))
}
