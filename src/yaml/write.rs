//! A tree to text that our reader reads back as the same tree.
//!
//! The writer asks the reader what a plain scalar means, so the two cannot disagree on `NO`, `0123` or `1e3`, and a
//! number is written with the digits it has (docs/decisions/0003).

use serde_json::{Map, Value};

use super::scalar::{Meaning, meaning};

/// The longest line that a small list or mapping may make with what stands in front of it.
const FLOW_WIDTH: usize = 80;

/// The text of a value, in block style with small parts in flow style. It ends with a line break.
pub fn write(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(entries) if !entries.is_empty() => block_map(&mut text, entries, 0),
        Value::Array(items) if !items.is_empty() => block_list(&mut text, items, 0),
        _ => {
            text.push_str(&flow(value, true));
            text.push('\n');
        }
    }
    text
}

fn block_map(text: &mut String, entries: &Map<String, Value>, indent: usize) {
    for (number, (key, value)) in entries.iter().enumerate() {
        // What comes first in an item of a list stands behind its dash.
        if number > 0 || !text.ends_with("- ") {
            text.extend(std::iter::repeat_n(' ', indent));
        }
        text.push_str(&scalar(key, false));
        text.push(':');
        under(text, value, indent);
    }
}

fn block_list(text: &mut String, items: &[Value], indent: usize) {
    for item in items {
        text.extend(std::iter::repeat_n(' ', indent));
        text.push('-');
        match item {
            Value::Object(entries) if !entries.is_empty() && !fits(item, indent + 2) => {
                text.push(' ');
                block_map(text, entries, indent + 2);
            }
            _ => under(text, item, indent),
        }
    }
}

/// A value behind a key or a dash.
fn under(text: &mut String, value: &Value, indent: usize) {
    let column = text.len() - text.rfind('\n').map_or(0, |at| at + 1);
    match value {
        Value::Object(entries) if !entries.is_empty() && !fits(value, column) => {
            text.push('\n');
            block_map(text, entries, indent + 2);
        }
        Value::Array(items) if !items.is_empty() && !fits(value, column) => {
            text.push('\n');
            block_list(text, items, indent + 2);
        }
        Value::String(lines) if is_literal(lines) => literal(text, lines, indent + 2),
        _ => {
            text.push(' ');
            text.push_str(&flow(value, true));
            text.push('\n');
        }
    }
}

/// Whether a list or a mapping holds scalars alone and is short enough for one line that begins at a column.
fn fits(value: &Value, column: usize) -> bool {
    let is_scalar = |value: &Value| match value {
        Value::String(text) => text.len() <= FLOW_WIDTH && !text.contains('\n'),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    };
    let is_small = match value {
        Value::Array(items) => items.len() <= FLOW_WIDTH && items.iter().all(is_scalar),
        Value::Object(entries) => entries.len() <= FLOW_WIDTH && entries.values().all(is_scalar),
        _ => true,
    };
    is_small && column + 1 + flow(value, false).chars().count() <= FLOW_WIDTH
}

/// A value on one line. `block` says that nothing of flow style is around it.
fn flow(value: &Value, block: bool) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => scalar(text, block),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| flow(item, false)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) if entries.is_empty() => "{}".to_owned(),
        Value::Object(entries) => {
            let entry =
                |(key, value): (&String, &Value)| format!("{}: {}", scalar(key, false), flow(value, false));
            let entries: Vec<String> = entries.iter().map(entry).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// A text as a scalar on one line: plain where that is the same to every reader, or else in double quotes.
fn scalar(text: &str, block: bool) -> String {
    if is_plain(text, block) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// Whether a text may stand without quotes: read as a text, and nothing in it acts on YAML.
fn is_plain(text: &str, block: bool) -> bool {
    let begins = |first: char| first.is_alphanumeric() || "/_.$(".contains(first);
    let stays = |character: char| {
        !character.is_ascii()
            || character.is_ascii_alphanumeric()
            || " /_.$()-+*=%@&?!;~<>^|'".contains(character)
            || {
                // An expression is in the way of flow style only; so is what separates there.
                block && "{}[],:#\"".contains(character)
            }
    };
    text.starts_with(begins)
        && text
            .chars()
            .all(|character| stays(character) && is_shown(character))
        && !text.ends_with([' ', ':'])
        && ![": ", " #", "--- ", "... "]
            .iter()
            .any(|acts| text.contains(acts))
        && !matches!(
            text,
            "..." | "y" | "Y" | "n" | "N" | "yes" | "Yes" | "YES" | "no" | "No" | "NO"
        )
        && !matches!(text, "on" | "On" | "ON" | "off" | "Off" | "OFF")
        && meaning(text) == Meaning::Text
        && !looks_like_a_number(text)
}

/// Texts that are no number to us and one to an older reader, such as `0123`, `1_000`, `12:30` or `2026-01-01`.
fn looks_like_a_number(text: &str) -> bool {
    let begins = text.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    let of_radix = ["0x", "0o", "0b"].iter().any(|radix| text.starts_with(radix));
    of_radix
        || begins
            && text
                .chars()
                .all(|character| character.is_ascii_digit() || "_.:-+eETtZ ".contains(character))
}

/// Whether a character may stand as it is: it shows, and acts neither on YAML's lines nor on a terminal.
fn is_shown(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{ffff}' | '\u{e0000}'..='\u{10ffff}')
}

fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            character if is_shown(character) => quoted.push(character),
            character if u32::from(character) <= 0xffff => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            character => quoted.push_str(&format!("\\U{:08x}", u32::from(character))),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a text of several lines can stand as it is: no line break at its start, at most one at its end.
fn is_literal(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\n', '\t'])
        && !text.ends_with("\n\n")
        && text
            .chars()
            .all(|character| character == '\n' || is_shown(character))
        && !text.lines().any(|line| line.ends_with(' '))
}

fn literal(text: &mut String, lines: &str, indent: usize) {
    text.push_str(if lines.ends_with('\n') { " |\n" } else { " |-\n" });
    for line in lines.lines() {
        if !line.is_empty() {
            text.extend(std::iter::repeat_n(' ', indent));
            text.push_str(line);
        }
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::source::Source;

    fn read(text: &str) -> Option<Value> {
        let mut diagnostics = Diagnostics::default();
        crate::yaml::parse(&Source::new("a.yaml", text), &mut diagnostics).map(|node| node.to_json())
    }

    #[test]
    fn it_is_written_as_people_write_it() {
        let value = json!({
            "collection": "Rev.io",
            "inputs": { "key": { "secret": true, "env": "KEY" } },
            "steps": [{
                "GET": "/contacts/${{ id }}",
                "query": { "q": "NO", "page": 1, "on": "0123" },
                "json": { "text": "first\n\n  second\n", "quote": "say \"#1: x\"", "none": [], "deep": { "list": [{ "a": 1 }] } },
                "text": "{\"a\": 1}",
            }],
        });
        assert_eq!(
            write(&value),
            "\
collection: Rev.io
inputs:
  key: { secret: true, env: KEY }
steps:
  - GET: /contacts/${{ id }}
    query: { q: \"NO\", page: 1, \"on\": \"0123\" }
    json:
      text: |
        first

          second
      quote: \"say \\\"#1: x\\\"\"
      none: []
      deep:
        list:
          - { a: 1 }
    text: \"{\\\"a\\\": 1}\"
"
        );
    }

    fn texts() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            prop::sample::select(vec![
                "NO",
                "on",
                "null",
                "~",
                "1.0",
                "0x1F",
                "0123",
                "2026-01-01",
                "- ",
                "a: b",
                "#",
                " #",
                "'",
                "\"",
                "\n",
                "\n\n",
                "\t",
                "\r",
                "  ",
                ":",
                "*a",
                "&a",
                "!t",
                "%",
                "@",
                "`",
                "|",
                ">",
                "---",
                "...",
                "\\",
                "{",
                "}",
                "[",
                "]",
                ",",
                "? ",
                "${{ a }}",
                "\u{85}",
                "\u{2028}",
                "\u{feff}",
                "\0",
                "é",
                "字",
                "🔑",
                "a",
            ])
            .prop_map(str::to_owned),
            any::<char>().prop_map(String::from),
        ];
        prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
    }

    fn values() -> impl Strategy<Value = Value> {
        let number = "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?"
            .prop_map(|text| serde_json::from_str(&text).expect("a number"));
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            number,
            texts().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((texts(), inner), 0..5)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value in values()) {
            let text = write(&value);
            prop_assert_eq!(read(&text), Some(value), "{}", text);
        }
    }
}
