//! The elements of a JSON array, each with where it stands in the text.

use std::ops::Range;

use serde_json::value::RawValue;

use super::{JsonError, Value, kind, parse};

/// Reads a JSON array. Each element comes with the bytes of the text that it stands at.
///
/// # Errors
/// As [`parse`], and a value that is no array.
pub fn parse_elements(text: &str) -> Result<Vec<(Range<usize>, Value)>, JsonError> {
    let values = match parse(text.as_bytes())? {
        Value::Array(values) => values,
        other => {
            return Err(JsonError {
                message: format!("expected an array, found {}", kind(&other)),
                line: 1,
                column: 1,
                near: String::new(),
            });
        }
    };
    // What was read once is read again: the elements are as many, and borrowed from the text.
    let raw: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
    let ranges = raw.into_iter().map(|element| {
        let start = element.get().as_ptr().addr() - text.as_ptr().addr();
        start..start + element.get().len()
    });
    Ok(ranges.zip(values).collect())
}

#[cfg(test)]
mod tests {
    use super::parse_elements;

    #[test]
    fn each_element_knows_where_it_stands() {
        let text = "[\n  {\"id\": 17},\n  \"é\", [1]\n]\n";
        let elements = parse_elements(text).expect("an array");
        let shown: Vec<&str> = elements.iter().map(|(range, _)| &text[range.clone()]).collect();
        assert_eq!(shown, ["{\"id\": 17}", "\"é\"", "[1]"]);
        assert_eq!(elements[0].1["id"], 17);
    }

    #[test]
    fn what_is_no_array_is_said() {
        let error = parse_elements("{\"a\": []}").expect_err("an object");
        assert_eq!(error.message, "expected an array, found object");
        assert_eq!(parse_elements("[1,").expect_err("cut").line, 1);
    }
}
