//! `size: true`: how large the body is.

use super::{Extraction, Extractor, ExtractorKind, plain};
use crate::decode::Quantity;
use crate::registry::Entry;

pub(super) const KIND: ExtractorKind = ExtractorKind {
    entry: Entry {
        name: NAME,
        summary: "bytes of the body, after its content codings are undone",
        example: "size: true",
    },
    parse: |node, decoder| plain::parse(node, decoder, NAME, extractor),
    quantity: Quantity::Size,
};

const NAME: &str = "size";

/// The extractor.
pub fn extractor() -> Extractor {
    Extractor::new(NAME, |message, _scope| Extraction::owned(message.body.len()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{Answer, value};

    #[test]
    fn a_size_counts_bytes() {
        let answer = Answer::with_body("text/plain", "café".as_bytes());
        assert_eq!(value("size: true", &answer), json!(5));
        assert_eq!(value("size: true", &Answer::default()), json!(0));
    }
}
