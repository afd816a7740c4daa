//! `all: [expectations]`: every one of several expectations holds.

use serde_json::Value;

use super::{Context, Expectation, Finding, Judgement, Match, MatcherKind};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "all",
        summary: "a value for which every one of these holds",
        example: "all: [{ starts_with: cus_ }, { length: 12 }]",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        expectations(node, decoder, "all").map(|parts| Box::new(All(parts)) as Box<dyn Match>)
    },
};

/// A list of at least one expectation.
pub(super) fn expectations(
    node: &Node,
    decoder: &mut Decoder<'_>,
    name: &'static str,
) -> Option<Vec<Expectation>> {
    let Some(items) = node.as_list() else {
        decoder.expected(node, &format!("a list of expectations for `{name}`"));
        return None;
    };
    if items.is_empty() {
        decoder.error(
            &node.place,
            format!("`{name}` without expectations checks nothing"),
        );
        return None;
    }
    // Every item is decoded before the first mistake is given up on.
    let decoded: Vec<Option<Expectation>> = items
        .iter()
        .map(|item| Expectation::decode(item, decoder))
        .collect();
    decoded.into_iter().collect()
}

/// All hold (Kleene's conjunction): one that does not hold decides, whatever cannot be told of the others.
pub(super) fn conjunction(parts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut so_far = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => so_far = None,
        }
    }
    so_far
}

#[derive(Debug)]
struct All(Vec<Expectation>);

impl Match for All {
    fn describe(&self) -> String {
        let parts: Vec<String> = self.0.iter().map(Expectation::describe).collect();
        format!("all of: {}", parts.join(", and "))
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        let mut findings = Vec::new();
        for part in &self.0 {
            match part.check(actual, context) {
                Judgement::Holds => {}
                Judgement::Mismatch(finding) => findings.push(finding),
                error @ Judgement::Error(_) => return error,
            }
        }
        let Some(first) = findings.first() else {
            return Judgement::Holds;
        };
        let expected: Vec<&str> = findings.iter().map(|it| it.expected.as_str()).collect();
        Finding {
            expected: expected.join(", and "),
            ..first.clone()
        }
        .into()
    }

    fn on_nothing(&self) -> Option<bool> {
        conjunction(self.0.iter().map(Expectation::on_nothing))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds, holds_on_nothing, mismatch};

    #[test]
    fn every_one_counts() {
        assert!(holds("all: [{ gt: 1 }, { gt: 2 }]", "3"));
        assert!(!holds("all: [{ gt: 1 }, { gt: 2 }]", "2"));
        assert_eq!(
            mismatch("all: [{ gt: 1 }, { gt: 2 }, { gt: 0 }]", "1").expected,
            "more than 1, and more than 2"
        );
    }

    #[test]
    fn nothing_is_passed_on() {
        assert!(holds_on_nothing("all: [{ exists: false }]"));
        assert!(!holds_on_nothing("all: [{ exists: false }, { gt: 2 }]"));
    }

    #[test]
    fn a_list_is_needed() {
        assert_eq!(
            complaints("all: []"),
            ["1:6: `all` without expectations checks nothing"]
        );
        assert_eq!(complaints("all: 3").len(), 1);
    }
}
