//! What of a header's value is a credential: what has to be found where an answer repeats it.

use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::header::scheme_and_rest;
use super::vault::weak;

/// Parameters of `Authorization` that everybody may know, in lower case: of Digest (RFC 7616), OAuth 1.0 (RFC 5849),
/// Hawk, signatures and AWS.
const PUBLIC: [&str; 22] = [
    "algorithm",
    "charset",
    "created",
    "domain",
    "expires",
    "headers",
    "id",
    "keyid",
    "nc",
    "oauth_consumer_key",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_version",
    "qop",
    "realm",
    "signedheaders",
    "stale",
    "ts",
    "uri",
    "userhash",
    "username",
    "username*",
];

/// The credentials in the value of a header that carries some: the values of cookies, the parameters of `Authorization`
/// that are not public, the password of Basic, or else the whole; percent-decoded as well. What is too short to be
/// masked safely is left out, and so is a label that stands in a secret's place already.
pub fn credentials<'v>(name: &str, value: &'v str) -> Vec<Cow<'v, str>> {
    let mut found = Vec::new();
    if name.eq_ignore_ascii_case("cookie") {
        found.extend(value.split(';').map(of_cookie));
    } else if name.eq_ignore_ascii_case("set-cookie") {
        found.extend(value.split(';').next().map(of_cookie));
    } else {
        of_authorization(value.trim(), &mut found);
    }
    let decoded: Vec<_> = found.iter().filter_map(|text| percent_decoded(text)).collect();
    found.extend(decoded);
    found.retain(|text| !weak(text) && !text.starts_with('‹'));
    found
}

/// The value of a `name=value` pair, without quotes. A pair without a name is all value (RFC 6265bis, section 5.6).
fn of_cookie(pair: &str) -> Cow<'_, str> {
    let value = pair.split_once('=').map_or(pair, |(_, value)| value).trim();
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    Cow::Borrowed(inner.unwrap_or(value))
}

fn of_authorization<'v>(value: &'v str, found: &mut Vec<Cow<'v, str>>) {
    let (scheme, rest) = scheme_and_rest(value);
    if let Some(parameters) = parameters(rest) {
        let hidden = parameters
            .into_iter()
            .filter(|(name, _)| !PUBLIC.iter().any(|public| public.eq_ignore_ascii_case(name)));
        found.extend(hidden.map(|(_, value)| Cow::Borrowed(value)));
        return;
    }
    // An unknown first word may be a scheme or a part of the credential.
    let behind_word = rest.split_once(' ').map(|(_, behind)| behind.trim());
    for text in [Some(rest), behind_word].into_iter().flatten() {
        // Who repeats base64 may leave out what only fills it up.
        found.push(Cow::Borrowed(text.trim_end_matches('=')));
    }
    if scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic"))
        && let Some(pair) = BASE64_STANDARD.decode(rest).ok()
        && let Ok(pair) = String::from_utf8(pair)
        && let Some((_, password)) = pair.split_once(':')
    {
        found.push(Cow::Owned(password.to_owned()));
    }
}

/// The parameters of a list such as `username="u", nc=1` (RFC 9110, section 11.2); nothing for other text.
fn parameters(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut parameters = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, behind) = rest.split_once('=')?;
        let (name, behind) = (name.trim(), behind.trim_start());
        if name.is_empty() || name.contains([' ', ',', '"']) {
            return None;
        }
        let (value, behind) = match behind.strip_prefix('"') {
            Some(quoted) => quoted.split_at_checked(end_of_quoted(quoted)?)?,
            None => behind.split_at(behind.find(',').unwrap_or(behind.len())),
        };
        let value = value.trim_end();
        // Base64 may end in `=`, which makes it no list.
        if value.is_empty() && parameters.is_empty() || value.starts_with('=') {
            return None;
        }
        parameters.push((name, value));
        let behind = behind.strip_prefix('"').unwrap_or(behind).trim_start();
        rest = match behind.strip_prefix(',') {
            Some(next) => next.trim_start(),
            None if behind.is_empty() => behind,
            None => return None,
        };
    }
    (!parameters.is_empty()).then_some(parameters)
}

/// Where the quote is that ends a quoted text, which may hold others behind backslashes.
fn end_of_quoted(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    })
}

/// What a text stands for, where that is another one.
fn percent_decoded<'v>(text: &str) -> Option<Cow<'v, str>> {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8().ok()?;
    (decoded != text).then(|| Cow::Owned(decoded.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_taken_out_of_their_frame() {
        for (name, value, expected) in [
            ("Authorization", "Bearer abcdefgh==", &["abcdefgh"][..]),
            ("Authorization", "abcdefgh", &["abcdefgh"]),
            (
                "Authorization",
                "MyScheme abcdefgh",
                &["MyScheme abcdefgh", "abcdefgh"],
            ),
            // `user:correct horse`
            (
                "Authorization",
                "Basic dXNlcjpjb3JyZWN0IGhvcnNl",
                &["dXNlcjpjb3JyZWN0IGhvcnNl", "correct horse"],
            ),
            (
                "Authorization",
                "Digest username=\"some-user\", realm=\"the, realm\", nonce=\"n0nce-n0nce\", uri=\"/some/path\", \
                 qop=auth, nc=00000001, cnonce=\"c\\\"nonce-c\", response=\"0123456789abcdef\", algorithm=SHA-256",
                &["n0nce-n0nce", "c\\\"nonce-c", "0123456789abcdef"],
            ),
            (
                "Authorization",
                "OAuth oauth_token=\"to%2Fken-token\", oauth_signature_method=\"HMAC-SHA1\"",
                &["to%2Fken-token", "to/ken-token"],
            ),
            ("X-Api-Key", "abcdefgh", &["abcdefgh"]),
            (
                "Cookie",
                "a=\"abcdefgh\"; short=abc; b=s%3Aijklmnop; qrstuvwx",
                &["abcdefgh", "s%3Aijklmnop", "qrstuvwx", "s:ijklmnop"],
            ),
            (
                "Set-Cookie",
                "sid=abc=defgh; Path=/some/where; HttpOnly",
                &["abc=defgh"],
            ),
            ("Cookie", "sid=‹session›", &[]),
            ("Authorization", "Bearer ‹token›", &[]),
        ] {
            assert_eq!(credentials(name, value), expected, "{name}: {value}");
        }
    }

    #[test]
    fn the_list_is_sorted_and_in_lower_case() {
        assert!(PUBLIC.is_sorted());
        assert!(PUBLIC.iter().all(|name| *name == name.to_ascii_lowercase()));
    }
}
