//! `jwt(claims, expires_in='15m')`: a signed JSON Web Token (RFC 7519, HS256), for mocks and for APIs that take one.

use std::sync::LazyLock;

use ::base64::Engine;
use ::base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use minijinja::Error;
use minijinja::value::{Kwargs, Value as JinjaValue};
use serde_json::{Map, Value, json};

use super::{FunctionKind, complaint, hmac_sha256};
use crate::registry::Entry;
use crate::template::convert;

pub(super) const KIND: FunctionKind = FunctionKind {
    entry: Entry {
        name: "jwt",
        summary: "a JSON Web Token signed with HS256 (RFC 7519); without key= the key is random for each process",
        example: "jwt({'sub': 'acme'}, expires_in='15m')",
    },
    register: |environment| environment.add_function("jwt", call),
    reveals_arguments: true,
};

/// The key of tokens made without one: nobody else has it, so nobody else can make a token that the mock takes.
pub(super) static PROCESS_KEY: LazyLock<[u8; 32]> = LazyLock::new(rand::random);

fn call(claims: Option<JinjaValue>, options: Kwargs) -> Result<String, Error> {
    let expires_in = options.get::<Option<String>>("expires_in")?;
    let key = options.get::<Option<String>>("key")?;
    options.assert_all_used()?;
    let mut payload = match claims.as_ref().map(convert::from_template).transpose() {
        Ok(None) => Map::new(),
        Ok(Some(Value::Object(claims))) => claims,
        Ok(Some(_)) | Err(_) => return Err(complaint("the claims of a token are a mapping")),
    };
    let now = Timestamp::now();
    payload.entry("iat").or_insert_with(|| json!(now.as_second()));
    // Two tokens of one second would be the same text, and a renewed one could not be told from the old one.
    payload
        .entry("jti")
        .or_insert_with(|| json!(::uuid::Uuid::new_v4().to_string()));
    if let Some(expires_in) = expires_in {
        let seconds = super::now::offset_seconds(&expires_in).map_err(complaint)?;
        payload.insert("exp".to_owned(), json!(now.as_second() + seconds));
    }
    let signed = format!(
        "{}.{}",
        part(&json!({ "alg": "HS256", "typ": "JWT" })),
        part(&Value::Object(payload))
    );
    let signature = signature(&signed, key.as_deref());
    Ok(format!("{signed}.{signature}"))
}

/// The third part of a token whose first two are `signed`.
pub(super) fn signature(signed: &str, key: Option<&str>) -> String {
    let key = key.map_or(PROCESS_KEY.as_slice(), str::as_bytes);
    BASE64_URL_SAFE_NO_PAD.encode(hmac_sha256::sign(key, signed.as_bytes()))
}

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn a_token_carries_its_claims_and_its_end() {
        let scope = Scope::new();
        assert_eq!(
            evaluate("jwt_claims(jwt({'sub': 'acme'})).sub", &scope),
            Ok(json!("acme"))
        );
        let lifetime = "(jwt_claims(jwt(expires_in='15m')).exp - jwt_claims(jwt()).iat) in [899, 900]";
        assert_eq!(evaluate(lifetime, &scope), Ok(json!(true)));
        assert!(evaluate("jwt('not a mapping')", &scope).is_err());
    }
}
