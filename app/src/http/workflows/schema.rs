//! From the JSON schema of an input to the controls that ask for it.

use serde_json::Value;

use crate::view::{InputField, InputKind};

/// How many references and wrappings are followed; a schema may lead to itself.
const MOST_STEPS: usize = 8;

/// The controls for an input of this schema, those that must be filled in first. Empty where only JSON will do.
pub(super) fn fields(root: &Value) -> Vec<InputField> {
    let whole = Shape::of(root, root);
    if let Some(properties) = whole.schema["properties"].as_object() {
        let required: Vec<_> = whole.schema["required"].as_array().into_iter().flatten().collect();
        let is_required = |name: &str| required.iter().any(|each| each.as_str() == Some(name));
        let asked = properties.iter().map(|(name, property)| field(root, name, property, is_required(name)));
        let mut fields: Vec<_> = asked.collect();
        fields.sort_by_key(|field| !field.required);
        return fields;
    }
    let field = field(root, "", root, true);
    if field.kind == InputKind::Json { Vec::new() } else { vec![field] }
}

fn field(root: &Value, name: &str, schema: &Value, required: bool) -> InputField {
    let shape = Shape::of(root, schema);
    let said = |schema: &Value| schema["description"].as_str().map(one_line);
    InputField {
        name: name.to_owned(),
        label: if name.is_empty() { "Input".to_owned() } else { label(name) },
        hint: said(schema).or_else(|| said(shape.schema)).unwrap_or_default(),
        required: required && !shape.nullable,
        kind: kind(root, shape.schema),
        value: String::new(),
    }
}

/// `timeout_seconds` and `timeoutSeconds` as `Timeout seconds`.
fn label(name: &str) -> String {
    if name == "url" {
        return "URL".to_owned();
    }
    let mut label = String::new();
    for letter in name.chars() {
        if letter == '_' || letter == '-' {
            label.push(' ');
        } else if label.is_empty() {
            label.extend(letter.to_uppercase());
        } else if letter.is_uppercase() && !label.ends_with(|last: char| last.is_uppercase() || last == ' ') {
            label.push(' ');
            label.extend(letter.to_lowercase());
        } else {
            label.push(letter);
        }
    }
    label
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A schema without what stands around it.
struct Shape<'s> {
    schema: &'s Value,
    /// Whether it may be null too.
    nullable: bool,
}

impl<'s> Shape<'s> {
    fn of(root: &'s Value, schema: &'s Value) -> Self {
        let mut shape = Self { schema, nullable: false };
        for _ in 0..MOST_STEPS {
            let target = shape.schema["$ref"].as_str().and_then(|target| root.pointer(target.strip_prefix('#')?));
            if let Some(target) = target {
                shape.schema = target;
            } else if let Some(other) = beside_null(shape.schema) {
                shape = Self { schema: other, nullable: true };
            } else {
                break;
            }
        }
        shape.nullable |= types(shape.schema).contains(&"null");
        shape
    }
}

/// The one schema that stands beside `null` in a choice of two.
fn beside_null(schema: &Value) -> Option<&Value> {
    let choices = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array())?;
    let is_null = |choice: &&Value| choice["type"] == "null";
    let mut others = choices.iter().filter(|choice| !is_null(choice));
    let other = others.next()?;
    (choices.len() == 2 && choices.iter().any(|choice| is_null(&choice)) && others.next().is_none()).then_some(other)
}

fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn kind(root: &Value, schema: &Value) -> InputKind {
    if let Some(options) = options(schema) {
        return InputKind::Choice(options);
    }
    let types: Vec<_> = types(schema).into_iter().filter(|each| *each != "null").collect();
    match types[..] {
        ["string"] => InputKind::Text,
        ["integer"] => InputKind::Integer { least: schema["minimum"].as_i64(), most: schema["maximum"].as_i64() },
        ["number"] => InputKind::Number,
        ["boolean"] => InputKind::Check,
        ["array"] if kind(root, Shape::of(root, &schema["items"]).schema) == InputKind::Text => InputKind::Lines,
        _ => InputKind::Json,
    }
}

/// The texts that a schema lets choose from, if it is a choice of texts and of nothing else.
fn options(schema: &Value) -> Option<Vec<String>> {
    if let Some(values) = schema["enum"].as_array() {
        let texts = values.iter().filter(|value| !value.is_null()).map(|value| Some(value.as_str()?.to_owned()));
        return texts.collect();
    }
    // Choices with words about each, and those without together.
    let choices = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array())?;
    let each = choices.iter().map(|choice| match choice["const"].as_str() {
        Some(text) => Some(vec![text.to_owned()]),
        None if choice["enum"].is_array() => options(choice),
        None => None,
    });
    Some(each.collect::<Option<Vec<_>>>()?.concat())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kinds(schema: &Value) -> Vec<(String, InputKind, bool)> {
        fields(schema).into_iter().map(|field| (field.name, field.kind, field.required)).collect()
    }

    #[test]
    fn each_property_gets_the_control_that_fits() {
        let schema = json!({
            "type": "object",
            "properties": {
                "card": { "type": "string" },
                "express": { "type": "boolean" },
                "note": { "type": ["string", "null"] },
                "parts": { "type": "array", "items": { "type": "string" } },
                "price": { "type": "number" },
                "quantity": { "type": "integer", "minimum": 0 },
                "place": { "type": "object" },
            },
            "required": ["card", "quantity", "note"],
        });
        let quantity = InputKind::Integer { least: Some(0), most: None };
        let expected = [
            ("card", InputKind::Text, true),
            ("quantity", quantity, true),
            ("express", InputKind::Check, false),
            ("note", InputKind::Text, false),
            ("parts", InputKind::Lines, false),
            ("place", InputKind::Json, false),
            ("price", InputKind::Number, false),
        ];
        let mut found = kinds(&schema);
        // The order of properties is the parser's; that the required ones come first is ours.
        found.sort_by(|one, other| (!one.2, &one.0).cmp(&(!other.2, &other.0)));
        assert_eq!(found, expected.map(|(name, kind, required)| (name.to_owned(), kind, required)));
    }

    #[test]
    fn enums_are_found_behind_references_and_beside_null() {
        let choice = InputKind::Choice(vec!["approve".into(), "reject".into(), "escalate".into()]);
        let schema = json!({
            "properties": {
                "first": { "$ref": "#/$defs/OnTimeout", "description": "What a deadline\ndoes." },
                "second": { "anyOf": [{ "$ref": "#/$defs/OnTimeout" }, { "type": "null" }] },
            },
            "required": ["first", "second"],
            "$defs": { "OnTimeout": { "oneOf": [
                { "const": "approve", "description": "It approves." },
                { "enum": ["reject", "escalate"], "type": "string" },
            ] } },
        });
        let found = kinds(&schema);
        assert_eq!(found, [("first".to_owned(), choice.clone(), true), ("second".to_owned(), choice, false)]);
        assert_eq!(fields(&schema)[0].hint, "What a deadline does.");
    }

    #[test]
    fn an_input_that_is_one_value_is_one_control_and_anything_else_is_json() {
        let text = kinds(&json!({ "type": ["string", "null"] }));
        assert_eq!(text, [(String::new(), InputKind::Text, false)]);
        assert!(fields(&json!({ "anyOf": [{ "type": "integer" }, { "type": "array" }] })).is_empty());
        assert!(fields(&json!(true)).is_empty());
    }

    #[test]
    fn a_schema_that_leads_to_itself_ends() {
        assert!(fields(&json!({ "$ref": "#" })).is_empty());
    }

    #[test]
    fn labels_are_words() {
        assert_eq!((label("timeout_seconds"), label("orderId")), ("Timeout seconds".into(), "Order id".into()));
        assert_eq!((label("URL"), label("item")), ("URL".into(), "Item".into()));
        assert_eq!(label("url"), "URL");
    }
}
