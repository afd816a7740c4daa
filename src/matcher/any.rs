//! `any: [expectations]`: at least one of several expectations holds.

use serde_json::Value;

use super::{Context, Expectation, Finding, Judgement, Match, MatcherKind, all};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "any",
        summary: "a value for which at least one of these holds",
        example: "any: [{ is: null }, { gt: 3 }]",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        all::expectations(node, decoder, "any").map(|choices| Box::new(Any(choices)) as Box<dyn Match>)
    },
};

/// At least one holds (Kleene's disjunction): one that holds decides, whatever cannot be told of the others.
fn disjunction(parts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut so_far = Some(false);
    for part in parts {
        match part {
            Some(true) => return Some(true),
            Some(false) => {}
            None => so_far = None,
        }
    }
    so_far
}

#[derive(Debug)]
struct Any(Vec<Expectation>);

impl Match for Any {
    fn describe(&self) -> String {
        let choices: Vec<String> = self.0.iter().map(Expectation::describe).collect();
        format!("any of: {}", choices.join(", or "))
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        let mut expected = Vec::with_capacity(self.0.len());
        let mut hints = Vec::new();
        let mut error = None;
        for choice in &self.0 {
            match choice.check(actual, context) {
                Judgement::Holds => return Judgement::Holds,
                Judgement::Mismatch(finding) => {
                    expected.push(finding.expected);
                    hints.extend(finding.hint.filter(|hint| !hints.contains(hint)));
                }
                Judgement::Error(reason) => error = error.or(Some(reason)),
            }
        }
        if let Some(error) = error {
            return Judgement::Error(error);
        }
        Finding {
            hint: (!hints.is_empty()).then(|| hints.join("; ")),
            ..Finding::new(format!("any of: {}", expected.join(", or ")), actual)
        }
        .into()
    }

    fn on_nothing(&self) -> Option<bool> {
        disjunction(self.0.iter().map(Expectation::on_nothing))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds, holds_on_nothing, mismatch};

    #[test]
    fn one_is_enough() {
        assert!(holds("any: [{ equals: null }, { gt: 3 }]", "null"));
        assert!(holds("any: [null, { gt: 3 }]", "4"));
        let found = mismatch("any: [null, { gt: 3 }]", "3");
        assert_eq!(found.expected, "any of: null, or more than 3");
        assert_eq!(found.actual, "3 (integer)");
    }

    #[test]
    fn nothing_may_be_one_of_them() {
        assert!(holds_on_nothing("any: [{ exists: false }, 3]"));
        assert!(!holds_on_nothing("any: [3, { not: 4 }]"));
    }

    #[test]
    fn a_list_is_needed() {
        assert_eq!(complaints("any: { gt: 3 }").len(), 1);
        assert_eq!(complaints("any: []").len(), 1);
        assert_eq!(complaints("any: [{ gth: 3 }, { ltt: 3 }]").len(), 2);
    }
}
