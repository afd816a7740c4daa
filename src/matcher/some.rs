//! `some: expectation`: at least one element of an array is as expected.

use serde_json::Value;

use super::elements::{self, Judged};
use super::{Context, Expectation, Finding, Judgement, Match, MatcherKind};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "some",
        summary: "an array in which this holds for at least one element",
        example: "some: { gt: 3 }",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        Expectation::decode(node, decoder).map(|it| Box::new(AtLeastOne(it)) as Box<dyn Match>)
    },
};

#[derive(Debug)]
struct AtLeastOne(Expectation);

impl Match for AtLeastOne {
    fn describe(&self) -> String {
        format!("some element {}", self.0.describe())
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        let Judged { failed, held } = match elements::judge(&self.0, actual, context, &self.describe()) {
            Ok(judged) => judged,
            Err(judgement) => return judgement,
        };
        if !held.is_empty() {
            return Judgement::Holds;
        }
        let finding = Finding::new(self.describe(), actual);
        if failed.is_empty() {
            return finding.hint("the array is empty").into();
        }
        finding.hint(elements::reasons(&failed)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds, mismatch};

    #[test]
    fn one_element_is_enough() {
        assert!(holds("some: { gt: 2 }", "[1, 3]"));
        assert!(!holds("some: { gt: 3 }", "[1, 3]"));
        assert!(!holds("some: { gt: 3 }", "[]"));
        assert!(!holds("some: 3", "3"));
    }

    #[test]
    fn why_each_failed_is_told() {
        assert_eq!(
            mismatch("some: { gt: 3 }", "[1]").hint.as_deref(),
            Some("[0] expected more than 3, found 1 (integer)")
        );
        assert_eq!(complaints("some: {}").len(), 1);
    }
}
