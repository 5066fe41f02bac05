//! Signed links, as rows. The signed text itself is never stored: it is computed from the row and a key that lives
//! outside the database, at the moment of sending.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::clock::Time;
use super::ids::{AssignmentId, LinkId, RevisionHash, UserId};

/// How long before the due time a mailed link may end. A hold moves the due time, but not the end that a link was signed
/// with, and a short one must not make void what people have in their mails: whoever comes after the end asks for another.
const SHORT_OF_DUE: Duration = Duration::from_secs(600);

/// What a link is for. Each purpose has a key of its own, so that none can pass for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To decide on a request.
    Decide,
    /// To set up the first admin.
    SetUp,
    /// To accept an invitation.
    Invite,
    /// To answer the question of a run.
    Answer,
    /// To end one's digests.
    Unsubscribe,
}

/// Which key of the ring signs a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub u32);

/// What a link is bound to: the first 16 bytes of a SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding(pub [u8; 16]);

impl Binding {
    fn over(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(part);
        }
        let mut first = [0; 16];
        first.copy_from_slice(&hasher.finalize()[..16]);
        Self(first)
    }

    /// Binds a link to one question, one round, one address and one revision.
    pub fn of_question(
        generation: u32,
        stage: u32,
        assignment: AssignmentId,
        address: &str,
        revision: RevisionHash,
    ) -> Self {
        Self::over(&[
            &generation.to_be_bytes(),
            &stage.to_be_bytes(),
            assignment.0.as_bytes(),
            address.as_bytes(),
            &revision.0,
        ])
    }

    /// Binds a link to the question of a run, as it was mailed: which run, which mail, to whom, and the text.
    pub fn of_run(run: &str, natural_key: &str, address: &str, text: &str) -> Self {
        Self::over(&[run.as_bytes(), natural_key.as_bytes(), address.as_bytes(), text.as_bytes()])
    }

    /// Binds an invitation, or the end of digests, to a person and their address.
    pub fn of_person(user: UserId, address: &str) -> Self {
        Self::over(&[user.0.as_bytes(), address.as_bytes()])
    }

    /// Binds a set-up link to nobody: there is nobody yet.
    pub fn of_nobody() -> Self {
        Self::over(&[])
    }
}

/// What an authentic link says: its signature has been checked, its expiry has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkClaims {
    /// What for.
    pub purpose: Purpose,
    /// Signed by which key.
    pub key: KeyId,
    /// Which link.
    pub id: LinkId,
    /// Until when it works, in whole seconds.
    pub expires_at: Time,
    /// What it is bound to.
    pub binding: Binding,
}

/// Why a link no longer works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// Somebody else is asked instead.
    Reassigned,
    /// The person may no longer decide.
    Disabled,
    /// A newer link was mailed.
    Superseded,
    /// The request was restarted: the mail of the new round has its own link.
    Restarted,
    /// An admin terminated the request.
    Terminated,
    /// The requester withdrew it.
    Withdrawn,
    /// The stage was approved without this answer.
    NotNeeded,
}

/// Where a link stands; its expiry counts besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// Works.
    Live,
    /// Did what it was for.
    Used,
    /// Was revoked.
    Revoked(Invalid),
}

impl LinkState {
    /// Whether it was taken back. One that did what it was for was not.
    pub(super) const fn is_revoked(self) -> bool {
        matches!(self, Self::Revoked(_))
    }
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Which.
    pub id: LinkId,
    /// What for.
    pub purpose: Purpose,
    /// Whose: nobody's for a set-up link.
    pub user: Option<UserId>,
    /// The question that it answers, for [`Purpose::Decide`].
    pub assignment: Option<AssignmentId>,
    /// The key that was active when it was minted.
    pub key: KeyId,
    /// What it is bound to.
    pub binding: Binding,
    /// When it was minted.
    pub created_at: Time,
    /// Until when it works, in whole seconds.
    pub expires_at: Time,
    /// Where it stands.
    pub state: LinkState,
}

impl Link {
    /// What the signed text of this link says.
    pub fn claims(&self) -> LinkClaims {
        LinkClaims {
            purpose: self.purpose,
            key: self.key,
            id: self.id,
            expires_at: self.expires_at,
            binding: self.binding,
        }
    }

    /// Whether `claims`, which are authentic, are this row's.
    pub fn is_claimed_by(&self, claims: &LinkClaims) -> bool {
        self.claims() == *claims
    }

    /// Whether a mail about a request that is due then may go on using it: it works at `now`, and ends no more than ten
    /// minutes early. Everything else takes a new link.
    pub fn lasts_long_enough(&self, due_at: Option<Time>, now: Time) -> bool {
        self.state == LinkState::Live
            && now < self.expires_at
            && due_at.is_none_or(|due_at| due_at <= self.expires_at + SHORT_OF_DUE)
    }
}

/// Cuts a moment to whole seconds, as the signed text holds it.
pub fn whole_seconds(time: Time) -> Time {
    Time(time.0.div_euclid(1_000_000) * 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_binding_changes_with_every_part() {
        let (a, b) = (AssignmentId(Uuid::nil()), AssignmentId(Uuid::max()));
        let (r, s) = (RevisionHash([0; 32]), RevisionHash([1; 32]));
        let base = Binding::of_question(1, 1, a, "a@b", r);
        for other in [
            Binding::of_question(2, 1, a, "a@b", r),
            Binding::of_question(1, 2, a, "a@b", r),
            Binding::of_question(1, 1, b, "a@b", r),
            Binding::of_question(1, 1, a, "a@c", r),
            Binding::of_question(1, 1, a, "a@b", s),
        ] {
            assert_ne!(base, other);
        }
        assert_eq!(base, Binding::of_question(1, 1, a, "a@b", r));
    }

    #[test]
    fn a_link_is_good_for_another_mail_while_it_works_and_ends_little_before_the_due_time() {
        let second = Duration::from_secs(1);
        let end = Time(0) + 100 * second;
        let link = |state| Link {
            id: LinkId(Uuid::nil()),
            purpose: Purpose::Decide,
            user: None,
            assignment: None,
            key: KeyId(1),
            binding: Binding([0; 16]),
            created_at: Time(0),
            expires_at: end,
            state,
        };
        let live = link(LinkState::Live);
        for (due_at, now, lasts) in [
            (Some(end), Time(0), true),
            (Some(end + SHORT_OF_DUE), Time(0), true),
            (Some(end + SHORT_OF_DUE + second), Time(0), false),
            (Some(end + second), end, false),
            (None, Time(0), true),
            (None, end, false),
        ] {
            assert_eq!(live.lasts_long_enough(due_at, now), lasts, "due at {due_at:?}, asked at {now:?}");
        }
        for state in [LinkState::Used, LinkState::Revoked(Invalid::Disabled)] {
            assert!(!link(state).lasts_long_enough(Some(end), Time(0)), "{state:?}");
        }
    }
}
