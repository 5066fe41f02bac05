//! The way out to servers whose addresses people typed: monitors and webhooks.
//!
//! [`GuardedClient`] implements the portal's [`Outbound`](crate::portal::ports::Outbound). Whoever may type an address must not
//! be able to reach with it what only the portal's machine can: its own services, the network around it, the metadata of its
//! cloud. So a name is resolved once, every address it has is checked, and the connection is made to one of those.

mod client;
mod guard;
mod target;
mod tls;

#[cfg(test)]
mod tests;

pub use client::GuardedClient;
pub use guard::allowed_networks;
