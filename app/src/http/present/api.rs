//! From the OpenAPI document to the page that shows it.

use serde_json::{Map, Value};

use crate::view::{ApiAnswer, ApiBody, ApiGroup, ApiOperation, ApiParameter, ApiReference};

/// Names of a schema are followed so often at most: one that leads to itself ends somewhere.
const MOST_STEPS: usize = 6;

/// What a reference leads to that leads nowhere.
static NOTHING: Value = Value::Null;

/// The page of a document.
pub(crate) fn page(document: &Value) -> ApiReference {
    let every = operations(document);
    let group = |tag: &Value| {
        let name = text(&tag["name"]);
        let own = every.iter().filter(|(of, _)| *of == name).map(|(_, operation)| operation.clone()).collect();
        ApiGroup { about: text(&tag["description"]), operations: own, name }
    };
    let groups = document["tags"].as_array().into_iter().flatten().map(group);
    ApiReference { about: text(&document["info"]["description"]), groups: groups.collect() }
}

/// Every operation with the name of its group.
fn operations(document: &Value) -> Vec<(String, ApiOperation)> {
    let mut found = Vec::new();
    for (path, item) in members(&document["paths"]) {
        for method in ["get", "post", "put", "delete"] {
            if let Some(of) = item.get(method) {
                found.push((text(&of["tags"][0]), operation(document, path, method, of)));
            }
        }
    }
    found
}

fn operation(document: &Value, path: &str, method: &str, of: &Value) -> ApiOperation {
    let parameters: Vec<_> =
        of["parameters"].as_array().into_iter().flatten().map(|of| parameter(document, of)).collect();
    let body = members(&of["requestBody"]["content"]).next().map(|(kind, content)| body(document, kind, content));
    let answer =
        |(status, of): (&String, &Value)| ApiAnswer { status: status.clone(), about: text(&of["description"]) };
    let scope = of.pointer("/security/0/bearer/0").and_then(Value::as_str).map(str::to_owned);
    ApiOperation {
        id: text(&of["operationId"]),
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        summary: text(&of["summary"]),
        about: text(&of["description"]),
        scope,
        curl: curl(method, path, &parameters, body.as_ref()),
        parameters,
        body,
        answers: members(&of["responses"]).map(answer).collect(),
    }
}

fn parameter(document: &Value, of: &Value) -> ApiParameter {
    ApiParameter {
        name: text(&of["name"]),
        place: text(&of["in"]),
        kind: kind(document, &of["schema"]),
        required: of["required"].as_bool().unwrap_or(false),
        about: text(&of["description"]),
    }
}

fn body(document: &Value, media_type: &str, content: &Value) -> ApiBody {
    let schema = resolved(document, &content["schema"]);
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let member = |(name, of): (&String, &Value)| ApiParameter {
        name: name.clone(),
        place: String::from("body"),
        kind: kind(document, of),
        required: required.contains(&name.as_str()),
        about: text(&resolved(document, of)["description"]),
    };
    let is_json = media_type.ends_with("json");
    let example = if is_json { pretty(&example(document, schema, MOST_STEPS)) } else { String::new() };
    ApiBody {
        media_type: media_type.to_owned(),
        example,
        members: members(&schema["properties"]).map(member).collect(),
    }
}

/// What a value must be, in words: `integer 1–100 or null`.
fn kind(document: &Value, schema: &Value) -> String {
    let schema = resolved(document, schema);
    let mut words = match &schema["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect(),
        _ => String::from("any"),
    };
    if let Some(choices) = schema["enum"].as_array() {
        words = choices.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | ");
    }
    if let Some(format) = schema["format"].as_str().filter(|format| !format.starts_with("int")) {
        words = format!("{words} ({format})");
    }
    let bound = |name: &str| schema[name].as_i64();
    match (bound("minimum"), bound("maximum")) {
        (Some(least), Some(most)) => format!("{words} {least}–{most}"),
        (Some(least), None) if least > 0 => format!("{words} from {least}"),
        _ => words,
    }
}

/// A value that the schema could be of.
fn example(document: &Value, schema: &Value, steps: usize) -> Value {
    let schema = resolved(document, schema);
    let given = [&schema["example"], &schema["default"], &schema["enum"][0]];
    if let Some(given) = given.into_iter().find(|given| !given.is_null()) {
        return given.clone();
    }
    if steps == 0 {
        return Value::Null;
    }
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    match schema["type"].as_str() {
        Some("object") => {
            let own = members(&schema["properties"]).filter(|(name, _)| required.contains(&name.as_str()));
            Value::Object(own.map(|(name, of)| (name.clone(), example(document, of, steps - 1))).collect())
        }
        Some("array") => Value::Array(vec![example(document, &schema["items"], steps - 1)]),
        Some("string") => Value::from("…"),
        Some("integer" | "number") => Value::from(schema["minimum"].as_i64().unwrap_or(1)),
        Some("boolean") => Value::Bool(true),
        _ => Value::Null,
    }
}

/// The schema that a reference leads to; of several choices the first that is not null.
fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    let mut schema = schema;
    for _ in 0..MOST_STEPS {
        if let Some(place) = schema["$ref"].as_str().and_then(|place| place.strip_prefix('#')) {
            schema = document.pointer(place).unwrap_or(&NOTHING);
        } else if let Some(choices) = schema["oneOf"].as_array() {
            schema = choices.iter().find(|choice| choice["type"] != "null").unwrap_or(&NOTHING);
        } else {
            break;
        }
    }
    schema
}

fn curl(method: &str, path: &str, parameters: &[ApiParameter], body: Option<&ApiBody>) -> String {
    let query: Vec<_> = parameters
        .iter()
        .filter(|parameter| parameter.place == "query" && parameter.required)
        .map(|parameter| format!("{}=…", parameter.name))
        .collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let verb = if method == "get" { String::new() } else { format!("-X {} ", method.to_ascii_uppercase()) };
    let sent = body.map(|body| {
        let content = match serde_json::from_str::<Value>(&body.example) {
            Ok(example) => format!("'{example}'"),
            Err(_) => String::from("@file"),
        };
        format!(" -H 'Content-Type: {}' --data-binary {content}", body.media_type)
    });
    format!("curl {verb}-H \"Authorization: Bearer $TOKEN\"{} \"$PORTAL{path}{query}\"", sent.unwrap_or_default())
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({
            "info": { "description": "About." },
            "tags": [{ "name": "Orders", "description": "What was ordered." }],
            "paths": { "/orders/{id}": { "post": {
                "operationId": "order", "tags": ["Orders"], "summary": "Order",
                "security": [{ "bearer": ["orders:write"] }],
                "parameters": [
                    { "name": "id", "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } },
                    { "name": "limit", "in": "query", "schema": { "type": ["integer", "null"], "minimum": 1, "maximum": 9 } }
                ],
                "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Order" } } } },
                "responses": { "201": { "description": "Ordered." } }
            } } },
            "components": { "schemas": { "Order": {
                "type": "object", "required": ["what"],
                "properties": { "what": { "type": "string", "example": "tea" }, "note": { "type": "string" } }
            } } }
        })
    }

    #[test]
    fn an_operation_is_shown_with_its_parameters_its_body_and_a_call() {
        let page = page(&document());
        let operation = &page.groups[0].operations[0];
        assert_eq!((operation.method.as_str(), operation.scope.as_deref()), ("POST", Some("orders:write")));
        let kinds: Vec<_> = operation.parameters.iter().map(|parameter| parameter.kind.as_str()).collect();
        assert_eq!(kinds, ["string (uuid)", "integer 1–9"]);
        let body = operation.body.as_ref().expect("a body");
        assert_eq!(body.example, "{\n  \"what\": \"tea\"\n}");
        assert_eq!(body.members.iter().filter(|member| member.required).count(), 1);
        assert_eq!(
            operation.curl,
            "curl -X POST -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \
             --data-binary '{\"what\":\"tea\"}' \"$PORTAL/orders/{id}\""
        );
    }

    #[test]
    fn a_schema_that_leads_to_itself_ends() {
        let document = json!({ "components": { "schemas": { "Loop": {
            "type": "object", "required": ["inner"], "properties": { "inner": { "$ref": "#/components/schemas/Loop" } }
        } } } });
        let schema = json!({ "$ref": "#/components/schemas/Loop" });
        assert!(example(&document, &schema, MOST_STEPS).is_object());
    }
}
