//! Tests of the portal from outside, in one binary.

mod architecture;
mod claims;
mod cli;
mod flows;
mod http;
mod pages;
mod portal;
mod property;
mod support;
