//! Where a value stands inside another: steps, and their text as RFC 9535 writes them.

use std::fmt::Write as _;

/// One step down from a value to a value inside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// Into an object, by the name of the member.
    Key(String),
    /// Into an array, counted from zero.
    Index(usize),
}

/// The steps as a path from the root: `$.data[0].name`, with `['…']` where a name has no shorthand.
pub(super) fn write(steps: &[Step]) -> String {
    let mut text = String::from("$");
    for step in steps {
        write_step(step, &mut text);
    }
    text
}

/// The steps of a path that [`write`] made; `None` for any other text.
pub(super) fn parse(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (step, after) = if let Some(quoted) = rest.strip_prefix("['") {
            parse_quoted(quoted)?
        } else if let Some(index) = rest.strip_prefix('[') {
            let (digits, after) = index.split_once(']')?;
            (Step::Index(digits.parse().ok()?), after)
        } else {
            let name = rest.strip_prefix('.')?;
            let end = name.find(['.', '[']).unwrap_or(name.len());
            let (name, after) = name.split_at(end);
            (has_shorthand(name).then(|| Step::Key(name.to_owned()))?, after)
        };
        steps.push(step);
        rest = after;
    }
    Some(steps)
}

fn write_step(step: &Step, text: &mut String) {
    match step {
        Step::Key(name) if has_shorthand(name) => {
            text.push('.');
            text.push_str(name);
        }
        Step::Key(name) => {
            text.push_str("['");
            name.chars().for_each(|character| write_quoted(character, text));
            text.push_str("']");
        }
        Step::Index(index) => {
            // Writing to a string cannot fail.
            let _ = write!(text, "[{index}]");
        }
    }
}

/// `member-name-shorthand` of RFC 9535, section 2.5.1.1.
pub(super) fn has_shorthand(name: &str) -> bool {
    name.chars()
        .all(|character| character.is_ascii_alphanumeric() || character == '_' || !character.is_ascii())
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
}

/// A character of a normalized path's name (RFC 9535, section 2.7).
fn write_quoted(character: char, text: &mut String) {
    match character {
        '\u{8}' => text.push_str("\\b"),
        '\t' => text.push_str("\\t"),
        '\n' => text.push_str("\\n"),
        '\u{c}' => text.push_str("\\f"),
        '\r' => text.push_str("\\r"),
        '\'' => text.push_str("\\'"),
        '\\' => text.push_str("\\\\"),
        control if control < ' ' => {
            let _ = write!(text, "\\u{:04x}", u32::from(control));
        }
        plain => text.push(plain),
    }
}

/// A name up to its closing `']`, and what follows.
fn parse_quoted(text: &str) -> Option<(Step, &str)> {
    let mut name = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next()? {
            '\'' => return Some((Step::Key(name), characters.as_str().strip_prefix(']')?)),
            '\\' => match characters.next()? {
                'b' => name.push('\u{8}'),
                't' => name.push('\t'),
                'n' => name.push('\n'),
                'f' => name.push('\u{c}'),
                'r' => name.push('\r'),
                'u' => {
                    let rest = characters.as_str();
                    let code = u32::from_str_radix(rest.get(..4)?, 16).ok()?;
                    name.push(char::from_u32(code)?);
                    characters = rest[4..].chars();
                }
                escaped @ ('\'' | '\\') => name.push(escaped),
                _ => return None,
            },
            plain => name.push(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(name: &str) -> Step {
        Step::Key(name.to_owned())
    }

    #[test]
    fn shorthand_is_used_where_the_grammar_has_it() {
        assert_eq!(write(&[]), "$");
        assert_eq!(
            write(&[key("data"), Step::Index(0), key("name")]),
            "$.data[0].name"
        );
        assert_eq!(write(&[key("größe"), key("_id")]), "$.größe._id");
        assert_eq!(write(&[key("a b"), key("1st"), key("")]), "$['a b']['1st']['']");
        assert_eq!(write(&[key("it's\n\u{1}\\")]), r"$['it\'s\n\u0001\\']");
    }

    #[test]
    fn other_text_is_no_path() {
        for text in [
            "", "data", "$data", "$.", "$.a b", "$[x]", "$['a", "$['a'", r"$['\x']", "$[-1]",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_written_path_reads_back(steps in prop::collection::vec(
            prop_oneof![any::<String>().prop_map(Step::Key), any::<usize>().prop_map(Step::Index)], 0..6
        )) {
            prop_assert_eq!(parse(&write(&steps)), Some(steps));
        }
    }
}
