//! Every kind of mail in every language: what it says, whose time it shows, and what it must not hold.

mod desk;

mod links;
mod sentences;
