//! A value or a text on one line of a given width, with `…` where something is left out.

use serde_json::Value;

/// Cuts the end off a text that is wider than `width` characters.
pub(super) fn cut_end(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        None => text.to_owned(),
        Some(_) => text.chars().take(width.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// Cuts the beginning off a text that is wider than `width` characters.
pub(super) fn cut_start(text: &str, width: usize) -> String {
    let count = text.chars().count();
    if count <= width {
        return text.to_owned();
    }
    std::iter::once('…')
        .chain(text.chars().skip(count + 1 - width.max(1)))
        .collect()
}

/// Cuts the middle out of a text, keeping `start` characters before and `end` characters after it.
pub(super) fn cut_middle(text: &str, start: usize, end: usize) -> String {
    if text.chars().nth(start + end + 1).is_none() {
        return text.to_owned();
    }
    let before: String = text.chars().take(start).collect();
    let after = text
        .char_indices()
        .rev()
        .nth(end.saturating_sub(1))
        .map_or(0, |(at, _)| at);
    let after = if end == 0 { "" } else { &text[after..] };
    format!("{before}…{after}")
}

/// A value as JSON on one line of at most `width` characters.
pub(super) fn value(value: &Value, width: usize) -> String {
    let mut line = Line {
        text: String::new(),
        left: width.saturating_add(1),
    };
    line.value(value);
    cut_end(&line.text, width)
}

/// A text as the inside of a JSON string.
pub(super) fn escaped(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// A line being written, which takes no more than fits: a value may be as large as an answer.
struct Line {
    text: String,
    /// How many characters are still of use.
    left: usize,
}

impl Line {
    fn push(&mut self, text: &str) {
        self.left = self.left.saturating_sub(text.chars().count());
        self.text.push_str(text);
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.push("null"),
            Value::Bool(value) => self.push(if *value { "true" } else { "false" }),
            Value::Number(number) => self.push(&cut_end(number.as_str(), self.left.max(1))),
            Value::String(text) => self.string(text),
            Value::Array(elements) => {
                self.push("[");
                for (at, element) in elements.iter().enumerate() {
                    if self.left == 0 {
                        return;
                    }
                    self.separate(at);
                    self.value(element);
                }
                self.push("]");
            }
            Value::Object(members) => {
                self.push("{");
                for (at, (key, value)) in members.iter().enumerate() {
                    if self.left == 0 {
                        return;
                    }
                    self.separate(at);
                    self.string(key);
                    self.push(": ");
                    self.value(value);
                }
                self.push("}");
            }
        }
    }

    fn separate(&mut self, at: usize) {
        if at > 0 {
            self.push(", ");
        }
    }

    fn string(&mut self, text: &str) {
        let end = text
            .char_indices()
            .nth(self.left)
            .map_or(text.len(), |(at, _)| at);
        self.push(&Value::from(&text[..end]).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_fits_is_whole() {
        assert_eq!(
            value(&json!({"a": [1, "b\n"], "c": {}}), 80),
            r#"{"a": [1, "b\n"], "c": {}}"#
        );
        assert_eq!(value(&json!([]), 2), "[]");
    }

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis() {
        assert_eq!(value(&json!({"a": [1, 2, 3]}), 10), r#"{"a": [1,…"#);
        assert_eq!(value(&json!("éééééé"), 5), "\"ééé…");
        assert_eq!(value(&json!(vec![0; 1_000_000]), 6), "[0, 0…");
        assert_eq!(value(&json!("a"), 0), "…");
    }

    #[test]
    fn texts_are_cut_where_asked() {
        assert_eq!(cut_end("abcdef", 6), "abcdef");
        assert_eq!(cut_end("abcdef", 4), "abc…");
        assert_eq!(cut_start("abcdef", 4), "…def");
        assert_eq!(cut_start("abcdef", 0), "…");
        assert_eq!(cut_middle("abcdef", 2, 1), "ab…f");
        assert_eq!(cut_middle("abcdef", 0, 2), "…ef");
        assert_eq!(cut_middle("abcdef", 2, 0), "ab…");
        assert_eq!(cut_middle("abcdef", 3, 2), "abcdef");
    }
}
