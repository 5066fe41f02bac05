//! The orchestrations of the portal and the activities that they call: thin, because the rules are in `portal` and the rows
//! are the truth. An orchestration only asks what the rows say, waits, and asks again.

pub mod absence_state;
pub mod names;

mod absence;
mod approval;
mod digest;
mod mail;
mod monitor;
mod preview;
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
    let registry = absence::register(registry, portal)?;
    let registry = digest::register(registry, portal)?;
    let registry = mail::register(registry, portal, mailer)?;
    let registry = monitor::register(registry, portal, outbound)?;
    let registry = preview::register(registry, portal)?;
    let registry = samples::register(registry, portal, outbound)?;
    webhook::register(registry, portal, outbound)
}
