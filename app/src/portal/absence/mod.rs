//! Absence: who is away when, who stands in for them, and what becomes of the questions that wait for them.
//!
//! What somebody has planned is the state of a durable entity of theirs, `absence@<user id>`, and of nothing else. Every
//! change goes through it, one after the other, and it checks the rules ([`Absences::plan`]) again with what it holds then: of
//! two absences that are planned at the same moment and overlap the second is refused, wherever they come from. The use case
//! checks them before, with the person's row locked, only to tell people at once what is wrong.
//!
//! An absence has an instance, `absence-<id>`, started in the transaction of its use case. It tells the entity, which is how a
//! refusal becomes known; when the absence begins it hands over the questions that are open ([`Portal::begin_absence`]); and
//! when it is over it has the entity forget it. It decides nothing: whether somebody is away is what the entity says at
//! that moment ([`Absences::substitute_at`]), so that an instance that is late, restarted or gone puts no question to the
//! wrong person. Cancelling tells the entity and the instance in one transaction.
//!
//! Questions that are put during an absence go to the substitute by themselves (`stand_in`). One that is written at the very
//! moment at which the absence begins may be missed by both; therefore the instance looks twice, with longer in between
//! than a transaction may take. Handing over is one transaction per question that reads everything anew, so that a repetition
//! after a crash moves nothing twice. What a substitute has not answered when the absence is over stays with them.
//!
//! An admin who plans for somebody else, or sets their backup, is kept with it. Their own requests go no such way
//! ([`Kept::Arranged`]): otherwise they would choose who decides about them.
//!
//! [`Portal::begin_absence`]: super::Portal::begin_absence

mod absences;
mod begin;
mod chain;
mod draft;
mod manage;
mod outlook;
mod work;
mod workload;

pub use absences::{Absence, Absences, Backup, Conflict, MAX_PLANNED};
pub use begin::{Handover, Waiting};
pub use chain::{Barred, Kept, MAX_STEPS};
pub use draft::{AbsenceDraft, MAX_NOTE_CHARS, day_of, last_day_of};
pub use manage::instance_of_absence;
pub use outlook::{Detour, Everybody, Leg, Outlook, concerned};
pub use work::{AbsenceReads, AbsenceWork, OpenQuestion, OpenRequest};
pub use workload::Load;

pub(in crate::portal) use chain::stand_in;
