//! What mails say, in every language: one file per language, and nothing said anywhere else.
//!
//! A language is a value of [`Language`](crate::portal::language::Language) and a type here that implements
//! [`Sentences`]; the compiler names every sentence that it lacks. What mails contain, and in which order, is for the
//! letters to say.

mod sentences;

mod de;
mod en;

pub(super) use sentences::{
    Asking, Button, Condition, Digested, How, Label, Local, Number, Opening, Place, Sentences, Subject, sentences_of,
};
