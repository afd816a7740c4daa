//! `none: expectation`: no element of an array is so.

use serde_json::Value;

use super::elements::{self, Judged};
use super::{Context, Expectation, Finding, Judgement, Match, MatcherKind};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "none",
        summary: "an array in which this holds for no element; an empty array has none, a path that selects nothing does not pass",
        example: "none: { is: null }",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        Expectation::decode(node, decoder).map(|it| Box::new(NoElement(it)) as Box<dyn Match>)
    },
};

#[derive(Debug)]
struct NoElement(Expectation);

impl Match for NoElement {
    fn describe(&self) -> String {
        format!("no element {}", self.0.describe())
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        let Judged { held, .. } = match elements::judge(&self.0, actual, context, &self.describe()) {
            Ok(judged) => judged,
            Err(judgement) => return judgement,
        };
        if context.selected_nothing(actual) {
            return Finding::new(self.describe(), actual)
                .hint(
                    "no elements to check; where none may come, write `any: [{ empty: true }, { none: … }]`",
                )
                .into();
        }
        if held.is_empty() {
            return Judgement::Holds;
        }
        let indices = elements::told(held.iter().map(|index| format!("[{index}]")));
        Finding::new(self.describe(), actual)
            .hint(format!("so is {indices}"))
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds, holds_of_nodes, mismatch, mismatch_of_nodes};

    #[test]
    fn one_element_is_too_many() {
        assert!(holds("none: { gt: 3 }", "[1, 3]"));
        assert!(holds("none: { gt: 3 }", "[]"));
        assert!(!holds("none: { gt: 2 }", "[1, 3]"));
        assert!(!holds("none: 4", "3"));
        assert_eq!(
            mismatch("none: 3", "[3, 1, 3]").hint.as_deref(),
            Some("so is [0]; [2]")
        );
        assert_eq!(complaints("none: {}").len(), 1);
    }

    #[test]
    fn a_path_that_selects_nothing_is_no_pass() {
        assert!(
            mismatch_of_nodes("none: { gt: 3 }", "[]")
                .hint
                .is_some_and(|it| it.contains("no elements"))
        );
        assert!(holds_of_nodes("none: { gt: 3 }", "[1]"));
        assert!(holds_of_nodes("none: { none: 3 }", "[[3]]"));
        assert!(holds_of_nodes("each: { none: 3 }", "[[]]"));
        assert!(holds_of_nodes("any: [{ empty: true }, { none: 3 }]", "[]"));
    }
}
