//! Writes JSON: for machines, for people, for comparing files, and shortened for messages.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Value;

/// A value cut to less than this many characters would show nothing of itself.
const LEAST_CUT: usize = 5;

/// The value on one line without spaces.
#[must_use]
pub fn compact(value: &Value) -> String {
    value.to_string()
}

/// The value on several lines, indented by two spaces, keys in their order.
#[must_use]
pub fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

/// The value as [`pretty`] writes it, with the keys of every object sorted by their code points, so that two equal values
/// differ at most in how their numbers are written.
#[must_use]
pub fn canonical(value: &Value) -> String {
    serde_json::to_string_pretty(&Sorted(value))
        .expect("keys are strings, and writing to memory does not fail")
}

/// Whether [`canonical`] would give this text, found without writing it.
#[must_use]
pub fn is_canonical(value: &Value, text: &str) -> bool {
    /// What is left of the text.
    struct Rest<'a>(&'a [u8]);
    impl std::io::Write for Rest<'_> {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 = self
                .0
                .strip_prefix(bytes)
                .ok_or(std::io::ErrorKind::InvalidData)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut rest = Rest(text.as_bytes());
    serde_json::to_writer_pretty(&mut rest, &Sorted(value)).is_ok() && rest.0.is_empty()
}

/// The value on one line for a message, in at most `characters` characters. What does not fit is left out at every level
/// of the structure, with `…` in its place: `{"id":7,"tags":["a","b",…],…}`.
#[must_use]
pub fn short(value: &Value, characters: usize) -> String {
    if fits(value, characters) {
        return compact(value);
    }
    match value {
        Value::Array(elements) => short_list(
            '[',
            ']',
            elements.iter().map(|element| (None, element)),
            characters,
        ),
        Value::Object(members) => short_list(
            '{',
            '}',
            members.iter().map(|(key, member)| (Some(key.as_str()), member)),
            characters,
        ),
        Value::String(text) => short_string(text, characters),
        Value::Null | Value::Bool(_) | Value::Number(_) => cut(&compact(value), characters),
    }
}

/// A value whose objects serialize with sorted keys.
struct Sorted<'a>(&'a Value);

impl Serialize for Sorted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Array(elements) => serializer.collect_seq(elements.iter().map(Sorted)),
            Value::Object(members) => {
                let mut sorted: Vec<_> = members.iter().collect();
                sorted.sort_unstable_by_key(|(key, _)| *key);
                let mut map = serializer.serialize_map(Some(sorted.len()))?;
                for (key, member) in sorted {
                    map.serialize_entry(key, &Sorted(member))?;
                }
                map.end()
            }
            scalar => scalar.serialize(serializer),
        }
    }
}

/// Whether the compact form has at most `room` characters, found without writing more than that.
fn fits(value: &Value, room: usize) -> bool {
    struct Room(usize);
    impl std::io::Write for Room {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            // Bytes that continue a character are not counted.
            let characters = bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
            self.0 = self
                .0
                .checked_sub(characters)
                .ok_or(std::io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    serde_json::to_writer(Room(room), value).is_ok()
}

fn short_list<'a>(
    open: char,
    close: char,
    entries: impl Iterator<Item = (Option<&'a str>, &'a Value)>,
    characters: usize,
) -> String {
    // The brackets and the `…` inside them.
    let Some(mut room) = characters.checked_sub(3) else {
        return cut("…", characters);
    };
    let mut text = String::from(open);
    let mut entries = entries.peekable();
    while let Some((key, value)) = entries.next() {
        let label = key.map_or_else(String::new, |key| format!("{}:", short_string(key, room / 2)));
        // Behind the last entry neither a comma nor a `…` is needed.
        let reserved = if entries.peek().is_some() { 1 } else { -1 };
        let Some(for_value) = room
            .checked_sub(label.chars().count())
            .and_then(|r| r.checked_add_signed(-reserved))
        else {
            break;
        };
        if for_value < LEAST_CUT && !fits(value, for_value) {
            break;
        }
        let entry = short(value, for_value);
        text.push_str(&label);
        text.push_str(&entry);
        if entries.peek().is_none() {
            text.push(close);
            return text;
        }
        room = for_value - entry.chars().count();
        text.push(',');
    }
    text.push('…');
    text.push(close);
    text
}

/// A string in quotes, cut inside them.
fn short_string(text: &str, characters: usize) -> String {
    let quoted = |text: &str| compact(&Value::from(text));
    // No character takes less than one, so what lies beyond can neither fit nor be shown.
    let beginning: String = text.chars().take(characters + 1).collect();
    let whole = quoted(&beginning);
    if whole.chars().count() <= characters {
        return whole;
    }
    let Some(room) = characters.checked_sub(3) else {
        return cut("…", characters);
    };
    let mut kept = String::new();
    let mut used = 0;
    for character in beginning.chars() {
        used += quoted(character.encode_utf8(&mut [0; 4])).chars().count() - 2;
        if used > room {
            break;
        }
        kept.push(character);
    }
    kept.push('…');
    quoted(&kept)
}

fn cut(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    text.chars()
        .take(characters.saturating_sub(1))
        .chain((characters > 0).then_some('…'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn canonical_sorts_every_object_and_keeps_numbers_as_written() {
        let value: Value = serde_json::from_str(r#"{"b":[{"d":1.50,"c":[]}],"a":{}}"#).unwrap();
        let expected =
            "{\n  \"a\": {},\n  \"b\": [\n    {\n      \"c\": [],\n      \"d\": 1.50\n    }\n  ]\n}";
        assert_eq!(canonical(&value), expected);
        assert_eq!(compact(&value), r#"{"b":[{"d":1.50,"c":[]}],"a":{}}"#);
        assert!(pretty(&value).starts_with("{\n  \"b\": ["));
    }

    #[test]
    fn short_leaves_out_what_does_not_fit() {
        let value = json!({"id": 7, "tags": ["alpha", "beta", "gamma"], "note": "long enough to be cut"});
        assert_eq!(short(&value, 200), compact(&value));
        assert_eq!(short(&value, 40), r#"{"id":7,"tags":["alpha","beta","ga…"],…}"#);
        assert_eq!(short(&json!({"only": "a long text"}), 16), r#"{"only":"a lo…"}"#);
        assert_eq!(short(&json!([1, 2, 3, 4, 5, 6]), 9), "[1,2,3,…]");
        assert_eq!(short(&json!("a\nb\nc\nd"), 9), r#""a\nb\n…""#);
        assert_eq!(short(&json!(true), 3), "tr…");
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(json!(null)),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a-z\"\\\\\n…é ]{0,30}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::vec(("[a-z\"é]{0,12}", inner), 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn short_is_short_and_whole_where_it_fits(value in any_value(), characters in 0_usize..120) {
            let text = short(&value, characters);
            let whole = compact(&value);
            prop_assert!(text.chars().count() <= characters, "{text}");
            prop_assert!(!text.contains('\n'));
            prop_assert_eq!(text == whole, whole.chars().count() <= characters);
        }

        #[test]
        fn canonical_is_the_same_value(value in any_value()) {
            let again: Value = serde_json::from_str(&canonical(&value)).unwrap();
            prop_assert!(crate::json::equal(&again, &value));
            prop_assert_eq!(canonical(&again), canonical(&value));
            let text = canonical(&value);
            prop_assert!(is_canonical(&value, &text));
            prop_assert!(!is_canonical(&value, &text[..text.len() - 1]));
            let longer = text + " ";
            prop_assert!(!is_canonical(&value, &longer));
        }
    }
}
