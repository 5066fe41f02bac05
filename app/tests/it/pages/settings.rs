//! What everybody sets for themselves.

use countersign::pages;
use countersign::view::{FormErrors, PasswordForm, ProfileForm, SessionRow, Settings};

use crate::support::html::{assert_sound, attribute, count, has, keep, tags};
use crate::support::views::{DAY, HOUR, at, member};

fn settings() -> Settings {
    let session = |offset, is_this| SessionRow { began_at: at(offset), used_at: at(-HOUR), ends_at: at(DAY), is_this };
    Settings {
        profile: ProfileForm {
            email: "ben.okafor@example.org".into(),
            name: "Ben Okafor".into(),
            language: "de".into(),
            languages: vec![("en".into(), "English".into()), ("de".into(), "Deutsch".into())],
            zone: "Africa/Lagos".into(),
            zones: vec!["Africa/Lagos".into(), "UTC".into()],
            zone_time: Some("22 Nov 2026, 09:06 WAT".into()),
            digest: true,
            errors: FormErrors::default(),
        },
        password: PasswordForm::default(),
        shortcuts: true,
        sessions: vec![session(-2 * DAY, true), session(-DAY, false)],
    }
}

#[test]
fn settings_are_shown_as_they_are() {
    let html = keep("settings", &pages::settings(member(), settings()));
    assert_sound("settings", &html);
    let chosen: Vec<_> = tags(&html, "option").into_iter().filter(|option| has(option, "selected")).collect();
    assert_eq!(chosen.iter().filter_map(|option| attribute(option, "value")).collect::<Vec<_>>(), ["de"]);
    let digest = tags(&html, "input").into_iter().find(|input| attribute(input, "name") == Some("digest"));
    assert!(digest.is_some_and(|digest| has(digest, "checked")));
    assert!(html.contains("It is 22 Nov 2026, 09:06 WAT there."));
    assert!(html.contains("This one") && html.contains("Sign out everywhere else"));
}

#[test]
fn who_is_signed_in_once_has_nowhere_else_to_sign_out() {
    let mut settings = settings();
    settings.sessions.truncate(1);
    let html = pages::settings(member(), settings).html().to_owned();
    assert!(!html.contains("Sign out everywhere else"));
}

#[test]
fn refused_settings_name_their_fields_and_no_password_comes_back() {
    let mut page = settings();
    page.profile.zone = "Mars/Base".into();
    page.profile.zone_time = None;
    page.profile.errors = FormErrors::one("zone", "There is no such time zone.");
    page.password.errors = FormErrors::one("current", "This is not your present password.");
    let html = keep("settings-refused", &pages::settings(member(), page));
    assert_sound("settings-refused", &html);
    for field in ["f-zone", "f-current"] {
        assert!(html.contains(&format!("href=\"#{field}\"")), "{field}");
    }
    let passwords = tags(&html, "input").into_iter().filter(|input| attribute(input, "type") == Some("password"));
    assert!(passwords.map(|input| attribute(input, "value")).all(|value| value.is_none_or(str::is_empty)));
    assert_eq!(count(&html, "class=\"error-summary\""), 2, "each form says what is wrong with it");
}
