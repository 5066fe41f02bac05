//! Countersign: an approval portal with an embedded durable engine.
//!
//! The package is compiled twice. With the feature `ssr` it is the server: everything below. With the feature `hydrate`
//! it is the part that runs in the browser, as WebAssembly: only the modules above the first `cfg`. Whoever adds a
//! module decides here, once, where it lives; there is no `cfg(feature)` inside the modules.

// A page is one type, as deep as its markup.
#![recursion_limit = "256"]

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!("the features `ssr` (server) and `hydrate` (browser) exclude each other");

pub mod components;
pub mod islands;
pub mod view;

#[cfg(feature = "ssr")]
pub mod auth;
#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod db;
#[cfg(feature = "ssr")]
pub mod demo;
#[cfg(feature = "ssr")]
pub mod document;
#[cfg(feature = "ssr")]
pub mod drawing;
#[cfg(feature = "ssr")]
pub mod email;
#[cfg(feature = "ssr")]
pub mod flows;
#[cfg(feature = "ssr")]
pub mod http;
#[cfg(feature = "ssr")]
pub mod outbound;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod portal;
#[cfg(feature = "ssr")]
pub mod telemetry;

/// Called once by `public/islands.js` when the browser part has been loaded: from here on effects run in the browser.
/// The islands of the page are then hydrated one by one.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
