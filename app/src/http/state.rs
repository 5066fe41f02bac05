//! What handlers share.

use std::sync::Arc;

use countersign_engine::client::Client;

use super::heavy::HeavyWork;
use super::shutdown::Shutdown;
use crate::auth::Keys;
use crate::config::Config;
use crate::db::DbSessions;
use crate::email::Mailer;
use crate::portal::Portal;

/// Made once by the composition root; cloned for every request.
#[derive(Clone)]
pub struct AppState {
    /// The checked configuration.
    pub config: Arc<Config>,
    /// Every rule and every row, by use case.
    pub portal: Portal,
    /// What signs links, their cookies and form nonces.
    pub keys: Arc<Keys>,
    /// The engine, for what its pages read. Verbs go through the portal.
    pub engine: Client,
    /// What shows mails as they are or would be sent.
    pub mailer: Mailer,
    /// Where sessions are kept.
    pub sessions: DbSessions,
    /// Where what keeps the processor busy is done.
    pub heavy: HeavyWork,
    /// Tells what never ends by itself (event streams) to end.
    pub shutdown: Shutdown,
}
