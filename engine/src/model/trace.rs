//! The W3C trace context, by which the spans of several programs become one trace: <https://www.w3.org/TR/trace-context/>.
//!
//! Of its two headers only `traceparent` is kept: it says all that is needed to continue a trace, and a participant may
//! drop `tracestate`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The flags that level 2 of the recommendation defines: sampled, and a trace id that is random. Others are not passed on.
const KNOWN_FLAGS: u8 = 0b11;

/// The number of a span within its trace: 16 hexadecimal digits, never all zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SpanId(u64);

impl SpanId {
    /// A span's number made of the random half of `id`, a UUIDv7 whose variant bits keep it from being zero.
    pub fn of(id: Uuid) -> Self {
        Self(id.as_u64_pair().1)
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A place in a trace: the trace's number, the span's number, and whether the trace is recorded. As text it is the value of
/// the header `traceparent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Traceparent {
    trace: u128,
    span: SpanId,
    flags: u8,
}

/// Why a text is no [`Traceparent`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no traceparent: {reason}")]
pub struct InvalidTraceparent {
    text: String,
    reason: &'static str,
}

impl Traceparent {
    /// Reads the header's value: 55 characters of version 00; of a later version the part that version 00 knows.
    pub fn parse(text: &str) -> Result<Self, InvalidTraceparent> {
        let refuse = |reason| InvalidTraceparent { text: text.chars().take(80).collect(), reason };
        let bytes = text.as_bytes();
        if bytes.len() < 55 || bytes[2] != b'-' || bytes[35] != b'-' || bytes[52] != b'-' {
            return Err(refuse("it is not made of a version, 32 digits, 16 digits and flags"));
        }
        let later = bytes.len() == 55 || bytes[55] == b'-';
        match &bytes[..2] {
            b"ff" => return Err(refuse("version ff does not exist")),
            b"00" if bytes.len() != 55 => return Err(refuse("version 00 ends after the flags")),
            _ if !later => return Err(refuse("something follows the flags")),
            _ => {}
        }
        let digits = |from, to| number(&bytes[from..to]).ok_or_else(|| refuse("a digit is not 0-9 or a-f"));
        digits(0, 2)?;
        let (trace, span, flags) = (digits(3, 35)?, digits(36, 52)?, digits(53, 55)?);
        if trace == 0 || span == 0 {
            return Err(refuse("a number is zero"));
        }
        let span = u64::try_from(span).map_err(|_| refuse("the span's number is too large"))?;
        let flags = u8::try_from(flags).map_err(|_| refuse("the flags are too many"))? & KNOWN_FLAGS;
        Ok(Self { trace, span: SpanId(span), flags })
    }

    /// The place of the span `span` that begins here: same trace, same flags.
    #[must_use]
    pub fn child(self, span: SpanId) -> Self {
        Self { span, ..self }
    }

    /// The trace's number as 32 hexadecimal digits.
    pub fn trace_id(self) -> String {
        format!("{:032x}", self.trace)
    }

    /// The span's number.
    pub fn span_id(self) -> SpanId {
        self.span
    }

    /// Whether whoever began the trace records it.
    pub fn is_sampled(self) -> bool {
        self.flags & 1 == 1
    }
}

/// The number that lower-case hexadecimal digits stand for.
fn number(digits: &[u8]) -> Option<u128> {
    digits.iter().try_fold(0, |number: u128, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(number << 4 | u128::from(value))
    })
}

impl fmt::Display for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{}-{:02x}", self.trace, self.span, self.flags)
    }
}

impl FromStr for Traceparent {
    type Err = InvalidTraceparent;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Traceparent {
    type Error = InvalidTraceparent;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Traceparent> for String {
    fn from(traceparent: Traceparent) -> Self {
        traceparent.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_header_is_given_back_as_it_came() {
        let parsed = Traceparent::parse(HEADER).expect("the header of the recommendation");
        assert_eq!(parsed.to_string(), HEADER);
        assert_eq!(parsed.trace_id(), "0af7651916cd43dd8448eb211c80319c");
        assert!(parsed.is_sampled());
    }

    #[test]
    fn what_breaks_the_rules_is_refused() {
        for wrong in [
            "",
            "00",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.more",
            "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
            "xx-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "0ä-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
        ] {
            assert!(Traceparent::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known() {
        let later = Traceparent::parse("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff-more");
        assert_eq!(later.expect("a later version").to_string(), HEADER.replace("-01", "-03"));
    }

    #[test]
    fn a_span_below_stays_in_the_trace_and_keeps_its_flags() {
        let parent = Traceparent::parse(HEADER).expect("the header of the recommendation");
        let child = parent.child(SpanId::of(Uuid::from_u128(0x8000_0000_0000_0007)));
        assert_eq!(child.to_string(), "00-0af7651916cd43dd8448eb211c80319c-8000000000000007-01");
    }
}
