//! What a session holds: the person's id and nothing else. Everything else is read anew with each request, so that a role
//! taken away is gone at once.

use std::time::Duration;

/// The key of the session's one value: the person's id as text. The store keeps it in a column too, to end a person's sessions.
pub const SESSION_USER: &str = "user";
/// The absolute life of a session, whatever is done with it.
pub const SESSION_LIFE: Duration = Duration::from_secs(30 * 86_400);
/// How often at most a session's last use is written.
pub const SESSION_TOUCH: Duration = Duration::from_secs(10 * 60);
