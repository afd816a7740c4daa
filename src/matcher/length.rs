//! `length: expectation`: how many characters, elements or keys a value has.

use serde_json::Value;

use super::{Context, Expectation, Finding, Judgement, Match, MatcherKind, in_words};
use crate::decode::{Decoder, Quantity};
use crate::json::number;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "length",
        summary: "the number of characters of a text, elements of a list or keys of an object",
        example: "length: { gte: 1 }",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        decode(node, decoder).map(|it| Box::new(it) as Box<dyn Match>)
    },
};

#[derive(Debug)]
struct Length(Expectation);

fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Length> {
    // A length is a plain number, whatever the value measures.
    let quantity = std::mem::replace(&mut decoder.quantity, Quantity::Plain);
    let expectation = Expectation::decode(node, decoder);
    decoder.quantity = quantity;
    if let Some(wanted) = node.as_map().map_or(Some(node), |map| map.get("equals"))
        && let Some(number) = wanted.as_number()
        && number::compare(number, &number::from_u64(0)).is_lt()
    {
        decoder.error(&wanted.place, "a length is never negative");
        return None;
    }
    expectation.map(Length)
}

impl Match for Length {
    fn describe(&self) -> String {
        format!("length {}", self.0.describe())
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        let length = match actual {
            Value::String(text) => text.chars().count(),
            Value::Array(elements) => elements.len(),
            Value::Object(members) => members.len(),
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                return Finding::new(self.describe(), actual)
                    .hint("only a text, a list or an object has a length")
                    .into();
            }
        };
        let counted = Value::Number(number::from_u64(u64::try_from(length).unwrap_or(u64::MAX)));
        match self.0.check(&counted, context) {
            Judgement::Mismatch(finding) => Finding {
                expected: format!("length {}", finding.expected),
                actual: format!("length {length}: {}", in_words(actual)),
                ..finding
            }
            .into(),
            other @ (Judgement::Holds | Judgement::Error(_)) => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds, mismatch};

    #[test]
    fn characters_elements_and_keys_are_counted() {
        assert!(holds("length: 3", "\"blå\""));
        assert!(holds("length: { gte: 1, lt: 3 }", "[1, 2]"));
        assert!(holds("length: 1", r#"{"a":1}"#));
        assert!(!holds("length: 2", r#"{"a":1}"#));
        assert!(!holds("length: 3", "3"));
    }

    #[test]
    fn the_value_is_shown_with_its_length() {
        let found = mismatch("length: { gte: 1 }", "[]");
        assert_eq!(found.expected, "length at least 1");
        assert_eq!(found.actual, "length 0: [] (array)");
        assert_eq!(complaints("length: { at_least: 1 }").len(), 1);
    }

    #[test]
    fn no_length_is_negative() {
        assert_eq!(complaints("length: -1"), ["1:9: a length is never negative"]);
        assert_eq!(complaints("length: { equals: -1 }").len(), 1);
        assert!(holds("length: { gt: -1 }", "[]"));
    }
}
