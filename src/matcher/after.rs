//! `after: time`: a time later than this one.

use std::cmp::Ordering;

use super::MatcherKind;
use super::instant::{self, Side};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "after",
        summary: "a time (RFC 3339) later than this one",
        example: "after: 2026-01-01T00:00:00Z",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| instant::parse(node, decoder, SIDE),
};

const SIDE: Side = Side {
    name: "after",
    words: "later than",
    allows: Ordering::is_gt,
};

#[cfg(test)]
mod tests {
    use super::super::testing::{holds, mismatch};

    #[test]
    fn times_are_compared_across_offsets() {
        assert!(holds(
            "after: 2026-01-01T00:00:00Z",
            "\"2025-12-31T23:00:01-01:00\""
        ));
        assert!(!holds(
            "after: 2026-01-01T00:00:00Z",
            "\"2026-01-01T01:00:00+01:00\""
        ));
        assert_eq!(
            mismatch("after: 2026-01-01T00:00:00Z", "3").expected,
            "a time later than 2026-01-01T00:00:00Z"
        );
    }
}
