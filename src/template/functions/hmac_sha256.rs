//! `hmac_sha256(key, text)`: a keyed digest in hex, or base64 with `encoding='base64'` (RFC 2104).

use ::base64::Engine;
use ::base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use minijinja::Error;
use minijinja::value::Kwargs;
use sha2::Sha256;

use super::{FunctionKind, complaint, sha256};
use crate::registry::Entry;

pub(super) const KIND: FunctionKind = FunctionKind {
    entry: Entry {
        name: "hmac_sha256",
        summary: "the HMAC-SHA-256 of a text under a key, in hex or with encoding='base64' (RFC 2104)",
        example: "hmac_sha256('key', 'text', encoding='base64')",
    },
    register: |environment| environment.add_function("hmac_sha256", call),
    reveals_arguments: false,
};

fn call(key: &str, text: &str, options: Kwargs) -> Result<String, Error> {
    let encoding = options.get::<Option<String>>("encoding")?;
    options.assert_all_used()?;
    let code = sign(key.as_bytes(), text.as_bytes());
    match encoding.as_deref() {
        None | Some("hex") => Ok(sha256::hex(&code)),
        Some("base64") => Ok(BASE64_STANDARD.encode(code)),
        Some(other) => Err(complaint(format!("encoding is `hex` or `base64`, not `{other}`"))),
    }
}

/// The authentication code of `text` under `key`.
pub(super) fn sign(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn signs_as_rfc_4231_case_2() {
        let code = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let expression = "hmac_sha256('Jefe', 'what do ya want for nothing?')";
        assert_eq!(evaluate(expression, &Scope::new()), Ok(json!(code)));
    }

    #[test]
    fn other_encodings_are_refused() {
        assert!(evaluate("hmac_sha256('k', 't', encoding='rot13')", &Scope::new()).is_err());
    }
}
