//! `jwt_valid(token)`: whether a token made by `jwt` under the same key is whole and not expired.

use jiff::Timestamp;
use minijinja::Error;
use minijinja::value::Kwargs;

use super::{FunctionKind, jwt, jwt_claims};
use crate::registry::Entry;

pub(super) const KIND: FunctionKind = FunctionKind {
    entry: Entry {
        name: "jwt_valid",
        summary: "true if the token was made by jwt() under the same key and has not expired",
        example: "jwt_valid(jwt(expires_in='15m'))",
    },
    register: |environment| environment.add_function("jwt_valid", call),
    reveals_arguments: false,
};

fn call(token: &str, options: Kwargs) -> Result<bool, Error> {
    let key = options.get::<Option<String>>("key")?;
    options.assert_all_used()?;
    let Some((signed, signature)) = token.rsplit_once('.') else {
        return Ok(false);
    };
    if jwt::signature(signed, key.as_deref()) != signature {
        return Ok(false);
    }
    Ok(jwt_claims::expiry(token).is_none_or(|expiry| expiry > Timestamp::now()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn only_an_unexpired_token_of_the_same_key_is_valid() {
        let scope = Scope::new();
        for (expression, valid) in [
            ("jwt_valid(jwt(expires_in='1h'))", true),
            ("jwt_valid(jwt())", true),
            ("jwt_valid(jwt(expires_in='-1s'))", false),
            ("jwt_valid(jwt(key='a'), key='a')", true),
            ("jwt_valid(jwt(key='a'), key='b')", false),
            ("jwt_valid(jwt() ~ 'x')", false),
            ("jwt_valid('nothing')", false),
        ] {
            assert_eq!(evaluate(expression, &scope), Ok(json!(valid)), "{expression}");
        }
    }
}
