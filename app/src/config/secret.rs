//! Values that must not be printed.

use std::path::Path;
use std::str::FromStr;
use std::{env, fmt, fs};

use super::ConfigError;

/// A text that shows as `***`. Only [`Secret::reveal`] gives it, at the place that needs it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// A secret that has no flag.
    pub(super) fn from_environment(name: &str) -> Option<Self> {
        env::var(name).ok().map(Self)
    }

    /// Reads a secret from a file; white space around it is dropped.
    pub(super) fn read(setting: &'static str, file: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(file)
            .map_err(|error| ConfigError::new(setting, format!("cannot read {}: {error}", file.display())))?;
        Ok(Self(text.trim().to_owned()))
    }
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
