//! `near: { value, within }`: a number no further from another than an exact distance.

use serde_json::Value;

use super::compare::not_a_number;
use super::operand::Operand;
use super::{Context, Finding, Judgement, Match, MatcherKind};
use crate::decode::Decoder;
use crate::json::number::{self, Decimal, Number};
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "near",
        summary: "a number no further from `value` than `within`, by exact decimals",
        example: "near: { value: 10.5, within: 0.01 }",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        decode(node, decoder).map(|it| Box::new(it) as Box<dyn Match>)
    },
};

#[derive(Debug)]
struct Near {
    value: Operand,
    within: Operand,
}

fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Near> {
    let mut fields = decoder.fields(node, "`near`")?;
    let value = fields.required("value", decoder);
    let within = fields.required("within", decoder);
    fields.finish(decoder);
    let value = value.and_then(|node| Operand::decode(node, decoder, "near"));
    let distance = within.and_then(|node| Operand::decode(node, decoder, "near"));
    if let (Some(node), Some(distance)) = (within, distance.as_ref().and_then(Operand::constant))
        && is_negative(distance)
    {
        decoder.error(&node.place, "nothing is within a negative distance");
        return None;
    }
    Some(Near {
        value: value?,
        within: distance?,
    })
}

fn is_negative(number: &Number) -> bool {
    number::compare(number, &number::from_i64(0)).is_lt()
}

/// Whether the distance of two numbers is at most `within`. Numbers so far apart that their difference is not worked
/// out digit by digit are not near.
fn are_near(one: &Number, other: &Number, within: &Number) -> bool {
    let (Some(one), Some(other)) = (Decimal::from_number(one), Decimal::from_number(other)) else {
        return false;
    };
    one.sub(&other)
        .is_ok_and(|distance| number::compare(&distance.abs().to_number(), within).is_le())
}

impl Match for Near {
    fn describe(&self) -> String {
        format!("within {} of {}", self.within.written(), self.value.written())
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        let (value, within) = match (self.value.render(context), self.within.render(context)) {
            (Ok(value), Ok(within)) => (value, within),
            (Err(judgement), _) | (_, Err(judgement)) => return judgement,
        };
        let mut finding = Finding::new(format!("within {} of {}", within.shown, value.shown), actual);
        let Value::Number(found) = actual else {
            return finding.hint(not_a_number(actual)).into();
        };
        if are_near(found, &value.number, &within.number) {
            return Judgement::Holds;
        }
        finding.actual = self.value.actual(actual);
        finding.into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds, mismatch};

    #[test]
    fn the_distance_is_exact() {
        let near = "near: { value: 0.3, within: 0.1 }";
        assert!(holds(near, "0.4"));
        assert!(holds(near, "0.2"));
        assert!(!holds(near, "0.40000000000000000000001"));
        assert!(!holds(near, "1e400"));
        assert_eq!(mismatch(near, "1").expected, "within 0.1 of 0.3");
        assert!(!holds(near, "\"0.3\""));
    }

    #[test]
    fn both_keys_are_needed() {
        assert_eq!(complaints("near: { value: 1 }"), ["1:7: `near` needs `within`"]);
        assert_eq!(
            complaints("near: { value: 1, within: -1 }"),
            ["1:27: nothing is within a negative distance"]
        );
        assert_eq!(complaints("near: 3").len(), 1);
        assert_eq!(complaints("near: { value: 1, within: 1, whitin: 2 }").len(), 1);
    }
}
