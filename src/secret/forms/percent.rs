//! Percent-encoding (RFC 3986) and form encoding, in the sets of bytes that libraries leave as they are.

use std::fmt::Write as _;

/// The punctuation some encoder leaves as it is, beside letters and digits.
const KEPT: [&str; 6] = [
    // RFC 3986, unreserved.
    "-._~",
    // ECMAScript: encodeURIComponent, encodeURI.
    "-_.!~*'()",
    "-_.!~*'();/?:@&=+$,#",
    // The URL standard: special-query, path and userinfo percent-encode sets.
    "!$%&()*+,-./:;=?@[\\]^_`{|}~",
    "!$%&'()*+,-./:;=@[\\]_|~",
    "!$%&'()*+,-._~",
];

/// The same where a space becomes `+`.
const KEPT_IN_FORMS: [&str; 3] = [
    // The URL standard: application/x-www-form-urlencoded.
    "*-._", // Python, PHP and others.
    "-._~", "-._",
];

/// The text in each percent and form encoding, with hexadecimal digits in both cases.
pub(super) fn encodings(text: &str) -> Vec<String> {
    let uris = KEPT.iter().map(|kept| (kept, "%20"));
    let forms = KEPT_IN_FORMS.iter().map(|kept| (kept, "+"));
    uris.chain(forms)
        .flat_map(|(kept, space)| [true, false].map(|upper| encode(text, kept, space, upper)))
        .collect()
}

/// The text in the encodings of today's libraries: all but unreserved, `encodeURIComponent`, and a form's.
pub(super) fn usual(text: &str) -> Vec<String> {
    vec![
        encode(text, KEPT[0], "%20", true),
        encode(text, KEPT[1], "%20", true),
        encode(text, KEPT_IN_FORMS[0], "+", true),
    ]
}

/// The text with every byte encoded, needed or not.
pub(super) fn every_byte(text: &str) -> [String; 2] {
    [true, false].map(|upper| {
        let mut out = String::with_capacity(text.len() * 3);
        text.bytes().for_each(|byte| push_percent(&mut out, byte, upper));
        out
    })
}

fn encode(text: &str, kept: &str, space: &str, upper: bool) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte) {
            out.push(char::from(byte));
        } else if byte == b' ' {
            out.push_str(space);
        } else {
            push_percent(&mut out, byte, upper);
        }
    }
    out
}

fn push_percent(out: &mut String, byte: u8, upper: bool) {
    let written = match upper {
        true => write!(out, "%{byte:02X}"),
        false => write!(out, "%{byte:02x}"),
    };
    written.expect("writing to a string succeeds");
}
