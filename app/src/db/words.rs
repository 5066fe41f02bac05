//! The words that stand in the tables for the portal's closed sets.

use super::error::unreadable;
use crate::portal::code::CodeState;
use crate::portal::digests::DigestAbout;
use crate::portal::error::Result;
use crate::portal::file::FileKind;
use crate::portal::language::Language;
use crate::portal::link::{Invalid, LinkState, Purpose};
use crate::portal::mail::{MailKind, MailState, MailStep};
use crate::portal::monitors::Bucket;
use crate::portal::policy::{Assurance, FinalRule, Ruling, StaleRule, Verdict};
use crate::portal::previews::{PreviewState, Unshowable};
use crate::portal::reads::InboxTab;
use crate::portal::request::{AssignmentState, Ending, EventKind, Said, StandInReason, Strength};
use crate::portal::user::{Digest, UserState};
use crate::portal::webhooks::DeliveryState;

/// A value that a table keeps as a word.
pub(super) trait Word: Copy {
    /// The word.
    fn word(self) -> &'static str;
    /// The value of that word.
    fn of(word: &str) -> Option<Self>;
}

macro_rules! words {
    ($($type:ty { $($value:path $(: ($($inner:path),+))? => $word:literal),+ $(,)? })+) => {$(
        impl Word for $type {
            fn word(self) -> &'static str {
                match self {
                    $($value $(($($inner),+))? => $word,)+
                }
            }

            fn of(word: &str) -> Option<Self> {
                match word {
                    $($word => Some($value $(($($inner),+))?),)+
                    _ => None,
                }
            }
        }
    )+};
}

words! {
    UserState { UserState::Guest => "guest", UserState::Invited => "invited", UserState::Active => "active", UserState::Disabled => "disabled" }
    Language { Language::En => "en", Language::De => "de" }
    Digest { Digest::Never => "never", Digest::Daily => "daily" }
    InboxTab {
        InboxTab::Waiting => "waiting",
        InboxTab::Mine => "mine",
        InboxTab::Watching => "watching",
        InboxTab::Done => "done",
        InboxTab::All => "all",
    }
    Purpose { Purpose::Decide => "decide", Purpose::SetUp => "set_up", Purpose::Invite => "invite", Purpose::Answer => "answer", Purpose::Unsubscribe => "unsubscribe" }
    LinkState {
        LinkState::Live => "live",
        LinkState::Used => "used",
        LinkState::Revoked: (Invalid::Reassigned) => "reassigned",
        LinkState::Revoked: (Invalid::Disabled) => "disabled",
        LinkState::Revoked: (Invalid::Superseded) => "superseded",
        LinkState::Revoked: (Invalid::Restarted) => "restarted",
        LinkState::Revoked: (Invalid::Terminated) => "terminated",
        LinkState::Revoked: (Invalid::Withdrawn) => "withdrawn",
        LinkState::Revoked: (Invalid::NotNeeded) => "not_needed",
    }
    Said {
        Said::Approved => "approved",
        Said::Rejected => "rejected",
        Said::ChangesRequested => "changes_requested",
        Said::Expired => "expired",
    }
    Ruling { Ruling::Approved => "approved", Ruling::Rejected => "rejected", Ruling::Expired => "expired" }
    StandInReason {
        StandInReason::Absent => "absent",
        StandInReason::Delegated => "delegated",
        StandInReason::Reassigned => "reassigned",
    }
    StaleRule { StaleRule::Keep => "keep", StaleRule::IfChanged => "if_changed", StaleRule::AllAgain => "all_again" }
    Assurance { Assurance::Link => "link", Assurance::Code => "code" }
    FinalRule { FinalRule::Reject => "reject", FinalRule::Approve => "approve", FinalRule::Expire => "expire" }
    Ending {
        Ending::Ruled: (Ruling::Approved) => "approved",
        Ending::Ruled: (Ruling::Rejected) => "rejected",
        Ending::Ruled: (Ruling::Expired) => "expired",
        Ending::Terminated => "terminated",
        Ending::Withdrawn => "withdrawn",
    }
    AssignmentState {
        AssignmentState::Pending => "pending",
        AssignmentState::Answered: (Verdict::Approve) => "approved",
        AssignmentState::Answered: (Verdict::Reject) => "rejected",
        AssignmentState::Answered: (Verdict::RequestChanges) => "changes_requested",
        AssignmentState::Stale => "stale",
        AssignmentState::Reassigned => "reassigned",
        AssignmentState::NotNeeded => "not_needed",
        AssignmentState::Withdrawn => "withdrawn",
    }
    Strength {
        Strength::Link => "link",
        Strength::LinkAndCode => "link_code",
        Strength::Session => "session",
        Strength::Token => "token",
        Strength::Rule => "rule",
    }
    EventKind {
        EventKind::Submitted => "submitted",
        EventKind::Asked => "asked",
        EventKind::Mailed => "mailed",
        EventKind::MailFailed => "mail_failed",
        EventKind::Reminded => "reminded",
        EventKind::Escalated => "escalated",
        EventKind::Decided: (Verdict::Approve) => "decided_approve",
        EventKind::Decided: (Verdict::Reject) => "decided_reject",
        EventKind::Decided: (Verdict::RequestChanges) => "decided_changes",
        EventKind::StagePassed => "stage_passed",
        EventKind::StandsIn => "stands_in",
        EventKind::Added => "added",
        EventKind::Revised => "revised",
        EventKind::Reassigned => "reassigned",
        EventKind::Observing => "observing",
        EventKind::Overruled: (Verdict::Approve) => "overruled_approved",
        EventKind::Overruled: (Verdict::Reject) => "overruled_rejected",
        EventKind::Overruled: (Verdict::RequestChanges) => "overruled_changes",
        EventKind::Closed: (Ruling::Approved) => "closed_approved",
        EventKind::Closed: (Ruling::Rejected) => "closed_rejected",
        EventKind::Closed: (Ruling::Expired) => "closed_expired",
        EventKind::Held => "held",
        EventKind::Resumed => "resumed",
        EventKind::Restarted => "restarted",
        EventKind::Terminated => "terminated",
        EventKind::Withdrawn => "withdrawn",
        EventKind::Commented => "commented",
        EventKind::LinkRenewed => "link_renewed",
    }
    FileKind {
        FileKind::Pdf => "pdf",
        FileKind::Png => "png",
        FileKind::Jpeg => "jpeg",
        FileKind::WebP => "webp",
        FileKind::Text => "text",
        FileKind::Other => "other",
    }
    MailKind {
        MailKind::Request => "request",
        MailKind::Reminder => "reminder",
        MailKind::Escalation => "escalation",
        MailKind::Escalated => "escalated",
        MailKind::Decided => "decided",
        MailKind::Terminated => "terminated",
        MailKind::Withdrawn => "withdrawn",
        MailKind::ChangesRequested => "changes_requested",
        MailKind::Reassigned => "reassigned",
        MailKind::Observing => "observing",
        MailKind::Comment => "comment",
        MailKind::Digest => "digest",
        MailKind::Invitation => "invitation",
        MailKind::NewLink => "new_link",
        MailKind::Code => "code",
        MailKind::Resumed => "resumed",
        MailKind::Test => "test",
        MailKind::Receipt => "receipt",
        MailKind::Question => "question",
        MailKind::Outcome => "outcome",
        MailKind::ServiceDown => "service_down",
        MailKind::ServiceStillDown => "service_still_down",
        MailKind::ServiceRecovered => "service_recovered",
        MailKind::MonitorDown => "monitor_down",
        MailKind::MonitorReminder => "monitor_reminder",
        MailKind::MonitorEscalated => "monitor_escalated",
        MailKind::MonitorRecovered => "monitor_recovered",
    }
    DigestAbout {
        DigestAbout::Waiting => "waiting",
        DigestAbout::ChangesRequested => "changes_requested",
        DigestAbout::Decided => "decided",
    }
    CodeState { CodeState::Live => "live", CodeState::Used => "used", CodeState::Void => "void" }
    Bucket { Bucket::Hour => "hour", Bucket::Day => "day" }
    MailState {
        MailState::Queued => "queued",
        MailState::Retrying => "retrying",
        MailState::Sent => "sent",
        MailState::Failed => "failed",
        MailState::Kept => "kept",
    }
    DeliveryState {
        DeliveryState::Queued => "queued",
        DeliveryState::Retrying => "retrying",
        DeliveryState::Delivered => "delivered",
        DeliveryState::Failed => "failed",
    }
    PreviewState { PreviewState::Queued => "queued", PreviewState::Ready => "ready", PreviewState::Failed => "failed" }
    Unshowable {
        Unshowable::Damaged => "damaged",
        Unshowable::Locked => "locked",
        Unshowable::Empty => "empty",
        Unshowable::TooLarge => "too_large",
        Unshowable::TooSlow => "too_slow",
        Unshowable::TooHungry => "too_hungry",
        Unshowable::Stopped => "stopped",
        Unshowable::GivenUp => "given_up",
    }
    MailStep {
        MailStep::Compose => "compose",
        MailStep::Connect => "connect",
        MailStep::Tls => "tls",
        MailStep::Auth => "auth",
        MailStep::Refused => "refused",
    }
}

/// Reads the columns of one row; an error names the place.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    /// Which table.
    pub(super) table: &'static str,
    /// Which row.
    pub(super) id: &'a str,
}

impl Row<'_> {
    /// A word.
    pub(super) fn word<T: Word>(self, column: &'static str, text: &str) -> Result<T> {
        T::of(text).ok_or_else(|| unreadable(self.table, column, self.id))
    }

    /// A word that may be absent.
    pub(super) fn maybe_word<T: Word>(self, column: &'static str, text: Option<&str>) -> Result<Option<T>> {
        text.map(|text| self.word(column, text)).transpose()
    }

    /// An id or a hash.
    pub(super) fn id<T: std::str::FromStr>(self, column: &'static str, text: &str) -> Result<T> {
        text.parse().map_err(|_| unreadable(self.table, column, self.id))
    }

    /// An id that may be absent.
    pub(super) fn maybe_id<T: std::str::FromStr>(self, column: &'static str, text: Option<&str>) -> Result<Option<T>> {
        text.map(|text| self.id(column, text)).transpose()
    }

    /// A number.
    pub(super) fn number<T: TryFrom<i64>>(self, column: &'static str, number: i64) -> Result<T> {
        T::try_from(number).map_err(|_| unreadable(self.table, column, self.id))
    }
}
