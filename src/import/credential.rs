//! What is a credential: by the name it has, and by its looks.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::secret;

/// Words in a name that say so, in lower case and without separators.
const WITHIN: [&str; 34] = [
    "accesskey",
    "apikey",
    "appkey",
    "applicationkey",
    "authentication",
    "authkey",
    "authorization",
    "clientassertion",
    "codeverifier",
    "connectionstring",
    "credential",
    "encryptionkey",
    "masterkey",
    "mfacode",
    "otpcode",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "passwort",
    "passwrd",
    "pincode",
    "privatekey",
    "recoverycode",
    "secret",
    "sessid",
    "sessionid",
    "sessionkey",
    "signature",
    "signingkey",
    "subscriptionkey",
    "tokenvalue",
    "userpwd",
    "verificationcode",
];

/// Whole names that say so.
const WHOLE: [&str; 13] = [
    "auth", "cookie", "cookies", "jwt", "otp", "pass", "pin", "pw", "pwd", "session", "sid", "sig", "totp",
];

/// Words that say so where a name ends in one: `user_pass`, `X-OTP`.
const LAST: [&str; 8] = ["auth", "jwt", "otp", "pass", "pin", "pw", "pwd", "totp"];

/// Names of several credentials.
const TOKENS: [&str; 4] = ["accesstokens", "apitokens", "refreshtokens", "tokens"];

/// Headers that end in `key` and hold none.
const NO_KEYS: [&str; 3] = ["idempotency-key", "sec-websocket-key", "x-idempotency-key"];

/// Names that end in `token` and are a place in a list.
const PLACES: [&str; 4] = ["continuationtoken", "nexttoken", "pagetoken", "synctoken"];

/// Whether what has this name is a credential: `apiKey`, `access_token`, `X-Client-Secret`.
pub(super) fn is_credential(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let word = name.trim_end_matches(|character: char| !character.is_alphanumeric());
    let last = word
        .char_indices()
        .rev()
        .find_map(|(at, character)| match character.is_alphanumeric() {
            true => character.is_ascii_uppercase().then_some(at),
            false => Some(at + character.len_utf8()),
        });
    // `user_pass`, `userPass`, and `X-OTP`, which is all capitals.
    let divided = word.rsplit(|character: char| !character.is_alphanumeric()).next();
    let lasts = [&word[last.unwrap_or(0)..], divided.unwrap_or(word)].map(str::to_ascii_lowercase);
    WITHIN.iter().any(|word| plain.contains(word))
        || WHOLE.contains(&plain.as_str())
        || lasts.iter().any(|last| LAST.contains(&last.as_str()))
        || TOKENS.contains(&plain.as_str())
        || plain.ends_with("token") && !PLACES.iter().any(|place| plain.ends_with(place))
}

/// What a credential is called whose name stands in a text: a word of ours, as what was taken for a name may be a value.
pub(super) fn word_of(name: &str) -> &'static str {
    let plain: String = name
        .chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let within = WITHIN.iter().find(|word| plain.contains(**word));
    let ending = || LAST.iter().find(|word| plain.ends_with(**word));
    within.or_else(ending).copied().unwrap_or("token")
}

/// Whether a header of this name is a credential.
pub(super) fn is_credential_header(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_key = lower.ends_with("-key") && !NO_KEYS.contains(&lower.as_str());
    let own = lower.strip_prefix("x-").unwrap_or(&lower);
    is_key || own == "cookie2" || secret::sensitive_header(name) || is_credential(name) || is_credential(own)
}

/// The same of a parameter of a query, where `key` is an API's key.
pub(super) fn is_credential_parameter(name: &str) -> bool {
    is_credential(name) || name.eq_ignore_ascii_case("key")
}

/// `"name": "value"`, `<name>value</name>`, `name=value`, and a bearer's token.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let alternatives = [
        r#"([A-Za-z0-9_.-]+)\\*["']?\s*[:=]\s*\\*["']([^"'\\]+)"#,
        r"<(?:[A-Za-z0-9_-]+:)?([A-Za-z0-9_.-]+)>([^<>]+)</",
        r#"([A-Za-z0-9_.-]+)=([^&\s"'<>;,=]+={0,2})"#,
        r"(?i:(bearer)\s+([a-z0-9._~+/-]{8,}=*))",
    ];
    Regex::new(&alternatives.join("|")).ok()
});

/// Where credentials stand in a text, each with a name: those that a name stands in front of, and tokens by their looks.
pub(super) fn credentials_in(text: &str) -> Vec<(String, Range<usize>)> {
    let mut found: Vec<(String, Range<usize>)> = secret::tokens(text)
        .into_iter()
        .map(|range| ("token".to_owned(), range))
        .collect();
    let mut at = 0;
    while let Some(captures) = NAMED.as_ref().and_then(|named| named.captures_at(text, at)) {
        let mut groups = captures.iter().skip(1).flatten();
        let (Some(name), Some(value)) = (groups.next(), groups.next()) else {
            break;
        };
        let is_bearer = name.as_str().eq_ignore_ascii_case("bearer");
        if is_bearer || is_credential(name.as_str()) {
            let name = if is_bearer { "token" } else { name.as_str() };
            found.push((name.to_owned(), value.range()));
            at = value.end();
        } else {
            // Within what a name that says nothing stands in front of, others may stand.
            at = name.end();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_is_a_credential() {
        for name in [
            "apiKey",
            "X-Api-Key",
            "access_token",
            "csrfToken",
            "Password",
            "new-password",
            "client_secret",
            "pin",
            "PHPSESSID",
            "X-Amz-Signature",
            "X-OTP",
            "user_pass",
            "userPass",
            "userpwd",
            "user[pin]",
            "otpCode",
            "tokens",
            "signing_key",
        ] {
            assert!(is_credential(name), "{name}");
        }
        for name in [
            "max_tokens",
            "nextPageToken",
            "token_type",
            "spinner",
            "bypass",
            "cookie_banner",
            "author",
            "key",
            "name",
        ] {
            assert!(!is_credential(name), "{name}");
        }
        assert!(is_credential_parameter("key"));
        for header in [
            "Cookie",
            "DD-APPLICATION-KEY",
            "X-Auth-Email-Key",
            "X-JWT",
            "X-Session",
        ] {
            assert!(is_credential_header(header), "{header}");
        }
        assert!(!is_credential_header("Idempotency-Key"));
    }

    #[test]
    fn credentials_are_found_in_texts() {
        let found = |text: &str| -> Vec<String> {
            let ranges = credentials_in(text).into_iter();
            ranges
                .map(|(name, range)| format!("{name} {}", &text[range]))
                .collect()
        };
        assert_eq!(
            found(r#"{"user": "jo", "password": "s3cret"}"#),
            ["password s3cret"]
        );
        assert_eq!(found(r#"{\"token\":\"abc\"}"#), ["token abc"]);
        assert_eq!(found("mutation { login(password: \"a b\") }"), ["password a b"]);
        assert_eq!(found("<w:Password>x y</w:Password>"), ["Password x y"]);
        assert_eq!(found("https://a.test/?a=1&api_key=abc&b=2"), ["api_key abc"]);
        assert_eq!(found("Bearer abcdefgh=="), ["token abcdefgh=="]);
        assert_eq!(found("a note: the password is safe"), [""; 0]);
    }
}
