//! What everybody sets for themselves.

use super::{Seen, moment};
use crate::portal::error::FieldError;
use crate::portal::ids::SessionHash;
use crate::portal::settings::{SessionLine, SettingsDraft};
use crate::portal::user::{Digest, User};
use crate::portal::{Language, Zone};
use crate::view;

/// The form as the settings are.
pub(crate) fn draft(user: &User) -> SettingsDraft {
    SettingsDraft {
        name: user.name.clone(),
        language: user.language.code().to_owned(),
        zone: user.zone.clone(),
        digest: user.digest,
    }
}

/// The form with what was typed.
pub(crate) fn profile(user: &User, typed: SettingsDraft, errors: Vec<FieldError>, seen: Seen) -> view::ProfileForm {
    let languages = Language::ALL.map(|language| (language.code().to_owned(), language.own_name().to_owned()));
    let zone_time = Zone::of(&typed.zone).map(|zone| moment(seen.now, Seen { zone, ..seen }).text);
    view::ProfileForm {
        email: user.email.to_string(),
        name: typed.name,
        language: typed.language,
        languages: languages.into(),
        zone: typed.zone,
        zones: Zone::names().map(str::to_owned).collect(),
        zone_time,
        digest: typed.digest == Digest::Daily,
        errors: errors.into(),
    }
}

/// One session; `this` is the one that shows the page.
pub(crate) fn session(line: &SessionLine, this: Option<SessionHash>, seen: Seen) -> view::SessionRow {
    view::SessionRow {
        began_at: moment(line.began_at, seen),
        used_at: moment(line.used_at, seen),
        ends_at: moment(line.ends_at, seen),
        is_this: Some(line.hash) == this,
    }
}
