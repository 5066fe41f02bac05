//! Who holds the writer, so that a task cannot wait for itself.

use std::future::Future;

use crate::store::StoreError;

tokio::task_local! {
    static HOLDS_WRITER: ();
}

/// Runs `work` as the holder of the writer.
pub(crate) async fn holding_writer<F: Future>(work: F) -> F::Output {
    HOLDS_WRITER.scope((), work).await
}

/// Fails when the present task is inside [`holding_writer`] already.
pub(crate) fn refuse_nested_writer(caller: &'static str) -> Result<(), StoreError> {
    match HOLDS_WRITER.try_with(|()| ()) {
        Ok(()) => Err(StoreError::WriterHeld { caller }),
        Err(_) => Ok(()),
    }
}
