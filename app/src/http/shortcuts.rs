//! `POST /settings/shortcuts`: shortcuts are switched on or off.

use axum::extract::{Form, State};
use axum::response::Redirect;
use serde::Deserialize;

use super::error::Refusal;
use super::notice::Done;
use super::reader::Reader;
use super::state::AppState;
use crate::pages::paths;

/// The form: `on` for on, anything else for off.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    shortcuts: String,
}

/// Leads to the settings, where they can be switched back.
pub(crate) async fn switch(
    State(state): State<AppState>,
    reader: Reader,
    Form(typed): Form<Typed>,
) -> Result<Redirect, Refusal> {
    let on = typed.shortcuts == "on";
    state.portal.set_shortcuts(&reader.actor, on).await?;
    let done = if on { Done::ShortcutsOn } else { Done::ShortcutsOff };
    Ok(done.then(paths::Settings))
}
