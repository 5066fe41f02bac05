//! Who will be asked in the place of whom: what pages read for it. They read of those who are named, and of those to whom these
//! lead, however many others have planned anything.

use std::collections::BTreeSet;

use countersign_engine::EntityQuery;

use super::error::Refusal;
use super::instances::engine;
use super::present::absence::Known;
use super::present::{self, Seen};
use super::state::AppState;
use crate::flows::absence_state::StoredAbsences;
use crate::flows::names::ABSENCE;
use crate::portal::absence::{Absences, Everybody, MAX_STEPS, concerned};
use crate::portal::policies::PolicyPreview;
use crate::portal::{User, UserId};
use crate::view;

/// How many entities are read at once, which is the store's limit.
const AT_ONCE: u32 = 1_000;

/// What is needed to say who will be asked in the place of these people: what is planned, and everybody whom that concerns. One
/// query for each step that a question may take, as long as there is anybody new.
pub(super) async fn ahead(state: &AppState, users: &[UserId]) -> Result<(Everybody, Vec<User>), Refusal> {
    let (mut absences, mut known) = (Everybody::new(), BTreeSet::new());
    let mut next: BTreeSet<UserId> = users.iter().copied().collect();
    // The last one along whom a question may go is looked at too: whether it would have to go on.
    for _ in 0..=MAX_STEPS {
        let planned = planned(state, &next).await?;
        known.append(&mut next);
        next = planned.values().flat_map(Absences::substitutes).filter(|user| !known.contains(user)).collect();
        absences.extend(planned);
    }
    let people = state.portal.people_named(&concerned(&absences, users)).await?;
    Ok((absences, people))
}

/// The same for a page that is about something else: nobody is absent as far as that cannot be read.
pub(super) async fn ahead_if_readable(state: &AppState, users: &[UserId]) -> (Everybody, Vec<User>) {
    ahead(state, users).await.unwrap_or_else(|refusal| {
        tracing::warn!("a page is shown without the absences of those it names: {refusal:?}");
        (Everybody::new(), Vec::new())
    })
}

/// What these people have planned, as their entities say.
async fn planned(state: &AppState, users: &BTreeSet<UserId>) -> Result<Everybody, Refusal> {
    let ids = users.iter().map(|user| ABSENCE.id(user.to_string())).collect::<Result<Vec<_>, _>>();
    let ids = ids.map_err(|error| Refusal::Internal(error.to_string()))?;
    let mut found = Everybody::new();
    for ids in ids.chunks(AT_ONCE as usize) {
        let query = EntityQuery { ids: Some(ids.to_vec()), limit: AT_ONCE, ..EntityQuery::default() };
        for record in state.engine.list_entities(&query).await.map_err(engine)? {
            let (Ok(user), Some(kept)) = (record.id.key().parse::<UserId>(), record.state) else { continue };
            let kept: StoredAbsences = kept.decode().map_err(|failure| Refusal::Internal(failure.message))?;
            found.insert(user, Absences::from(kept));
        }
    }
    Ok(found)
}

/// Who would be asked when, as a page shows it.
pub(super) async fn preview(state: &AppState, preview: PolicyPreview, seen: Seen) -> view::PolicyPreview {
    let (absences, people) = ahead_if_readable(state, &preview.known()).await;
    present::policy::preview(preview, &Known { absences: &absences, people: &people, seen })
}
