//! The command line. Each command is a composition root: it alone knows every part and puts them together.

mod admin;
mod assemble;
mod audit;
mod demo;
mod doctor;
mod keys;
mod listen;
mod patience;
mod serve;
mod token;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::assemble::Assembled;
use self::keys::Rotate;
use self::token::NewToken;
use crate::config::{Config, Options};
use crate::drawing::{self, Order};
use crate::telemetry;

/// What a command fails with: a sentence for the operator.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, Parser)]
#[command(name = "countersign", version, about = "An approval portal with an embedded durable engine.")]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the portal (the default).
    Serve,
    /// Bring the database to this version's form, and stop.
    Migrate,
    /// Look for what does not move (stuck, blocked or late work) and say what to do. The server may run meanwhile.
    Doctor,
    /// Fill an empty database with people, policies, requests in every state and four weeks of history, to look around.
    ///
    /// Nothing leaves the machine: mails stay in the local outbox. A database with people in it is refused; --data names a
    /// folder of its own.
    Demo,
    /// Manage administrators.
    #[command(subcommand)]
    Admin(Admin),
    /// Manage API tokens.
    #[command(subcommand)]
    Token(Token),
    /// Check the audit log, or sign what it is now.
    #[command(subcommand)]
    Audit(Audit),
    /// Manage the signing keys.
    #[command(subcommand)]
    Keys(Keys),
    /// Draw a page of the file on standard input. The server starts this by itself.
    #[command(hide = true)]
    Draw(Order),
}

#[derive(Debug, Subcommand)]
enum Admin {
    /// Make an administrator, or give an existing person that role and a new password. The server may run meanwhile.
    ///
    /// The password comes from COUNTERSIGN_ADMIN_PASSWORD, from --admin-password-file, or from standard input.
    Create {
        /// Mail address [default: --admin-email].
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
        /// Display name.
        #[arg(long, default_value = "Administrator")]
        name: String,
    },
}

#[derive(Debug, Subcommand)]
enum Token {
    /// Make an API token and print it, this one time. The server may run meanwhile.
    ///
    /// The token acts in the name of the person with this address: within its scopes, and never beyond their roles.
    Create(NewToken),
}

#[derive(Debug, Subcommand)]
enum Audit {
    /// Read the whole audit log and name the first row that was changed, moved or removed. The server may run meanwhile.
    Verify {
        /// A checkpoint that was kept elsewhere: it shows when the newest rows are gone, too.
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
    },
    /// Print a signed checkpoint of the audit log as JSON, to be kept elsewhere. The server may run meanwhile.
    Checkpoint,
}

#[derive(Debug, Subcommand)]
enum Keys {
    /// Say which keys there are and what needs each of them, never the keys themselves. The server may run meanwhile.
    List,
    /// Make a new key, which signs what is new; links of older keys go on working. The server may run meanwhile and takes
    /// the new key up within seconds.
    ///
    /// A key stays for links that may still do something, codes, secrets of webhooks, checkpoints of the audit log that the
    /// database keeps, and, for twelve hours after a newer one took its place, forms that may be open.
    Rotate(Rotate),
}

/// Parses the arguments of the process and runs what they say.
pub fn run() -> ExitCode {
    let line = CommandLine::parse();
    if let Some(Command::Draw(order)) = &line.command {
        // Before there are threads and files: whoever draws has none.
        return drawing::draw(order);
    }
    telemetry::start();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return telemetry::exit_with(&error),
    };
    match runtime.block_on(dispatch(line)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => telemetry::exit_with(&failure),
    }
}

async fn dispatch(line: CommandLine) -> Result<(), Failure> {
    let CommandLine { command, mut options } = line;
    if let Some(Command::Admin(Admin::Create { email: Some(email), .. })) = &command {
        options.admin_email = Some(email.clone());
    }
    let config = Config::try_from(options)?;
    match command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(config).await,
        Command::Migrate => migrate(&config).await,
        Command::Doctor => doctor::examine(&config).await,
        Command::Demo => demo::fill(&config).await,
        Command::Admin(Admin::Create { name, .. }) => admin::create(&config, name).await,
        Command::Token(Token::Create(token)) => token::create(&config, token).await,
        Command::Audit(Audit::Verify { checkpoint }) => audit::verify(&config, checkpoint.as_deref()).await,
        Command::Audit(Audit::Checkpoint) => audit::checkpoint(&config).await,
        Command::Keys(Keys::List) => keys::list(&config).await,
        Command::Keys(Keys::Rotate(rotate)) => keys::rotate(&config, rotate).await,
        Command::Draw(_) => Err("draw runs without a database".into()),
    }
}

/// Opening the database is what brings it up to date.
async fn migrate(config: &Config) -> Result<(), Failure> {
    let assembled = Assembled::beside_a_server(config).await?;
    assembled.database.close().await;
    tracing::info!("the database {} has this version's form", assembled.database.place());
    Ok(())
}
