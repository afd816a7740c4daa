//! `before: time`: a time earlier than this one.

use std::cmp::Ordering;

use super::MatcherKind;
use super::instant::{self, Side};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "before",
        summary: "a time (RFC 3339) earlier than this one",
        example: "before: ${{ now() }}",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| instant::parse(node, decoder, SIDE),
};

const SIDE: Side = Side {
    name: "before",
    words: "earlier than",
    allows: Ordering::is_lt,
};

#[cfg(test)]
mod tests {
    use super::super::testing::{holds, mismatch};

    #[test]
    fn times_are_compared_across_offsets() {
        assert!(holds(
            "before: 2026-01-01T00:00:00Z",
            "\"2026-01-01T00:59:59+01:00\""
        ));
        assert!(!holds(
            "before: 2026-01-01T00:00:00Z",
            "\"2026-01-01T01:00:00+01:00\""
        ));
        assert_eq!(
            mismatch("before: 2026-01-01T00:00:00Z", "3").expected,
            "a time earlier than 2026-01-01T00:00:00Z"
        );
    }
}
