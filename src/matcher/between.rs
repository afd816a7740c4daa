//! `between: [low, high]`: a number within two bounds, both included.

use std::cmp::Ordering;

use serde_json::Value;

use super::compare::not_a_number;
use super::operand::Operand;
use super::{Context, Finding, Judgement, Match, MatcherKind};
use crate::decode::Decoder;
use crate::json::number;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "between",
        summary: "a number from the first to the second, both included",
        example: "between: [1, 10]",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        decode(node, decoder).map(|it| Box::new(it) as Box<dyn Match>)
    },
};

#[derive(Debug)]
struct Between {
    low: Operand,
    high: Operand,
}

fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Between> {
    let Some([low, high]) = node.as_list() else {
        decoder.error_with_help(
            &node.place,
            "`between` takes two numbers",
            "write the lower and the upper bound: `between: [1, 10]`",
        );
        return None;
    };
    let low = Operand::decode(low, decoder, "between");
    let high = Operand::decode(high, decoder, "between");
    let (low, high) = (low?, high?);
    if let (Some(lowest), Some(highest)) = (low.constant(), high.constant())
        && number::compare(lowest, highest) == Ordering::Greater
    {
        decoder.error_with_help(
            &node.place,
            format!("no number is between {} and {}", low.written(), high.written()),
            "the lower bound comes first",
        );
        return None;
    }
    Some(Between { low, high })
}

impl Match for Between {
    fn describe(&self) -> String {
        format!("from {} to {}", self.low.written(), self.high.written())
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        let (low, high) = match (self.low.render(context), self.high.render(context)) {
            (Ok(low), Ok(high)) => (low, high),
            (Err(judgement), _) | (_, Err(judgement)) => return judgement,
        };
        let mut finding = Finding::new(format!("from {} to {}", low.shown, high.shown), actual);
        let Value::Number(found) = actual else {
            return finding.hint(not_a_number(actual)).into();
        };
        if number::compare(&low.number, found).is_le() && number::compare(found, &high.number).is_le() {
            return Judgement::Holds;
        }
        finding.actual = self.low.actual(actual);
        finding.into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds, mismatch};

    #[test]
    fn both_bounds_are_included() {
        assert!(holds("between: [1, 2.5]", "1"));
        assert!(holds("between: [1, 2.5]", "2.50"));
        assert!(!holds("between: [1, 2.5]", "2.500000000000000000001"));
        assert!(!holds("between: [1, 2.5]", "0.99"));
        assert_eq!(mismatch("between: [1, 2]", "3").expected, "from 1 to 2");
    }

    #[test]
    fn two_numbers_in_order_are_needed() {
        assert_eq!(
            complaints("between: [2, 1]"),
            ["1:10: no number is between 2 and 1"]
        );
        assert_eq!(complaints("between: 3"), ["1:10: `between` takes two numbers"]);
        assert_eq!(complaints("between: [a, b]").len(), 2);
    }
}
