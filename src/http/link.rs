//! `Link` headers: where related resources are (RFC 8288 §3).

use http::HeaderMap;
use http::header::LINK;

/// The target, as written, of the first link with this relation. Relations compare without regard to case; a link with
/// an `anchor` speaks of another resource and is passed over.
#[must_use]
pub fn link(headers: &HeaderMap, relation: &str) -> Option<String> {
    headers.get_all(LINK).iter().find_map(|value| {
        // A title in another charset must not hide the link beside it.
        let value = String::from_utf8_lossy(value.as_bytes());
        in_value(&value, relation).map(str::to_owned)
    })
}

/// The first link with the relation in one header value, which is a list of them.
fn in_value<'a>(value: &'a str, relation: &str) -> Option<&'a str> {
    let mut rest = value;
    while let Some(start) = rest.find('<') {
        let (target, parameters) = rest[start + 1..].split_once('>')?;
        let (found, after) = parameters_of(parameters);
        rest = after;
        if found.is_anchored {
            continue;
        }
        if found
            .relations
            .split_ascii_whitespace()
            .any(|known| known.eq_ignore_ascii_case(relation))
        {
            return Some(target.trim());
        }
    }
    None
}

/// What the parameters of a link say.
#[derive(Default)]
struct Parameters {
    relations: String,
    is_anchored: bool,
}

/// The parameters at the start of `text`, and what stands after the comma that ends them.
fn parameters_of(text: &str) -> (Parameters, &str) {
    let mut found = Parameters::default();
    let mut has_relation = false;
    let mut rest = text.trim_start();
    while let Some(after) = rest.strip_prefix(';') {
        let after = after.trim_start();
        let end = after.find(['=', ';', ',']).unwrap_or(after.len());
        let name = after[..end].trim();
        rest = &after[end..];
        let value = match rest.strip_prefix('=') {
            Some(after) => {
                let (value, after) = value_of(after.trim_start());
                rest = after;
                value
            }
            None => String::new(),
        };
        rest = rest.trim_start();
        if name.eq_ignore_ascii_case("rel") && !has_relation {
            // The first one counts (§3.3).
            has_relation = true;
            found.relations = value;
        } else if name.eq_ignore_ascii_case("anchor") {
            found.is_anchored = true;
        }
    }
    let after = rest.find(',').map_or("", |at| &rest[at + 1..]);
    (found, after)
}

/// A token or a quoted string at the start of `text`, and what stands after it.
fn value_of(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(letters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn next(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(LINK, HeaderValue::from_str(value).unwrap());
        }
        link(&headers, "next")
    }

    #[test]
    fn bytes_beyond_ascii_hide_no_link() {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_bytes(b"</x?page=2>; title=\"un\xefcode\"; rel=\"next\"").unwrap();
        headers.append(LINK, value);
        assert_eq!(link(&headers, "next").as_deref(), Some("/x?page=2"));
    }

    #[test]
    fn the_next_link_is_found_among_others() {
        for value in [
            "</x?page=2>; rel=\"next\"",
            "</x?page=2>;rel=next",
            "</x?page=2> ; REL = \"Next\"",
            "</x?page=9>; rel=last, </x?page=2>; rel=\"prefetch next\"",
            "</x?a=1,2;3>; rel=\"prev\"; title=\"a, <b>; rel=next\", </x?page=2>; rel=next",
            "</other>; rel=next; anchor=\"#part\", </x?page=2>; title=\"a \\\"b\\\"\"; rel=next",
            "</other>; rel=last; rel=next, </x?page=2>; hreflang; rel=next",
        ] {
            assert_eq!(next(&[value]).as_deref(), Some("/x?page=2"), "{value}");
        }
        let several = next(&["</x?page=1>; rel=first", "</x?page=2>; rel=next"]);
        assert_eq!(several.as_deref(), Some("/x?page=2"));
    }

    #[test]
    fn without_a_next_link_there_is_none() {
        for value in [
            "",
            "</x>",
            "</x>; rel=nextish",
            "</x>; rel=\"prev\"",
            "</x; rel=next",
            "x; rel=next",
        ] {
            assert_eq!(next(&[value]), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn no_value_panics(value in "[ -~]{0,60}") {
            let _ = next(&[&value]);
        }
    }
}
