//! Typed names: they tie a stored name to the types of its input and output, so that the compiler checks every call.

use std::marker::PhantomData;

/// The name of an orchestration that takes an `I` and gives an `O`.
pub struct Orchestration<I, O> {
    name: &'static str,
    version: &'static str,
    types: PhantomData<fn(I) -> O>,
}

impl<I, O> Orchestration<I, O> {
    /// The orchestration stored as `name`, without a version.
    pub const fn named(name: &'static str) -> Self {
        Self { name, version: "", types: PhantomData }
    }

    /// The same orchestration in a version: instances stay with the version that they started with.
    #[must_use]
    pub const fn version(self, version: &'static str) -> Self {
        Self { name: self.name, version, types: PhantomData }
    }

    /// The stored name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The version, empty for code without versions.
    pub const fn version_name(&self) -> &'static str {
        self.version
    }
}

/// The name of an activity that takes an `I` and gives an `O`.
pub struct Activity<I, O> {
    name: &'static str,
    types: PhantomData<fn(I) -> O>,
}

impl<I, O> Activity<I, O> {
    /// The activity stored as `name`.
    pub const fn named(name: &'static str) -> Self {
        Self { name, types: PhantomData }
    }

    /// The stored name.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<I, O> Clone for Orchestration<I, O> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<I, O> Copy for Orchestration<I, O> {}
impl<I, O> Clone for Activity<I, O> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<I, O> Copy for Activity<I, O> {}
