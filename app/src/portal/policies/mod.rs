//! Policies: who decides about what kind of request, kept by admins under a name and in versions.
//!
//! A policy names addresses, groups and roles ([`PolicyDraft`]). When a request is submitted they become people, and the request
//! keeps that copy ([`crate::portal::policy::Policy`]): neither a new version of the policy nor somebody who joins a group
//! changes it. The preview goes the same way without writing anything, so that both find the same people and the same faults.

mod check;
mod draft;
mod spans;
mod template;
mod text;
mod typed;
mod typed_read;

mod cast;
mod facts;
mod preview;
mod resolve;

mod exchange;
mod manage;
mod pages;
mod work;

pub use check::{MAX_RUNGS, MAX_STAGES};
pub use draft::{Approvers, EscalateTo, HoursDraft, HoursZone, PolicyDraft, RungDoes, RungDraft, StageDraft};
pub use exchange::Export;
pub use pages::{PolicyPage, UsablePolicy};
pub use preview::{PolicyPreview, PreviewDoes, PreviewPerson, PreviewStage, PreviewStep};
pub use resolve::Resolved;
pub use template::PLACEHOLDERS;
pub use text::{Named, as_text, of_kept_text, of_text};
pub use typed::{TypedHours, TypedPolicy, TypedRung, TypedStage};
pub use work::{PolicyLine, PolicyReads, PolicyVersion, PolicyWork, StoredPolicy};

pub(in crate::portal) use resolve::resolve_stored;
