//! `gte: number`: a number that is this one or above.

use std::cmp::Ordering;

use super::MatcherKind;
use super::compare::{self, Relation};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "gte",
        summary: "a number that is this one or above",
        example: "gte: 3",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| compare::parse(node, decoder, RELATION),
};

const RELATION: Relation = Relation {
    name: "gte",
    words: "at least",
    allows: Ordering::is_ge,
};

#[cfg(test)]
mod tests {
    use super::super::testing::holds;

    #[test]
    fn the_bound_itself_is_on_the_right_side() {
        assert!(holds("gte: 3", "3"));
        assert!(!holds("gte: 3", "2"));
    }
}
