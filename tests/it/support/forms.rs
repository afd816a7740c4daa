//! Secrets of three alphabets, the sixteen forms in which one could leave, and the search for them.
//!
//! The unit tests of the reports read this file as well: both look for the same forms.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// All but unreserved characters (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What secrets are made of: as tokens are, of what every encoding escapes, and beyond ASCII.
pub(crate) const ALPHABETS: [(&str, &str); 3] = [
    (
        "token",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    ),
    ("punctuation", "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~ ABCabc019"),
    ("beyond ASCII", "äéñøßłĞжПλ字符✓€🔑abcXYZ012"),
];

/// How many seeds each alphabet is tried with: 20, or what `CALLSHEET_SEEDS` says.
pub(crate) fn seeds() -> u64 {
    std::env::var("CALLSHEET_SEEDS").map_or(20, |text| text.parse().expect("CALLSHEET_SEEDS is a number"))
}

/// A secret of 16 to 40 characters. It begins and ends with a letter or a digit: blanks around a secret are none of it.
pub(crate) fn secret(alphabet: &str, seed: u64) -> String {
    let mut random = StdRng::seed_from_u64(seed);
    let characters: Vec<char> = alphabet.chars().collect();
    let length = random.random_range(14..=38);
    let inner: String = (0..length)
        .map(|_| characters[random.random_range(0..characters.len())])
        .collect();
    let mut edge = || char::from(random.random_range(b'a'..=b'z'));
    format!("{}{inner}{}", edge(), edge())
}

/// One form: its name, what it looks like, and the part of that which no neighbour can change.
pub(crate) struct Form {
    pub(crate) name: &'static str,
    pub(crate) text: String,
    pub(crate) needle: String,
}

/// The sixteen forms of a secret, by encoders that are not the mask's where there are others.
pub(crate) fn forms(secret: &str) -> Vec<Form> {
    let percent = utf8_percent_encode(secret, RESERVED).to_string();
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let whole = [
        ("raw", secret.to_owned()),
        ("percent, lower case", lower_percent(&percent)),
        ("percent", percent),
        (
            "form",
            url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        ),
        ("JSON", json(secret)),
        ("JSON in ASCII", ascii(&json(secret))),
        ("hex, upper case", hex.to_uppercase()),
        ("hex", hex),
        ("HTML", html(secret)),
        ("shell", shell(secret)),
    ];
    let mut forms: Vec<Form> = whole
        .into_iter()
        .map(|(name, text)| Form {
            name,
            needle: text.clone(),
            text,
        })
        .collect();
    let names = [
        ("base64", "base64url"),
        ("base64, second place", "base64url, second place"),
        ("base64, third place", "base64url, third place"),
    ];
    for (before, (standard, url_safe)) in names.into_iter().enumerate() {
        let bytes = [&b"xx"[..before], secret.as_bytes()].concat();
        for (name, text) in [
            (standard, STANDARD.encode(&bytes)),
            (url_safe, URL_SAFE.encode(&bytes)),
        ] {
            // A character holds six bits; those that hold others' as well are shared with the neighbours.
            let alone = (8 * before).div_ceil(6)..8 * bytes.len() / 6;
            forms.push(Form {
                name,
                needle: text[alone].to_owned(),
                text,
            });
        }
    }
    forms
}

/// The forms that a text holds, by name: as they are, or as a report of the list writes them, and also where lines are
/// folded inside of them.
pub(crate) fn found(output: &str, secret: &str) -> Vec<&'static str> {
    let unfolded = without_gaps(output);
    forms(secret)
        .into_iter()
        .filter(|form| {
            output.contains(&form.needle)
                || written(&form.needle)
                    .iter()
                    .any(|text| unfolded.contains(&without_gaps(text)))
        })
        .map(|form| form.name)
        .collect()
}

/// The text without blanks and frames, by which lines are folded.
fn without_gaps(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_whitespace() && !"│┃".contains(*letter))
        .collect()
}

/// A text as reports write it: by itself and in a command as JSON and in a page, in XML, Markdown, TAP
/// and a workflow command.
fn written(text: &str) -> [String; 11] {
    let xml = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    [
        text.to_owned(),
        json(text),
        json(&json(text)),
        json(&shell(text)),
        html(text),
        html(&json(text)),
        html(&shell(text)),
        xml.replace('"', "&quot;"),
        text.replace('|', "\\|"),
        text.replace('\\', "\\\\").replace('#', "\\#"),
        text.replace('%', "%25"),
    ]
}

/// As between single quotes of a POSIX shell.
fn shell(text: &str) -> String {
    text.replace('\'', "'\\''")
}

/// As a JSON string, without its quotes.
fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).expect("a text");
    quoted[1..quoted.len() - 1].to_owned()
}

/// With all beyond ASCII as JSON's `\u`.
fn ascii(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        if letter.is_ascii() {
            escaped.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    escaped
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn lower_percent(text: &str) -> String {
    let mut parts = text.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        format!("{text}%{}{}", part[..2].to_ascii_lowercase(), &part[2..])
    })
}
