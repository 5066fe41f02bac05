//! TLS: whom to trust, and until when a certificate is valid.

use std::sync::Arc;

use reqwest::tls::TlsInfo;
use rustls::crypto::ring::default_provider;
use rustls::{ClientConfig, RootCertStore};
use x509_parser::parse_x509_certificate;

use crate::portal::clock::Time;

/// TLS with the authorities of this machine; where it has none (a bare container), with those that Mozilla trusts. The error is a
/// sentence.
pub(super) fn config() -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    trusting(roots)
}

/// TLS that trusts these authorities. The provider is named, so that no other part of the program can have chosen another one.
pub(super) fn trusting(roots: RootCertStore) -> Result<ClientConfig, String> {
    let builder =
        ClientConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| format!("TLS cannot be set up: {error}"))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// When the certificate that the server showed ends.
pub(super) fn expiry(info: &TlsInfo) -> Option<Time> {
    expiry_of(info.peer_certificate()?)
}

fn expiry_of(der: &[u8]) -> Option<Time> {
    let (_, certificate) = parse_x509_certificate(der).ok()?;
    certificate.validity().not_after.timestamp().checked_mul(1_000_000).map(Time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_certificate_is_read_from_it() {
        let der = include_bytes!("fixtures/certificate.der");
        // 2120-01-01 00:00:00 UTC.
        assert_eq!(expiry_of(der), Some(Time(4_733_510_400_000_000)));
        assert_eq!(expiry_of(b"no certificate"), None);
    }
}
