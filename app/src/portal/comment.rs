//! Comments on a request: events of its one stream, with the text as their note.

use super::actor::{Actor, SignedIn};
use super::advance::{concerned, queue};
use super::clock::Time;
use super::error::{PortalError, Result};
use super::ids::{RequestId, UserId};
use super::mail::{Mail, MailKind};
use super::request::{EventKind, NewEvent, Request};
use super::service::{Parts, Portal};
use super::stage::{Letter, Post};
use super::user::UserState;
use super::work::{Audit, Work};

/// The longest comment in characters.
pub const MAX_COMMENT_CHARS: usize = 4_000;

impl Portal {
    /// Adds a comment to a request, open or not: whoever sees it may. It is plain text; an empty one and one that is too long is
    /// an error of the field `text`. Whoever is involved and mentioned by their address, as in `@ana@example.org`, is mailed.
    /// [`PortalError::TooMany`] when the actor comments too often. For those with a session only.
    pub async fn comment(&self, actor: &Actor, request: RequestId, text: &str) -> Result<()> {
        let user = actor.require_session()?.clone();
        let (actor, text, parts) = (actor.clone(), checked(text)?, self.parts.clone());
        self.comments.take(user.id, self.now())?;
        self.unit("comment", move |work| {
            Box::pin(async move {
                let commenting = Commenting { work, parts: &parts, user: &user, text: &text, now: parts.clock.now() };
                commenting.add(&actor, request).await
            })
        })
        .await
    }
}

/// The text as it is kept: lines end with a newline alone, and nothing but text is left.
fn checked(typed: &str) -> Result<String> {
    let text: String = typed.replace("\r\n", "\n").replace('\r', "\n");
    let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let text = text.trim();
    if text.is_empty() {
        return Err(PortalError::field("text", "Write something."));
    }
    if text.chars().count() > MAX_COMMENT_CHARS {
        let message = format!("A comment may have at most {MAX_COMMENT_CHARS} characters.");
        return Err(PortalError::field("text", message));
    }
    Ok(text.to_owned())
}

/// Somebody commenting, within a unit of work.
struct Commenting<'a> {
    work: &'a dyn Work,
    parts: &'a Parts,
    user: &'a SignedIn,
    text: &'a str,
    now: Time,
}

impl Commenting<'_> {
    async fn add(&self, actor: &Actor, id: RequestId) -> Result<()> {
        let request = self.work.lock_request(id).await?.ok_or(PortalError::NotFound)?;
        let involved = concerned(self.work, &request).await?;
        if !self.user.roles.admin && !involved.contains(&self.user.id) {
            return Err(PortalError::NotFound);
        }
        let event = NewEvent::of(EventKind::Commented).by(Some(self.user.id)).note(self.text);
        self.work.record(request.id, event, self.now).await?;
        let mentioned = self.mentioned(&involved).await?;
        self.tell(&request, &mentioned).await?;
        let told: Vec<_> = mentioned.iter().map(UserId::to_string).collect();
        let detail = if told.is_empty() { String::new() } else { format!("mentions users {}", told.join(", ")) };
        let object = request.id.to_string();
        self.work.audit(Audit { at: self.now, actor, action: "request.commented", object, detail }).await
    }

    /// Those of the people involved whom the text mentions. Nobody mentions themselves, and who is disabled is left alone.
    async fn mentioned(&self, involved: &[UserId]) -> Result<Vec<UserId>> {
        let text = self.text.to_lowercase();
        let mut people = self.work.list_users(involved).await?;
        people.retain(|user| {
            user.id != self.user.id && user.state != UserState::Disabled && mentions(&text, user.email.as_str())
        });
        Ok(people.iter().map(|user| user.id).collect())
    }

    async fn tell(&self, request: &Request, users: &[UserId]) -> Result<()> {
        let post = Post { clock: &*self.parts.clock, keys: &*self.parts.keys, now: self.now };
        // A comment has no id of its own; one person may write the same words twice.
        let comment = self.parts.clock.new_id();
        for to in users {
            let letter = Letter { kind: MailKind::Comment, to: *to, natural_key: format!("comment/{comment}/{to}") };
            let mail = post.about(request, letter);
            queue(self.work, &Mail { note: self.text.to_owned(), by: Some(self.user.id), ..mail }).await?;
        }
        Ok(())
    }
}

/// Whether `text`, in lower case, has `@` with this address and nothing that would make it part of a longer one.
fn mentions(text: &str, address: &str) -> bool {
    let wanted = format!("@{address}");
    text.match_indices(&wanted).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let mut after = text[at + found.len()..].chars();
        let goes_on = match after.next() {
            Some('.') => after.next().is_some_and(char::is_alphanumeric),
            Some(next) => next.is_alphanumeric() || matches!(next, '-' | '_' | '@'),
            None => false,
        };
        !goes_on && !before.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_is_the_whole_address_after_an_at() {
        for text in ["@ana@x.org", "(@ana@x.org)", "ask @ana@x.org.", "@ana@x.org, please", "@ana@x.org's desk"] {
            assert!(mentions(text, "ana@x.org"), "{text}");
        }
        for text in [
            "ana@x.org",
            "@ana@x.org.uk",
            "@ana@x.organic",
            "@joana@x.org",
            "b@ana@x.org",
            "@ana@x.org-b.de",
            "@ana",
            "",
        ] {
            assert!(!mentions(text, "ana@x.org"), "{text}");
        }
        assert!(mentions("not @ana@x.org.uk but @ana@x.org", "ana@x.org"));
    }

    #[test]
    fn line_breaks_are_kept_and_other_controls_are_not() {
        assert_eq!(checked(" one\r\n\r\ntwo\rthree\0\u{7} \n"), Ok("one\n\ntwo\nthree".to_owned()));
        assert!(checked(" \r\n ").is_err() && checked(&"x".repeat(MAX_COMMENT_CHARS + 1)).is_err());
        assert!(checked(&"é".repeat(MAX_COMMENT_CHARS)).is_ok());
    }
}
