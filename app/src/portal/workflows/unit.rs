//! Units of work that say no in the words of workflows.

use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;

use super::error::WorkflowError;
use crate::portal::error::PortalError;
use crate::portal::service::Portal;
use crate::portal::work::Work;

impl Portal {
    /// Runs `work` in one transaction and gives back what it gives. Any error rolls it back and arrives as it was.
    pub(super) async fn workflow_unit<T, F>(&self, caller: &'static str, work: F) -> Result<T, WorkflowError>
    where
        T: Send + 'static,
        F: for<'w> FnOnce(&'w dyn Work) -> BoxFuture<'w, Result<T, WorkflowError>> + Send + 'static,
    {
        let refusal = Arc::new(Mutex::new(None));
        let kept = refusal.clone();
        let done = self.unit(caller, move |unit| {
            Box::pin(async move {
                work(unit).await.map_err(|error| match error {
                    WorkflowError::Portal(error) => error,
                    refused => {
                        // A unit knows the portal's errors only; this one waits beside it for the caller.
                        let told = PortalError::conflict(refused.to_string());
                        *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(refused);
                        told
                    }
                })
            })
        });
        let done = done.await;
        let refused = refusal.lock().unwrap_or_else(PoisonError::into_inner).take();
        match refused {
            Some(error) => Err(error),
            None => Ok(done?),
        }
    }
}
