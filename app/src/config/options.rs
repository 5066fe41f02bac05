//! The settings as flags and environment variables.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::Secret;

/// Every setting, unchecked. Flags come before the environment, the environment before the defaults.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Address and port to listen on.
    #[arg(long, global = true, env = "COUNTERSIGN_LISTEN", default_value = "127.0.0.1:3000", value_name = "ADDRESS")]
    pub listen: SocketAddr,

    /// Address of this machine, such as 127.0.0.1:17071, on which programs drive workflows without a token, as by the local
    /// RPC of Durable Functions [default: none].
    #[arg(long, global = true, env = "COUNTERSIGN_RPC_LISTEN", value_name = "ADDRESS")]
    pub rpc_listen: Option<SocketAddr>,

    /// Folder for the database and the key file; made when it is missing.
    #[arg(long, global = true, env = "COUNTERSIGN_DATA", default_value = "data", value_name = "FOLDER")]
    pub data: PathBuf,

    /// PostgreSQL database for everything but the key file: postgres://user:password@host/database. Without it an SQLite
    /// database is made in the data folder.
    #[arg(long, global = true, env = "COUNTERSIGN_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<Secret>,

    /// What links in mails start with: scheme and host [default: http and the address listened on].
    #[arg(long, global = true, env = "COUNTERSIGN_BASE_URL", value_name = "URL")]
    pub base_url: Option<String>,

    /// Mail server: smtp://, smtps:// or smtp://…?tls=required. Without it mails stay in the local outbox.
    #[arg(long, global = true, env = "COUNTERSIGN_SMTP_URL", hide_env_values = true, value_name = "URL")]
    pub smtp_url: Option<Secret>,

    /// Sender of all mails [default: countersign at the host of the base URL].
    #[arg(long, global = true, env = "COUNTERSIGN_SMTP_FROM", value_name = "ADDRESS")]
    pub smtp_from: Option<String>,

    /// File with the master keys of links and cookies [default: secret.key in the data folder, made when it is missing].
    #[arg(long, global = true, env = "COUNTERSIGN_SECRET_KEY_FILE", value_name = "FILE")]
    pub secret_key_file: Option<PathBuf>,

    /// Largest size of the SQLite database in MB; beyond it changes are refused until there is room [default: as the disk allows].
    #[arg(long, global = true, env = "COUNTERSIGN_MAX_DATABASE_MB", value_name = "MB", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_database_mb: Option<u32>,

    /// Networks that monitors and webhooks may reach although they are not public, such as 127.0.0.0/8,10.0.0.0/8 [default:
    /// none].
    #[arg(long, global = true, env = "COUNTERSIGN_ALLOW_ADDRESSES", value_name = "NETWORKS")]
    pub allow_addresses: Option<String>,

    /// Address of the admin to make at start when there is no user yet.
    #[arg(long, global = true, env = "COUNTERSIGN_ADMIN_EMAIL", value_name = "ADDRESS")]
    pub admin_email: Option<String>,

    // Not a flag: other users of the machine could read it in the list of processes.
    /// `COUNTERSIGN_ADMIN_PASSWORD`.
    #[arg(skip = Secret::from_environment("COUNTERSIGN_ADMIN_PASSWORD"))]
    pub admin_password: Option<Secret>,

    /// File with the password of that admin (also COUNTERSIGN_ADMIN_PASSWORD, in the environment only).
    #[arg(long, global = true, env = "COUNTERSIGN_ADMIN_PASSWORD_FILE", value_name = "FILE")]
    pub admin_password_file: Option<PathBuf>,
}
