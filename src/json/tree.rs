//! Reads a JSON text into a tree, as `serde_json` does, and takes note of members that stand twice.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number};

use super::Value;
use super::path::{Location, Segment};
use super::read::RESERVED;

/// The most members that are taken note of.
const MOST_DOUBLED: usize = 1000;

/// A JSON text as a tree.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The value; of members of one name in one object it has the last.
    pub value: Value,
    /// Where those members stand.
    pub doubled: Vec<Location>,
}

impl Tree {
    /// Reads a whole text in which no string begins with a [`RESERVED`] name.
    pub(super) fn read(text: &str) -> serde_json::Result<Tree> {
        let mut doubled = Vec::new();
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let value = Reader(&mut doubled).deserialize(&mut deserializer)?;
        deserializer.end()?;
        let from_root = |mut steps: Vec<Segment>| {
            steps.reverse();
            Location::from(steps)
        };
        Ok(Tree {
            value,
            doubled: doubled.into_iter().map(from_root).collect(),
        })
    }
}

/// Reads one value. What stands twice in it is noted by its steps, the innermost first: who reads the value around adds
/// its own, so that nothing is kept on the way where nothing stands twice.
struct Reader<'d>(&'d mut Vec<Vec<Segment>>);

/// How an object begins.
enum First {
    Key(String),
    /// It is no object: this is how the parser hands a number over that is no integer of 64 bits.
    Number,
}

impl Reader<'_> {
    fn below(&mut self, before: usize, step: impl Fn() -> Segment) {
        for steps in &mut self.0[before..] {
            steps.push(step());
        }
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any valid JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        let mut before = self.0.len();
        while let Some(value) = elements.next_element_seed(Reader(self.0))? {
            if self.0.len() > before {
                let index = values.len();
                self.below(before, || Segment::Index(index));
                before = self.0.len();
            }
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        let mut next = match members.next_key_seed(FirstKey)? {
            None => None,
            Some(First::Key(key)) => Some(key),
            Some(First::Number) => {
                let text: String = members.next_value()?;
                return text
                    .parse::<Number>()
                    .map(Value::Number)
                    .map_err(A::Error::custom);
            }
        };
        let mut values = Map::new();
        while let Some(key) = next {
            let before = self.0.len();
            let value = members.next_value_seed(Reader(self.0))?;
            if self.0.len() > before {
                self.below(before, || Segment::from(key.as_str()));
            }
            match values.entry(key) {
                Entry::Vacant(entry) => {
                    entry.insert(value);
                }
                Entry::Occupied(mut entry) => {
                    if self.0.len() < MOST_DOUBLED {
                        self.0.push(vec![Segment::from(entry.key().as_str())]);
                    }
                    entry.insert(value);
                }
            }
            next = members.next_key()?;
        }
        Ok(Value::Object(values))
    }
}

struct FirstKey;

impl<'de> DeserializeSeed<'de> for FirstKey {
    type Value = First;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<First, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for FirstKey {
    type Value = First;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<First, E> {
        if key.starts_with(RESERVED) {
            return Ok(First::Number);
        }
        Ok(First::Key(key.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn doubled(text: &str) -> Vec<String> {
        let tree = Tree::read(text).expect("JSON");
        tree.doubled.iter().map(Location::to_string).collect()
    }

    #[test]
    fn what_stands_twice_is_told_by_its_place() {
        assert_eq!(
            doubled(r#"{"a": {"b": [1, {"c": 1, "d": {"c": 2}}]}, "c": 3}"#),
            [""; 0]
        );
        assert_eq!(doubled(r#"{"a": 1, "\u0061": 2, "a": 3}"#), ["$.a", "$.a"]);
        assert_eq!(
            doubled(r#"{"x": [0, {"a b": 1, "a b": {"c": 1, "c": 2}}], "y": [{"d": 1, "d": 1}]}"#),
            ["$.x[1]['a b'].c", "$.x[1]['a b']", "$.y[0].d"]
        );
        let many = "[{\"a\": 1, \"a\": 1}".to_owned() + &", {\"a\": 1, \"a\": 1}".repeat(2000) + "]";
        assert_eq!(doubled(&many).len(), MOST_DOUBLED);
    }

    proptest! {
        #[test]
        fn the_tree_is_that_of_the_library(
            text in "(\\[|\\{|\"a\":|\"b\": ?|\"\\\\u0061\":|-?[0-9]{1,3}|1\\.50|2E5|\"é\"|null|true|,|,|\\]|\\}){1,12}",
        ) {
            let library = serde_json::from_str::<Value>(&text).map_err(|error| error.to_string());
            let own = Tree::read(&text).map(|tree| tree.value).map_err(|error| error.to_string());
            prop_assert_eq!(own, library);
        }
    }
}
