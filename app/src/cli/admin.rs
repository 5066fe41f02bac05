//! `countersign admin create`.

use std::io::{self, IsTerminal};

use super::Failure;
use super::assemble::Assembled;
use crate::config::{Config, FirstAdmin, Secret};
use crate::portal::{AccountDraft, Actor, PortalError};

/// Makes an administrator with the address of the configuration, and its password unless there is none.
pub(super) async fn create(config: &Config, name: String) -> Result<(), Failure> {
    let admin = config.first_admin.clone();
    let FirstAdmin { email, password } =
        admin.ok_or("name the mail address: countersign admin create --email ana@example.org")?;
    let password = match password {
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
