//! Stateless pieces of pages: plain data in, HTML out. Each has a style sheet of the same name.
//!
//! They know no addresses (pages pass them in), no portal and no database, and compile for the server and for the
//! browser part. User text reaches HTML only as text nodes and attribute values, which Leptos escapes; the one
//! exception is [`document::Prose`], whose HTML has been sanitised.

pub mod badge;
pub mod card;
pub mod code;
pub mod compared_pages;
pub mod decision;
pub mod diff;
pub mod document;
pub mod empty;
pub mod events;
pub mod facts;
pub mod files;
pub mod form;
pub mod icon;
pub mod keepsakes;
pub mod logo;
pub mod notice;
pub mod pager;
pub mod policy_preview;
pub mod shortcuts;
pub mod sparkline;
pub mod stage;
pub mod table;
pub mod time;
pub mod verbs;
pub mod verdict;
