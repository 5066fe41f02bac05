//! What an address that somebody typed leads to.

use std::net::IpAddr;

use reqwest::Url;

use crate::portal::ports::OutboundError;

/// An address that may be asked, as far as can be told without resolving its name.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// The address, read once: what is checked is what is connected to, however it was spelt.
    pub(super) url: Url,
    /// Its host.
    pub(super) host: Host,
    /// Its port, given or usual.
    pub(super) port: u16,
}

/// A host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// Given as an address, in whichever spelling.
    Address(IpAddr),
    /// Given as a name.
    Name(String),
}

impl Target {
    /// Reads what was typed.
    pub(super) fn parse(typed: &str) -> Result<Self, OutboundError> {
        let refused = |why: &str| OutboundError::Refused(why.to_owned());
        let url = Url::parse(typed.trim())
            .map_err(|_| refused("This is not the address of a web server, such as https://example.org/health."))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused("The address must start with http:// or https://."));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("The address must not hold a user name or a password."));
        }
        let name = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| refused("The address has no host."))?;
        let port = url.port_or_known_default().ok_or_else(|| refused("The address has no port."))?;
        let host = match name.trim_matches(['[', ']']).parse() {
            Ok(address) => Host::Address(address),
            Err(_) => Host::Name(name.to_owned()),
        };
        Ok(Self { host, port, url })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(typed: &str) -> Host {
        Target::parse(typed).unwrap_or_else(|error| panic!("{typed}: {error}")).host
    }

    #[test]
    fn every_spelling_of_an_address_is_read_as_the_address() {
        let loopback = Host::Address("127.0.0.1".parse().expect("an address"));
        for typed in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://0x7f.0.0.1/",
            "http://2130706433/",
            "http://0177.0.0.1:8080/",
            "http://127.0.0.1./",
            "http://①②⑦.0.0.1/",
            " http:\\\\127.0.0.1\\x",
        ] {
            assert_eq!(host(typed), loopback, "{typed}");
        }
        assert_eq!(host("https://[::1]:8443/x"), Host::Address("::1".parse().expect("an address")));
        assert_eq!(host("https://[::ffff:7f00:1]/"), Host::Address("::ffff:127.0.0.1".parse().expect("an address")));
        assert_eq!(host("https://Example.ORG/x?y"), Host::Name("example.org".into()));
    }

    #[test]
    fn ports_are_given_or_usual() {
        let port = |typed: &str| Target::parse(typed).expect("an address").port;
        assert_eq!((port("http://x/"), port("https://x/"), port("https://x:8443/")), (80, 443, 8443));
    }

    #[test]
    fn what_is_not_plain_http_is_refused() {
        for typed in [
            "",
            "example.org",
            "/health",
            "ftp://example.org/",
            "file:///etc/passwd",
            "gopher://example.org/",
            "http://",
            "http://ana@example.org/",
            "http://ana:secret@example.org/",
            "http://:secret@example.org/",
            "http://exa mple.org/",
        ] {
            assert!(matches!(Target::parse(typed), Err(OutboundError::Refused(_))), "{typed}");
        }
    }
}
