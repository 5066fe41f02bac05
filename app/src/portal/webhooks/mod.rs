//! Webhooks: other programs are told what happens here, by HTTP and with a signature.
//!
//! A use case that changes something worth telling calls `announce` within its own unit of work. For each webhook that
//! wants to hear of it one delivery is written, by a natural key, and an instance of its own is started that posts it
//! until it is accepted or given up. What is posted is small: ids, title, state and addresses of pages. It never holds a
//! signed link or anything of a document.

mod announce;
mod deliver;
mod delivery;
mod draft;
mod event;
mod manage;
mod pages;
mod secret;
mod webhook;
mod work;

pub(super) use announce::{Announcement, announce, request_decided, request_news, timestamp};
pub use deliver::{DeliveryStep, Heard, Noted};
pub use delivery::{Delivery, DeliveryState, instance_of_delivery};
pub use draft::{MAX_DESCRIPTION_CHARS, MAX_URL_CHARS, WebhookDraft};
pub use event::WebhookEvent;
pub use manage::{MAX_WEBHOOKS, NewSecret};
pub use pages::{DeliveryPage, WebhookPage};
pub use secret::{KEY_ID_HEADER, SecretOf, WebhookSecret, WebhookSigner};
pub use webhook::{Disabled, OldSecret, SECRET_OVERLAP, SecretVersion, Webhook};
pub use work::{WebhookLine, WebhookReads, WebhookWork};
