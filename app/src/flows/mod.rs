//! The orchestrations of the portal and the activities that they call: thin, because the rules are in `portal` and the rows
//! are the truth. An orchestration only asks what the rows say, waits, and asks again.

pub mod names;

mod approval;
mod mail;

use countersign_engine::registry::{Registry, RegistryError};

use crate::email::Mailer;
use crate::portal::Portal;

/// Everything that the portal's instances run. To be given to the engine before it starts.
pub fn registry(portal: &Portal, mailer: &Mailer) -> Result<Registry, RegistryError> {
    let registry = approval::register(Registry::new(), portal)?;
    mail::register(registry, portal, mailer)
}
