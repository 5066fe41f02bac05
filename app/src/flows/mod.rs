//! The orchestrations of the portal and the activities that they call: thin, because the rules are in `portal` and the rows
//! are the truth. An orchestration only asks what the rows say, waits, and asks again.

pub mod names;

mod approval;
mod mail;
mod monitor;
mod samples;
mod webhook;

use std::sync::Arc;

use countersign_engine::registry::{Registry, RegistryError};

use crate::email::Mailer;
use crate::portal::Portal;
use crate::portal::ports::Outbound;

pub use samples::catalogue;

/// Everything that the portal's instances run. To be given to the engine before it starts.
pub fn registry(portal: &Portal, mailer: &Mailer, outbound: &Arc<dyn Outbound>) -> Result<Registry, RegistryError> {
    let registry = approval::register(Registry::new(), portal)?;
    let registry = mail::register(registry, portal, mailer)?;
    let registry = monitor::register(registry, portal, outbound)?;
    let registry = samples::register(registry, portal, outbound)?;
    webhook::register(registry, portal, outbound)
}
