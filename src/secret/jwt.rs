//! Text in the shape of a JSON Web Token (RFC 7519), which is masked even where nobody declared it.

use std::ops::Range;

/// How every token begins: `{"` in base64url.
pub(super) const START: &[u8] = b"eyJ";

/// `{"alg":"a"}` in base64url; no header is shorter.
const SHORTEST_HEADER: usize = 15;
/// What follows the header, at least, so that a dotted name is not taken for a token.
const SHORTEST_REST: usize = 8;
/// A part longer than this is other text. It bounds how much a stream has to hold back.
const LONGEST_PART: usize = 64 * 1024;
/// A signed token has three parts, an encrypted one five (RFC 7516).
const MOST_PARTS: usize = 5;

/// Whether a token is found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// The text begins with a token of this many bytes.
    Token(usize),
    /// The text begins with none.
    Other,
    /// The text ends before this is known.
    Unfinished,
}

/// Looks for a token at the start of `text`: a header that begins with `eyJ`, then two to four more parts, all
/// base64url, with dots between them. `complete` says that nothing comes after `text`.
pub(super) fn shape(text: &[u8], complete: bool) -> Shape {
    if !text.starts_with(START) {
        return Shape::Other;
    }
    let mut parts = [0; MOST_PARTS];
    let mut count = 0;
    let mut at = 0;
    while count < MOST_PARTS {
        let part = text[at..]
            .iter()
            .take(LONGEST_PART + 1)
            .take_while(|byte| is_base64url(**byte))
            .count();
        if part > LONGEST_PART {
            return Shape::Other;
        }
        parts[count] = part;
        count += 1;
        at += part;
        match text.get(at) {
            None if !complete => return Shape::Unfinished,
            Some(b'.') if count < MOST_PARTS => at += 1,
            None | Some(_) => break,
        }
    }
    // Four parts are no token's: the last dot is a full stop or such.
    let used = if count == 4 { 3 } else { count };
    let rest: usize = parts[1..used.max(1)].iter().sum();
    if used < 3 || parts[0] < SHORTEST_HEADER || rest < SHORTEST_REST {
        return Shape::Other;
    }
    Shape::Token(parts[..used].iter().sum::<usize>() + used - 1)
}

/// Where tokens stand in a whole text.
pub fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    for (at, _) in text.match_indices("eyJ") {
        if at < from {
            continue;
        }
        let rest = &text.as_bytes()[at..];
        from = match shape(rest, true) {
            Shape::Token(length) => {
                found.push(at..at + length);
                at + length
            }
            // A later start in the same part has a shorter header before the same rest: it is none either, unless this
            // header was too long. So a part is looked through once.
            Shape::Other | Shape::Unfinished => {
                let part = rest.iter().take_while(|byte| is_base64url(**byte)).count();
                at + part
                    .checked_sub(LONGEST_PART)
                    .filter(|over| *over > 0)
                    .unwrap_or(part)
            }
        };
    }
    found
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl";

    #[test]
    fn tokens_end_where_their_parts_end() {
        let encrypted = format!("{TOKEN}.YWJj.ZGVm");
        for (text, expected) in [
            (TOKEN.to_owned(), TOKEN.len()),
            (format!("{TOKEN}\" and more"), TOKEN.len()),
            (format!("{TOKEN}. Then"), TOKEN.len()),
            (format!("{encrypted}.x"), encrypted.len()),
            ("eyJhbGciOiJIUzI1NiJ9..aXY.Y2lwaGVy.dGFn".to_owned(), 39),
            ("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.".to_owned(), 36),
        ] {
            assert_eq!(shape(text.as_bytes(), true), Shape::Token(expected), "{text}");
        }
    }

    #[test]
    fn other_text_is_left_alone() {
        let long = format!("eyJ{}.eyJhbGciOiJI.c2ln", "a".repeat(LONGEST_PART));
        for text in [
            "eyJhbGciOiJIUzI1NiJ9",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0",
            "eyJx.example.com",
            &long,
        ] {
            assert_eq!(shape(text.as_bytes(), true), Shape::Other, "{text:.60}");
        }
    }

    #[test]
    fn every_token_of_a_text_is_found_once() {
        let text = format!("a {TOKEN} b eyJ.c {TOKEN}");
        assert_eq!(
            tokens(&text),
            [2..2 + TOKEN.len(), text.len() - TOKEN.len()..text.len()]
        );
    }

    proptest! {
        #[test]
        fn looking_through_a_part_once_finds_what_looking_from_everywhere_does(
            text in prop::collection::vec(
                prop_oneof![
                    4 => Just("eyJ".to_owned()),
                    2 => Just("eyJhbGciOiJIUzI1NiJ9".to_owned()),
                    3 => "[a-z]{1,12}",
                    4 => Just(".".to_owned()),
                    1 => Just(" ".to_owned()),
                    1 => (LONGEST_PART - 30..LONGEST_PART + 30).prop_map(|length| "a".repeat(length)),
                ],
                0..24,
            ),
        ) {
            let text = text.concat();
            let mut found: Vec<Range<usize>> = Vec::new();
            for (at, _) in text.match_indices("eyJ") {
                if let Shape::Token(length) = shape(&text.as_bytes()[at..], true)
                    && found.last().is_none_or(|token| at >= token.end)
                {
                    found.push(at..at + length);
                }
            }
            prop_assert_eq!(tokens(&text), found);
        }
    }

    #[test]
    fn a_stream_waits_until_it_knows() {
        for end in START.len()..=TOKEN.len() {
            assert_eq!(shape(&TOKEN.as_bytes()[..end], false), Shape::Unfinished, "{end}");
        }
        assert_eq!(
            shape(format!("{TOKEN} ").as_bytes(), false),
            Shape::Token(TOKEN.len())
        );
    }
}
