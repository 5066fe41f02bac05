//! From the controls of a start form to the input, and back.

use serde_json::{Map, Number, Value};

use crate::portal::FieldError;
use crate::view::{InputField, InputKind};

/// Puts what `value` holds into the controls.
pub(super) fn fill(fields: &mut [InputField], value: &Value) {
    for field in fields {
        let held = if field.name.is_empty() { value } else { &value[field.name.as_str()] };
        field.value = text(&field.kind, held);
    }
}

/// Puts what was posted into the controls; what was not posted is empty.
pub(super) fn fill_posted(fields: &mut [InputField], pairs: &[(String, String)]) {
    for field in fields {
        let key = field.key();
        field.value = pairs.iter().find(|(name, _)| *name == key).map(|(_, typed)| typed.clone()).unwrap_or_default();
    }
}

/// The input that the controls hold, or everything that is wrong with them.
pub(super) fn read(fields: &[InputField]) -> Result<Value, Vec<FieldError>> {
    let (mut input, mut errors) = (Map::new(), Vec::new());
    let mut whole = None;
    for field in fields {
        match value(field) {
            Ok(value) if field.name.is_empty() => whole = Some(value.unwrap_or(Value::Null)),
            Ok(Some(value)) => {
                input.insert(field.name.clone(), value);
            }
            Ok(None) => {}
            Err(problem) => errors.push(FieldError::new(field.key(), format!("{} {problem}", field.label))),
        }
    }
    if errors.is_empty() { Ok(whole.unwrap_or(Value::Object(input))) } else { Err(errors) }
}

/// What one control holds; `None` leaves it out. The error goes on after the label.
fn value(field: &InputField) -> Result<Option<Value>, String> {
    let typed = field.value.trim();
    match &field.kind {
        InputKind::Check => return Ok(Some(Value::Bool(!typed.is_empty()))),
        InputKind::Lines if field.required || !typed.is_empty() => return Ok(Some(lines(typed))),
        _ if typed.is_empty() && field.required => return Err("must be filled in.".to_owned()),
        _ if typed.is_empty() => return Ok(None),
        _ => {}
    }
    let value = match &field.kind {
        InputKind::Integer { least, most } => integer(typed, *least, *most)?,
        InputKind::Number => number(typed)?,
        InputKind::Choice(options) if !options.iter().any(|option| option == typed) => {
            return Err(format!("must be one of {}.", options.join(", ")));
        }
        InputKind::Json => serde_json::from_str(typed).map_err(|error| format!("is not JSON: {error}."))?,
        InputKind::Choice(_) | InputKind::Text | InputKind::Check | InputKind::Lines => Value::from(typed),
    };
    Ok(Some(value))
}

fn lines(typed: &str) -> Value {
    typed.lines().map(str::trim).filter(|line| !line.is_empty()).map(Value::from).collect()
}

fn integer(typed: &str, least: Option<i64>, most: Option<i64>) -> Result<Value, String> {
    let number: i64 = typed.parse().map_err(|_| "must be a whole number.".to_owned())?;
    match (least, most) {
        (Some(least), _) if number < least => Err(format!("must be {least} or more.")),
        (_, Some(most)) if number > most => Err(format!("must be {most} or less.")),
        _ => Ok(Value::from(number)),
    }
}

/// Whole numbers stay whole.
fn number(typed: &str) -> Result<Value, String> {
    if let Ok(whole) = typed.parse::<i64>() {
        return Ok(Value::from(whole));
    }
    let number = typed.replace(',', ".").parse().ok().and_then(Number::from_f64);
    number.map(Value::Number).ok_or_else(|| "must be a number.".to_owned())
}

/// A value as a control shows it.
fn text(kind: &InputKind, value: &Value) -> String {
    match (kind, value) {
        (_, Value::Null) | (InputKind::Check, Value::Bool(false)) => String::new(),
        (InputKind::Lines, Value::Array(items)) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
        }
        (InputKind::Json, value) => pretty(value),
        (_, Value::String(text)) => text.clone(),
        (_, value) => value.to_string(),
    }
}

/// JSON for people.
pub(super) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::workflows::schema::fields;

    fn order() -> Vec<InputField> {
        fields(&json!({
            "properties": {
                "item": { "type": "string" },
                "quantity": { "type": "integer", "minimum": 1 },
                "price": { "type": "number" },
                "gift": { "type": "boolean" },
                "notes": { "type": "array", "items": { "type": "string" } },
                "speed": { "enum": ["fast", "slow"] },
                "more": {},
            },
            "required": ["item", "quantity", "notes"],
        }))
    }

    #[test]
    fn an_input_comes_back_from_the_controls_that_it_filled() {
        let input = json!({
            "item": "lamp", "quantity": 2, "price": 9.5, "gift": true, "notes": ["a", "b"], "speed": "slow",
            "more": { "deep": [1] },
        });
        let mut fields = order();
        fill(&mut fields, &input);
        assert_eq!(read(&fields), Ok(input));
    }

    #[test]
    fn what_is_left_empty_is_left_out_and_a_list_is_empty() {
        let mut fields = order();
        fill(&mut fields, &json!({ "item": "lamp", "quantity": 1 }));
        assert_eq!(read(&fields), Ok(json!({ "item": "lamp", "quantity": 1, "gift": false, "notes": [] })));
    }

    #[test]
    fn everything_wrong_is_said_at_once_and_bound_to_its_control() {
        let mut fields = order();
        let typed = [("in.quantity", "0"), ("in.price", "dear"), ("in.speed", "now"), ("in.more", "{")];
        let pairs: Vec<_> = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        fill_posted(&mut fields, &pairs);
        let mut errors = read(&fields).expect_err("nothing of this is right");
        errors.sort_by(|one, other| one.field.cmp(&other.field));
        let said: Vec<_> = errors.iter().map(|error| (error.field.as_str(), error.message.as_str())).collect();
        assert_eq!(said[0], ("in.item", "Item must be filled in."));
        assert!(said[1].1.starts_with("More is not JSON"), "{said:?}");
        assert_eq!(
            said[2..],
            [
                ("in.price", "Price must be a number."),
                ("in.quantity", "Quantity must be 1 or more."),
                ("in.speed", "Speed must be one of fast, slow."),
            ]
        );
    }

    #[test]
    fn a_single_value_may_be_nothing_at_all() {
        let mut name = fields(&json!({ "type": ["string", "null"] }));
        assert_eq!(read(&name), Ok(Value::Null));
        fill(&mut name, &json!("Ada"));
        assert_eq!(read(&name), Ok(json!("Ada")));
    }
}
