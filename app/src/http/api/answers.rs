//! What handlers may answer beside what they say themselves, for the document.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::problem::MEDIA_TYPE;

/// What every call may be told.
const ALWAYS: [(&str, &str); 7] = [
    ("400", "The call cannot be understood: its query, its path or a header."),
    ("401", "No token that works."),
    ("403", "The token has not the scope, or its owner not the role. The detail names it."),
    ("404", "There is no such thing, or this token may not see it."),
    ("429", "The token is used too often; Retry-After says when to come back."),
    ("500", "A fault of the portal."),
    ("503", "The database is full or busy; Retry-After says when to come back."),
];

/// What calls that change something may be told too.
const CHANGES: [(&str, &str); 1] = [("409", "It cannot be done as things stand. The detail says how they stand.")];

/// What calls with a body may be told too.
const BODIES: [(&str, &str); 3] = [
    ("413", "The body is larger than allowed."),
    ("415", "The body is not of the media type."),
    ("422", "The body does not fit, or what it says is not right; errors says which field."),
];

/// The refusals of calls that only read.
pub(crate) struct Refused;

/// The refusals of calls that change something and have no body.
pub(crate) struct RefusedChange;

/// The refusals of calls that change something and have a body.
pub(crate) struct RefusedBody;

impl IntoResponses for Refused {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[&ALWAYS])
    }
}

impl IntoResponses for RefusedChange {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[&ALWAYS, &CHANGES])
    }
}

impl IntoResponses for RefusedBody {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[&ALWAYS, &CHANGES, &BODIES])
    }
}

fn problems(sets: &[&[(&str, &str)]]) -> BTreeMap<String, RefOr<Response>> {
    sets.iter().flat_map(|set| set.iter()).map(|(status, words)| ((*status).to_owned(), problem(words))).collect()
}

fn problem(description: &str) -> RefOr<Response> {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content(MEDIA_TYPE, content).into()
}
