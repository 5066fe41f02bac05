//! `/settings`: what everybody sets for themselves, and where they are signed in.

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use tower_sessions::Session;

use super::error::Refusal;
use super::notice::Done;
use super::present::settings as present;
use super::reader::Reader;
use super::session;
use super::state::AppState;
use crate::pages::{self, Page, paths};
use crate::portal::error::FieldError;
use crate::portal::{Digest, PortalError, SettingsDraft};
use crate::view::{PasswordForm, Settings};

/// The form that says who somebody is, and the one for the password.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    name: String,
    language: String,
    zone: String,
    digest: String,
    current: String,
    password: String,
}

impl Typed {
    fn draft(self) -> SettingsDraft {
        let digest = if self.digest.is_empty() { Digest::Never } else { Digest::Daily };
        SettingsDraft { name: self.name, language: self.language, zone: self.zone, digest }
    }
}

/// What a form came back with.
enum Refused {
    Nothing,
    Profile(SettingsDraft, Vec<FieldError>),
    Password(Vec<FieldError>),
}

/// `GET /settings`.
pub(crate) async fn show(State(state): State<AppState>, reader: Reader, session: Session) -> Result<Page, Refusal> {
    page(&state, reader, &session, Refused::Nothing).await
}

/// `POST /settings`.
pub(crate) async fn save(
    State(state): State<AppState>,
    reader: Reader,
    session: Session,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let draft = typed.draft();
    match state.portal.save_settings(&reader.actor, &draft).await {
        Ok(()) => Ok(Done::SettingsSaved.then(paths::Settings).into_response()),
        Err(PortalError::Invalid(errors)) => {
            let refused = Refused::Profile(draft, errors);
            Ok(page(&state, reader, &session, refused).await?.unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /settings/password`.
pub(crate) async fn change_password(
    State(state): State<AppState>,
    reader: Reader,
    session: Session,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let kept = session::hash(&session);
    match state.portal.change_password(&reader.actor, kept, &typed.current, &typed.password).await {
        Ok(()) => Ok(Done::PasswordChanged.then(paths::Settings).into_response()),
        Err(PortalError::Invalid(errors)) => {
            let refused = Refused::Password(errors);
            Ok(page(&state, reader, &session, refused).await?.unprocessable().into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /settings/sessions/end`.
pub(crate) async fn end_sessions(
    State(state): State<AppState>,
    reader: Reader,
    session: Session,
) -> Result<Redirect, Refusal> {
    let kept = session::hash(&session).ok_or_else(|| Refusal::Internal("a reader came without a session".into()))?;
    state.portal.end_other_sessions(&reader.actor, kept).await?;
    Ok(Done::SessionsEnded.then(paths::Settings))
}

async fn page(state: &AppState, reader: Reader, session: &Session, refused: Refused) -> Result<Page, Refusal> {
    let found = state.portal.settings(&reader.actor).await?;
    let (seen, this) = (reader.seen(state), session::hash(session));
    let (typed, errors, of_password) = match refused {
        Refused::Nothing => (present::draft(&found.user), Vec::new(), Vec::new()),
        Refused::Profile(typed, errors) => (typed, errors, Vec::new()),
        Refused::Password(errors) => (present::draft(&found.user), Vec::new(), errors),
    };
    let settings = Settings {
        profile: present::profile(&found.user, typed, errors, seen),
        password: PasswordForm { errors: of_password.into() },
        shortcuts: found.user.shortcuts,
        sessions: found.sessions.iter().map(|line| present::session(line, this, seen)).collect(),
    };
    Ok(pages::settings(reader.frame, settings))
}
