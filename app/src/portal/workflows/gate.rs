//! Who may do what to which run.

use super::error::WorkflowError;
use super::run::STARTER;
use super::work::Run;
use crate::portal::actor::Actor;
use crate::portal::error::{PortalError, Result};
use crate::portal::scope::Scope;
use crate::portal::service::Portal;
use crate::portal::work::Work;

/// What the ids of the portal's own instances begin with.
const RESERVED: [&str; 6] = ["request-", "mail-", "monitor-", "webhook-", "absence-", "preview-"];

/// The kinds of entities that are the portal's own: what they hold is about people.
const OWN_ENTITIES: [&str; 1] = ["absence"];

/// Whether an instance of that id is, or would be, the portal's own.
pub fn is_reserved(id: &str) -> bool {
    RESERVED.iter().any(|prefix| id.starts_with(prefix))
}

impl Portal {
    /// Whether the actor may see a run that this person (their id, as its tag says it) started. Whether their credential allows
    /// to see runs at all is another question: [`Portal::starter_filter`] asks it.
    pub fn may_read_run(&self, actor: &Actor, starter: Option<&str>) -> bool {
        is_theirs(actor, starter)
    }

    /// The tag, as name and value, by which a list of runs is to be narrowed for the actor; `None` for those who see everything.
    pub fn starter_filter(&self, actor: &Actor) -> Result<Option<(String, String)>> {
        actor.require_scope(Scope::InstancesRead)?;
        if actor.sees_everything() {
            return Ok(None);
        }
        Ok(Some((STARTER.to_owned(), actor.signed_in()?.id.to_string())))
    }

    /// Passes those who may see entities, which are nobody's own: whoever may tell them something.
    pub fn require_entity_reader(&self, actor: &Actor) -> Result<()> {
        actor.require_scope(Scope::EntitiesRead)?;
        require_requester(actor, "Only requesters may see entities.")
    }
}

/// Whether the actor may see what entities of this name hold, once they may see entities: the portal's own are for those who
/// see everything.
pub fn may_read_entities(actor: &Actor, name: &str) -> bool {
    actor.sees_everything() || !OWN_ENTITIES.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// Passes those who may start runs.
pub(super) fn require_starter(actor: &Actor) -> Result<()> {
    require_requester(actor, "Only requesters may start workflows.")
}

/// Passes requesters and those who see everything; the others are told why not.
pub(super) fn require_requester(actor: &Actor, why_not: &str) -> Result<()> {
    if actor.sees_everything() || actor.signed_in()?.roles.requester {
        return Ok(());
    }
    Err(PortalError::forbidden(why_not))
}

/// Refuses the portal's own instances by their ids alone, so that the answer tells nothing about which there are.
pub(super) fn refuse_owned(id: &str) -> std::result::Result<(), WorkflowError> {
    let Some(prefix) = RESERVED.iter().find(|prefix| id.starts_with(**prefix)) else { return Ok(()) };
    let thing = match *prefix {
        "request-" => "a request",
        "mail-" => "a mail",
        "monitor-" => "a monitor",
        "preview-" => "the preview of a file",
        "absence-" => "an absence",
        _ => "a delivery of a webhook",
    };
    Err(WorkflowError::Owned(format!("instance {id} carries {thing}, which is steered on its own page in the portal")))
}

/// The run of that id, if the actor may do something to it.
pub(super) async fn theirs(work: &dyn Work, actor: &Actor, id: &str) -> std::result::Result<Run, WorkflowError> {
    refuse_owned(id)?;
    let run = work.find_run(id).await?;
    run.filter(|run| is_theirs(actor, run.starter.as_deref())).ok_or(WorkflowError::NotFound)
}

fn is_theirs(actor: &Actor, starter: Option<&str>) -> bool {
    let is_starter = || actor.user_id().is_some_and(|user| starter == Some(user.to_string().as_str()));
    actor.sees_everything() || is_starter()
}
