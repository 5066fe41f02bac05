//! API tokens: how programs come in the name of a person, within scopes and until a day.
//!
//! The portal never sees a token's text: whoever makes one mints it and hands in the hash, whoever checks one likewise.

mod admit;
mod bucket;
mod issue;
mod token;
mod work;

pub use admit::Admitted;
pub use bucket::Allowance;
pub use token::{LIFETIMES, MAX_LIVE_TOKENS, MAX_TOKEN_DAYS, Token, TokenDraft, TokenLine, TokenState, TokensOf};
pub use work::{TokenReads, TokenWork};

pub(super) use bucket::Buckets;
