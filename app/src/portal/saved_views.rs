//! Saved views: filters of the inbox that somebody keeps under a name. A view is no more than an address: what it shows is
//! read anew each time, with what its owner may see then.

use async_trait::async_trait;

use super::actor::Actor;
use super::clock::Time;
use super::error::{FieldError, PortalError, Result};
use super::ids::{SavedViewId, UserId};
use super::reads::InboxTab;
use super::service::Portal;
use super::user::one_line;
use super::work::{Audit, Work};

/// At most so many views of one person.
pub const MAX_SAVED_VIEWS: usize = 20;
/// The longest name in characters.
const MAX_NAME_CHARS: usize = 60;
/// The longest filter in bytes.
const MAX_QUERY_BYTES: usize = 4_000;

/// A filter of the inbox under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// Which.
    pub id: SavedViewId,
    /// Whose.
    pub user: UserId,
    /// Its name; nobody has two of one name.
    pub name: String,
    /// The tab.
    pub tab: InboxTab,
    /// The filter as the address of the list says it, without the tab.
    pub query: String,
    /// Its place among its owner's views.
    pub position: u32,
    /// When it was saved.
    pub created_at: Time,
}

/// A view as it was typed. Field names in errors: `name`; a field without a name for the filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedViewDraft {
    /// Its name.
    pub name: String,
    /// The tab.
    pub tab: InboxTab,
    /// The filter as the address of the list says it, without the tab; made by whoever reads such addresses.
    pub query: String,
}

/// Reads of saved views.
#[async_trait]
pub trait SavedViewReads: Send + Sync + 'static {
    /// Somebody's views, by their places.
    async fn list_saved_views(&self, user: UserId) -> Result<Vec<SavedView>>;
}

/// Saved views within a unit of work.
#[async_trait]
pub trait SavedViewWork: Send + Sync {
    /// Somebody's views, by their places. Until this unit ends no other one that asks this adds one of theirs.
    async fn lock_saved_views(&self, user: UserId) -> Result<Vec<SavedView>>;
    /// Adds a view.
    async fn insert_saved_view(&self, view: &SavedView) -> Result<()>;
    /// Gives a view another name.
    async fn rename_saved_view(&self, id: SavedViewId, name: &str) -> Result<()>;
    /// Deletes a view.
    async fn delete_saved_view(&self, id: SavedViewId) -> Result<()>;
}

impl Portal {
    /// The actor's views, by their places. Needs a session.
    pub async fn saved_views(&self, actor: &Actor) -> Result<Vec<SavedView>> {
        self.reads().list_saved_views(actor.require_session()?.id).await
    }

    /// Keeps a filter under a name, behind the actor's other views. [`PortalError::Invalid`] names `name`, and no field for a
    /// filter that is too long; [`PortalError::Conflict`] when there are [`MAX_SAVED_VIEWS`] already.
    pub async fn save_view(&self, actor: &Actor, draft: SavedViewDraft) -> Result<SavedView> {
        let user = actor.require_session()?.id;
        let name = checked_name(&draft.name)?;
        if draft.query.len() > MAX_QUERY_BYTES {
            return Err(PortalError::field("", "This filter is too long to be kept."));
        }
        let (actor, clock) = (actor.clone(), self.parts.clock.clone());
        self.unit("save_view", move |work| {
            Box::pin(async move {
                let views = work.lock_saved_views(user).await?;
                if views.len() >= MAX_SAVED_VIEWS {
                    return Err(PortalError::conflict(format!(
                        "You have {MAX_SAVED_VIEWS} views already. Delete those that you do not need any more."
                    )));
                }
                check_is_new(&views, None, &name)?;
                let view = SavedView {
                    id: SavedViewId(clock.new_id()),
                    user,
                    name,
                    tab: draft.tab,
                    query: draft.query,
                    position: views.last().map_or(1, |last| last.position.saturating_add(1)),
                    created_at: clock.now(),
                };
                work.insert_saved_view(&view).await?;
                audit(work, &actor, view.created_at, "view.saved", view.id).await?;
                Ok(view)
            })
        })
        .await
    }

    /// Gives one of the actor's views another name. [`PortalError::Invalid`] names `name`; [`PortalError::NotFound`] when it is
    /// not theirs.
    pub async fn rename_view(&self, actor: &Actor, id: SavedViewId, name: &str) -> Result<()> {
        let user = actor.require_session()?.id;
        let name = checked_name(name)?;
        let (actor, clock) = (actor.clone(), self.parts.clock.clone());
        self.unit("rename_view", move |work| {
            Box::pin(async move {
                let views = work.lock_saved_views(user).await?;
                check_is_there(&views, id)?;
                check_is_new(&views, Some(id), &name)?;
                work.rename_saved_view(id, &name).await?;
                audit(work, &actor, clock.now(), "view.renamed", id).await
            })
        })
        .await
    }

    /// Deletes one of the actor's views; what it shows stays. [`PortalError::NotFound`] when it is not theirs.
    pub async fn delete_view(&self, actor: &Actor, id: SavedViewId) -> Result<()> {
        let user = actor.require_session()?.id;
        let (actor, clock) = (actor.clone(), self.parts.clock.clone());
        self.unit("delete_view", move |work| {
            Box::pin(async move {
                check_is_there(&work.lock_saved_views(user).await?, id)?;
                work.delete_saved_view(id).await?;
                audit(work, &actor, clock.now(), "view.deleted", id).await
            })
        })
        .await
    }
}

fn checked_name(typed: &str) -> Result<String> {
    let name = one_line(typed);
    let message = match name.chars().count() {
        0 => "Give the view a name.".to_owned(),
        1..=MAX_NAME_CHARS => return Ok(name),
        _ => format!("The name may have at most {MAX_NAME_CHARS} characters."),
    };
    Err(PortalError::Invalid(vec![FieldError::new("name", message)]))
}

fn check_is_there(views: &[SavedView], id: SavedViewId) -> Result<()> {
    if views.iter().any(|view| view.id == id) { Ok(()) } else { Err(PortalError::NotFound) }
}

fn check_is_new(views: &[SavedView], but: Option<SavedViewId>, name: &str) -> Result<()> {
    if views.iter().any(|view| Some(view.id) != but && view.name == name) {
        return Err(PortalError::field("name", "You have a view of this name already."));
    }
    Ok(())
}

/// The log holds no names of views and no filters: they tell what somebody looks for.
async fn audit(work: &dyn Work, actor: &Actor, at: Time, action: &'static str, id: SavedViewId) -> Result<()> {
    work.audit(Audit { at, actor, action, object: id.to_string(), detail: String::new() }).await
}
