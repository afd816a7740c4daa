//! What `gt`, `gte`, `lt` and `lte` share: a number on the right side of a bound, by exact decimals.

use std::cmp::Ordering;

use serde_json::Value;

use super::operand::Operand;
use super::{Context, Finding, Judgement, Match};
use crate::decode::Decoder;
use crate::json::{self, number};
use crate::yaml::Node;

/// How a number stands to its bound.
#[derive(Debug, Clone, Copy)]
pub(super) struct Relation {
    /// The matcher's name.
    pub(super) name: &'static str,
    /// In words, in front of the bound: `at least`.
    pub(super) words: &'static str,
    /// Whether the order of the actual value and the bound is as it should be.
    pub(super) allows: fn(Ordering) -> bool,
}

/// Decodes a bound.
pub(super) fn parse(node: &Node, decoder: &mut Decoder<'_>, relation: Relation) -> Option<Box<dyn Match>> {
    let bound = Operand::decode(node, decoder, relation.name)?;
    Some(Box::new(Compare { relation, bound }))
}

/// The hint where something else than a number is compared.
pub(super) fn not_a_number(actual: &Value) -> String {
    match actual {
        Value::String(text) if number::parse(text).is_some() => {
            "a number in quotes is a string, and only numbers are compared".to_owned()
        }
        _ => format!("only numbers are compared, and this is {}", json::kind(actual)),
    }
}

#[derive(Debug)]
struct Compare {
    relation: Relation,
    bound: Operand,
}

impl Match for Compare {
    fn describe(&self) -> String {
        format!("{} {}", self.relation.words, self.bound.written())
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        let bound = match self.bound.render(context) {
            Ok(bound) => bound,
            Err(judgement) => return judgement,
        };
        let mut finding = Finding::new(format!("{} {}", self.relation.words, bound.shown), actual);
        let Value::Number(found) = actual else {
            return finding.hint(not_a_number(actual)).into();
        };
        if (self.relation.allows)(number::compare(found, &bound.number)) {
            return Judgement::Holds;
        }
        finding.actual = self.bound.actual(actual);
        finding.into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::testing::{complaints, holds, mismatch};
    use super::super::{Context, Expectation, Judgement};
    use crate::decode::Quantity;
    use crate::decode::testing::decode;
    use crate::template::Scope;

    #[test]
    fn decimals_are_compared_exactly() {
        assert!(holds("gt: 9007199254740992", "9007199254740993"));
        assert!(!holds("lt: 9007199254740993", "9007199254740993.0"));
        assert!(holds("lte: 0.1", "1e-1"));
    }

    #[test]
    fn another_type_is_a_mismatch_that_says_so() {
        let found = mismatch("gt: 3", "\"4\"");
        assert_eq!(found.expected, "more than 3");
        assert_eq!(found.actual, "\"4\" (string)");
        assert!(found.hint.is_some_and(|hint| hint.contains("in quotes")));
        assert!(mismatch("gt: 3", "null").hint.is_some());
    }

    #[test]
    fn the_bound_is_a_number() {
        assert_eq!(
            complaints("gt: three"),
            ["1:5: expected a number for `gt`, found a text"]
        );
        assert_eq!(complaints("lte: [3]").len(), 1);
    }

    #[test]
    fn times_and_sizes_carry_their_unit() {
        let judge = |expectation: &str, quantity: Quantity, actual: f64| {
            let expectation = decode(expectation, |node, decoder| {
                decoder.quantity = quantity;
                Expectation::decode(node, decoder)
            })
            .expect("a sound expectation");
            let scope = Scope::new();
            expectation.check(&Value::from(actual), &Context::new(&scope))
        };
        assert_eq!(judge("lt: 2s", Quantity::Duration, 1999.9), Judgement::Holds);
        assert_eq!(
            judge("lte: ${{ '2s' }}", Quantity::Duration, 2000.0),
            Judgement::Holds
        );
        assert_eq!(judge("gt: 1KiB", Quantity::Size, 1025.0), Judgement::Holds);
        let Judgement::Mismatch(finding) = judge("lt: 2s", Quantity::Duration, 2000.5) else {
            panic!("too slow");
        };
        assert_eq!(finding.expected, "less than 2s");
        assert_eq!(finding.actual, "2000.5 ms");
    }

    #[test]
    fn a_template_may_give_the_bound() {
        assert!(holds("gt: ${{ 1 + 2 }}", "4"));
        assert!(!holds("gt: ${{ 1 + 2 }}", "3"));
        assert!(matches!(
            super::super::testing::judge("gt: ${{ 'a' }}", "3"),
            Judgement::Error(error) if error.contains("gave \"a\" (string)")
        ));
    }
}
