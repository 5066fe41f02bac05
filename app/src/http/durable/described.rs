//! What several calls of the API share, for the document that describes it.

use std::collections::BTreeMap;

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{
    ContentBuilder, KnownFormat, ObjectBuilder, Ref, RefOr, Required, Response, ResponseBuilder, SchemaFormat, Type,
};
use utoipa::{IntoParams, IntoResponses};

/// What a page of a list says of the next one.
pub(super) const PAGE: &str =
    "The page. Its header `x-ms-continuation-token` asks for the next one; the last page has none.";

/// What every call may be told.
pub(super) struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[
            ("401", "No API token that works was shown."),
            ("403", "Its scopes or its owner's roles do not allow this, or the instance is the portal's own."),
            ("429", "The token is used too often; try again after `Retry-After` seconds."),
            ("500", "A fault of the portal."),
            ("503", "The database is full or busy; nothing was changed."),
        ])
    }
}

/// Calls that list.
pub(super) struct Listing;

impl IntoResponses for Listing {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        with_refusals(&[("400", "The call makes no sense.")])
    }
}

/// Calls that steer an instance which exists and has not ended: which one and why, and what they may be told.
pub(super) struct Steering;

impl IntoParams for Steering {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let reason = ObjectBuilder::new().schema_type(Type::String).max_length(Some(500));
        vec![
            parameter("instanceId", "The instance.", ObjectBuilder::new().schema_type(Type::String))
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .build(),
            parameter("reason", "Why; it is kept in the history.", reason).build(),
        ]
    }
}

impl IntoResponses for Steering {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        with_refusals(&[
            ("400", "The call makes no sense."),
            ("404", "There is no such instance."),
            ("409", "It cannot be done as things stand."),
            ("410", "It has ended."),
        ])
    }
}

/// Which entities are listed, and which page of them.
pub(super) struct ListedEntities;

impl IntoParams for ListedEntities {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let of = |kind: Type| ObjectBuilder::new().schema_type(kind);
        let rows = of(Type::Integer).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32))).minimum(Some(1));
        vec![
            parameter("lastOperationTimeFrom", "Did something then or later (ISO 8601).", of(Type::String)).build(),
            parameter("lastOperationTimeTo", "Did nothing after that.", of(Type::String)).build(),
            parameter("fetchState", "With their states; not without it.", of(Type::Boolean)).build(),
            parameter("top", "Rows of a page: 100 unless said, 500 at most.", rows).build(),
            parameter("x-ms-continuation-token", "The token that came with the page before.", of(Type::String))
                .parameter_in(ParameterIn::Header)
                .build(),
        ]
    }
}

/// A part of the query that may be left out, unless said otherwise.
fn parameter(name: &str, description: &str, schema: ObjectBuilder) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
}

fn with_refusals(told: &[(&str, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let mut all = Refusals::responses();
    all.extend(refusals(told));
    all
}

fn refusals(told: &[(&str, &str)]) -> BTreeMap<String, RefOr<Response>> {
    told.iter().map(|(status, text)| ((*status).to_owned(), RefOr::T(refusal(text)))).collect()
}

fn refusal(text: &str) -> Response {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("DurableError"))).build();
    ResponseBuilder::new().description(text).content("application/json", body).build()
}
