//! When two JSON values are the same, and how to name what one of them is.

use super::{Value, number};

/// Whether two values are equal: same type, numbers by their exact decimal value (`1.0` is `1`), strings by their code
/// points, arrays in order, objects whatever the order of their keys.
#[must_use]
pub fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Number(a), Value::Number(b)) => number::equal(a, b),
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        (
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_),
            _,
        ) => false,
    }
}

/// The name of a value's type, in the words of JSON Schema: `null`, `boolean`, `integer`, `number`, `string`, `array` or
/// `object`. A number without a fractional part is an `integer` however it is written, so `1.0` and `1e2` are.
#[must_use]
pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number::is_integer(number) => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// What to say of two values that print the same and are not: `"3"` and `3`, `"true"` and `true`, `"null"` and `null`.
/// Nothing for values of one type, and for values that differ to the eye.
#[must_use]
pub fn describe_type_mismatch(expected: &Value, actual: &Value) -> Option<String> {
    let same_text = match (expected, actual) {
        (Value::String(text), other) | (other, Value::String(text)) => is_the_text_of(text, other),
        _ => false,
    };
    same_text.then(|| "same text, other type".to_owned())
}

/// Whether `text` is what the scalar `value`, itself no string, is written as.
fn is_the_text_of(text: &str, value: &Value) -> bool {
    match value {
        Value::Null => text == "null",
        Value::Bool(value) => text == if *value { "true" } else { "false" },
        Value::Number(number) => text == number.as_str(),
        Value::String(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn equality_is_typed_deep_and_exact() {
        assert!(equal(
            &read(r#"{"a":[1,{"b":2.0}],"c":null}"#),
            &read(r#"{"c":null,"a":[1.0,{"b":2}]}"#)
        ));
        assert!(!equal(&read("9007199254740993"), &read("9007199254740992")));
        assert!(!equal(&json!("3"), &json!(3)));
        assert!(!equal(&json!(0), &json!(false)));
        assert!(!equal(&json!(null), &json!({})));
        assert!(!equal(&json!([1, 2]), &json!([2, 1])));
        assert!(!equal(&json!({"a": 1}), &json!({"a": 1, "b": 2})));
        assert!(!equal(&json!({"a": null}), &json!({"b": null})));
    }

    #[test]
    fn kinds_are_those_of_json_schema() {
        for (text, expected) in [
            ("null", "null"),
            ("true", "boolean"),
            ("1", "integer"),
            ("1.0", "integer"),
            ("1e2", "integer"),
            ("1e-2", "number"),
            ("\"\"", "string"),
            ("[]", "array"),
            ("{}", "object"),
        ] {
            assert_eq!(kind(&read(text)), expected, "{text}");
        }
    }

    #[test]
    fn same_text_and_other_type_is_said() {
        for (a, b) in [
            (json!("3"), json!(3)),
            (json!(true), json!("true")),
            (json!("null"), json!(null)),
            (json!("1.50"), read("1.50")),
        ] {
            assert_eq!(
                describe_type_mismatch(&a, &b).as_deref(),
                Some("same text, other type"),
                "{a} {b}"
            );
        }
        for (a, b) in [
            (json!("3"), json!("3")),
            (json!(3), json!(3)),
            (json!("3"), json!(4)),
            (json!("[]"), json!([])),
        ] {
            assert_eq!(describe_type_mismatch(&a, &b), None, "{a} {b}");
        }
    }
}
