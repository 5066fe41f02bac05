//! Parts of forms. Every control has a label, and its hint and its error are tied to it by `aria-describedby`.

pub mod choice;
pub mod escalation;
pub mod field;
pub mod input;
pub mod named;
pub mod span;
pub mod summary;
pub mod uploads;

pub use choice::{Check, Tile};
pub use escalation::{EscalationPair, Words};
pub use field::{Field, FieldText, TextArea, TextField, described_by};
pub use input::InputControl;
pub use named::{Named, named_area, named_select, named_span, named_text};
pub use span::SpanInput;
pub use summary::{ErrorSummary, field_id};
pub use uploads::Uploads;
