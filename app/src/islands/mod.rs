//! The interactive parts of pages; each hydrates on its own, and each is a working form without the browser part.

pub mod approver_picker;

pub use approver_picker::ApproverPicker;
