//! Paths of plain names, such as `$.data.id`, which most paths are: their tree is made without the grammar, whose
//! general machinery takes some twenty times as long.

use jsonpath_rust::parser::model::{JpQuery, Segment};

/// The tree the parser would make of this path, if it is `$` and names in their short form alone.
pub(super) fn tree(text: &str) -> Option<JpQuery> {
    let mut names = text.strip_prefix('$')?.split('.');
    names.next().filter(|before| before.is_empty())?;
    names
        .map(|name| is_short_form(name).then(|| Segment::name(name)))
        .collect::<Option<_>>()
        .map(JpQuery::new)
}

/// Whether this is a member name in its short form (RFC 9535, section 2.5.1.1), of ASCII characters alone.
fn is_short_form(name: &str) -> bool {
    let is_first = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    name.bytes().next().is_some_and(is_first)
        && name.bytes().all(|byte| is_first(byte) || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use jsonpath_rust::parser::parse_json_path;
    use proptest::prelude::*;

    use super::tree;

    #[test]
    fn names_alone_are_plain() {
        for text in ["$", "$.data", "$.data.id", "$._a1.B"] {
            assert!(tree(text).is_some(), "{text}");
        }
    }

    #[test]
    fn everything_else_is_left_to_the_grammar() {
        for text in [
            "", "data", "$data", "$.", "$.a.", "$..a", "$.1a", "$.a b", "$.a[0]", "$.*", "$.é", "$ .a",
            "$.a-b",
        ] {
            assert_eq!(tree(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_tree_is_the_parsers(text in r"\$(\.[a-c_0-9 *é-]{0,3}){0,4}") {
            if let Some(tree) = tree(&text) {
                prop_assert_eq!(parse_json_path(&text).ok(), Some(tree));
            }
        }
    }
}
