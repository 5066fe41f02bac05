//! What the browser is shown: one plain data type per page, one per form.
//!
//! Nothing here reads a database, a clock or a request. A handler fills one of these types from what the portal
//! answered, a page component turns it into HTML, and the same types compile for the server and for the browser
//! part. Times come as [`Moment`], states as closed enums that know their word, colour and icon ([`Mark`]), and
//! whatever a person typed stays a `String` until the portal has accepted it.

pub mod absence;
pub mod account;
pub mod answer;
pub mod api;
pub mod audit;
pub mod bulk;
pub mod changes;
pub mod decision;
pub mod entity;
pub mod event;
pub mod file;
pub mod form;
pub mod frame;
pub mod group;
pub mod inbox;
pub mod instance;
pub mod link;
pub mod mark;
pub mod moment;
pub mod monitor;
pub mod new_request;
pub mod outbox;
pub mod people;
pub mod policy;
pub mod problem;
pub mod request;
pub mod request_verbs;
pub mod revise;
pub mod rule;
pub mod saved_view;
pub mod settings;
pub mod stage;
pub mod state;
pub mod token;
pub mod unsubscribe;
pub mod verb;
pub mod webhook;
pub mod workflow;

pub use account::{Invitation, SetUp, SignIn};
pub use answer::{QuestionClosed, RunQuestion, RunQuestionClosed};
pub use api::{ApiAnswer, ApiBody, ApiGroup, ApiOperation, ApiParameter, ApiReference};
pub use audit::{AuditFilter, AuditLog, AuditRow};
pub use bulk::{BulkDecision, BulkFate, BulkResult, BulkResultRow, BulkRow};
pub use changes::{Changes, ChangesPlace, FileChange, FileFate, FileVersion, Piece, RevisionRow, Revisions};
pub use decision::{CodeEntry, Decide, DecisionBox, DecisionForm, Receipt, Reconsider};
pub use entity::{Entities, EntityDetail, EntityRow, OperationForm};
pub use event::{EventKind, EventLine};
pub use file::{FileKind, FilePreview, FileView, PreviewPage};
pub use form::{FieldError, FormErrors, SpanField, SpanUnit};
pub use frame::{Frame, Notice, Person, RoleSet, Section, Viewer};
pub use group::{GroupDetail, GroupForm, GroupRow, Groups};
pub use inbox::{DueFilter, Inbox, InboxFilter, InboxRow, InboxTab};
pub use instance::{HistoryLine, InstanceDetail, InstanceRow, Instances, Question, RaiseForm};
pub use link::{LinkState, LinkStatus};
pub use mark::{Icon, Mark, Tone};
pub use moment::{Due, Moment, Urgency, WallClock};
pub use monitor::{CheckRow, IncidentRow, MonitorDetail, MonitorForm, MonitorRow, MonitorState, Monitors, Sparkline};
pub use new_request::{ApproverForm, KeptFile, NewRequest};
pub use outbox::{MailDetail, MailRow, Outbox, Transport};
pub use people::{InviteForm, ManagerForm, People, PersonDetail, PersonLink, PersonRow};
pub use policy::{Policies, PolicyChoice, PolicyEditor, PolicyFields, PolicyImport, PolicyPreview, PolicyRow};
pub use problem::Problem;
pub use request::{ChangesWanted, Closing, CommentForm, Observer, RequestDetail, WithdrawForm};
pub use request_verbs::{AddressForm, OverruleForm, PassOn, PassOnForm, Passable, RequestVerbs};
pub use revise::{PresentFile, ReviseForm};
pub use rule::{FinalRule, Rule, Tally, Verdict};
pub use saved_view::{SaveViewForm, SavedView, SavedViewForm, SavedViews};
pub use settings::{PasswordForm, ProfileForm, SessionRow, Settings};
pub use stage::{AskedPerson, LadderKind, LadderStep, Stage, StageStanding};
pub use state::{AccountState, InstanceState, MailState, PersonState, RequestState};
pub use token::{CreatedToken, TokenForm, TokenTab, Tokens};
pub use unsubscribe::Unsubscribe;
pub use verb::{Asks, Verb, VerbForm};
pub use webhook::{DeliveryDetail, DeliveryRow, DeliveryState, WebhookDetail, WebhookForm, WebhookRow, Webhooks};
pub use workflow::{InputField, InputKind, StartForm, Way, WorkflowDetail, WorkflowRow, Workflows};
