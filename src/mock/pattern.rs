//! Path patterns: `/contacts/{id}`, matched segment by segment.

use percent_encoding::percent_decode_str;

use crate::decode::Decoder;
use crate::source::Place;

/// A path pattern. Segments match after percent-decoding, and a slash at the end counts.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    segments: Vec<Segment>,
}

#[derive(Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Parameter(String),
}

/// How a path differs from a pattern.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// How far apart they are, in characters changed; for an order only.
    pub(super) distance: usize,
    /// The first place where they part, in words.
    pub(super) why: String,
}

/// The segments of a path, each percent-decoded. What is not UTF-8 becomes U+FFFD.
pub(super) fn segments(path: &str) -> Vec<String> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split('/')
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect()
}

impl Pattern {
    /// Reads a pattern. What is wrong with it is noted at `place`.
    pub(super) fn parse(text: &str, place: &Place, decoder: &mut Decoder<'_>) -> Option<Pattern> {
        let Some(path) = text.strip_prefix('/') else {
            decoder.error(place, format!("the path `{text}` does not begin with `/`"));
            return None;
        };
        if path.contains(['?', '#']) {
            decoder.error_with_help(
                place,
                "a path pattern has no query and no fragment",
                "look at the query under `when`: that: query.page == '2'",
            );
            return None;
        }
        let mut segments = Vec::new();
        let mut whole = true;
        for part in path.split('/') {
            match segment(part) {
                Ok(segment) if segments.contains(&segment) && matches!(segment, Segment::Parameter(_)) => {
                    decoder.error(place, format!("the path names `{part}` twice"));
                    whole = false;
                }
                Ok(segment) => segments.push(segment),
                Err(message) => {
                    decoder.error_with_help(place, message, "write `/{name}` for a segment of any text");
                    whole = false;
                }
            }
        }
        whole.then(|| Pattern {
            text: text.to_owned(),
            segments,
        })
    }

    /// The pattern as written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The names of its parameters.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Parameter(name) => Some(name.as_str()),
            Segment::Literal(_) => None,
        })
    }

    /// The parameters with their texts, where the path fits. A parameter is never empty.
    pub(super) fn matches(&self, path: &[String]) -> Option<Vec<(&str, String)>> {
        if path.len() != self.segments.len() {
            return None;
        }
        let mut parameters = Vec::new();
        for (segment, text) in self.segments.iter().zip(path) {
            if !segment.fits(text) {
                return None;
            }
            if let Segment::Parameter(name) = segment {
                parameters.push((name.as_str(), text.clone()));
            }
        }
        Some(parameters)
    }

    /// Where a path that does not fit parts from the pattern.
    pub(super) fn difference(&self, path: &[String]) -> Option<Difference> {
        let pairs = self.segments.iter().zip(path);
        let parted = pairs
            .clone()
            .find(|(segment, text)| !segment.fits(text))
            .map(|(_, text)| text);
        let why = match (
            parted,
            path.get(self.segments.len()),
            self.segments.get(path.len()),
        ) {
            (Some(text), ..) => format!("the path differs at /{text}"),
            (None, Some(text), _) => format!("the path goes on at /{text}"),
            (None, None, Some(segment)) => format!("the path ends before /{segment}"),
            (None, None, None) => return None,
        };
        let shared: usize = pairs.map(|(segment, text)| segment.distance(text)).sum();
        let beyond = path
            .iter()
            .skip(self.segments.len())
            .map(|text| text.chars().count() + 1);
        let short = self
            .segments
            .iter()
            .skip(path.len())
            .map(|segment| segment.distance("") + 1);
        Some(Difference {
            distance: shared + beyond.sum::<usize>() + short.sum::<usize>(),
            why,
        })
    }
}

impl std::fmt::Display for Segment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Segment::Literal(text) => formatter.write_str(text),
            Segment::Parameter(name) => write!(formatter, "{{{name}}}"),
        }
    }
}

impl Segment {
    fn fits(&self, text: &str) -> bool {
        match self {
            Segment::Literal(literal) => literal == text,
            Segment::Parameter(_) => !text.is_empty(),
        }
    }

    fn distance(&self, text: &str) -> usize {
        match self {
            Segment::Literal(literal) => strsim::levenshtein(literal, text),
            Segment::Parameter(_) => usize::from(text.is_empty()),
        }
    }
}

fn segment(part: &str) -> Result<Segment, String> {
    let literal = || percent_decode_str(part).decode_utf8_lossy().into_owned();
    let Some(name) = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
        return match part.contains(['{', '}']) {
            true => Err(format!(
                "the segment `{part}` is neither a name in braces nor plain text"
            )),
            false => Ok(Segment::Literal(literal())),
        };
    };
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    match is_name {
        true => Ok(Segment::Parameter(name.to_owned())),
        false => Err(format!("`{part}` does not name a variable")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Pattern, segments};
    use crate::decode::testing::decode;

    fn parse(text: &str) -> Result<Pattern, Vec<String>> {
        decode(&format!("'{text}'"), |node, decoder| {
            let text = decoder.constant(node, "a path")?.to_owned();
            Pattern::parse(&text, &node.place, decoder)
        })
    }

    fn fits(pattern: &str, path: &str) -> bool {
        parse(pattern)
            .expect("a sound pattern")
            .matches(&segments(path))
            .is_some()
    }

    #[test]
    fn segments_are_decoded_and_slashes_count() {
        assert!(fits("/", "/"));
        assert!(fits("/a b/{id}", "/a%20b/7"));
        assert!(fits("/a%20b", "/a%20b"));
        assert!(!fits("/a/b", "/a%2Fb"), "an encoded slash is no border");
        assert!(!fits("/contacts", "/contacts/"));
        assert!(
            !fits("/contacts/{id}", "/contacts/"),
            "a parameter is never empty"
        );
        let pattern = parse("/x/{id}/{part}").expect("a sound pattern");
        let found = pattern.matches(&segments("/x/a%2Fb/%C3%A5"));
        assert_eq!(
            found,
            Some(vec![("id", "a/b".to_owned()), ("part", "å".to_owned())])
        );
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in [
            "contacts",
            "/a?b=1",
            "/a#b",
            "/{id}/{id}",
            "/x{id}",
            "/{}",
            "/{1a}",
            "/{a.b}",
        ] {
            assert_eq!(parse(text).expect_err(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn a_difference_names_the_first_segment() {
        let why = |path: &str| {
            let pattern = parse("/contacts/{id}").expect("a sound pattern");
            pattern
                .difference(&segments(path))
                .map(|difference| difference.why)
        };
        assert_eq!(why("/contact/7").as_deref(), Some("the path differs at /contact"));
        assert_eq!(why("/contacts").as_deref(), Some("the path ends before /{id}"));
        assert_eq!(why("/contacts/7/x").as_deref(), Some("the path goes on at /x"));
        assert_eq!(why("/contacts/7"), None);
    }

    proptest! {
        #[test]
        fn a_path_either_fits_or_differs(path in "(/[a-c]{0,2}){1,4}") {
            let pattern = parse("/a/{id}").expect("a sound pattern");
            let path = segments(&path);
            prop_assert_eq!(pattern.matches(&path).is_some(), pattern.difference(&path).is_none());
        }
    }
}
