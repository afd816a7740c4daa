//! JSON values to what templates compute with, and back, with numbers exact.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr, Value as JinjaValue, ValueKind};
use serde_json::{Number, Value};

use crate::json;

/// A number that no machine number holds exactly. It can be passed on and shown, not computed with.
#[derive(Debug)]
struct Exact(Number);

impl Object for Exact {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)
    }
}

/// A JSON value as templates see it.
pub(super) fn to_template(value: &Value) -> JinjaValue {
    match value {
        Value::Null => JinjaValue::from(()),
        Value::Bool(flag) => JinjaValue::from(*flag),
        Value::Number(number) => number_to_template(number),
        Value::String(text) => JinjaValue::from(text.as_str()),
        Value::Array(items) => items.iter().map(to_template).collect(),
        Value::Object(entries) => JinjaValue::from_pairs(
            entries
                .iter()
                .map(|(key, value)| (key.as_str(), to_template(value))),
        ),
    }
}

fn number_to_template(number: &Number) -> JinjaValue {
    if let Some(integer) = number.as_i64() {
        return JinjaValue::from(integer);
    }
    if let Ok(integer) = number.as_str().parse::<i128>() {
        return JinjaValue::from(integer);
    }
    match number.as_f64() {
        Some(float) if Number::from_f64(float).is_some_and(|back| json::number::equal(&back, number)) => {
            JinjaValue::from(float)
        }
        _ => JinjaValue::from_object(Exact(number.clone())),
    }
}

/// What cannot become JSON: a function, an infinite number, raw bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotJson(pub(super) String);

/// A computed value as JSON. An undefined value is the caller's to find; here it is not JSON.
pub(super) fn from_template(value: &JinjaValue) -> Result<Value, NotJson> {
    if let Some(Exact(number)) = value.downcast_object_ref::<Exact>() {
        return Ok(Value::Number(number.clone()));
    }
    match value.kind() {
        ValueKind::None => Ok(Value::Null),
        ValueKind::Bool => Ok(Value::Bool(value.is_true())),
        ValueKind::Number => number_from_template(value).map(Value::Number),
        ValueKind::String => Ok(Value::String(value.as_str().unwrap_or_default().to_owned())),
        ValueKind::Seq | ValueKind::Iterable => {
            let items = value
                .try_iter()
                .map_err(|error| NotJson(error.kind().to_string()))?;
            items
                .map(|item| from_template(&item))
                .collect::<Result<_, _>>()
                .map(Value::Array)
        }
        ValueKind::Map => {
            let keys = value
                .try_iter()
                .map_err(|error| NotJson(error.kind().to_string()))?;
            keys.map(|key| {
                let inner = value
                    .get_item(&key)
                    .map_err(|error| NotJson(error.kind().to_string()))?;
                Ok((to_text(&from_template(&key)?), from_template(&inner)?))
            })
            .collect::<Result<_, _>>()
            .map(Value::Object)
        }
        kind => Err(NotJson(format!("the result is {kind}, which JSON cannot hold"))),
    }
}

fn number_from_template(value: &JinjaValue) -> Result<Number, NotJson> {
    let text = value.to_string();
    json::number::parse(&text).ok_or_else(|| NotJson(format!("the result is {text}, which JSON cannot hold")))
}

/// A value within mixed text: strings as they are, everything else as JSON.
pub(super) fn to_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => json::compact(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{from_template, to_template, to_text};

    #[test]
    fn values_survive_the_way_there_and_back() {
        for text in [
            r#"{"z":1,"a":[true,null,"x",{"b":9007199254740993}]}"#,
            "123456789012345678901234567890",
            "999999999999999999999999999999999999999999999999",
            "0.1234567890123456789012345",
            "-1.5",
        ] {
            let value: Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(
                from_template(&to_template(&value)).map(|back| back.to_string()),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn text_shows_json_not_python() {
        assert_eq!(to_text(&json!(true)), "true");
        assert_eq!(to_text(&json!({ "a": null })), r#"{"a":null}"#);
        assert_eq!(to_text(&json!("x")), "x");
    }
}
