//! `equals: value`: exact, typed, deep equality; also what a scalar or a list alone means.

use serde_json::Value;

use super::{Context, DIFFERENCES, Finding, Judgement, Match, MatcherKind, in_words};
use crate::decode::Decoder;
use crate::diff;
use crate::json;
use crate::outcome::Differences;
use crate::registry::Entry;
use crate::template::Tree;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "equals",
        summary: "exact, typed equality; numbers compare as exact decimals, the order of keys does not matter",
        example: "equals: { id: 7, tags: [vip] }",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        decoder
            .expected_value(node)
            .map(|expected| Box::new(Equals(expected)) as Box<dyn Match>)
    },
};

#[derive(Debug)]
struct Equals(Tree);

impl Match for Equals {
    fn describe(&self) -> String {
        json::short(&self.0.source_value(), 80)
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        let expected = match self.0.render(context.scope) {
            Ok(expected) => expected,
            Err(error) => return error.into(),
        };
        if json::equal(&expected.value, actual) {
            return Judgement::Holds;
        }
        let have_parts = |is: fn(&Value) -> bool| is(&expected.value) && is(actual);
        let diff = if have_parts(Value::is_object) || have_parts(Value::is_array) {
            Some(Differences::Json(
                diff::diff(expected.shown(), actual).limited(DIFFERENCES),
            ))
        } else {
            match (expected.shown(), actual) {
                (Value::String(expected), Value::String(actual)) if expected.contains('\n') => {
                    Some(Differences::Text(diff::text(expected, actual)))
                }
                _ => None,
            }
        };
        Judgement::Mismatch(Finding {
            expected: in_words(expected.shown()),
            actual: in_words(actual),
            diff,
            hint: json::describe_type_mismatch(&expected.value, actual),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{holds, mismatch, mismatch_on_nothing};

    #[test]
    fn numbers_are_exact() {
        assert!(holds("9007199254740993", "9007199254740993"));
        assert!(!holds("9007199254740993", "9007199254740992"));
        assert!(holds("1.10", "1.1"));
    }

    #[test]
    fn what_a_template_gave_is_told_where_there_is_no_value() {
        let expected = |expectation: &str| mismatch_on_nothing(expectation).expected;
        assert_eq!(expected("\"${{ 'a' ~ 'b' }}\""), "\"ab\" (string)");
        assert_eq!(expected("gt: \"${{ 3 + 4 }}\""), "more than 7");
        assert_eq!(expected("contains: \"${{ 'a' }}\""), "contains \"a\" (string)");
        assert_eq!(expected("7"), "7");
    }

    #[test]
    fn types_are_told_apart() {
        let found = mismatch("'3'", "3");
        assert_eq!(found.expected, "\"3\" (string)");
        assert_eq!(found.actual, "3 (integer)");
        assert!(
            found
                .hint
                .is_some_and(|hint| hint.contains("same text, other type"))
        );
    }

    #[test]
    fn a_difference_of_parts_is_a_diff() {
        assert!(
            mismatch("equals: { a: 1, b: [1, 2] }", r#"{"b":[1,3],"a":1}"#)
                .diff
                .is_some()
        );
        assert!(holds("equals: { a: 1, b: 2 }", r#"{"b":2,"a":1}"#));
    }
}
