//! `gt: number`: a number above this one.

use std::cmp::Ordering;

use super::MatcherKind;
use super::compare::{self, Relation};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "gt",
        summary: "a number above this one",
        example: "gt: 3",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| compare::parse(node, decoder, RELATION),
};

const RELATION: Relation = Relation {
    name: "gt",
    words: "more than",
    allows: Ordering::is_gt,
};

#[cfg(test)]
mod tests {
    use super::super::testing::holds;

    #[test]
    fn the_bound_itself_is_on_the_right_side() {
        assert!(holds("gt: 3", "4"));
        assert!(!holds("gt: 3", "3"));
        assert!(!holds("gt: 3", "2"));
    }
}
