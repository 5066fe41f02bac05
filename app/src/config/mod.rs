//! Configuration: every setting as a flag and as an environment variable `COUNTERSIGN_…`, flags first.
//!
//! [`Options`] is what the command line parses; [`Config`] is what the rest of the program sees, checked once. Nothing
//! else reads the environment.

mod base_url;
mod mail;
mod options;
mod secret;

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;

use crate::outbound::allowed_networks;

pub use base_url::BaseUrl;
pub use mail::MailConfig;
pub use options::Options;
pub use secret::Secret;

/// The checked configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where programs of this machine are served without a token; a loopback address.
    pub rpc_listen: Option<SocketAddr>,
    /// The folder that holds the database, the key file and the lock file.
    pub data: PathBuf,
    /// The PostgreSQL database; `None` for an SQLite database in the data folder.
    pub database_url: Option<Secret>,
    /// What links in mails start with. Never taken from a request.
    pub base_url: BaseUrl,
    /// How mail leaves.
    pub mail: MailConfig,
    /// The file with the master keys of links and cookies; made with mode 600 when it is missing.
    pub secret_key_file: PathBuf,
    /// The largest size of the database in MB; `None` leaves it to the disk.
    pub max_database_mb: Option<u32>,
    /// What monitors and webhooks may reach although it is not public.
    pub allow_addresses: Vec<IpNet>,
    /// The admin to make at start when there is no user yet.
    pub first_admin: Option<FirstAdmin>,
}

/// The first admin, as the environment names them.
#[derive(Clone, Debug)]
pub struct FirstAdmin {
    /// Their mail address, as typed.
    pub email: String,
    /// Their password; the command line asks for one that is missing, the server refuses to start.
    pub password: Option<Secret>,
}

/// What is wrong with the configuration, as one sentence that names the setting.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {problem}")]
pub struct ConfigError {
    setting: &'static str,
    problem: String,
}

impl ConfigError {
    fn new(setting: &'static str, problem: impl Into<String>) -> Self {
        Self { setting, problem: problem.into() }
    }
}

impl Config {
    /// The same configuration once the server listens: a port that the system chose, and links that lead to it unless
    /// they were configured to lead elsewhere.
    #[must_use]
    pub fn listening_on(self, address: SocketAddr) -> Self {
        let derived = self.base_url == BaseUrl::of_address(self.listen);
        let base_url = if derived { BaseUrl::of_address(address) } else { self.base_url };
        Self { listen: address, base_url, ..self }
    }
}

impl TryFrom<Options> for Config {
    type Error = ConfigError;

    fn try_from(options: Options) -> Result<Self, ConfigError> {
        let base_url = match &options.base_url {
            Some(url) => BaseUrl::parse(url)?,
            None => BaseUrl::of_address(options.listen),
        };
        let mail = MailConfig::new(options.smtp_url.clone(), options.smtp_from.clone(), &base_url)?;
        let first_admin = first_admin(&options)?;
        let database_url = database_url(&options)?;
        let rpc_listen = rpc_listen(options.rpc_listen)?;
        let secret_key_file = options.secret_key_file.unwrap_or_else(|| options.data.join("secret.key"));
        let max_database_mb = options.max_database_mb;
        let allow_addresses = allowed_networks(options.allow_addresses.as_deref().unwrap_or_default())
            .map_err(|problem| ConfigError::new("COUNTERSIGN_ALLOW_ADDRESSES", problem))?;
        Ok(Self {
            listen: options.listen,
            rpc_listen,
            data: options.data,
            database_url,
            base_url,
            mail,
            secret_key_file,
            max_database_mb,
            allow_addresses,
            first_admin,
        })
    }
}

/// Whoever reaches that address may do everything to workflows, so nobody from elsewhere may reach it.
fn rpc_listen(address: Option<SocketAddr>) -> Result<Option<SocketAddr>, ConfigError> {
    match address {
        Some(address) if !address.ip().is_loopback() => Err(ConfigError::new(
            "COUNTERSIGN_RPC_LISTEN",
            format!("other machines may reach {address}, and this listener asks for no token: use 127.0.0.1 or [::1]"),
        )),
        address => Ok(address),
    }
}

fn database_url(options: &Options) -> Result<Option<Secret>, ConfigError> {
    const SETTING: &str = "COUNTERSIGN_DATABASE_URL";
    let Some(url) = options.database_url.clone().filter(|url| !url.reveal().is_empty()) else { return Ok(None) };
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.reveal().starts_with(scheme)) {
        return Err(ConfigError::new(SETTING, "write postgres://user:password@host/database"));
    }
    if options.max_database_mb.is_some() {
        return Err(ConfigError::new(
            "COUNTERSIGN_MAX_DATABASE_MB",
            "the size of a PostgreSQL database is the server's matter",
        ));
    }
    Ok(Some(url))
}

fn first_admin(options: &Options) -> Result<Option<FirstAdmin>, ConfigError> {
    let password = match (&options.admin_password, &options.admin_password_file) {
        (Some(_), Some(_)) => {
            return Err(ConfigError::new("COUNTERSIGN_ADMIN_PASSWORD", "give the password or its file, not both"));
        }
        (Some(password), None) => Some(password.clone()),
        (None, Some(file)) => Some(Secret::read("COUNTERSIGN_ADMIN_PASSWORD_FILE", file)?),
        (None, None) => None,
    };
    match (&options.admin_email, password) {
        (Some(email), password) => Ok(Some(FirstAdmin { email: email.clone(), password })),
        (None, None) => Ok(None),
        (None, Some(_)) => {
            Err(ConfigError::new("COUNTERSIGN_ADMIN_EMAIL", "an admin's password needs their address too"))
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    fn parse(arguments: &[&str]) -> Result<Config, ConfigError> {
        Config::try_from(Line::parse_from([&["countersign"], arguments].concat()).options)
    }

    #[test]
    fn without_any_setting_the_portal_listens_on_this_machine_only() {
        let config = parse(&[]).expect("the defaults are valid");
        assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(config.base_url.as_str(), "http://127.0.0.1:3000");
        assert_eq!(config.secret_key_file, PathBuf::from("data/secret.key"));
        assert!(config.mail.smtp_url.is_none() && config.first_admin.is_none());
    }

    #[test]
    fn links_lead_to_the_port_that_the_system_chose() {
        let chosen = "127.0.0.1:41234".parse().expect("an address");
        let config = parse(&["--listen", "127.0.0.1:0"]).expect("valid").listening_on(chosen);
        assert_eq!(config.base_url.as_str(), "http://127.0.0.1:41234");
        let config = parse(&["--base-url", "https://sign.example.org"]).expect("valid").listening_on(chosen);
        assert_eq!(config.base_url.as_str(), "https://sign.example.org");
    }

    #[test]
    fn a_database_is_named_by_its_url_or_lies_in_the_data_folder() {
        assert!(parse(&[]).expect("valid").database_url.is_none());
        assert!(parse(&["--database-url", ""]).expect("valid").database_url.is_none());
        let url = "postgres://ana:hunter2@db.example.org/sign";
        let config = parse(&["--database-url", url]).expect("valid");
        assert_eq!(config.database_url.as_ref().map(Secret::reveal), Some(url));
        assert!(!format!("{config:?}").contains("hunter2"));
        parse(&["--database-url", "mysql://db.example.org/sign"]).expect_err("another kind of database");
        parse(&["--database-url", url, "--max-database-mb", "10"]).expect_err("that is for SQLite");
    }

    #[test]
    fn only_networks_that_are_named_may_be_reached_besides_public_ones() {
        assert!(parse(&[]).expect("valid").allow_addresses.is_empty());
        let config = parse(&["--allow-addresses", "127.0.0.0/8, 10.1.2.3"]).expect("valid");
        assert_eq!(config.allow_addresses.len(), 2);
        parse(&["--allow-addresses", "localhost"]).expect_err("a name is no network");
    }

    #[test]
    fn without_tokens_only_this_machine_is_served() {
        assert_eq!(parse(&[]).expect("valid").rpc_listen, None);
        for address in ["127.0.0.1:17071", "[::1]:0", "127.0.0.2:17071"] {
            let config = parse(&["--rpc-listen", address]).expect("an address of this machine");
            assert_eq!(config.rpc_listen.map(|address| address.to_string()).as_deref(), Some(address));
        }
        for address in ["0.0.0.0:17071", "[::]:17071", "192.168.1.7:17071", "[::ffff:192.168.1.7]:17071"] {
            let refused = parse(&["--rpc-listen", address]).expect_err("other machines reach it").to_string();
            assert!(refused.starts_with("COUNTERSIGN_RPC_LISTEN: ") && refused.contains("no token"), "{refused}");
        }
    }

    #[test]
    fn secrets_are_never_printed() {
        let config = parse(&["--smtp-url", "smtp://ana:hunter2@mail.example.org", "--smtp-from", "ana@example.org"]);
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
