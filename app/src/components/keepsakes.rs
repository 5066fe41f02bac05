//! What is kept of a request that has ended: its certificate and its archive.

use leptos::prelude::*;

use super::card::Card;
use super::icon::Glyph;
use crate::view::Icon;

/// A card with both downloads.
#[component]
pub fn Keepsakes(
    /// Where the certificate is.
    certificate: String,
    /// Where the archive is.
    archive: String,
) -> AnyView {
    view! {
        <Card id="keepsakes" title="Certificate and archive">
            <ul class="keepsakes">
                <li>
                    <CertificateLink href=certificate />
                </li>
                <li>
                    <a class="keepsakes__link" href=archive download="">
                        <Glyph icon=Icon::Download />
                        "Archive"
                    </a>
                    <span class="keepsakes__about">"Every revision with its files, all facts and the certificate. ZIP"</span>
                </li>
            </ul>
        </Card>
    }
    .into_any()
}

/// The download of a certificate, and what it is.
#[component]
pub fn CertificateLink(
    /// Where it is.
    href: String,
) -> AnyView {
    view! {
        <a class="keepsakes__link" href=href target="_blank" rel="noopener">
            <Glyph icon=Icon::Page />
            "Certificate"
            <span class="visually-hidden">" (opens in a new tab)"</span>
        </a>
        <span class="keepsakes__about">"Who decided what, and how to verify it. PDF"</span>
    }
    .into_any()
}
