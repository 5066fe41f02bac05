//! `countersign admin create`.

use std::io::{self, IsTerminal};

use super::Failure;
use super::assemble::Assembled;
use crate::config::{Config, Secret};
use crate::portal::{AccountDraft, Actor, PortalError};

/// Makes an administrator. `email` may come from the configuration instead.
pub(super) async fn create(config: &Config, email: Option<String>, name: String) -> Result<(), Failure> {
    let configured = config.first_admin.clone();
    let email = email.or_else(|| configured.as_ref().map(|admin| admin.email.clone()));
    let email = email.ok_or("name the mail address: countersign admin create --email ana@example.org")?;
    let password = match configured.and_then(|admin| admin.password) {
        Some(password) => password,
        None => read_password()?,
    };
    let assembled = Assembled::beside_a_server(config).await?;
    let draft = AccountDraft { name, email: email.clone(), password: password.reveal().to_owned() };
    let made = assembled.portal.create_admin(&Actor::Cli, draft).await;
    assembled.database.close().await;
    made.map_err(in_words)?;
    println!("{email} is an administrator now.");
    Ok(())
}

/// Every wrong field as a sentence.
pub(super) fn in_words(error: PortalError) -> Failure {
    match error {
        PortalError::Invalid(errors) => {
            errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join(" ").into()
        }
        error => error.into(),
    }
}

fn read_password() -> Result<Secret, Failure> {
    if io::stdin().is_terminal() {
        eprintln!(
            "Type the password and press Enter. It is shown; pipe it in, or use --admin-password-file, to avoid that."
        );
    }
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).parse::<Secret>()?)
}
