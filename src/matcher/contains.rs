//! `contains: value`: part of a text, an element of a list or a key of an object.

use serde_json::Value;

use super::{Context, Finding, Judgement, Match, MatcherKind, in_words};
use crate::decode::Decoder;
use crate::json;
use crate::registry::Entry;
use crate::template::Tree;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "contains",
        summary: "a text with this in it, a list with this element (typed, deep equality) or an object with this key",
        example: "contains: application/json",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        decoder
            .expected_value(node)
            .map(|part| Box::new(Contains(part)) as Box<dyn Match>)
    },
};

#[derive(Debug)]
struct Contains(Tree);

impl Match for Contains {
    fn describe(&self) -> String {
        format!("contains {}", json::short(&self.0.source_value(), 80))
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        let part = match self.0.render(context.scope) {
            Ok(part) => part,
            Err(error) => return error.into(),
        };
        let value = part.value.as_ref();
        let hint = match (actual, value) {
            (Value::String(text), Value::String(part)) if text.contains(part) => return Judgement::Holds,
            (Value::String(text), Value::String(part))
                if text.to_lowercase().contains(&part.to_lowercase()) =>
            {
                Some("it is there in another case".to_owned())
            }
            (Value::Object(object), Value::String(key)) if object.contains_key(key) => {
                return Judgement::Holds;
            }
            (Value::Array(elements), _) if elements.iter().any(|it| json::equal(it, value)) => {
                return Judgement::Holds;
            }
            (Value::Array(elements), _) => elements
                .iter()
                .find_map(|it| json::describe_type_mismatch(value, it))
                .map(|hint| format!("an element has the {hint}")),
            (Value::String(_) | Value::Object(_), Value::String(_)) => None,
            (Value::String(_), _) => Some("only a text can be part of a text".to_owned()),
            (Value::Object(_), _) => {
                Some("of an object only a key can be looked for, which is a text".to_owned())
            }
            (Value::Null | Value::Bool(_) | Value::Number(_), _) => {
                Some("only a text, a list or an object contains something".to_owned())
            }
        };
        Finding {
            hint,
            ..Finding::new(format!("contains {}", in_words(part.shown())), actual)
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{holds, mismatch};

    #[test]
    fn texts_lists_and_objects_contain() {
        assert!(holds("contains: json", "\"application/json; charset=utf-8\""));
        assert!(holds("contains: 3", "[1, 3.0]"));
        assert!(holds("contains: { a: [1] }", r#"[2, {"a":[1]}]"#));
        assert!(holds("contains: id", r#"{"id":null}"#));
    }

    #[test]
    fn what_is_not_there_is_not_contained() {
        assert!(!holds("contains: xml", "\"application/json\""));
        assert!(!holds("contains: { a: 1 }", r#"[{"a":1,"b":2}]"#));
        assert!(!holds("contains: name", r#"{"id":"name"}"#));
        assert!(!holds("contains: 3", "3"));
    }

    #[test]
    fn near_misses_are_explained() {
        assert_eq!(
            mismatch("contains: '3'", "[1, 3]").hint.as_deref(),
            Some("an element has the same text, other type")
        );
        assert!(mismatch("contains: 3", "\"123\"").hint.is_some());
        assert!(mismatch("contains: JSON", "\"json\"").hint.is_some());
    }
}
