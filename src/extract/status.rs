//! `status: true`: the status code.

use super::{Extraction, Extractor, ExtractorKind, plain};
use crate::decode::Quantity;
use crate::registry::Entry;

pub(super) const KIND: ExtractorKind = ExtractorKind {
    entry: Entry {
        name: NAME,
        summary: "the status code, a number",
        example: "status: true",
    },
    parse: |node, decoder| plain::parse(node, decoder, NAME, extractor),
    quantity: Quantity::Plain,
};

const NAME: &str = "status";

/// The extractor.
pub fn extractor() -> Extractor {
    Extractor::new(NAME, |message, _scope| match message.status {
        Some(status) => Extraction::owned(status),
        None => Extraction::missing("a request has no status"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{Answer, missing, value};

    #[test]
    fn a_status_is_a_number_and_a_request_has_none() {
        let answer = Answer::default();
        assert_eq!(value("status: true", &answer), json!(200));
        assert_eq!(value("status:", &answer), json!(200));
        let request = Answer {
            status: None,
            ..answer
        };
        assert_eq!(missing("status: true", &request), "a request has no status");
    }
}
