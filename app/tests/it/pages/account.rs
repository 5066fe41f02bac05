//! Set-up, sign-in, accepting an invitation.

use countersign::pages;
use countersign::view::{FormErrors, Frame, Invitation, SetUp, SignIn};

use crate::support::html::{assert_sound, attribute, keep, tags};

#[test]
fn the_first_admin_is_asked_for_name_address_and_password() {
    let page = SetUp { token: "csn_t0ken".into(), ..SetUp::default() };
    let html = keep("set-up", &pages::set_up(page));
    assert_sound("set-up", &html);
    assert!(tags(&html, "script").is_empty());
    assert!(tags(&html, "input").iter().any(|input| attribute(input, "autocomplete") == Some("new-password")));
}

#[test]
fn a_refused_sign_in_keeps_the_address_but_never_the_password() {
    let errors = FormErrors::one("", "This address and this password do not belong together.");
    let page = SignIn { email: "ana@example.org".into(), errors, ..SignIn::default() };
    let html = keep("sign-in-refused", &pages::sign_in(Frame::default(), page));
    assert_sound("sign-in", &html);
    assert!(html.contains("value=\"ana@example.org\""));
    assert!(html.contains("role=\"alert\""));
    let password = tags(&html, "input").into_iter().find(|input| attribute(input, "type") == Some("password"));
    assert_eq!(password.and_then(|input| attribute(input, "value")).unwrap_or_default(), "");
}

#[test]
fn sign_in_has_no_script_and_no_navigation() {
    let html = keep("sign-in", &pages::sign_in(Frame::default(), SignIn::default()));
    assert_sound("sign-in", &html);
    assert!(tags(&html, "script").is_empty());
    assert!(tags(&html, "nav").is_empty());
}

#[test]
fn an_invitation_shows_the_address_that_cannot_be_changed() {
    let page = Invitation {
        token: "csn_t0ken".into(),
        invited_by: "Dana Whitfield".into(),
        email: "ben.okafor@example.org".into(),
        name: "Ben Okafor".into(),
        errors: FormErrors::one("password", "Choose at least 12 characters."),
    };
    let html = keep("invitation", &pages::invitation(page));
    assert_sound("invitation", &html);
    let address = tags(&html, "input").into_iter().find(|input| attribute(input, "type") == Some("email"));
    assert!(address.is_some_and(|input| input.contains("readonly")));
    assert!(html.contains("href=\"#f-password\""));
}
