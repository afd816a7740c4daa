//! `jwt_claims(token)`: what a JSON Web Token says, without a look at its signature (RFC 7519, section 4).

use ::base64::Engine;
use ::base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use minijinja::{Error, Value as JinjaValue};
use serde_json::Value;

use super::{FunctionKind, complaint};
use crate::registry::Entry;
use crate::template::convert;

pub(super) const KIND: FunctionKind = FunctionKind {
    entry: Entry {
        name: "jwt_claims",
        summary: "the claims of a JSON Web Token as a mapping; its signature is not checked (RFC 7519)",
        example: "jwt_claims(jwt({'sub': 'acme'})).sub",
    },
    register: |environment| environment.add_function("jwt_claims", call),
    reveals_arguments: true,
};

fn call(token: &str) -> Result<JinjaValue, Error> {
    claims(token)
        .map(|claims| convert::to_template(&claims))
        .ok_or_else(|| complaint("this is not a JSON Web Token"))
}

/// The claims of a token, if it is one.
fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice::<Value>(&bytes)
        .ok()
        .filter(Value::is_object)
}

/// When a token ends: its `exp`, where it is a token that has one (RFC 7519, section 4.1.4).
pub fn expiry(token: &str) -> Option<Timestamp> {
    time(token, "exp")
}

/// When a token was made: its `iat`, where it is a token that has one (RFC 7519, section 4.1.6).
pub fn issued(token: &str) -> Option<Timestamp> {
    time(token, "iat")
}

/// A claim in seconds since 1970; a fraction is dropped.
fn time(token: &str, claim: &str) -> Option<Timestamp> {
    let claims = claims(token)?;
    let number = claims.get(claim)?.as_number()?;
    let seconds = number
        .as_i64()
        .or_else(|| number.as_str().split('.').next()?.parse().ok())?;
    Timestamp::from_second(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::expiry;
    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn text_that_is_no_token_is_an_error() {
        for text in ["", "a.b", "a.b.c", "a.e30.c.d"] {
            assert!(
                evaluate(&format!("jwt_claims('{text}')"), &Scope::new()).is_err(),
                "{text}"
            );
        }
    }

    #[test]
    fn a_fraction_of_a_second_is_dropped() {
        let token = "eyJhbGciOiJub25lIn0.eyJleHAiOjE1MTYyMzkwMjIuNX0.x";
        assert_eq!(expiry(token).map(|at| at.as_second()), Some(1_516_239_022));
        assert_eq!(expiry("nothing"), None);
    }
}
