//! `like: shape`: a partial shape; other keys may stand beside those it names.

use serde_json::Value;

use super::places::Places;
use super::{Context, Finding, Judgement, Match, MatcherKind, SHORT};
use crate::decode::Decoder;
use crate::json;
use crate::json::path::Location;
use crate::registry::Entry;
use crate::yaml::Node;

mod shape;

pub(super) use shape::Shape;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "like",
        summary: "a partial shape: other keys may stand beside; a mapping of matchers alone is what is expected there",
        example: "like: { country: NO, address: { zip: { matches: '^[0-9]{5}$' } } }",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        Shape::decode(node, decoder).map(|shape| Box::new(Like(shape)) as Box<dyn Match>)
    },
};

#[derive(Debug)]
struct Like(Shape);

impl Match for Like {
    fn describe(&self) -> String {
        format!("like {}", json::short(&self.0.written(), SHORT))
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        let mut places = Places::default();
        if let Err(reason) = self.0.check(actual, &Location::root(), context, &mut places) {
            return Judgement::Error(reason);
        }
        if places.is_empty() {
            return Judgement::Holds;
        }
        Finding {
            hint: Some(places.summary()),
            diff: Some(places.differences()),
            ..Finding::new(self.describe(), actual)
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds, mismatch};
    use crate::outcome::Differences;

    fn paths(expectation: &str, json: &str) -> Vec<String> {
        match mismatch(expectation, json).diff {
            Some(Differences::Json(diff)) => diff.differences.into_iter().map(|it| it.path).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn other_keys_may_stand_beside() {
        assert!(holds("like: { a: { b: 1 } }", r#"{"x":1,"a":{"b":1.0,"c":2}}"#));
        assert!(!holds("like: { a: { b: 1 } }", r#"{"a":{"b":2}}"#));
        assert!(holds("like: {}", r#"{"a":1}"#));
        assert!(!holds("like: {}", "[]"));
    }

    #[test]
    fn lists_have_the_same_length_and_elements_are_shapes() {
        assert!(holds("like: [{ a: 1 }, 2]", r#"[{"a":1,"b":2},2]"#));
        assert_eq!(paths("like: [{ a: 1 }, 2]", r#"[{"a":1}]"#), ["$[1]"]);
        assert_eq!(paths("like: [1]", "[1, 2]"), ["$[1]"]);
    }

    #[test]
    fn a_mapping_of_matchers_is_an_expectation() {
        assert!(holds("like: { a: { gt: 1, lt: 3 } }", r#"{"a":2}"#));
        assert!(!holds("like: { a: { gt: 1, lt: 3 } }", r#"{"a":3}"#));
        assert!(holds("like: { password: { exists: false } }", "{}"));
        assert!(!holds(
            "like: { password: { exists: false } }",
            r#"{"password":1}"#
        ));
        assert!(!holds(
            "like: { a: { equals: { b: 1 } } }",
            r#"{"a":{"b":1,"c":2}}"#
        ));
    }

    #[test]
    fn every_place_is_told_by_its_path() {
        let shape = "like: { data: { country: 'NO', id: '3', zip: { matches: '^x' }, tags: { equals: [{ a: 1 }] } } }";
        let json = r#"{"data":{"contry":"NO","id":3,"zip":"y","tags":[{"a":2}]}}"#;
        assert_eq!(
            paths(shape, json),
            ["$.data.country", "$.data.id", "$.data.zip", "$.data.tags[0].a"]
        );
        let hint = mismatch(shape, json).hint.expect("a summary");
        assert!(hint.contains("did you mean contry?"), "{hint}");
        assert!(
            hint.contains("$.data.id: expected \"3\" (string), found 3 (integer): same text, other type"),
            "{hint}"
        );
        assert!(
            hint.contains("$.data.zip: expected a text that matches '^x', found \"y\" (string)"),
            "{hint}"
        );
    }

    #[test]
    fn a_mixture_of_keys_and_matchers_is_warned_of() {
        let warned = complaints("like: { id: 3, length: 2 }");
        assert_eq!(
            warned,
            ["1:16: `length` is a matcher, and other keys stand beside it: taken for a key"]
        );
        assert!(holds(
            "like: { id: 3, length: { equals: 2 } }",
            r#"{"id":3,"length":2,"x":1}"#
        ));
    }
}
