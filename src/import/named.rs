//! Texts that name a credential, in whatever way they are written: none of their parts can be told to be harmless.

use std::borrow::Cow;

use super::credential::{is_credential, is_credential_header, word_of};

/// How many encodings of a text are undone, one after another.
const MOST_READINGS: usize = 8;

/// The shortest token that stands behind `Bearer`.
const SHORTEST: usize = 8;

/// What others write for a character in XML and HTML.
const ENTITIES: [(&str, &str); 9] = [
    ("&quot;", "\""),
    ("&#34;", "\""),
    ("&#x22;", "\""),
    ("&apos;", "'"),
    ("&#39;", "'"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&equals;", "="),
    ("&amp;", "&"),
];

/// The name of a credential that stands in a text like one that has a value: beside `=`, `:`, `<`, `>` or a quote. Whose
/// value it is, and where that ends, is not asked.
pub(super) fn named(text: &str) -> Option<String> {
    named_as(text, false)
}

/// The same of a part of a path, in which `accounts:signInWithPassword` is a call, and has no value.
pub(super) fn named_in_path(text: &str) -> Option<String> {
    named_as(text, true)
}

fn named_as(text: &str, is_path: bool) -> Option<String> {
    let Some(readings) = readings(text) else {
        // Nobody encodes so often what may be read.
        return Some("text".to_owned());
    };
    readings.iter().find_map(|reading| {
        let name = beside(reading, is_path).or_else(|| has_user(reading).then_some("password"));
        name.map(|name| word_of(name).to_owned())
    })
}

/// A text, and what it reads as with one encoding after another undone; none where there is no end of them.
pub(super) fn readings(text: &str) -> Option<Vec<Cow<'_, str>>> {
    let mut readings = vec![Cow::Borrowed(text)];
    for _ in 0..MOST_READINGS {
        let last = readings.last()?;
        let next = unfolded(last);
        if next == *last {
            return Some(readings);
        }
        readings.push(Cow::Owned(next));
    }
    None
}

/// The text without percent-encoding, escapes of strings, and entities.
fn unfolded(text: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
    let mut plain = String::with_capacity(decoded.len());
    let mut rest = &*decoded;
    while let Some((before, behind)) = rest.split_once('\\') {
        plain.push_str(before);
        let unicode = behind
            .strip_prefix('u')
            .and_then(|digits| digits.get(..4))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32);
        let mut characters = behind.chars();
        rest = match unicode {
            Some(character) => {
                plain.push(character);
                &behind[5..]
            }
            None => {
                match characters.next() {
                    Some('n' | 'r' | 't') => plain.push(' '),
                    other => plain.extend(other),
                }
                characters.as_str()
            }
        };
    }
    plain.push_str(rest);
    if plain.contains('&') {
        for (entity, character) in ENTITIES {
            plain = plain.replace(entity, character);
        }
    }
    plain
}

/// The first word that is a credential's name, with a mark of structure on one of its sides.
fn beside(text: &str, is_path: bool) -> Option<&str> {
    let is_word = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.');
    let is_passed = |character: char| character.is_whitespace() || r"\[]()".contains(character);
    let mut at = 0;
    while let Some(start) = text[at..].find(is_word).map(|start| at + start) {
        let end = text[start..]
            .find(|character| !is_word(character))
            .map_or(text.len(), |length| start + length);
        let word = &text[start..end];
        let (before, behind) = (&text[at..start], &text[end..]);
        at = end;
        if word.eq_ignore_ascii_case("bearer") {
            let token = behind.trim_start_matches([' ', '\t', ',', ':', '=', '"', '\'']);
            let length = token.find(char::is_whitespace).unwrap_or(token.len());
            if token.len() < behind.len() && length >= SHORTEST {
                return Some("token");
            }
        }
        let before = before.trim_end_matches(is_passed);
        let behind = behind.trim_start_matches(is_passed);
        let is_beside = behind.starts_with(['=', ':', '>', '"', '\''])
            || !is_path && before.ends_with(['=', ':', '<', '>', '"', '\'']);
        let is_key =
            word.eq_ignore_ascii_case("key") && before.ends_with(['?', '&']) && behind.starts_with('=');
        if is_beside && is_name(word) || is_key {
            return Some(word);
        }
    }
    None
}

/// A text up to a credential's name that it ends in, and what stands behind that name: `{"user":"jo","` and `":"`. The
/// second is empty where it ends in none.
pub(super) fn named_end(text: &str) -> (&str, &str) {
    let is_word = |character: char| character.is_alphanumeric() || "_-.".contains(character);
    let whole = text.trim_end_matches(|character: char| !is_word(character));
    let start = whole.trim_end_matches(is_word).len();
    let is_named = is_name(&whole[start..]) && whole.len() < text.len();
    match is_named {
        true => (&text[..start], &text[whole.len()..]),
        false => (text, ""),
    }
}

/// Whether what follows a value shows that this began behind `before` and ended: quotes alike, or `=` and `&`.
pub(super) fn is_closed(before: &str, behind: &str) -> bool {
    if behind.is_empty() {
        return !before.is_empty();
    }
    match before.chars().next_back() {
        Some(quote @ ('"' | '\'')) => behind.trim_start_matches('\\').starts_with(quote),
        Some('=') => behind.starts_with('&'),
        Some('>') => behind.starts_with("</"),
        Some(' ' | ':') => behind.starts_with([',', '}', ')', '\n']),
        _ => false,
    }
}

fn is_name(word: &str) -> bool {
    let last = word.rsplit('.').next().unwrap_or(word);
    is_credential(word) || is_credential(last) || is_credential_header(word)
}

/// Whether a URL with a user's name, or a name and a password, stands in a text.
fn has_user(text: &str) -> bool {
    text.match_indices("://").any(|(at, divider)| {
        let rest = &text[at + divider.len()..];
        let end = rest.find(|character: char| character.is_whitespace() || "/?#\"'<>".contains(character));
        rest[..end.unwrap_or(rest.len())].contains('@')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_seen_however_they_are_written() {
        for text in [
            r#"{"user": "jo", "password": "a"}"#,
            r#"{\"pin\":48151623}"#,
            r#"{\\\"pin\\\":48151623}"#,
            r#"{"pass\u0077ord":"a"}"#,
            "mutation { login(pin: 1) }",
            "<wsse:Password Type=\"x\">a</wsse:Password>",
            "<password><![CDATA[a]]></password>",
            "--B\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\na",
            "a=1&user[password]=b",
            "user%5Bpassword%5D=b",
            "https%253A%252F%252Fh%252F%253Faccess_token%253Da",
            "https://h.test/?key=a",
            "password: a",
            "&quot;password&quot;:1",
            "postgres://jo:a@h/x",
            r"https:\/\/a@h\/x",
            "Bearer abcdefgh==",
            "bearer, abcdefgh",
            r"%25252525252525252525252541",
        ] {
            assert!(named(text).is_some(), "{text}");
        }
        for text in [
            "a note: the password is safe",
            "the bearer of news",
            "https://medium.test/@jo",
            "jo@h.test",
            "key=a",
            r"C:\a\b 100%",
            "query Order($id: ID!) { order(id: $id) { id } }",
        ] {
            assert_eq!(named(text), None, "{text}");
        }
        assert_eq!(named_in_path("accounts:signInWithPassword"), None);
        assert!(named_in_path("a;jsessionid=b").is_some());
    }
}
