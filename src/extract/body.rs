//! `body: true`: the body's text.

use super::{Extraction, Extractor, ExtractorKind, plain};
use crate::decode::Quantity;
use crate::registry::Entry;

pub(super) const KIND: ExtractorKind = ExtractorKind {
    entry: Entry {
        name: NAME,
        summary: "the text of the body, read in its charset",
        example: "body: true",
    },
    parse: |node, decoder| plain::parse(node, decoder, NAME, extractor),
    quantity: Quantity::Plain,
};

const NAME: &str = "body";

/// The extractor.
pub fn extractor() -> Extractor {
    Extractor::new(NAME, |message, _scope| Extraction::owned(message.body.text()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{Answer, value};

    #[test]
    fn the_text_is_read_in_its_charset() {
        let answer = Answer::with_body("text/plain; charset=latin1", b"caf\xe9");
        assert_eq!(value("body: true", &answer), json!("café"));
        assert_eq!(value("body: true", &Answer::default()), json!(""));
    }
}
