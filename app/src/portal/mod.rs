//! The rules of the product: what a request is, who may decide, and what happens when nobody does.
//!
//! Nothing here knows HTTP, SQL, SMTP or the engine. A use case takes an [`Actor`] and plain input, runs in one unit of
//! work ([`Work`], which `db` implements over one transaction of the engine's) and gives plain data. The rows are the
//! truth: the engine's instance of a request only asks what they say ([`Portal::advance`]) and waits.

pub mod clock;
pub mod error;
pub mod ids;

pub mod absence;
pub mod actor;
pub mod audit;
pub mod calendar;
pub mod certificate;
pub mod code;
pub mod digests;
pub mod event;
pub mod file;
pub mod groups;
pub mod inbox;
pub mod key_uses;
pub mod ladder;
pub mod language;
pub mod link;
pub mod mail;
pub mod monitors;
pub mod once;
pub mod person;
pub mod policies;
pub mod policy;
pub mod previews;
pub mod request;
pub mod revision;
pub mod saved_views;
pub mod scope;
pub mod search;
pub mod settings;
pub mod tokens;
pub mod user;
pub mod webhooks;
pub mod workflows;
pub mod zone;

pub mod live;
pub mod ports;
pub mod reads;
pub mod work;

mod advance;
mod bulk;
mod comment;
mod control;
mod decide;
mod diff;
mod draft;
mod fetched;
mod instances;
mod limits;
mod markdown;
mod may;
mod new_link;
mod observe;
mod outbox;
mod overrule;
mod pages;
mod people;
mod reassign;
mod remind;
mod revise;
mod revisions;
mod service;
mod set_up;
mod shortcuts;
mod sign_in;
mod span;
mod stage;
mod standing;
mod state;
mod submit;
mod upload;
mod withdraw;

pub use actor::{Actor, Bearer, Roles, SignedIn};
pub use advance::{Next, Round, is_worth_retrying};
pub use bulk::{BulkAnswer, BulkOutcome, MAX_BULK};
pub use clock::{Clock, Time};
pub use code::{CODE_LIFE, CodeOutcome, CodeWanted, MAX_CODE_TRIES, MAX_CODES};
pub use comment::MAX_COMMENT_CHARS;
pub use control::Verb;
pub use decide::{Answer, MAX_REASON_CHARS};
pub use diff::{Changes, FileChange, Piece};
pub use draft::{MAX_APPROVERS, RequestDraft};
pub use error::{FieldError, PortalError};
pub use groups::{Group, GroupDraft};
pub use ids::{
    AbsenceId, AssignmentId, CodeId, DecisionId, DeliveryId, FileId, GroupId, LinkId, MailId, MonitorId, PolicyId,
    RequestId, RevisionHash, SavedViewId, SessionHash, TokenHash, TokenId, UploadId, UserId, WebhookId,
};
pub use inbox::{AskedAbout, DueFilter, InboxFilter};
pub use instances::{Owner, owner_of};
pub use language::Language;
pub use limits::LINK_TRIES;
pub use live::{News, Nudges};
pub use may::{May, RequestVerb};
pub use new_link::NewLinkOutcome;
pub use pages::{LinkPage, OpenQuestion, PAGE_ROWS, Page, Reconsidering, RequestPage};
pub use people::{InviteDraft, OpenInvitation};
pub use reads::Reads;
pub use revise::RevisionDraft;
pub use revisions::{Comparison, RequestRevisions};
pub use saved_views::{MAX_SAVED_VIEWS, SavedView, SavedViewDraft};
pub use scope::{Scope, Scopes};
pub use service::{Parts, Portal};
pub use set_up::AccountDraft;
pub use settings::SettingsDraft;
pub use span::SpanDraft;
pub use standing::{DecideOutcome, Receipt};
pub use upload::Receiving;
pub use user::{Digest, Email, Person, User, UserState};
pub use work::{Units, Work};
pub use workflows::{Catalogue, STARTER, Workflow, WorkflowError};
pub use zone::Zone;
