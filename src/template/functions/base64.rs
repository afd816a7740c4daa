//! `base64(text)`: standard base64 with padding (RFC 4648, section 4).

use ::base64::Engine;
use ::base64::prelude::BASE64_STANDARD;

use super::FunctionKind;
use crate::registry::Entry;

pub(super) const KIND: FunctionKind = FunctionKind {
    entry: Entry {
        name: "base64",
        summary: "the text in standard base64 (RFC 4648)",
        example: "base64('user:password')",
    },
    register: |environment| environment.add_function("base64", |text: &str| BASE64_STANDARD.encode(text)),
    reveals_arguments: true,
};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn encodes_with_padding() {
        assert_eq!(
            evaluate("base64('user:password')", &Scope::new()),
            Ok(json!("dXNlcjpwYXNzd29yZA=="))
        );
        assert_eq!(evaluate("base64('ü')", &Scope::new()), Ok(json!("w7w=")));
    }
}
