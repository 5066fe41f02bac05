//! Looks at single instances: those that are asked for while others are read share one statement.
//!
//! Whoever waits for an instance looks when it has ended, and instances end in groups.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::database::Database;
use super::gather::Serving;
use super::query;
use super::reads::read;
use crate::ids::InstanceId;
use crate::store::{InstanceRecord, StoreError};

/// How many instances one statement reads at the most.
const MAX_LOOKS: usize = 100;

type Answer = Result<Option<InstanceRecord>, StoreError>;

/// A look, and who waits for it.
pub(super) struct Look {
    id: InstanceId,
    reply: oneshot::Sender<Answer>,
}

/// The instance of that id as it stands after this call began.
pub(super) async fn find<D: Database>(database: &D, id: &InstanceId) -> Answer {
    let (reply, answer) = oneshot::channel();
    if let Some(looking) = database.waiting().looks.push(Look { id: id.clone(), reply }) {
        tokio::spawn(look(database.shared(), looking));
    }
    answer.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the reader ended before its work".to_owned())))
}

async fn look<D: Database>(database: Arc<D>, mut looking: Serving<Look>) {
    let looks = &database.waiting().looks;
    while looking.goes_on() {
        let mut room = MAX_LOOKS;
        let lot = looks.take(|_| {
            room = room.saturating_sub(1);
            room > 0
        });
        let ids: Vec<&InstanceId> = lot.iter().map(|look| &look.id).collect();
        match read(&*database, None, || query::find_all(database.reader(), &ids)).await {
            Ok(found) => {
                for look in lot {
                    let _ = look.reply.send(Ok(found.get(&look.id).cloned()));
                }
            }
            // Nobody would have more luck alone.
            Err(error @ StoreError::Unavailable(_)) => {
                lot.into_iter().for_each(|look| drop(look.reply.send(Err(error.clone()))));
            }
            Err(_) => look_one_by_one(&*database, lot).await,
        }
    }
}

/// So that nobody suffers for another's instance, such as one that cannot be read.
async fn look_one_by_one<D: Database>(database: &D, lot: Vec<Look>) {
    for look in lot {
        let found = read(database, None, || query::find(database.reader(), &look.id)).await;
        let _ = look.reply.send(found);
    }
}
