//! The shape of a JSON Web Token. Nothing is verified: a test of an API does not hold its keys.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::json;

/// Whether a text is a token in compact form (RFC 7515, section 7.1): header, claims and signature in base64url, the
/// first two of them JSON objects, the header with an `alg`. The signature of an unsecured token is empty.
pub(super) fn is_jwt(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        return false;
    };
    object(header).is_some_and(|header| header.get("alg").is_some_and(Value::is_string))
        && object(claims).is_some()
        && URL_SAFE_NO_PAD.decode(signature).is_ok()
}

fn object(part: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    json::parse(&bytes).ok().filter(Value::is_object)
}

#[cfg(test)]
mod tests {
    use super::is_jwt;

    #[test]
    fn tokens() {
        assert!(is_jwt("eyJhbGciOiJub25lIn0.e30."));
        assert!(is_jwt("eyJhbGciOiJub25lIn0.e30.AAAA"));
        for no in [
            "",
            "a.b.c",
            "e30.e30.AAAA",
            "eyJhbGciOiJub25lIn0.e30",
            "eyJhbGciOiJub25lIn0.MQ.AAAA",
        ] {
            assert!(!is_jwt(no), "{no}");
        }
    }
}
