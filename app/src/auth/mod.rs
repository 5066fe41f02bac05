//! Proofs of who somebody is: signed links, the cookie, nonce and code that follow them, passwords, API tokens, the
//! secrets of webhooks, and the system's randomness.
//!
//! What is signed here is checked here, before anybody looks anything up. Types that hold a secret print nothing of it.

pub mod api_token;
pub mod checkpoint;
pub mod code;
pub mod cookie;
pub mod keys;
pub mod nonce;
pub mod password;
pub mod session;
pub mod system;
pub mod token;
pub mod webhook;

mod record;
mod ring;
mod rotation;

pub use api_token::ApiToken;
pub use code::CodeDigits;
pub use cookie::{LINK_COOKIE, LINK_COOKIE_LIFE};
pub use keys::Keys;
pub use nonce::{NONCE_LIFE, NonceFor};
pub use password::Argon2Passwords;
pub use ring::{KeyFileError, RingKey};
pub use rotation::Rotation;
pub use session::SESSION_USER;
pub use system::SystemClock;
pub use token::{SignedLink, UnknownLink};
