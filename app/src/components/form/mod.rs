//! Parts of forms. Every control has a label, and its hint and its error are tied to it by `aria-describedby`.

pub mod choice;
pub mod field;
pub mod input;
pub mod span;
pub mod summary;

pub use choice::{Check, Tile};
pub use field::{Field, FieldText, TextArea, TextField, described_by};
pub use input::InputControl;
pub use span::SpanInput;
pub use summary::{ErrorSummary, field_id};
