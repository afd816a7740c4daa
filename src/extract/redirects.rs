//! `redirects: true`: where the redirects led.

use serde_json::Value;

use super::{Extraction, Extractor, ExtractorKind, plain};
use crate::decode::Quantity;
use crate::registry::Entry;

pub(super) const KIND: ExtractorKind = ExtractorKind {
    entry: Entry {
        name: NAME,
        summary: "the URLs that the redirects led to, in order; without redirects an empty list",
        example: "redirects: true",
    },
    parse: |node, decoder| plain::parse(node, decoder, NAME, extractor),
    quantity: Quantity::Plain,
};

const NAME: &str = "redirects";

/// The extractor.
pub fn extractor() -> Extractor {
    Extractor::new(NAME, |message, _scope| {
        // A hop knows where it came from; where it led to is where the next one came from, or the last URL.
        let onward = message.redirects.iter().skip(1).map(|hop| &hop.url);
        let last = (!message.redirects.is_empty()).then_some(message.url);
        let urls = onward.chain(last).map(|url| Value::from(url.as_str()));
        Extraction::owned(Value::Array(urls.collect()))
    })
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use super::super::testing::{Answer, value};
    use crate::http::Hop;

    #[test]
    fn each_target_is_listed_once() {
        let mut answer = Answer::default();
        assert_eq!(value("redirects: true", &answer), json!([]));
        answer.redirects = vec![hop("http://h.test/first"), hop("http://h.test/second")];
        assert_eq!(
            value("redirects: true", &answer),
            json!(["http://h.test/second", "http://h.test/last"])
        );
    }

    fn hop(url: &str) -> Hop {
        Hop {
            method: Method::GET,
            url: url.parse().unwrap(),
            status: 302,
            location: String::new(),
            dropped_credentials: false,
        }
    }
}
