//! Values as they are stored: JSON text, serialised once and never re-encoded.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::failure::Failure;
use crate::limits::MAX_PAYLOAD_BYTES;

/// The largest details of a heartbeat, in bytes of JSON text. They are written again and again, and handed from try to try.
pub const MAX_HEARTBEAT_BYTES: usize = 32 * 1024;

/// A value as JSON text. Cloning is cheap.
#[derive(Clone)]
pub struct Payload(Arc<RawValue>);

impl Payload {
    /// JSON `null`.
    pub fn null() -> Self {
        Self::encode(&()).expect("the unit value has a JSON form")
    }

    /// Serialises `value`. Fails with kind [`Failure::INVALID_PAYLOAD`] when it has no JSON form or is too large.
    pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Self, Failure> {
        let raw = serde_json::value::to_raw_value(value).map_err(|error| {
            Failure::new(Failure::INVALID_PAYLOAD, format!("the value has no JSON form: {error}")).non_retriable()
        })?;
        Self::checked(raw)
    }

    /// Takes JSON text as it is. Fails with kind [`Failure::INVALID_PAYLOAD`] when it is not JSON or is too large.
    pub fn from_json(text: String) -> Result<Self, Failure> {
        let raw = RawValue::from_string(text).map_err(|error| {
            Failure::new(Failure::INVALID_PAYLOAD, format!("the text is not JSON: {error}")).non_retriable()
        })?;
        Self::checked(raw)
    }

    /// Reads the stored bytes as a `T`. Fails with kind [`Failure::INVALID_PAYLOAD`], naming what was expected.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_str(self.as_str()).map_err(|error| {
            let message = format!("expected {}: {error}", std::any::type_name::<T>());
            Failure::new(Failure::INVALID_PAYLOAD, message).non_retriable()
        })
    }

    /// The JSON text.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Whether both are the same JSON value, whatever the order of their keys and their white space.
    pub fn same_value(&self, other: &Self) -> bool {
        self.as_str() == other.as_str() || self.parsed() == other.parsed()
    }

    fn parsed(&self) -> Option<serde_json::Value> {
        serde_json::from_str(self.as_str()).ok()
    }

    fn checked(raw: Box<RawValue>) -> Result<Self, Failure> {
        let bytes = raw.get().len();
        if bytes > MAX_PAYLOAD_BYTES {
            let message = format!("the value has {bytes} bytes of JSON, the limit is {MAX_PAYLOAD_BYTES}");
            return Err(Failure::new(Failure::INVALID_PAYLOAD, message).non_retriable());
        }
        Ok(Self(raw.into()))
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(|raw| Self(raw.into()))
    }
}
