//! `exists: true`: whether there is a value at all; `null` is one.

use serde_json::Value;

use super::{Context, Finding, Judgement, Match, MatcherKind};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "exists",
        summary: "whether there is a value at all, null included",
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

    fn check(&self, actual: &Value, _context: &Context<'_>) -> Judgement {
        if self.0 {
            return Judgement::Holds;
        }
        Finding::new(self.describe(), actual).into()
    }

    fn on_nothing(&self) -> Option<bool> {
        Some(!self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{holds, holds_on_nothing};

    #[test]
    fn null_exists() {
        assert!(holds("exists: true", "null"));
        assert!(!holds("exists: false", "null"));
        assert!(holds_on_nothing("exists: false"));
        assert!(!holds_on_nothing("exists: true"));
        assert!(!holds_on_nothing("equals: null"));
    }
}
