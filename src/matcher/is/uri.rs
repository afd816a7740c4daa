//! A URI with a scheme, in the characters of RFC 3986.

use url::Url;

/// Whether a text is a URI: it has a scheme, only characters that RFC 3986, appendix A, allows, and can be parsed.
pub(super) fn is_uri(text: &str) -> bool {
    text.contains(':') && only_allowed(text) && Url::parse(text).is_ok()
}

/// The URL parser repairs what it can; what would need repair is not a URI.
fn only_allowed(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().all(|(at, byte)| match byte {
        b'%' => bytes
            .get(at + 1..at + 3)
            .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)),
        _ => byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(byte),
    })
}

#[cfg(test)]
mod tests {
    use super::is_uri;

    #[test]
    fn uris() {
        for yes in [
            "https://example.com/a%20b?c=d#e",
            "urn:isbn:0451450523",
            "mailto:jo@example.com",
        ] {
            assert!(is_uri(yes), "{yes}");
        }
        for no in [
            "",
            "example.com",
            "/a",
            "https://exa mple.com",
            "https://a/%2",
            "https://a/{b}",
            "http://",
        ] {
            assert!(!is_uri(no), "{no}");
        }
    }
}
