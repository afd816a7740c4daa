//! `header: name`: a header's value.

use http::{HeaderMap, HeaderName};

use super::{Extraction, Extractor, ExtractorKind};
use crate::decode::{Decoder, Quantity};
use crate::registry::{self, Entry};
use crate::yaml::Node;

pub(super) const KIND: ExtractorKind = ExtractorKind {
    entry: Entry {
        name: "header",
        summary: "a header's value, whatever the case of its name; several lines are joined with a comma",
        example: "header: X-Request-Id",
    },
    parse,
    quantity: Quantity::Plain,
};

fn parse(node: &Node, decoder: &mut Decoder<'_>) -> Option<Extractor> {
    let name = decoder.constant(node, "a header name")?;
    if HeaderName::from_bytes(name.as_bytes()).is_err() {
        decoder.error(
            &node.place,
            format!("`{name}` cannot be a header name: it holds a character that no name may"),
        );
        return None;
    }
    Some(extractor(name))
}

/// The extractor of the header of that name.
pub fn extractor(name: &str) -> Extractor {
    let subject = format!("headers.{name}");
    let name = name.to_lowercase();
    Extractor::new(subject, move |message, _scope| {
        match joined(message.headers, &name) {
            Some(value) => Extraction::owned(value),
            None => Extraction::missing(absent(message.headers, &name)),
        }
    })
}

/// The values of all lines of that name, as one (RFC 9110 §5.3).
pub(super) fn joined(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

fn absent(headers: &HeaderMap, name: &str) -> String {
    let near = registry::nearest(name, headers.keys().map(HeaderName::as_str));
    match near {
        Some(near) => format!("no header {name}; did you mean {near}?"),
        None => format!("no header {name}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{Answer, complaints, extractor, missing, value};

    #[test]
    fn the_case_of_a_name_does_not_matter() {
        let answer = Answer::with_headers(&[("x-request-id", "r1")]);
        assert_eq!(value("header: X-Request-ID", &answer), json!("r1"));
        assert_eq!(
            extractor("header: X-Request-ID").subject(),
            "headers.X-Request-ID"
        );
    }

    #[test]
    fn several_lines_are_one_value() {
        let answer = Answer::with_headers(&[("vary", "accept"), ("vary", "origin")]);
        assert_eq!(value("header: vary", &answer), json!("accept, origin"));
    }

    #[test]
    fn the_nearest_name_is_told() {
        let answer = Answer::with_headers(&[("x-request-id", "r1"), ("vary", "accept")]);
        assert_eq!(
            missing("header: X-Reqest-Id", &answer),
            "no header x-reqest-id; did you mean x-request-id?"
        );
        assert_eq!(missing("header: etag", &answer), "no header etag");
    }

    #[test]
    fn what_cannot_be_a_name_is_pointed_at() {
        assert_eq!(
            complaints("header: content type"),
            ["1:9: `content type` cannot be a header name: it holds a character that no name may"]
        );
        assert_eq!(
            complaints("header: [a]"),
            ["1:9: expected a text for a header name, found a list"]
        );
    }
}
