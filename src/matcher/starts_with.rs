//! `starts_with: text`: a text that starts with this one.

use super::MatcherKind;
use super::affix::{self, End};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "starts_with",
        summary: "a text that starts with this one",
        example: "starts_with: cus_",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| affix::parse(node, decoder, "starts_with", END),
};

const END: End = End {
    words: "starts with",
    has: |text, affix| text.starts_with(affix),
};

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds, mismatch};

    #[test]
    fn the_right_end_of_a_text_is_looked_at() {
        assert!(holds("starts_with: ab", "\"abc\""));
        assert!(holds("starts_with: ${{ 'ab' }}", "\"abc\""));
        assert!(!holds("starts_with: b", "\"abc\""));
        assert_eq!(
            mismatch("starts_with: b", "[\"b\"]").expected,
            "a text that starts with \"b\""
        );
    }

    #[test]
    fn a_text_is_needed() {
        assert_eq!(complaints("starts_with: [a]").len(), 1);
        assert_eq!(complaints("starts_with: ''").len(), 1);
    }
}
