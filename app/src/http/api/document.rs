//! `GET /api/openapi.json`: the document of both APIs, made once.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use utoipa::openapi::tag::{Tag, TagBuilder};
use utoipa::openapi::{Components, InfoBuilder, OpenApi};
use utoipa::{PartialSchema, ToSchema};

use super::problem::Problem;
use super::router::routes;
use crate::http::durable;

const ABOUT: &str = "Two APIs of one portal: its own, below /api/v1, and the management API of Azure Durable Functions, below \
                     /runtime/webhooks/durabletask. Both take an API token that is made in the portal, as Authorization: Bearer, \
                     as the header x-functions-key or as code in the query. Errors of the first are problem details (RFC 9457).";

/// The groups of operations, in the order in which they are read.
const TAGS: [(&str, &str); 9] = [
    ("Account", "Whose token this is, and this document."),
    ("Requests", "What people ask for, and the caller's own answers. Nobody answers for somebody else."),
    ("Request verbs", "What else people do to requests, and what administrators alone do to them."),
    ("Policies", "Who decides about what, by when."),
    ("Workflows", "What can be started, and the runs that there are."),
    ("Durable Functions", "The management API that clients of Azure Durable Functions speak: runs and entities."),
    ("Monitors", "Services that are checked at intervals."),
    ("Webhooks", "Other programs that are told what happens here."),
    ("People", "Who there is."),
];

/// Where a token may stand; one of them is enough.
const WAYS: [&str; 3] = ["bearer", "functionsKey", "code"];

/// The document, and its bytes with the tag by which a program knows that it has them already.
struct Document {
    json: Value,
    bytes: Bytes,
    tag: HeaderValue,
}

static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    let json = finished(described());
    let bytes = Bytes::from(json.to_string());
    let hash = hex::encode(&Sha256::digest(&bytes)[..16]);
    let tag = HeaderValue::try_from(format!("\"{hash}\"")).expect("hexadecimal digits in quotes");
    Document { json, bytes, tag }
});

/// The document as a value.
pub(super) fn document() -> &'static Value {
    &DOCUMENT.json
}

/// The OpenAPI document
///
/// For everybody. It changes with the program only.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "openapi",
    tag = "Account",
    params(("If-None-Match" = Option<String>, Header, description = "The ETag of the document that is known.")),
    responses(
        (status = 200, description = "The document.", body = Value, headers(("ETag" = String, description = "Of this document."))),
        (status = 304, description = "It is the one that is known."),
    ),
    security(())
)]
pub(super) async fn openapi(request: HeaderMap) -> Response {
    let known = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let tag = DOCUMENT.tag.to_str().unwrap_or_default();
    let is_known = known.flat_map(|tags| tags.split(',')).any(|known| known.trim().trim_start_matches("W/") == tag);
    let headers = [
        (header::ETAG, DOCUMENT.tag.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache")),
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
    ];
    if is_known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, DOCUMENT.bytes.clone()).into_response()
}

/// What the routes of both APIs say of themselves.
fn described() -> OpenApi {
    let mut api = routes().into_openapi();
    api.merge(durable::document());
    api.info =
        InfoBuilder::new().title("Countersign").version(env!("CARGO_PKG_VERSION")).description(Some(ABOUT)).build();
    api.tags = Some(TAGS.map(tag).to_vec());
    let components = api.components.get_or_insert_with(Components::new);
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    components.schemas.extend(schemas);
    api
}

fn tag((name, description): (&str, &str)) -> Tag {
    TagBuilder::new().name(name).description(Some(description)).build()
}

/// The document with what the derived one cannot say: bodies take no members that they do not name, and a token may stand
/// in three places.
fn finished(api: OpenApi) -> Value {
    let mut json = serde_json::to_value(api).expect("texts, numbers and maps with texts as keys");
    let mut bodies = Vec::new();
    for operation in operations(&mut json) {
        let body = operation.pointer("/requestBody/content/application~1json/schema/$ref");
        bodies.extend(body.and_then(Value::as_str).map(str::to_owned));
        let scopes = operation.pointer("/security/0/bearer").cloned();
        if let Some(scopes) = scopes {
            operation["security"] = WAYS.iter().map(|way| json!({ *way: scopes })).collect();
        }
    }
    for body in bodies {
        if let Some(Value::Object(schema)) = body.strip_prefix('#').and_then(|place| json.pointer_mut(place)) {
            close(schema);
        }
    }
    json
}

fn operations(json: &mut Value) -> impl Iterator<Item = &mut Value> {
    let items = json["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    items
        .filter_map(Value::as_object_mut)
        .flat_map(Map::values_mut)
        .filter(|operation| operation["responses"].is_object())
}

fn close(schema: &mut Map<String, Value>) {
    if schema.contains_key("properties") {
        schema.insert(String::from("additionalProperties"), Value::Bool(false));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_a_group_and_an_id_of_its_own() {
        let mut json = document().clone();
        let known: Vec<_> = TAGS.iter().map(|(name, _)| *name).collect();
        let mut ids = Vec::new();
        for operation in operations(&mut json) {
            ids.push(operation["operationId"].as_str().expect("an id").to_owned());
            assert!(operation["tags"][0].as_str().is_some_and(|tag| known.contains(&tag)), "{operation}");
        }
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert!(count > 30 && ids.len() == count, "{ids:?}");
    }

    #[test]
    fn bodies_are_closed_and_tokens_stand_in_three_places() {
        let json = document();
        assert_eq!(json["components"]["schemas"]["NewRequest"]["additionalProperties"], json!(false));
        let security = &json["paths"]["/api/v1/requests"]["post"]["security"];
        assert_eq!(
            *security,
            json!([
                { "bearer": ["requests:write"] }, { "functionsKey": ["requests:write"] }, { "code": ["requests:write"] }
            ])
        );
    }

    /// The targets of every reference in a value.
    fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let mut found = Vec::new();
        references(document(), &mut found);
        assert!(!found.is_empty());
        for reference in found {
            let place = reference.strip_prefix('#').expect("within the document");
            assert!(document().pointer(place).is_some(), "{reference} leads nowhere");
        }
    }
}
