//! `text | base64_decode`: the text that standard or URL-safe base64 stands for (RFC 4648).

use base64::Engine;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use minijinja::Error;

use super::{FilterKind, complaint};
use crate::registry::Entry;

pub(super) const KIND: FilterKind = FilterKind {
    entry: Entry {
        name: "base64_decode",
        summary: "the text behind base64, standard or URL-safe, padded or not (RFC 4648)",
        example: "'dXNlcg==' | base64_decode",
    },
    register: |environment| environment.add_filter("base64_decode", apply),
};

fn apply(text: &str) -> Result<String, Error> {
    let bare = text.trim().trim_end_matches('=');
    let bytes = BASE64_STANDARD_NO_PAD
        .decode(bare)
        .or_else(|_| BASE64_URL_SAFE_NO_PAD.decode(bare))
        .map_err(|_| complaint("this is not base64"))?;
    String::from_utf8(bytes).map_err(|_| complaint("what the base64 stands for is not text"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn both_alphabets_are_read() {
        assert_eq!(
            evaluate("'w7_Dvw' | base64_decode", &Scope::new()),
            Ok(json!("ÿÿ"))
        );
        assert_eq!(
            evaluate("'w7/Dvw==' | base64_decode", &Scope::new()),
            Ok(json!("ÿÿ"))
        );
        assert!(evaluate("'%' | base64_decode", &Scope::new()).is_err());
        assert!(evaluate("'/w==' | base64_decode", &Scope::new()).is_err());
    }
}
