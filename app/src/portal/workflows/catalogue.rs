//! What can be started. It is made once, when the program starts, from what its code registers with the engine.

use serde_json::Value;

/// A workflow that people may start.
#[derive(Clone, Debug, PartialEq)]
pub struct Workflow {
    /// The name under which it is started.
    pub name: String,
    /// The version that a start gets; empty for code without versions.
    pub version: String,
    /// What it does, in a few words.
    pub summary: String,
    /// What goes in, what comes out and what happens in between, in a few sentences.
    pub description: String,
    /// The JSON schema of its input.
    pub input_schema: Value,
    /// An input that works.
    pub example: Value,
}

/// A kind of entities that people may signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityKind {
    /// Its name; compared without regard to case.
    pub name: String,
    /// The operations that it has, besides `delete`.
    pub operations: Vec<String>,
}

/// Everything that can be started or signalled, in the order in which pages list it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    workflows: Vec<Workflow>,
    entities: Vec<EntityKind>,
}

impl Catalogue {
    /// A catalogue of these workflows, without entities.
    pub fn new(workflows: Vec<Workflow>) -> Self {
        Self { workflows, entities: Vec::new() }
    }

    /// The same with these kinds of entities.
    #[must_use]
    pub fn with_entities(mut self, kinds: Vec<EntityKind>) -> Self {
        self.entities = kinds;
        self
    }

    /// The workflow of that name: the very one, or else one that differs in the case of letters only.
    pub fn find(&self, name: &str) -> Option<&Workflow> {
        let is_like = |workflow: &&Workflow| workflow.name.eq_ignore_ascii_case(name);
        self.workflows.iter().find(|workflow| workflow.name == name).or_else(|| self.workflows.iter().find(is_like))
    }

    /// The workflows.
    pub fn iter(&self) -> impl Iterator<Item = &Workflow> {
        self.workflows.iter()
    }

    /// The names of the workflows.
    pub fn names(&self) -> Vec<String> {
        self.workflows.iter().map(|workflow| workflow.name.clone()).collect()
    }

    /// The kinds of entities.
    pub fn entities(&self) -> impl Iterator<Item = &EntityKind> {
        self.entities.iter()
    }

    /// The kind of entities of that name, whatever the case of its letters.
    pub fn find_entities(&self, name: &str) -> Option<&EntityKind> {
        self.entities.iter().find(|kind| kind.name.eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Workflow {
        Workflow {
            name: name.into(),
            version: String::new(),
            summary: String::new(),
            description: String::new(),
            input_schema: Value::Bool(true),
            example: Value::Null,
        }
    }

    #[test]
    fn the_very_name_comes_before_one_that_is_only_alike() {
        let catalogue = Catalogue::new(vec![named("greet"), named("Greet")]);
        let found = |name| catalogue.find(name).map(|workflow| workflow.name.as_str());
        assert_eq!((found("Greet"), found("greet"), found("GREET")), (Some("Greet"), Some("greet"), Some("greet")));
        assert_eq!(found("Gree"), None);
    }
}
