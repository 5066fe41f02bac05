//! Digests: one mail a day, at eight in the morning of its reader, with everything that waits for them.
//!
//! Whoever wants digests has an instance of the engine that sleeps until their next eight o'clock, and is woken when their
//! settings change. It asks [`Portal::digest_turn`](crate::portal::Portal) what the rows say: the digest that is due is
//! written in the same transaction, under a key made of its reader and its moment, so that a turn that is taken twice writes
//! one mail. Questions and reminders are mailed at once all the same; a digest comes beside them.

mod turn;

mod steer;
mod unsubscribe;
mod work;
mod write;

pub use turn::{Turn, instance_of_digests};
pub use unsubscribe::Unsubscribing;
pub use work::{DigestAbout, DigestLine, DigestWork, MAX_LINES};
