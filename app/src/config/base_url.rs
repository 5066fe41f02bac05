//! What absolute links start with.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::http::Uri;
use uuid::Uuid;

use super::ConfigError;
use crate::pages::paths;
use crate::portal::ids::RequestId;
use crate::portal::ports::Addresses;

/// `http://` or `https://`, a host, maybe a port; nothing after it, not even a slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    host: String,
}

impl BaseUrl {
    /// Checks what was configured. A slash at the end is dropped; a path, query or user name is refused.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let refuse = |problem: &str| ConfigError::new("COUNTERSIGN_BASE_URL", format!("{text:?} {problem}"));
        let uri: Uri = text.parse().map_err(|error| refuse(&format!("is not an address: {error}")))?;
        let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"));
        let scheme = scheme.ok_or_else(|| refuse("must start with http:// or https://"))?;
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'));
        let authority = authority.ok_or_else(|| refuse("must name a host, without user name"))?;
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(refuse("must end after the host: the portal does not live below a path"));
        }
        // Lower case, as browsers write an origin; otherwise the comparison with it fails.
        let authority = authority.as_str().to_lowercase();
        let host = uri.host().unwrap_or_default().to_lowercase();
        Ok(Self { text: format!("{scheme}://{authority}"), host })
    }

    /// The address to use when none is configured. "Every address of this machine" is none that a link can lead to.
    pub(super) fn of_address(mut listen: SocketAddr) -> Self {
        match listen.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => listen.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            IpAddr::V6(ip) if ip.is_unspecified() => listen.set_ip(IpAddr::V6(Ipv6Addr::LOCALHOST)),
            IpAddr::V4(_) | IpAddr::V6(_) => {}
        }
        Self { text: format!("http://{listen}"), host: listen.ip().to_string() }
    }

    /// The address, without a slash at the end. It is also the origin that browsers send.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host alone.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether browsers reach the portal by https, so that cookies are `Secure`.
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }

    /// An absolute link to a path of the portal, which starts with a slash.
    pub fn link(&self, path: impl fmt::Display) -> String {
        format!("{}{path}", self.text)
    }
}

impl Addresses for BaseUrl {
    fn request(&self, id: RequestId) -> String {
        self.link(paths::Request(&id.to_string()))
    }

    fn monitor(&self, id: Uuid) -> String {
        self.link(paths::Monitor(&id.to_string()))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_an_origin() {
        let url = BaseUrl::parse("https://Sign.Example.org:8443/").expect("valid");
        assert_eq!(url.as_str(), "https://sign.example.org:8443");
        assert_eq!(url.host(), "sign.example.org");
        assert_eq!(url.link("/d/x"), "https://sign.example.org:8443/d/x");
        assert!(url.is_https());
    }

    #[test]
    fn anything_but_an_origin_is_refused_with_its_reason() {
        for text in ["sign.example.org", "ftp://example.org", "https://example.org/portal", "https://a@example.org", ""]
        {
            assert!(BaseUrl::parse(text).is_err(), "{text}");
        }
    }
}
