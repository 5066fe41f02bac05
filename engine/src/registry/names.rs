//! The registry: names, versions and the code behind them.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::activity::{ActivityCode, ActivityContext};
use super::erase::{Erased, ErasedOperation};
use crate::entity::{EntityContext, OperationCode};
use crate::limits::{check_name, check_version};
use crate::model::{Activity, Failure, Operation, Orchestration};
use crate::replay::{Code, OrchestrationContext};

/// The orchestrations, activities and operations of entities that a node can run.
#[derive(Clone, Default)]
pub struct Registry {
    orchestrations: BTreeMap<(String, String), Arc<dyn Code>>,
    activities: BTreeMap<String, Arc<dyn ActivityCode>>,
    /// By the names of the entities, then of the operations, both in lower case.
    operations: BTreeMap<String, BTreeMap<String, Arc<dyn OperationCode>>>,
}

/// Why something cannot be registered.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RegistryError {
    /// Two orchestrations of one name and version, two activities of one name, or two operations of one entity and name.
    #[error("{0} is registered twice")]
    Twice(String),
    /// A name that is empty, or a name or version that is too long or holds control characters.
    #[error(transparent)]
    Name(#[from] Failure),
}

impl Registry {
    /// A registry of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers `function` as the code of `orchestration`. It must be deterministic: see [`OrchestrationContext`].
    pub fn orchestration<I, O, F, Fut>(
        mut self,
        orchestration: Orchestration<I, O>,
        function: F,
    ) -> Result<Self, RegistryError>
    where
        F: Fn(OrchestrationContext, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Failure>> + Send + 'static,
        I: DeserializeOwned + 'static,
        O: Serialize + 'static,
    {
        check_name("an orchestration", orchestration.name())?;
        check_version(orchestration.version_name())?;
        let key = (orchestration.name().to_owned(), orchestration.version_name().to_owned());
        let code: Arc<dyn Code> = Arc::new(Erased::new(function));
        match self.orchestrations.insert(key, code) {
            None => Ok(self),
            Some(_) => {
                let (name, version) = (orchestration.name(), orchestration.version_name());
                Err(RegistryError::Twice(format!("orchestration {name} ({})", in_words(version))))
            }
        }
    }

    /// Registers `function` as the code of `activity`. It runs at least once for each call, so it should be idempotent.
    pub fn activity<I, O, F, Fut>(mut self, activity: Activity<I, O>, function: F) -> Result<Self, RegistryError>
    where
        F: Fn(ActivityContext, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Failure>> + Send + 'static,
        I: DeserializeOwned + 'static,
        O: Serialize + 'static,
    {
        check_name("an activity", activity.name())?;
        let code: Arc<dyn ActivityCode> = Arc::new(Erased::new(function));
        match self.activities.insert(activity.name().to_owned(), code) {
            None => Ok(self),
            Some(_) => Err(RegistryError::Twice(format!("activity {}", activity.name()))),
        }
    }

    /// Registers `function` as the code of `operation`, and with the first operation the entity. It may do I/O and runs at
    /// least once for each message: see [`EntityContext`].
    ///
    /// Every entity has the operation `delete`, which takes its state away, unless another is registered under that name.
    pub fn operation<S, I, O, F, Fut>(
        mut self,
        operation: Operation<S, I, O>,
        function: F,
    ) -> Result<Self, RegistryError>
    where
        F: Fn(EntityContext<S>, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Failure>> + Send + 'static,
        S: Serialize + DeserializeOwned + Send + 'static,
        I: DeserializeOwned + 'static,
        O: Serialize + 'static,
    {
        let of_entity = self.operations.entry(operation.entity_name().to_lowercase()).or_default();
        let code: Arc<dyn OperationCode> = Arc::new(ErasedOperation::new(function));
        match of_entity.insert(operation.name().to_lowercase(), code) {
            None => Ok(self),
            Some(_) => {
                let (entity, name) = (operation.entity_name(), operation.name());
                Err(RegistryError::Twice(format!("operation {name} of entity {entity}")))
            }
        }
    }

    /// Whether entities of that name (in lower case) have any operation here.
    pub(crate) fn knows_entity(&self, name: &str) -> bool {
        self.operations.contains_key(name)
    }

    /// The code of that operation of the entities of that name (in lower case).
    pub(crate) fn find_operation(&self, entity: &str, operation: &str) -> Option<Arc<dyn OperationCode>> {
        self.operations.get(entity)?.get(&operation.to_lowercase()).cloned()
    }

    /// The code of that name and version.
    pub(crate) fn find_orchestration(&self, name: &str, version: &str) -> Option<Arc<dyn Code>> {
        self.orchestrations.get(&(name.to_owned(), version.to_owned())).cloned()
    }

    /// Why the code of that name and version cannot run, with what could.
    pub(crate) fn unknown_orchestration(&self, name: &str, version: &str) -> String {
        let known = self.orchestrations.keys().filter(|(known, _)| known == name).map(|(_, version)| in_words(version));
        let known = known.collect::<Vec<_>>();
        let others = if known.is_empty() { "no other".to_owned() } else { known.join(", ") };
        format!("no orchestration {name} ({}) is registered; known of this name: {others}", in_words(version))
    }

    /// The code of that name.
    pub(crate) fn find_activity(&self, name: &str) -> Option<Arc<dyn ActivityCode>> {
        self.activities.get(name).cloned()
    }
}

fn in_words(version: &str) -> String {
    if version.is_empty() { "without a version".to_owned() } else { format!("version {version:?}") }
}
