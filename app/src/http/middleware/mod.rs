//! What surrounds every request, outermost first.

pub mod request_id;
pub mod request_log;
pub mod security_headers;

pub mod panics;
pub mod problem_page;
pub mod same_origin;
