//! `each: expectation`: every element of an array is as expected, and there is at least one.

use serde_json::Value;

use super::elements::{self, Judged};
use super::places::Places;
use super::{Context, Expectation, Finding, Judgement, Match, MatcherKind};
use crate::decode::Decoder;
use crate::json::path::Location;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "each",
        summary: "an array in which this holds for every element; an empty array has none to check and does not pass",
        example: "each: { in: [OPEN, CLOSED] }",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        Expectation::decode(node, decoder).map(|it| Box::new(Each(it)) as Box<dyn Match>)
    },
};

#[derive(Debug)]
struct Each(Expectation);

impl Match for Each {
    fn describe(&self) -> String {
        format!("each element {}", self.0.describe())
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        let Judged { failed, held } = match elements::judge(&self.0, actual, context, &self.describe()) {
            Ok(judged) => judged,
            Err(judgement) => return judgement,
        };
        let finding = Finding::new(self.describe(), actual);
        if failed.is_empty() && held.is_empty() {
            return finding
                .hint(
                    "no elements to check; where none may come, write `any: [{ empty: true }, { each: … }]`",
                )
                .into();
        }
        if failed.is_empty() {
            return Judgement::Holds;
        }
        let count = failed.len() + held.len();
        let mut places = Places::default();
        for (index, finding) in &failed {
            let element = actual.get(index).unwrap_or(&Value::Null);
            places.add(&Location::root().child(*index), finding.clone(), element);
        }
        Finding {
            actual: format!("{} of {count} elements that are not", failed.len()),
            diff: Some(places.differences()),
            hint: Some(elements::reasons(&failed)),
            ..finding
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds, judge, mismatch};
    use super::Judgement;

    #[test]
    fn every_element_counts() {
        assert!(holds("each: { gt: 1 }", "[2, 3]"));
        assert!(!holds("each: { gt: 1 }", "[2, 1]"));
        assert!(!holds("each: { gt: 1 }", "2"));
    }

    #[test]
    fn nothing_passes_for_lack_of_elements() {
        assert!(
            mismatch("each: { gt: 1 }", "[]")
                .hint
                .is_some_and(|it| it.contains("no elements"))
        );
    }

    #[test]
    fn the_failed_ones_are_told_by_index() {
        let found = mismatch("each: { gt: 1 }", "[2, 1, \"3\", 0, 0, 0, 0, 0]");
        assert_eq!(found.actual, "7 of 8 elements that are not");
        let hint = found.hint.expect("reasons");
        assert!(
            hint.starts_with("[1] expected more than 1, found 1 (integer); [2] expected"),
            "{hint}"
        );
        assert!(hint.ends_with("and 2 more"), "{hint}");
        assert!(found.diff.is_some());
    }

    #[test]
    fn what_cannot_be_told_is_an_error() {
        assert!(matches!(
            judge("each: ${{ nowhere }}", "[1]"),
            Judgement::Error(_)
        ));
        assert_eq!(complaints("each: { gth: 1 }").len(), 1);
    }
}
