//! `lte: number`: a number that is this one or below.

use std::cmp::Ordering;

use super::MatcherKind;
use super::compare::{self, Relation};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "lte",
        summary: "a number that is this one or below",
        example: "lte: 3",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| compare::parse(node, decoder, RELATION),
};

const RELATION: Relation = Relation {
    name: "lte",
    words: "at most",
    allows: Ordering::is_le,
};

#[cfg(test)]
mod tests {
    use super::super::testing::holds;

    #[test]
    fn the_bound_itself_is_on_the_right_side() {
        assert!(holds("lte: 3", "3"));
        assert!(!holds("lte: 3", "4"));
    }
}
