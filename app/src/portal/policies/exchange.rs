//! Policies as files: to keep them elsewhere, to bring them to another portal, to change them with an editor.

use super::text::{Named, as_text, of_text};
use crate::portal::actor::Actor;
use crate::portal::error::{PortalError, Result};
use crate::portal::ids::PolicyId;
use crate::portal::service::Portal;

/// A policy as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// What the file is called: letters, digits and hyphens of ASCII.
    pub file_name: String,
    /// What it holds.
    pub text: String,
}

impl Portal {
    /// The newest version of a policy as text, with its groups by name. For admins.
    pub async fn export_policy(&self, actor: &Actor, id: PolicyId) -> Result<Export> {
        actor.require_admin_in_person()?;
        let policy = self.reads().find_policy(id).await?.ok_or(PortalError::NotFound)?;
        let groups = self.reads().list_groups().await?;
        let text = as_text(&policy.draft, Named::Names(&groups))?;
        Ok(Export { file_name: file_name(&policy.draft.name), text })
    }

    /// Makes a policy of a text, or a new version of the one that has its name. For admins. [`PortalError::Invalid`] names
    /// `text` and says in which line.
    pub async fn import_policy(&self, actor: &Actor, text: &str) -> Result<PolicyId> {
        actor.require_admin_in_person()?;
        let groups = self.reads().list_groups().await?;
        let draft = of_text(text, Named::Names(&groups)).map_err(PortalError::Invalid)?;
        self.put_policy(actor, draft).await
    }
}

/// A name as that of a file.
fn file_name(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join("-");
    format!("{}.toml", if words.is_empty() { "policy" } else { &words })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_after_its_policy() {
        assert_eq!(file_name("Purchases over 10,000 \u{20ac}"), "purchases-over-10-000.toml");
        assert_eq!(file_name("../\u{8d2d}"), "policy.toml");
    }
}
