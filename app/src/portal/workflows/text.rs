//! Values that a client encoded twice.
//!
//! The Python client of Durable Functions sends the JSON text of a value as a JSON string. Where a string cannot be what was
//! meant, it is read once more.

use serde_json::Value;

/// The input that was meant for a workflow with this schema.
pub(super) fn input(schema: &Value, given: Value) -> Value {
    let takes_text = takes_text(schema, schema);
    // Where text is taken, only the JSON text of a text can have been encoded twice: nobody is named `"Ana"` with the quotes.
    once(given, |inner| !takes_text || inner.is_string())
}

/// The value that was meant for an event, which has no schema. A number in quotes stays a text: it may be an order's.
pub(super) fn event(given: Value) -> Value {
    once(given, |inner| !inner.is_number())
}

/// The value that was meant as the input of an entity's operation, which has no schema either.
pub(super) fn operation(given: Value) -> Value {
    once(given, |_| true)
}

fn once(given: Value, is_meant: impl Fn(&Value) -> bool) -> Value {
    let inner = given.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    inner.filter(is_meant).unwrap_or(given)
}

/// Whether a schema allows a string. What it does not say it allows.
fn takes_text(schema: &Value, root: &Value) -> bool {
    let Some(schema) = schema.as_object() else { return schema.as_bool().unwrap_or(true) };
    if let Some(target) = schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#')) {
        // A schema that leads to itself would say nothing; none that is derived from a type does.
        return root.pointer(target).is_none_or(|target| takes_text(target, &Value::Null));
    }
    for choices in ["anyOf", "oneOf"] {
        if let Some(choices) = schema.get(choices).and_then(Value::as_array) {
            return choices.iter().any(|choice| takes_text(choice, root));
        }
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return values.iter().any(Value::is_string);
    }
    match schema.get("type") {
        Some(Value::String(kind)) => kind == "string",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "string"),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_be_text_is_read_once_more() {
        let schema = json!({ "type": "object" });
        assert_eq!(input(&schema, json!("{\"seconds\": 2}")), json!({ "seconds": 2 }));
        assert_eq!(input(&schema, json!("\"{}\"")), json!("{}"), "once and not twice");
        assert_eq!(input(&schema, json!("not JSON")), json!("not JSON"));
        let listed = json!({ "anyOf": [{ "type": "array" }, { "$ref": "#/$defs/Limited" }],
                             "$defs": { "Limited": { "type": "object" } } });
        assert_eq!(input(&listed, json!("[\"Task1\"]")), json!(["Task1"]));
    }

    #[test]
    fn where_text_is_taken_it_stays_text_unless_it_is_in_quotes() {
        let schema = json!({ "type": ["string", "null"] });
        assert_eq!(input(&schema, json!("5")), json!("5"));
        assert_eq!(input(&schema, json!("null")), json!("null"));
        assert_eq!(input(&schema, json!("\"Ada\"")), json!("Ada"));
        assert_eq!(input(&json!({}), json!("[1]")), json!("[1]"), "a schema that says nothing takes text");
    }

    #[test]
    fn an_operations_input_is_read_once_more_whatever_it_is() {
        assert_eq!(operation(json!("5")), json!(5));
        assert_eq!(operation(json!("five")), json!("five"));
    }

    #[test]
    fn an_event_is_read_once_more_unless_it_is_a_number() {
        assert_eq!(event(json!("true")), json!(true));
        assert_eq!(event(json!("{\"approved\": false}")), json!({ "approved": false }));
        assert_eq!(event(json!("2024")), json!("2024"));
        assert_eq!(event(json!({ "approved": true })), json!({ "approved": true }));
    }
}
