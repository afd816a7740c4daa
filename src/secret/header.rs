//! Headers whose values are credentials, whoever declared them.

use std::borrow::Cow;

/// What stands for a value that has no name of its own.
const HIDDEN: &str = "‹…›";

/// Headers that carry credentials, in lower case.
const SENSITIVE: [&str; 30] = [
    "api-key",
    "apikey",
    "authorization",
    "cookie",
    "job-token",
    "ocp-apim-subscription-key",
    "private-token",
    "proxy-authorization",
    "set-cookie",
    "set-cookie2",
    "x-access-token",
    "x-amz-security-token",
    "x-api-key",
    "x-api-token",
    "x-apikey",
    "x-auth",
    "x-auth-key",
    "x-auth-token",
    "x-authorization",
    "x-client-secret",
    "x-csrf-token",
    "x-forwarded-authorization",
    "x-functions-key",
    "x-gitlab-token",
    "x-goog-api-key",
    "x-session-token",
    "x-shopify-access-token",
    "x-token",
    "x-vault-token",
    "x-xsrf-token",
];

/// Authentication schemes whose word may be shown: IANA's registry and what else is in wide use, in lower case. An
/// unknown first word may be a part of the credential.
const SCHEMES: [&str; 20] = [
    "apikey",
    "aws4-hmac-sha256",
    "basic",
    "bearer",
    "concealed",
    "digest",
    "dpop",
    "gnap",
    "hawk",
    "hoba",
    "key",
    "mutual",
    "negotiate",
    "ntlm",
    "oauth",
    "privatetoken",
    "scram-sha-1",
    "scram-sha-256",
    "token",
    "vapid",
];

/// Whether a header's value is a credential; the case of the name is of no account.
pub fn sensitive_header(name: &str) -> bool {
    let name = name.trim();
    SENSITIVE
        .iter()
        .any(|sensitive| sensitive.eq_ignore_ascii_case(name))
}

/// A header's value as it may be shown: credentials hidden, with the scheme's word (`Bearer ‹…›`), the names of
/// cookies (`session=‹…›`) and a cookie's attributes kept. Where the value already holds a label, it stays. The value
/// of any other header is returned as it is.
pub fn shown_header<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    if !sensitive_header(name) {
        return Cow::Borrowed(value);
    }
    Cow::Owned(match name.trim().to_ascii_lowercase().as_str() {
        "cookie" => value
            .split(';')
            .map(|pair| shown_pair(pair.trim()))
            .collect::<Vec<_>>()
            .join("; "),
        "set-cookie" | "set-cookie2" => shown_set_cookie(value),
        _ => shown_credentials(value.trim()),
    })
}

/// A URL as it may be shown: `https://user:abc@host/` as `https://user:‹…›@host/`.
pub fn shown_url(url: &str) -> Cow<'_, str> {
    let start = url.find("://").map_or(0, |at| at + "://".len());
    let end = url[start..]
        .find(['/', '?', '#'])
        .map_or(url.len(), |at| start + at);
    let credentials = url[start..end]
        .rsplit_once('@')
        .and_then(|(user, _)| user.split_once(':'));
    let Some((name, password)) = credentials else {
        return Cow::Borrowed(url);
    };
    let host = start + name.len() + 1 + password.len();
    Cow::Owned(format!(
        "{}{name}:{}{}",
        &url[..start],
        hidden(password),
        &url[host..]
    ))
}

/// `Bearer abc` as `Bearer ‹…›`.
fn shown_credentials(value: &str) -> String {
    match scheme_and_rest(value) {
        (Some(scheme), rest) => format!("{scheme} {}", hidden(rest)),
        (None, whole) => hidden(whole).to_owned(),
    }
}

/// The scheme's word, where it is one, and what follows it.
pub fn scheme_and_rest(value: &str) -> (Option<&str>, &str) {
    match value.split_once(' ') {
        Some((scheme, rest)) if SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme)) => {
            (Some(scheme), rest.trim())
        }
        _ => (None, value),
    }
}

/// `session=abc; Path=/` as `session=‹…›; Path=/`.
fn shown_set_cookie(value: &str) -> String {
    let (pair, attributes) = match value.find(';') {
        Some(end) => value.split_at(end),
        None => (value, ""),
    };
    format!("{}{attributes}", shown_pair(pair.trim()))
}

/// `session=abc` as `session=‹…›`. A pair without a name is all value (RFC 6265bis, section 5.6).
fn shown_pair(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}", hidden(value)),
        None => hidden(pair).to_owned(),
    }
}

/// The mark in a value's place; an empty value has nothing to hide, and a label stays.
fn hidden(value: &str) -> &str {
    let inner = value.strip_prefix('‹').and_then(|rest| rest.strip_suffix('›'));
    let is_label = inner.is_some_and(|name| !name.contains(['‹', '›']));
    if value.is_empty() || is_label {
        value
    } else {
        HIDDEN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_hidden_and_their_frame_is_kept() {
        for (name, value, shown) in [
            ("Authorization", "Bearer abc.def", "Bearer ‹…›"),
            ("AUTHORIZATION", "basic dTpw", "basic ‹…›"),
            (
                "Authorization",
                "Digest username=\"u\", response=\"r\"",
                "Digest ‹…›",
            ),
            ("Authorization", "part-of-key rest", "‹…›"),
            ("Authorization", "abc", "‹…›"),
            ("Authorization", "Bearer ‹token›", "Bearer ‹token›"),
            ("Proxy-Authorization", "Basic dTpw", "Basic ‹…›"),
            ("x-api-KEY", "abc", "‹…›"),
            ("Cookie", "session=abc; theme=dark", "session=‹…›; theme=‹…›"),
            ("Cookie", "bare", "‹…›"),
            ("Cookie", "a=b=c", "a=‹…›"),
            ("Cookie", "session=‹session›; a=", "session=‹session›; a="),
            (
                "Set-Cookie",
                "session=abc; Path=/; HttpOnly",
                "session=‹…›; Path=/; HttpOnly",
            ),
            ("Set-Cookie", "bare; Secure", "‹…›; Secure"),
            ("Content-Type", "text/plain; a=b", "text/plain; a=b"),
        ] {
            assert_eq!(shown_header(name, value), shown, "{name}: {value}");
        }
    }

    #[test]
    fn a_password_in_a_url_is_hidden() {
        for (url, shown) in [
            ("https://user:abc@host:1/a:b@c", "https://user:‹…›@host:1/a:b@c"),
            ("https://user:a:b@host", "https://user:‹…›@host"),
            ("https://user:a@b@host?c@d", "https://user:‹…›@host?c@d"),
            ("https://user:‹key›@host/", "https://user:‹key›@host/"),
            ("https://user@host/", "https://user@host/"),
            ("https://host:1/a@b", "https://host:1/a@b"),
            ("/a:b@c", "/a:b@c"),
        ] {
            assert_eq!(shown_url(url), shown);
        }
    }

    #[test]
    fn lists_are_sorted_and_in_lower_case() {
        for list in [&SENSITIVE[..], &SCHEMES[..]] {
            assert!(list.is_sorted());
            assert!(list.iter().all(|name| *name == name.to_ascii_lowercase()));
        }
    }
}
