//! `not: expectation`: an expectation that must not hold.

use serde_json::Value;

use super::{Context, Expectation, Finding, Judgement, Match, MatcherKind};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "not",
        summary: "a value for which this does not hold; only `not: { exists: true }` holds where there is none",
        example: "not: { contains: error }",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        Expectation::decode(node, decoder).map(|it| Box::new(Not(it)) as Box<dyn Match>)
    },
};

#[derive(Debug)]
struct Not(Expectation);

impl Match for Not {
    fn describe(&self) -> String {
        format!("not {}", self.0.describe())
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        match self.0.check(actual, context) {
            Judgement::Holds => Finding::new(self.describe(), actual).into(),
            Judgement::Mismatch(_) => Judgement::Holds,
            Judgement::Error(error) => Judgement::Error(error),
        }
    }

    fn on_nothing(&self) -> Option<bool> {
        self.0.on_nothing().map(|holds| !holds)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds, holds_on_nothing, judge, mismatch};
    use super::Judgement;

    #[test]
    fn the_opposite_holds() {
        assert!(holds("not: 3", "4"));
        assert!(!holds("not: 3", "3.0"));
        assert!(holds("not: { gt: 3, lt: 5 }", "5"));
        assert_eq!(mismatch("not: { gt: 3 }", "4").expected, "not more than 3");
    }

    #[test]
    fn nothing_is_not_another_value() {
        assert!(holds_on_nothing("not: { exists: true }"));
        assert!(!holds_on_nothing("not: { exists: false }"));
        assert!(!holds_on_nothing("not: { equals: 3 }"));
        assert!(!holds_on_nothing(
            "not: { all: [{ exists: false }, { equals: 3 }] }"
        ));
        assert!(holds_on_nothing("not: { not: { exists: false } }"));
    }

    #[test]
    fn what_cannot_be_told_is_not_turned_around() {
        assert!(matches!(
            judge("not: ${{ undefined_name }}", "1"),
            Judgement::Error(_)
        ));
        assert_eq!(complaints("not: { equal: 3 }").len(), 1);
    }
}
