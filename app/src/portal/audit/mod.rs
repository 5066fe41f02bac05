//! The audit log as a chain: each row has a number and a hash over its own fields and the hash before it, so that no row
//! can be changed, moved or taken out of the middle without everything after it saying so.
//!
//! What a chain cannot show is that its newest rows were taken away, or that whoever can write the database wrote all of it
//! anew. Checkpoints show that: number, hash and time, signed with a key that is not in the database. One is kept per day,
//! and one that was exported to another place is out of everybody's reach.

mod chain;
mod checkpoint;
mod log;
mod verify;
mod work;

pub use chain::{AuditEntry, ChainHead, ChainedEntry};
pub use checkpoint::{Checkpoint, CheckpointSigner};
pub use log::{AuditActor, AuditFilter, AuditLine, AuditLog, AuditQuery};
pub use verify::{Fault, Verification, Verified, Verifier};
pub use work::{AuditReads, AuditWork};
