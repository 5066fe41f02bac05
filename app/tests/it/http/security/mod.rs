//! What went wrong in other products, and what the portal promises of its signed links. The README's table names the
//! test that keeps each of them from here; `claims.rs` holds the table to it.

mod scene;

mod bulk;
mod certificate;
mod csrf;
mod events;
mod exposure;
mod life;
mod links;
mod often;
mod paths_agree;
mod records;
mod revoked;
mod verbs;
