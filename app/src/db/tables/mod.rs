//! The portal's tables as SeaORM sees them: columns only. What they mean is in `portal`, how they are read in the files beside.

pub(crate) mod assignment;
pub(crate) mod audit;
pub(crate) mod audit_checkpoint;
pub(crate) mod audit_head;
pub(crate) mod chunk;
pub(crate) mod decision;
pub(crate) mod delivery;
pub(crate) mod file;
pub(crate) mod first_call;
pub(crate) mod link;
pub(crate) mod mail;
pub(crate) mod monitor;
pub(crate) mod monitor_check;
pub(crate) mod monitor_count;
pub(crate) mod monitor_incident;
pub(crate) mod request;
pub(crate) mod request_event;
pub(crate) mod request_file;
pub(crate) mod session;
pub(crate) mod token;
pub(crate) mod upload;
pub(crate) mod user;
pub(crate) mod webhook;
