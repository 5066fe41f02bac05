//! What the browser is shown: one plain data type per page, one per form.
//!
//! Nothing here reads a database, a clock or a request. A handler fills one of these types from what the portal
//! answered, a page component turns it into HTML, and the same types compile for the server and for the browser
//! part. Times come as [`Moment`], states as closed enums that know their word, colour and icon ([`Mark`]), and
//! whatever a person typed stays a `String` until the portal has accepted it.

pub mod account;
pub mod decision;
pub mod event;
pub mod file;
pub mod form;
pub mod frame;
pub mod inbox;
pub mod instance;
pub mod link;
pub mod mark;
pub mod moment;
pub mod new_request;
pub mod outbox;
pub mod people;
pub mod problem;
pub mod request;
pub mod rule;
pub mod stage;
pub mod state;

pub use account::{Invitation, SetUp, SignIn};
pub use decision::{Decide, DecisionBox, DecisionForm, Receipt};
pub use event::{EventKind, EventLine};
pub use file::{FileKind, FileView};
pub use form::{FieldError, FormErrors, SpanField, SpanUnit};
pub use frame::{Frame, Notice, Person, RoleSet, Section, Viewer};
pub use inbox::{Inbox, InboxRow, InboxTab};
pub use instance::{HistoryLine, InstanceDetail, InstanceRow, Instances, Verb, VerbForm};
pub use link::{LinkState, LinkStatus};
pub use mark::{Icon, Mark, Tone};
pub use moment::{Due, Moment, Urgency};
pub use new_request::{ApproverForm, KeptFile, NewRequest};
pub use outbox::{MailDetail, MailRow, Outbox, Transport};
pub use people::{InviteForm, People, PersonRow};
pub use problem::Problem;
pub use request::{Closing, RequestDetail};
pub use rule::{FinalRule, Rule, Tally, Verdict};
pub use stage::{AskedPerson, LadderKind, LadderStep, Stage};
pub use state::{AccountState, InstanceState, MailState, PersonState, RequestState};
