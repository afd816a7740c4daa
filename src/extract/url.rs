//! `url: true`: where the answer came from.

use super::{Extraction, Extractor, ExtractorKind, plain};
use crate::decode::Quantity;
use crate::registry::Entry;

pub(super) const KIND: ExtractorKind = ExtractorKind {
    entry: Entry {
        name: NAME,
        summary: "the URL that answered: the last one, after redirects",
        example: "url: true",
    },
    parse: |node, decoder| plain::parse(node, decoder, NAME, extractor),
    quantity: Quantity::Plain,
};

const NAME: &str = "url";

/// The extractor.
pub fn extractor() -> Extractor {
    Extractor::new(NAME, |message, _scope| Extraction::owned(message.url.as_str()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{Answer, value};

    #[test]
    fn the_last_url_is_meant() {
        assert_eq!(
            value("url: true", &Answer::default()),
            json!("http://h.test/last")
        );
    }
}
