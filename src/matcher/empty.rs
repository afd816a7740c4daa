//! `empty: true`: a text, a list or an object with nothing in it.

use serde_json::Value;

use super::{Context, Finding, Judgement, Match, MatcherKind};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "empty",
        summary: "whether a text, a list or an object has nothing in it; any other value is neither",
        example: "empty: false",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        decoder
            .boolean(node, "`empty`")
            .map(|wanted| Box::new(Empty(wanted)) as Box<dyn Match>)
    },
};

#[derive(Debug)]
struct Empty(bool);

impl Match for Empty {
    fn describe(&self) -> String {
        if self.0 { "empty" } else { "not empty" }.to_owned()
    }

    fn check(&self, actual: &Value, _context: &Context<'_>) -> Judgement {
        let finding = Finding::new(self.describe(), actual);
        let is_empty = match actual {
            Value::String(text) => text.is_empty(),
            Value::Array(elements) => elements.is_empty(),
            Value::Object(members) => members.is_empty(),
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                return finding
                    .hint("only a text, a list or an object is empty or not")
                    .into();
            }
        };
        if is_empty == self.0 {
            return Judgement::Holds;
        }
        finding.into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds};

    #[test]
    fn only_what_can_hold_something_is_empty() {
        for empty in ["\"\"", "[]", "{}"] {
            assert!(holds("empty: true", empty));
            assert!(!holds("empty: false", empty));
        }
        for full in ["\" \"", "[null]", r#"{"a":null}"#] {
            assert!(!holds("empty: true", full));
            assert!(holds("empty: false", full));
        }
        for neither in ["null", "0", "false"] {
            assert!(!holds("empty: true", neither));
            assert!(!holds("empty: false", neither));
        }
        assert_eq!(complaints("empty: 'yes'").len(), 1);
    }
}
