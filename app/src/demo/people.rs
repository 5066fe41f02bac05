//! The people of the demo: first names at example.org.

use crate::portal::{Digest, Language, Roles};

/// The address of the administrator.
pub const ADMIN: &str = "ada@example.org";

/// The administrator's first name.
pub(super) const ADA: &str = "Ada";

/// Somebody with an account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// First name; the address is made of it.
    pub(super) name: &'static str,
    /// Whom they report to.
    pub(super) manager: &'static str,
    /// What they may do.
    pub(super) roles: Roles,
    /// In which language they get mail.
    pub(super) language: Language,
    /// Where they are.
    pub(super) zone: &'static str,
    /// Whether they get the daily overview.
    pub(super) digest: Digest,
}

const ASKS: Roles = Roles { requester: true, approver: false, admin: false };
const DECIDES: Roles = Roles { requester: false, approver: true, admin: false };
const BOTH: Roles = Roles { requester: true, approver: true, admin: false };

/// Who has an account besides the administrator; managers come before those who report to them.
pub(super) const MEMBERS: [Member; 9] = [
    member("Bea", "Ada", BOTH, Language::De, "Europe/Berlin").with_digest(),
    member("Gita", "Ada", BOTH, Language::En, "Asia/Kolkata").with_digest(),
    member("Carl", "Ada", DECIDES, Language::De, "Europe/Berlin"),
    member("Dana", "Carl", DECIDES, Language::En, "Europe/London"),
    member("Emil", "Gita", ASKS, Language::De, "Europe/Berlin"),
    member("Finn", "Bea", ASKS, Language::En, "Europe/Dublin"),
    member("Hugo", "Bea", DECIDES, Language::En, "America/New_York"),
    member("Ines", "Bea", BOTH, Language::En, "Europe/Madrid"),
    member("Kim", "Gita", DECIDES, Language::En, "Europe/Berlin"),
];

/// Who was invited and has not answered.
pub(super) const INVITED: &str = "Jon";

/// Groups with their members.
pub(super) const GROUPS: [(&str, &[&str]); 2] =
    [("Legal", &["Carl", "Dana"]), ("Procurement", &["Hugo", "Ines", "Gita"])];

const fn member(
    name: &'static str,
    manager: &'static str,
    roles: Roles,
    language: Language,
    zone: &'static str,
) -> Member {
    Member { name, manager, roles, language, zone, digest: Digest::Never }
}

impl Member {
    const fn with_digest(self) -> Self {
        Self { digest: Digest::Daily, ..self }
    }
}

/// The address of whoever has this first name; nobody for an empty one.
pub(super) fn address(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("{}@example.org", name.to_lowercase()) }
}
