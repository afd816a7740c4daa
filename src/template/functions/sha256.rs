//! `sha256(text)`: the digest in lower-case hex (FIPS 180-4).

use sha2::{Digest, Sha256};

use super::FunctionKind;
use crate::registry::Entry;

pub(super) const KIND: FunctionKind = FunctionKind {
    entry: Entry {
        name: "sha256",
        summary: "the SHA-256 digest of the text, in hex (FIPS 180-4)",
        example: "sha256('abc')",
    },
    register: |environment| environment.add_function("sha256", |text: &str| hex(&Sha256::digest(text))),
    reveals_arguments: false,
};

/// Bytes in lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn digests_as_the_standard_says() {
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(evaluate("sha256('abc')", &Scope::new()), Ok(json!(digest)));
    }
}
