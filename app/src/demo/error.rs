//! Why there is no demo.

use countersign_engine::StoreError;

use crate::portal::PortalError;

/// Why a demo was not made, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// There are people, whose portal this is.
    #[error(
        "this database has people already, and the demo needs one of its own: choose another folder, as in countersign demo --data demo"
    )]
    NotEmpty,
    /// A scene could not be played: the rules have changed, and the story has not.
    #[error("{scene}: {why}")]
    Scene {
        /// What somebody was about to do.
        scene: String,
        /// Why they could not.
        why: String,
    },
    /// The engine's store failed.
    #[error("the demo stopped half-way: {0}")]
    Engine(#[from] StoreError),
    /// The portal failed between two scenes.
    #[error("the demo stopped half-way: {0}")]
    Portal(#[from] PortalError),
    /// There is no such day.
    #[error("the calendar of the demo: {0}")]
    Calendar(#[from] jiff::Error),
}

impl DemoError {
    /// A scene that the portal refused.
    pub(super) fn refused(scene: impl Into<String>, error: PortalError) -> Self {
        let why = match error {
            PortalError::Invalid(errors) => {
                let wrong = errors.into_iter().map(|error| format!("{}: {}", error.field, error.message));
                wrong.collect::<Vec<_>>().join(" ")
            }
            error => error.to_string(),
        };
        Self::Scene { scene: scene.into(), why }
    }
}
