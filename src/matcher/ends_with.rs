//! `ends_with: text`: a text that ends with this one.

use super::MatcherKind;
use super::affix::{self, End};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "ends_with",
        summary: "a text that ends with this one",
        example: "ends_with: .json",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| affix::parse(node, decoder, "ends_with", END),
};

const END: End = End {
    words: "ends with",
    has: |text, affix| text.ends_with(affix),
};

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds, mismatch};

    #[test]
    fn the_right_end_of_a_text_is_looked_at() {
        assert!(holds("ends_with: bc", "\"abc\""));
        assert!(holds("ends_with: ${{ 'bc' }}", "\"abc\""));
        assert!(!holds("ends_with: b", "\"abc\""));
        assert_eq!(
            mismatch("ends_with: b", "[\"b\"]").expected,
            "a text that ends with \"b\""
        );
    }

    #[test]
    fn a_text_is_needed() {
        assert_eq!(complaints("ends_with: [a]").len(), 1);
        assert_eq!(complaints("ends_with: ''").len(), 1);
    }
}
