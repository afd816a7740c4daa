//! `lt: number`: a number below this one.

use std::cmp::Ordering;

use super::MatcherKind;
use super::compare::{self, Relation};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "lt",
        summary: "a number below this one; for times and sizes with a unit",
        example: "lt: 3",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| compare::parse(node, decoder, RELATION),
};

const RELATION: Relation = Relation {
    name: "lt",
    words: "less than",
    allows: Ordering::is_lt,
};

#[cfg(test)]
mod tests {
    use super::super::testing::holds;

    #[test]
    fn the_bound_itself_is_on_the_right_side() {
        assert!(holds("lt: 3", "2"));
        assert!(!holds("lt: 3", "3"));
        assert!(!holds("lt: 3", "4"));
    }
}
