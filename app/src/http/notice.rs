//! What was just done, carried over a redirect by a code in the query, so that no text of a page can be chosen by a link.

use std::fmt::Display;

use axum::response::Redirect;

use crate::pages::paths;
use crate::view::{Notice, Tone};

/// Something that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// A decision was recorded.
    Decided,
    /// A request was withdrawn.
    Withdrawn,
    /// A comment was added.
    Commented,
    /// Another revision was submitted.
    Revised,
    /// Those who have not answered are reminded.
    Reminded,
    /// One more person is asked.
    ApproverAdded,
    /// A question was passed on.
    Reassigned,
    /// Somebody observes a request.
    Observing,
    /// Somebody's observing has ended.
    Unobserved,
    /// A request was decided over everybody's head.
    Overruled,
    /// Somebody was invited.
    Invited,
    /// Somebody's account was changed.
    PersonChanged,
    /// A policy was made, or has a new version.
    PolicySaved,
    /// Nobody can choose a policy any more.
    PolicyArchived,
    /// A policy can be chosen again.
    PolicyRestored,
    /// A group was made or changed.
    GroupSaved,
    /// A group was removed.
    GroupDeleted,
    /// The reader's settings were kept.
    SettingsSaved,
    /// The reader has another password.
    PasswordChanged,
    /// The reader is signed in nowhere else.
    SessionsEnded,
    /// An engine's verb was carried out.
    Steered,
    /// A request was submitted.
    Submitted,
    /// A mail is tried again.
    MailRetried,
    /// A test mail is under way.
    TestMailQueued,
    /// A run was started.
    RunStarted,
    /// An event was raised.
    EventRaised,
    /// A run was removed.
    Purged,
    /// An entity was sent an operation.
    OperationSent,
    /// An API token was closed.
    TokenRevoked,
    /// A monitor was made.
    MonitorMade,
    /// A monitor was changed or resumed.
    MonitorChanged,
    /// A monitor was paused.
    MonitorPaused,
    /// A check was asked for.
    MonitorChecked,
    /// A check was asked for right after another one.
    MonitorJustChecked,
    /// A monitor was deleted.
    MonitorDeleted,
    /// An absence was planned.
    AbsencePlanned,
    /// An absence was cancelled.
    AbsenceCancelled,
    /// A backup was named, or nobody.
    BackupNamed,
    /// A webhook was changed.
    WebhookChanged,
    /// A webhook was removed.
    WebhookDeleted,
    /// A test is posted to a webhook.
    WebhookTested,
    /// A delivery is posted again.
    Redelivered,
    /// A filter of the inbox was saved.
    ViewSaved,
    /// A saved filter has another name.
    ViewRenamed,
    /// A saved filter was deleted.
    ViewDeleted,
    /// Shortcuts were switched on.
    ShortcutsOn,
    /// Shortcuts were switched off.
    ShortcutsOff,
}

impl Done {
    const ALL: [Self; 47] = [
        Self::Revised,
        Self::Reminded,
        Self::ApproverAdded,
        Self::Reassigned,
        Self::Observing,
        Self::Unobserved,
        Self::Overruled,
        Self::PolicySaved,
        Self::PolicyArchived,
        Self::PolicyRestored,
        Self::ViewSaved,
        Self::ViewRenamed,
        Self::ViewDeleted,
        Self::ShortcutsOn,
        Self::ShortcutsOff,
        Self::AbsencePlanned,
        Self::AbsenceCancelled,
        Self::BackupNamed,
        Self::MonitorMade,
        Self::MonitorChanged,
        Self::MonitorPaused,
        Self::MonitorChecked,
        Self::MonitorJustChecked,
        Self::MonitorDeleted,
        Self::Decided,
        Self::Withdrawn,
        Self::Commented,
        Self::Invited,
        Self::PersonChanged,
        Self::GroupSaved,
        Self::GroupDeleted,
        Self::SettingsSaved,
        Self::PasswordChanged,
        Self::SessionsEnded,
        Self::Steered,
        Self::Submitted,
        Self::MailRetried,
        Self::TestMailQueued,
        Self::TokenRevoked,
        Self::WebhookChanged,
        Self::WebhookDeleted,
        Self::WebhookTested,
        Self::Redelivered,
        Self::RunStarted,
        Self::EventRaised,
        Self::Purged,
        Self::OperationSent,
    ];

    const fn key(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::Withdrawn => "withdrawn",
            Self::Commented => "commented",
            Self::Revised => "revised",
            Self::Reminded => "reminded",
            Self::ApproverAdded => "added",
            Self::Reassigned => "reassigned",
            Self::Observing => "observing",
            Self::Unobserved => "unobserved",
            Self::Overruled => "overruled",
            Self::Invited => "invited",
            Self::PersonChanged => "person",
            Self::PolicySaved => "policy",
            Self::PolicyArchived => "policy-archived",
            Self::PolicyRestored => "policy-restored",
            Self::GroupSaved => "group",
            Self::GroupDeleted => "group-deleted",
            Self::SettingsSaved => "settings",
            Self::PasswordChanged => "password",
            Self::SessionsEnded => "sessions",
            Self::Steered => "steered",
            Self::Submitted => "submitted",
            Self::MailRetried => "mail",
            Self::TestMailQueued => "test",
            Self::RunStarted => "started",
            Self::EventRaised => "raised",
            Self::Purged => "purged",
            Self::OperationSent => "sent",
            Self::TokenRevoked => "token",
            Self::MonitorMade => "monitor-made",
            Self::MonitorChanged => "monitor",
            Self::MonitorPaused => "monitor-paused",
            Self::MonitorChecked => "monitor-checked",
            Self::MonitorJustChecked => "monitor-just-checked",
            Self::MonitorDeleted => "monitor-deleted",
            Self::AbsencePlanned => "absence",
            Self::AbsenceCancelled => "absence-cancelled",
            Self::BackupNamed => "backup",
            Self::WebhookChanged => "webhook",
            Self::WebhookDeleted => "webhook-deleted",
            Self::WebhookTested => "webhook-tested",
            Self::Redelivered => "redelivered",
            Self::ViewSaved => "view",
            Self::ViewRenamed => "view-renamed",
            Self::ViewDeleted => "view-deleted",
            Self::ShortcutsOn => "shortcuts-on",
            Self::ShortcutsOff => "shortcuts-off",
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Decided => "Your decision is recorded.",
            Self::Withdrawn => "The request is withdrawn. Those who had not answered yet are told by mail.",
            Self::Commented => "Your comment is added.",
            Self::Revised => "The new revision is submitted. Whoever has to see it is asked by mail.",
            Self::Reminded => "A reminder is on its way to everybody who has not answered.",
            Self::ApproverAdded => "One more person is asked, by mail.",
            Self::Reassigned => "The question is passed on. The mail with it is on its way.",
            Self::Observing => "They see the request from now on, and are told by mail.",
            Self::Unobserved => "They do not observe the request any more.",
            Self::Overruled => "The request is decided. Everybody concerned is told by mail, with your reason.",
            Self::Invited => "The invitation is on its way.",
            Self::PersonChanged => "The change is saved.",
            Self::PolicySaved => "The policy is saved. The next request that chooses it gets this version.",
            Self::PolicyArchived => "The policy is archived. Nobody can choose it any more.",
            Self::PolicyRestored => "The policy can be chosen again.",
            Self::GroupSaved => "The group is saved.",
            Self::GroupDeleted => "The group is deleted.",
            Self::SettingsSaved => "Your settings are saved.",
            Self::PasswordChanged => "Your password is changed. You are signed out everywhere else.",
            Self::SessionsEnded => "You are signed out everywhere else.",
            Self::Steered => "Done.",
            Self::Submitted => "Your request is on its way to the approvers. This page shows how it stands.",
            Self::MailRetried => "The mail is tried again.",
            Self::TestMailQueued => "A test mail to you is on its way. Its page shows what the mail server says.",
            Self::RunStarted => "The run has started. This page follows it.",
            Self::EventRaised => "The event is raised. The run gets it as soon as it waits for it.",
            Self::Purged => "The run is removed, with its history.",
            Self::OperationSent => "The operation is sent. It is carried out after those that were sent before.",
            Self::TokenRevoked => "The token does not work any more.",
            Self::MonitorMade => "The monitor is made and checks at once. This page shows what it finds.",
            Self::MonitorChanged => "The monitor is changed. This page shows what the next check finds.",
            Self::MonitorPaused => "The monitor is paused. Nothing is checked until it is resumed.",
            Self::MonitorChecked => "A check is on its way. This page shows what it finds.",
            Self::MonitorJustChecked => "It was checked a moment ago, and this page shows what was found.",
            Self::MonitorDeleted => "The monitor is deleted.",
            Self::AbsencePlanned => "The absence is planned.",
            Self::AbsenceCancelled => "The absence is cancelled.",
            Self::BackupNamed => "The backup is saved.",
            Self::WebhookChanged => "The webhook is changed.",
            Self::WebhookDeleted => "The webhook is deleted.",
            Self::WebhookTested => "A test is on its way. Load this page again to see what came back.",
            Self::Redelivered => "It is posted again. Load this page again to see what came back.",
            Self::ViewSaved => "The view is saved. It stands beside the tabs.",
            Self::ViewRenamed => "The view has its new name.",
            Self::ViewDeleted => "The view is deleted.",
            Self::ShortcutsOn => "Shortcuts are on. The key ? lists them.",
            Self::ShortcutsOff => "Shortcuts are off. No single key does anything any more.",
        }
    }

    /// Sends the reader on, with the notice.
    pub(crate) fn then(self, path: impl Display) -> Redirect {
        Redirect::to(&paths::with_query(path, &[("done", self.key())]))
    }

    /// The notice that a query asks for, if it does.
    pub(crate) fn of_query(query: Option<&str>) -> Option<Notice> {
        let key = query?.split('&').find_map(|pair| pair.strip_prefix("done="))?;
        let done = Self::ALL.into_iter().find(|done| done.key() == key)?;
        Some(Notice { tone: Tone::Good, text: done.text().to_owned() })
    }
}
