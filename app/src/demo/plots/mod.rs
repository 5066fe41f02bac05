//! The story itself: what happens, request by request.

mod all;
mod contracts;
mod leave;
mod office;
mod own;
mod payments;
mod purchases;

pub(super) use all::ALL;
