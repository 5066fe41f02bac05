//! The form of a policy as it was posted: its fields, and the button that was pressed.

use crate::portal::policies::{MAX_RUNGS, MAX_STAGES, TypedPolicy, TypedRung, TypedStage};

/// The most groups and days that are read in one place; more are no form of ours.
const MAX_REPEATED: usize = 100;

/// What was posted.
#[derive(Debug)]
pub(super) struct Posted {
    pub(super) policy: TypedPolicy,
    /// What the button says.
    pub(super) intent: Intent,
    /// The version that whoever typed it saw; zero for a new policy.
    pub(super) seen: u32,
    /// Whom the preview takes for the requester.
    pub(super) preview_as: String,
}

/// What a button of the form asks for. Numbers count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intent {
    /// Keep it. Also what an unknown button does.
    Save,
    /// Show who will be asked when.
    Preview,
    /// Change the form itself.
    Reshape(Reshape),
}

/// How the form is to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reshape {
    /// With another stage.
    AddStage,
    /// Without this stage.
    RemoveStage(usize),
    /// With this stage before the one before it.
    MoveUp(usize),
    /// With another rung in this stage.
    AddRung(usize),
    /// Without this rung of this stage.
    RemoveRung(usize, usize),
}

impl Intent {
    fn of(word: &str) -> Self {
        let mut parts = word.split('.');
        let verb = parts.next().unwrap_or_default();
        let mut number = || parts.next()?.parse::<usize>().ok();
        let reshape = match verb {
            "preview" => return Self::Preview,
            "add_stage" => Some(Reshape::AddStage),
            "remove_stage" => number().map(Reshape::RemoveStage),
            "move_up" => number().map(Reshape::MoveUp),
            "add_rung" => number().map(Reshape::AddRung),
            "remove_rung" => number().and_then(|stage| Some(Reshape::RemoveRung(stage, number()?))),
            _ => None,
        };
        reshape.map_or(Self::Save, Self::Reshape)
    }
}

impl Posted {
    /// The form of these pairs. Unknown names are ignored, and so are stages and rungs beyond what a policy may have.
    pub(super) fn of(pairs: Vec<(String, String)>) -> Self {
        let mut posted =
            Self { policy: TypedPolicy::default(), intent: Intent::Save, seen: 0, preview_as: String::new() };
        for (name, value) in pairs {
            match name.as_str() {
                "intent" => posted.intent = Intent::of(&value),
                "seen" => posted.seen = value.parse().unwrap_or_default(),
                "as" => posted.preview_as = value,
                name => set(&mut posted.policy, name, value),
            }
        }
        posted
    }

    /// Changes the form as its button says. What cannot be done is not done.
    pub(super) fn reshape(&mut self, how: Reshape) {
        let stages = &mut self.policy.stages;
        match how {
            Reshape::AddStage if stages.len() < MAX_STAGES => stages.push(TypedStage::fresh()),
            Reshape::RemoveStage(number) if number < stages.len() => _ = stages.remove(number),
            Reshape::MoveUp(number) if number > 0 && number < stages.len() => stages.swap(number, number - 1),
            Reshape::AddRung(number) => {
                if let Some(stage) = stages.get_mut(number).filter(|stage| stage.rungs.len() < MAX_RUNGS) {
                    stage.rungs.push(TypedRung::fresh());
                }
            }
            Reshape::RemoveRung(number, rung) => {
                if let Some(stage) = stages.get_mut(number).filter(|stage| rung < stage.rungs.len()) {
                    stage.rungs.remove(rung);
                }
            }
            Reshape::AddStage | Reshape::RemoveStage(_) | Reshape::MoveUp(_) => {}
        }
    }
}

fn set(policy: &mut TypedPolicy, name: &str, value: String) {
    match name {
        "name" => policy.name = value,
        "description" => policy.description = value,
        "title" => policy.title = value,
        "text" => policy.text = value,
        "on_revision" => policy.on_revision = value,
        "self_approval" => policy.self_approval = true,
        "reconsider" => policy.reconsider.number = value,
        "reconsider_unit" => policy.reconsider.unit = value,
        "assurance" => policy.assurance = value,
        "link_life" => policy.link_life.number = value,
        "link_life_unit" => policy.link_life.unit = value,
        "observers" => policy.observers = value,
        "offered_to" if policy.offered_to.len() < MAX_REPEATED => policy.offered_to.push(value),
        name => {
            let below = name.strip_prefix("stage.").and_then(|rest| rest.split_once('.'));
            let Some((number, field)) = below else { return };
            if let Some(stage) = entry(&mut policy.stages, number, MAX_STAGES) {
                set_stage(stage, field, value);
            }
        }
    }
}

fn set_stage(stage: &mut TypedStage, field: &str, value: String) {
    let hours = &mut stage.hours;
    match field {
        "name" => stage.name = value,
        "manager" => stage.manager = true,
        "approvers" => stage.approvers = value,
        "group" if stage.groups.len() < MAX_REPEATED => stage.groups.push(value),
        "rule" => stage.rule = value,
        "needed" => stage.needed = value,
        "due" => stage.due.number = value,
        "due_unit" => stage.due.unit = value,
        "hours" => hours.on = true,
        "day" if hours.days.len() < MAX_REPEATED => hours.days.push(value),
        "from" => hours.from = value,
        "to" => hours.to = value,
        "zone" => hours.zone = value,
        "days_off" => hours.days_off = value,
        field => {
            let below = field.strip_prefix("rung.").and_then(|rest| rest.split_once('.'));
            let Some((number, field)) = below else { return };
            let Some(rung) = entry(&mut stage.rungs, number, MAX_RUNGS) else { return };
            match field {
                "does" => rung.does = value,
                "number" => rung.span.number = value,
                "unit" => rung.span.unit = value,
                "when" => rung.when = value,
                "to" => rung.to = value,
                _ => {}
            }
        }
    }
}

/// The thing of that number; made together with those before it, up to so many.
fn entry<'l, T: Default>(list: &'l mut Vec<T>, number: &str, most: usize) -> Option<&'l mut T> {
    let number: usize = number.parse().ok().filter(|number| *number < most)?;
    if list.len() <= number {
        list.resize_with(number + 1, T::default);
    }
    list.get_mut(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(pairs: &[(&str, &str)]) -> Posted {
        Posted::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn fields_find_their_stage_and_their_rung() {
        let form = posted(&[
            ("name", "Travel"),
            ("stage.1.approvers", "ana@x.org"),
            ("stage.1.rung.0.does", "remind"),
            ("stage.1.rung.0.to", "x"),
            ("stage.1.group", "a"),
            ("stage.1.group", "b"),
            ("stage.10.name", "one too many"),
            ("stage.x.name", "none"),
            ("stage.0.rung.99.does", "none"),
        ]);
        assert_eq!((form.policy.stages.len(), form.policy.stages[0].rungs.len()), (2, 0));
        let stage = &form.policy.stages[1];
        assert_eq!((stage.approvers.as_str(), stage.groups.len(), stage.rungs[0].to.as_str()), ("ana@x.org", 2, "x"));
    }

    #[test]
    fn a_button_changes_the_form_and_nothing_that_was_typed() {
        let mut form = posted(&[("stage.0.name", "first"), ("stage.1.name", "second"), ("intent", "move_up.1")]);
        let names = |form: &Posted| form.policy.stages.iter().map(|stage| stage.name.clone()).collect::<Vec<_>>();
        assert_eq!(form.intent, Intent::Reshape(Reshape::MoveUp(1)));
        form.reshape(Reshape::MoveUp(1));
        assert_eq!(names(&form), ["second", "first"]);
        form.reshape(Reshape::AddStage);
        form.reshape(Reshape::RemoveStage(0));
        assert_eq!(names(&form), ["first", ""]);
        form.reshape(Reshape::AddRung(0));
        form.reshape(Reshape::AddRung(0));
        form.reshape(Reshape::RemoveRung(0, 1));
        form.reshape(Reshape::RemoveRung(0, 7));
        form.reshape(Reshape::RemoveStage(9));
        assert_eq!((form.policy.stages[0].rungs.len(), names(&form).len()), (1, 2));
    }

    #[test]
    fn unknown_buttons_save() {
        for word in ["", "save", "remove_stage", "remove_rung.1", "add_rung.x", "explode"] {
            assert_eq!(Intent::of(word), Intent::Save, "{word}");
        }
        assert_eq!(Intent::of("remove_rung.1.2"), Intent::Reshape(Reshape::RemoveRung(1, 2)));
    }
}
