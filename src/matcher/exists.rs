//! `exists: true`: whether there is a value at all; `null` is one.

use serde_json::Value;

use super::{Context, Finding, Judgement, Match, MatcherKind};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "exists",
        summary: "whether there is a value at all, null included; a path that selects no node gives none",
        example: "exists: true",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        decoder
            .boolean(node, "`exists`")
            .map(|wanted| Box::new(Exists(wanted)) as Box<dyn Match>)
    },
};

#[derive(Debug)]
struct Exists(bool);

impl Match for Exists {
    fn describe(&self) -> String {
        if self.0 { "some value" } else { "no value" }.to_owned()
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        let nothing = context.selected_nothing(actual);
        if self.0 != nothing {
            return Judgement::Holds;
        }
        if nothing {
            return Finding {
                expected: self.describe(),
                actual: "nothing".to_owned(),
                ..Finding::default()
            }
            .hint("the path selects no value")
            .into();
        }
        Finding::new(self.describe(), actual).into()
    }

    fn on_nothing(&self) -> Option<bool> {
        Some(!self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{holds, holds_of_nodes, holds_on_nothing, mismatch_of_nodes};

    #[test]
    fn null_exists() {
        assert!(holds("exists: true", "null"));
        assert!(!holds("exists: false", "null"));
        assert!(holds_on_nothing("exists: false"));
        assert!(!holds_on_nothing("exists: true"));
        assert!(!holds_on_nothing("equals: null"));
    }

    #[test]
    fn a_path_that_selects_no_node_gives_no_value() {
        assert!(holds("exists: true", "[]"));
        assert!(holds_of_nodes("exists: false", "[]"));
        assert!(holds_of_nodes("exists: true", "[null]"));
        assert!(!holds_of_nodes("exists: false", "[null]"));
        assert!(holds_of_nodes("not: { exists: true }", "[]"));
        assert!(holds_of_nodes("all: [{ exists: false }, { empty: true }]", "[]"));
        let found = mismatch_of_nodes("exists: true", "[]");
        assert_eq!(found.actual, "nothing");
        assert_eq!(found.hint.as_deref(), Some("the path selects no value"));
    }

    #[test]
    fn an_empty_list_inside_of_a_node_list_is_a_value() {
        assert!(holds_of_nodes("each: { exists: true }", "[[]]"));
        assert!(holds_of_nodes("like: [{ exists: true }]", "[[]]"));
    }
}
