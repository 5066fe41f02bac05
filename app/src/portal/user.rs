//! People: with an account, invited, or known only by their address because somebody asked them.

use super::actor::{Roles, SignedIn};
use super::clock::Time;
use super::error::FieldError;
use super::ids::UserId;
use super::language::Language;
use super::zone::Zone;

/// The longest mail address, as RFC 5321 has it.
pub const MAX_EMAIL_CHARS: usize = 254;
/// The longest name.
pub const MAX_NAME_CHARS: usize = 100;
/// The shortest password.
pub const MIN_PASSWORD_CHARS: usize = 10;
/// The longest password in bytes; longer ones only cost time to hash.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// A mail address as the portal compares it: trimmed and in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email(String);

impl Email {
    /// Checks and normalises what was typed. The error is a sentence for people.
    pub fn parse(typed: &str) -> Result<Self, &'static str> {
        let text = typed.trim().to_lowercase();
        if text.is_empty() {
            return Err("Enter a mail address.");
        }
        let well_formed = text.chars().count() <= MAX_EMAIL_CHARS
            && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>()[]\\,;:\"".contains(c))
            && text.split_once('@').is_some_and(|(local, domain)| is_local(local) && is_domain(domain));
        if well_formed { Ok(Self(text)) } else { Err("This is not a mail address, such as ana@example.org.") }
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_local(local: &str) -> bool {
    !local.is_empty() && local.len() <= 64 && !local.starts_with('.') && !local.ends_with('.') && !local.contains("..")
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    !domain.is_empty() && domain.split('.').all(label)
}

/// Where an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserState {
    /// Was asked by mail and has no account.
    Guest,
    /// Was invited and has not accepted yet.
    Invited,
    /// Can sign in.
    Active,
    /// May neither sign in nor decide.
    Disabled,
}

/// How often somebody gets one mail with everything that waits for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Digest {
    /// Not at all.
    #[default]
    Never,
    /// Once a day, when something waits.
    Daily,
}

/// A person. Their address never changes and is theirs alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// Where mail for them goes.
    pub email: Email,
    /// Display name; empty while only the address is known.
    pub name: String,
    /// How the account stands.
    pub state: UserState,
    /// What they may do.
    pub roles: Roles,
    /// The argon2 hash of the password, once there is one.
    pub password_hash: Option<String>,
    /// When they were first invited.
    pub invited_at: Option<Time>,
    /// When they last signed in.
    pub signed_in_at: Option<Time>,
    /// Whom their requests and questions go to when a policy says "the manager".
    pub manager: Option<UserId>,
    /// In which language mail to them is written.
    pub language: Language,
    /// In which time zone they read times, by its name in the tz database.
    pub zone: String,
    /// Whether they get a digest.
    pub digest: Digest,
    /// Whether single keys do something on pages.
    pub shortcuts: bool,
    /// When they became known.
    pub created_at: Time,
}

impl User {
    /// A person of whom only the address is known.
    pub fn guest(id: UserId, email: Email, now: Time) -> Self {
        Self {
            id,
            email,
            name: String::new(),
            state: UserState::Guest,
            roles: Roles::default(),
            password_hash: None,
            invited_at: None,
            signed_in_at: None,
            manager: None,
            language: Language::default(),
            zone: Zone::UTC.name().to_owned(),
            digest: Digest::default(),
            shortcuts: true,
            created_at: now,
        }
    }

    /// What the account is when it is not disabled.
    pub fn state_if_enabled(&self) -> UserState {
        match (&self.password_hash, self.invited_at) {
            (Some(_), _) => UserState::Active,
            (None, Some(_)) => UserState::Invited,
            (None, None) => UserState::Guest,
        }
    }

    /// Name and address.
    pub fn person(&self) -> Person {
        Person { id: self.id, name: self.name.clone(), email: self.email.to_string() }
    }

    /// The person as an actor; only those with an active account are one.
    pub fn signed_in(&self) -> Option<SignedIn> {
        (self.state == UserState::Active).then(|| SignedIn {
            id: self.id,
            name: self.name.clone(),
            email: self.email.to_string(),
            roles: self.roles,
            zone: self.time_zone(),
            shortcuts: self.shortcuts,
        })
    }

    /// Their time zone; UTC should the tz database not know it (any more).
    pub fn time_zone(&self) -> Zone {
        Zone::of(&self.zone).unwrap_or_default()
    }
}

/// A person as pages and mails name them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// Display name; may be empty.
    pub name: String,
    /// Mail address.
    pub email: String,
}

impl Person {
    /// The name, or the address where there is no name.
    pub fn label(&self) -> &str {
        if self.name.is_empty() { &self.email } else { &self.name }
    }
}

/// A name as it is kept: trimmed, one line. Adds to `errors` when it is empty or too long.
pub fn checked_name(typed: &str, errors: &mut Vec<FieldError>) -> String {
    let name = one_line(typed);
    if name.is_empty() {
        errors.push(FieldError::new("name", "Enter a name."));
    } else if name.chars().count() > MAX_NAME_CHARS {
        errors.push(FieldError::new("name", format!("The name may have at most {MAX_NAME_CHARS} characters.")));
    }
    name
}

/// An address; adds to `errors`, under `field`, when it is none.
pub fn checked_email(field: &str, typed: &str, errors: &mut Vec<FieldError>) -> Option<Email> {
    Email::parse(typed).map_err(|message| errors.push(FieldError::new(field, message))).ok()
}

/// Adds to `errors` when the password is too short or too long.
pub fn check_password(typed: &str, errors: &mut Vec<FieldError>) {
    if typed.chars().count() < MIN_PASSWORD_CHARS {
        errors
            .push(FieldError::new("password", format!("The password needs at least {MIN_PASSWORD_CHARS} characters.")));
    } else if typed.len() > MAX_PASSWORD_BYTES {
        errors.push(FieldError::new("password", "This password is too long."));
    }
}

/// Text without control characters and surrounding white space, for what must fit on one line.
pub fn one_line(typed: &str) -> String {
    typed
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_trimmed_and_in_lower_case() {
        assert_eq!(Email::parse("  Ana@Example.ORG ").map(|e| e.to_string()), Ok("ana@example.org".to_owned()));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for typed in [
            "",
            "ana",
            "@example.org",
            "ana@",
            "ana@ex ample.org",
            "a@b\r\nBcc: c@d",
            "a@b, c@d",
            ".a@b",
            "a..b@c",
            "a@-b",
            "<a@b>",
        ] {
            assert!(Email::parse(typed).is_err(), "{typed:?}");
        }
        assert!(Email::parse("root@localhost").is_ok());
    }

    #[test]
    fn a_name_becomes_one_line() {
        assert_eq!(one_line(" Ana\r\n  Bcc: x "), "Ana Bcc: x");
    }
}
