//! What handlers and activities hold.

use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;

use super::clock::{Clock, Time};
use super::error::{PortalError, Result};
use super::fetched::FetchedLinks;
use super::limits::{CommentLimits, LinkLimits, SignInLimits};
use super::live::Nudges;
use super::once::CallsInProgress;
use super::ports::{Addresses, Drawer, KeyRing, Outbound, Passwords};
use super::previews::Desk;
use super::reads::Reads;
use super::tokens::Buckets;
use super::work::{Units, Work};
use super::workflows::Catalogue;

/// What the portal is made of.
#[derive(Clone)]
pub struct Parts {
    /// Where units of work come from.
    pub units: Arc<dyn Units>,
    /// What pages read.
    pub reads: Arc<dyn Reads>,
    /// Time, ids, randomness.
    pub clock: Arc<dyn Clock>,
    /// Passwords.
    pub passwords: Arc<dyn Passwords>,
    /// Keys.
    pub keys: Arc<dyn KeyRing>,
    /// What judges the addresses that people type.
    pub outbound: Arc<dyn Outbound>,
    /// What draws the pages of attachments.
    pub drawer: Arc<dyn Drawer>,
    /// Where pages are, as others reach them.
    pub addresses: Arc<dyn Addresses>,
    /// What can be started.
    pub catalogue: Arc<Catalogue>,
    /// Who watches; the one that the units nudge.
    pub nudges: Nudges,
    /// The largest file in bytes.
    pub max_file_bytes: u64,
}

/// The portal: every use case is a method. Cloning is cheap.
#[derive(Clone)]
pub struct Portal {
    pub(super) parts: Arc<Parts>,
    pub(super) sign_ins: Arc<SignInLimits>,
    pub(super) comments: Arc<CommentLimits>,
    pub(super) links: Arc<LinkLimits>,
    pub(super) buckets: Arc<Buckets>,
    pub(super) calls: Arc<CallsInProgress>,
    pub(super) desk: Arc<Desk>,
    pub(super) fetched: Arc<FetchedLinks>,
}

impl Portal {
    /// A portal made of `parts`.
    pub fn new(parts: Parts) -> Self {
        Self {
            parts: Arc::new(parts),
            sign_ins: Arc::default(),
            comments: Arc::default(),
            links: Arc::default(),
            buckets: Arc::default(),
            calls: Arc::default(),
            desk: Arc::default(),
            fetched: Arc::default(),
        }
    }

    /// The present moment, as all use cases see it.
    pub fn now(&self) -> Time {
        self.parts.clock.now()
    }

    /// The nudges that tell watchers of a request to read its rows.
    pub fn nudges(&self) -> &Nudges {
        &self.parts.nudges
    }

    /// What can be started.
    pub fn catalogue(&self) -> &Catalogue {
        &self.parts.catalogue
    }

    /// The largest file in bytes.
    pub fn max_file_bytes(&self) -> u64 {
        self.parts.max_file_bytes
    }

    pub(super) fn reads(&self) -> &dyn Reads {
        &*self.parts.reads
    }

    /// Runs `work` in one transaction and gives back what it gives.
    pub(super) async fn unit<T, F>(&self, caller: &'static str, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'w> FnOnce(&'w dyn Work) -> BoxFuture<'w, Result<T>> + Send + 'static,
    {
        let slot = Arc::new(Mutex::new(None));
        let filled = slot.clone();
        let job: super::work::Job = Box::new(move |unit| {
            Box::pin(async move {
                let value = work(unit).await?;
                *filled.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
                Ok(())
            })
        });
        self.parts.units.run(caller, job).await?;
        let value = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        value.ok_or_else(|| PortalError::Internal(format!("{caller} was committed without having run")))
    }
}
