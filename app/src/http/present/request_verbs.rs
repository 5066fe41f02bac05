//! What the reader of a request may do beside deciding, as forms.

use super::request::Forms;
use super::{Seen, moment};
use crate::portal::ids::UserId;
use crate::portal::policy::Verdict;
use crate::portal::reads::{Asked, RequestRecord};
use crate::portal::request::AssignmentState;
use crate::portal::{May, RequestVerb};
use crate::view;

/// Who asked for changes, and which, while another revision is awaited.
pub(crate) fn changes(record: &RequestRecord, seen: Seen) -> Option<view::ChangesWanted> {
    record.request.changes_requested_at?;
    let wanted = AssignmentState::Answered(Verdict::RequestChanges);
    let asked = record.asked.iter().filter(|asked| asked.assignment.state == wanted);
    let (person, decision) = asked.filter_map(|asked| Some((&asked.person, asked.decision.as_ref()?))).next_back()?;
    let by = person.label().to_owned();
    Some(view::ChangesWanted { by, at: moment(decision.at, seen), reason: decision.reason.clone() })
}

/// The observers, with what may be done about each.
pub(super) fn observers(record: &RequestRecord, may: &May) -> Vec<view::Observer> {
    let observer = |person: &crate::portal::Person| view::Observer {
        id: person.id.0,
        person: person.clone().into(),
        removable: may.unobserve.contains(&person.id),
    };
    record.observers.iter().map(observer).collect()
}

/// The forms that the reader may use, as they were typed.
pub(super) fn verbs(record: &RequestRecord, viewer: UserId, may: &May, forms: Forms) -> view::RequestVerbs {
    view::RequestVerbs {
        remind: may.can(RequestVerb::Remind),
        add_approver: may.can(RequestVerb::AddApprover).then_some(forms.add_approver),
        pass_on: pass_on(record, viewer, may, forms.pass_on),
        observe: may.can(RequestVerb::Observe).then_some(forms.observe),
        overrule: may.can(RequestVerb::Overrule).then_some(forms.overrule),
    }
}

fn pass_on(record: &RequestRecord, viewer: UserId, may: &May, form: view::PassOnForm) -> Option<view::PassOn> {
    let asked: Vec<&Asked> = record.asked.iter().filter(|asked| may.pass_on.contains(&asked.assignment.id)).collect();
    let own = matches!(asked.as_slice(), [only] if only.assignment.user == viewer);
    let passable =
        |asked: &Asked| view::Passable { id: asked.assignment.id.0, person: asked.person.label().to_owned() };
    let questions: Vec<_> = asked.into_iter().map(passable).collect();
    (!questions.is_empty()).then_some(view::PassOn { questions, own, form })
}
