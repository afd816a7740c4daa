//! `text | url_encode`: percent-encoded for use as one part of a path or a query (RFC 3986, section 2.1).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::FilterKind;
use crate::registry::Entry;

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) const KIND: FilterKind = FilterKind {
    entry: Entry {
        name: "url_encode",
        summary: "percent-encoded, for one part of a path or a query (RFC 3986)",
        example: "'a b/c' | url_encode",
    },
    register: |environment| {
        environment.add_filter("url_encode", |text: &str| {
            utf8_percent_encode(text, RESERVED).to_string()
        });
    },
};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(
            evaluate("'a b/c~ü' | url_encode", &Scope::new()),
            Ok(json!("a%20b%2Fc~%C3%BC"))
        );
    }
}
