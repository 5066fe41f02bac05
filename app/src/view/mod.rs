//! What the browser is shown: one plain data type per page, one per form.
//!
//! Nothing here reads a database, a clock or a request. A handler fills one of these types from what the portal
//! answered, a page component turns it into HTML, and the same types compile for the server and for the browser
//! part. Times come as [`Moment`], states as closed enums that know their word, colour and icon ([`Mark`]), and
//! whatever a person typed stays a `String` until the portal has accepted it.

pub mod account;
pub mod answer;
pub mod api;
pub mod audit;
pub mod bulk;
pub mod decision;
pub mod entity;
pub mod event;
pub mod file;
pub mod form;
pub mod frame;
pub mod inbox;
pub mod instance;
pub mod link;
pub mod mark;
pub mod moment;
pub mod monitor;
pub mod new_request;
pub mod outbox;
pub mod people;
pub mod problem;
pub mod request;
pub mod rule;
pub mod stage;
pub mod state;
pub mod token;
pub mod verb;
pub mod webhook;
pub mod workflow;

pub use account::{Invitation, SetUp, SignIn};
pub use answer::{QuestionClosed, RunQuestion, RunQuestionClosed};
pub use api::{ApiAnswer, ApiBody, ApiGroup, ApiOperation, ApiParameter, ApiReference};
pub use audit::{AuditFilter, AuditLog, AuditRow};
pub use bulk::{BulkDecision, BulkFate, BulkResult, BulkResultRow, BulkRow};
pub use decision::{Decide, DecisionBox, DecisionForm, Receipt};
pub use entity::{Entities, EntityDetail, EntityRow, OperationForm};
pub use event::{EventKind, EventLine};
pub use file::{FileKind, FileView};
pub use form::{FieldError, FormErrors, SpanField, SpanUnit};
pub use frame::{Frame, Notice, Person, RoleSet, Section, Viewer};
pub use inbox::{DueFilter, Inbox, InboxFilter, InboxRow, InboxTab};
pub use instance::{HistoryLine, InstanceDetail, InstanceRow, Instances, Question, RaiseForm};
pub use link::{LinkState, LinkStatus};
pub use mark::{Icon, Mark, Tone};
pub use moment::{Due, Moment, Urgency};
pub use monitor::{CheckRow, IncidentRow, MonitorDetail, MonitorForm, MonitorRow, MonitorState, Monitors, Sparkline};
pub use new_request::{ApproverForm, KeptFile, NewRequest};
pub use outbox::{MailDetail, MailRow, Outbox, Transport};
pub use people::{InviteForm, People, PersonRow};
pub use problem::Problem;
pub use request::{Closing, CommentForm, RequestDetail, WithdrawForm};
pub use rule::{FinalRule, Rule, Tally, Verdict};
pub use stage::{AskedPerson, LadderKind, LadderStep, Stage};
pub use state::{AccountState, InstanceState, MailState, PersonState, RequestState};
pub use token::{CreatedToken, TokenForm, TokenTab, Tokens};
pub use verb::{Asks, Verb, VerbForm};
pub use webhook::{DeliveryDetail, DeliveryRow, DeliveryState, WebhookDetail, WebhookForm, WebhookRow, Webhooks};
pub use workflow::{InputField, InputKind, StartForm, Way, WorkflowDetail, WorkflowRow, Workflows};
