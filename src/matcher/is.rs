//! `is: type`: a JSON type, or a text in a well-known format.

use serde_json::Value;

use super::{Context, Finding, Judgement, Match, MatcherKind};
use crate::decode::Decoder;
use crate::json;
use crate::registry::Entry;
use crate::yaml::Node;

mod email;
mod jwt;
mod time;
mod types;
mod uri;

pub(super) use time::is_date_time;
use types::{TYPES, Type};

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "is",
        summary: "a type (string, integer, array, …) or a format of a text (uuid, date-time, jwt, …); a list means one of them",
        example: "is: [string, null]",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        decode(node, decoder).map(|types| Box::new(Is(types)) as Box<dyn Match>)
    },
};

#[derive(Debug)]
struct Is(Vec<&'static Type>);

fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Vec<&'static Type>> {
    let items = match node.as_list() {
        Some([]) => {
            decoder.error(&node.place, "nothing is of no type");
            return None;
        }
        Some(items) => items,
        None => std::slice::from_ref(node),
    };
    let types: Vec<Option<&'static Type>> = items.iter().map(|item| find(item, decoder)).collect();
    types.into_iter().collect()
}

/// The names of the types and formats.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|it| it.name)
}

/// Whether a value is of the type of this name.
pub(super) fn includes(name: &str, value: &Value) -> bool {
    TYPES.iter().any(|it| it.name == name && it.includes(value))
}

fn find(node: &Node, decoder: &mut Decoder<'_>) -> Option<&'static Type> {
    // YAML reads the word `null` as the value.
    let name = if node.is_null() {
        "null"
    } else {
        decoder.constant(node, "the type")?
    };
    let found = TYPES.iter().find(|it| it.name == name);
    if found.is_none() {
        decoder.unknown(&node.place, "type", name, TYPES.iter().map(|it| it.name));
    }
    found
}

impl Match for Is {
    fn describe(&self) -> String {
        let words: Vec<&str> = self.0.iter().map(|it| it.words).collect();
        words.join(" or ")
    }

    fn check(&self, actual: &Value, _context: &Context<'_>) -> Judgement {
        if self.0.iter().any(|it| it.includes(actual)) {
            return Judgement::Holds;
        }
        let read_from_text = actual.as_str().and_then(|text| json::parse(text.as_bytes()).ok());
        let in_quotes = read_from_text.is_some_and(|value| self.0.iter().any(|it| it.includes(&value)));
        Finding {
            hint: in_quotes.then(|| "same text, other type".to_owned()),
            ..Finding::new(self.describe(), actual)
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds, mismatch};

    #[test]
    fn one_of_several_types_is_enough() {
        assert!(holds("is: [string, null]", "null"));
        assert!(holds("is: null", "null"));
        assert!(!holds("is: [string, null]", "3"));
        assert_eq!(mismatch("is: [string, null]", "3").expected, "a string or null");
    }

    #[test]
    fn a_type_in_quotes_is_explained() {
        assert_eq!(
            mismatch("is: integer", "\"3\"").hint.as_deref(),
            Some("same text, other type")
        );
        assert_eq!(mismatch("is: integer", "\"three\"").hint, None);
    }

    #[test]
    fn types_are_a_closed_set() {
        assert_eq!(complaints("is: strnig"), ["1:5: unknown type `strnig`"]);
        assert_eq!(complaints("is: [string, 3]").len(), 1);
        assert_eq!(complaints("is: []").len(), 1);
    }
}
