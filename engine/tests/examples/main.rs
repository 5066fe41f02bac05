//! The examples as programs: each ends by itself with what it promises to print, and goes on after any kill -9.

mod kills;
mod prints;
mod program;
