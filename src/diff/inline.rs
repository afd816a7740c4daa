//! The parts in which two texts differ, word by word.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// The most words on either side that are compared one by one; more are one differing part.
const MOST_WORDS: usize = 2_000;

/// A part of two texts: on both sides, on the left (expected) alone, or on the right (actual) alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'t> {
    Same(&'t str),
    Removed(&'t str),
    Added(&'t str),
}

/// Splits two texts into what they share and what they do not.
pub(super) fn parts<'t>(left: &'t str, right: &'t str) -> Vec<Part<'t>> {
    let mut parts = Vec::new();
    let (prefix, left_middle, right_middle, suffix) = trim(left, right);
    push(&mut parts, Part::Same(prefix));
    let (left_words, right_words) = (words(left_middle), words(right_middle));
    if left_words.len().max(right_words.len()) > MOST_WORDS {
        push(&mut parts, Part::Removed(left_middle));
        push(&mut parts, Part::Added(right_middle));
    } else {
        let text_of = |text: &'t str, words: &[Range<usize>], range: Range<usize>| {
            if range.is_empty() {
                ""
            } else {
                &text[words[range.start].start..words[range.end - 1].end]
            }
        };
        let left_texts: Vec<&str> = left_words.iter().map(|word| &left_middle[word.clone()]).collect();
        let right_texts: Vec<&str> = right_words
            .iter()
            .map(|word| &right_middle[word.clone()])
            .collect();
        for operation in capture_diff_slices(Algorithm::Myers, &left_texts, &right_texts) {
            let removed = text_of(left_middle, &left_words, operation.old_range());
            let added = text_of(right_middle, &right_words, operation.new_range());
            if matches!(operation, DiffOp::Equal { .. }) {
                push(&mut parts, Part::Same(removed));
            } else {
                let (prefix, removed, added, suffix) = trim(removed, added);
                push(&mut parts, Part::Same(prefix));
                push(&mut parts, Part::Removed(removed));
                push(&mut parts, Part::Added(added));
                push(&mut parts, Part::Same(suffix));
            }
        }
    }
    push(&mut parts, Part::Same(suffix));
    parts
}

/// Whether at least a third of the longer text is shared, so that showing the parts helps.
pub(super) fn are_alike(parts: &[Part<'_>]) -> bool {
    let (mut same, mut removed, mut added) = (0, 0, 0);
    for part in parts {
        match part {
            Part::Same(text) => same += text.len(),
            Part::Removed(text) => removed += text.len(),
            Part::Added(text) => added += text.len(),
        }
    }
    same * 3 >= same + removed.max(added)
}

fn push<'t>(parts: &mut Vec<Part<'t>>, part: Part<'t>) {
    let (Part::Same(text) | Part::Removed(text) | Part::Added(text)) = part;
    if !text.is_empty() {
        parts.push(part);
    }
}

/// The common beginning, what is left of either side, and the common end.
fn trim<'t>(left: &'t str, right: &'t str) -> (&'t str, &'t str, &'t str, &'t str) {
    let same = |(left, right): &(char, char)| left == right;
    let prefix: usize = left
        .chars()
        .zip(right.chars())
        .take_while(same)
        .map(|(character, _)| character.len_utf8())
        .sum();
    let (prefix, left) = left.split_at(prefix);
    let right = &right[prefix.len()..];
    let suffix: usize = left
        .chars()
        .rev()
        .zip(right.chars().rev())
        .take_while(same)
        .map(|(character, _)| character.len_utf8())
        .sum();
    let (left, suffix) = left.split_at(left.len() - suffix);
    (prefix, left, &right[..right.len() - suffix.len()], suffix)
}

/// Runs of letters and digits, and every other character by itself.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut in_word = false;
    for (at, character) in text.char_indices() {
        let end = at + character.len_utf8();
        match words.last_mut() {
            Some(word) if in_word && character.is_alphanumeric() => word.end = end,
            _ => words.push(at..end),
        }
        in_word = character.is_alphanumeric();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::Part::{Added, Removed, Same};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_differing_part_is_as_small_as_it_reads_well() {
        assert_eq!(
            parts("abcef", "abdef"),
            [Same("ab"), Removed("c"), Added("d"), Same("ef")]
        );
        assert_eq!(parts("same", "same"), [Same("same")]);
        assert_eq!(parts("", "new"), [Added("new")]);
        assert_eq!(
            parts("page=1&size=20&sort=asc", "page=2&size=20&sort=desc"),
            [
                Same("page="),
                Removed("1"),
                Added("2"),
                Same("&size=20&sort="),
                Removed("a"),
                Added("de"),
                Same("sc")
            ]
        );
    }

    #[test]
    fn texts_with_little_in_common_are_not_alike() {
        assert!(are_alike(&parts("the quick fox", "the slow fox")));
        assert!(!are_alike(&parts("abcdef", "xyz")));
    }

    proptest! {
        #[test]
        fn the_parts_make_up_both_texts(left in "[ab é,]{0,20}", right in "[ab é,]{0,20}") {
            let (mut expected, mut actual) = (String::new(), String::new());
            for part in parts(&left, &right) {
                match part {
                    Same(text) => { expected.push_str(text); actual.push_str(text); }
                    Removed(text) => expected.push_str(text),
                    Added(text) => actual.push_str(text),
                }
            }
            prop_assert_eq!(expected, left);
            prop_assert_eq!(actual, right);
        }
    }
}
