//! No secret is found in any form after the mask, however the text is cut; other text passes unchanged.

use super::{Label, Vault, weak};
use crate::untrusted;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use std::borrow::Cow;
use std::io::Write as _;

/// `encodeURIComponent`'s set.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');
/// All but unreserved characters (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// The URL standard's query set.
const QUERY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'\'');

type Encode = fn(&str) -> String;

/// The forms, made by other encoders than the mask's where there is one.
const FORMS: [(&str, Encode); 20] = [
    ("raw", str::to_owned),
    ("percent component", |text| {
        utf8_percent_encode(text, COMPONENT).to_string()
    }),
    ("percent reserved", |text| {
        utf8_percent_encode(text, RESERVED).to_string()
    }),
    ("percent query", |text| {
        utf8_percent_encode(text, QUERY).to_string()
    }),
    ("percent lower case", |text| {
        lower_percent(&utf8_percent_encode(text, COMPONENT).to_string())
    }),
    ("percent every byte", |text| {
        text.bytes().map(|byte| format!("%{byte:02X}")).collect()
    }),
    ("form", |text| {
        url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
    }),
    ("json", json),
    ("json ascii", |text| {
        let units = |c: char| match c.is_ascii() {
            true => c.to_string(),
            false => c
                .encode_utf16(&mut [0; 2])
                .iter()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect(),
        };
        json(text).chars().map(units).collect()
    }),
    ("json slash", |text| json(text).replace('/', "\\/")),
    ("json in json", |text| json(&json(text))),
    ("base64", |text| STANDARD.encode(text)),
    ("base64 url", |text| URL_SAFE_NO_PAD.encode(text)),
    ("hex", |text| {
        text.bytes().map(|byte| format!("{byte:02x}")).collect()
    }),
    ("hex upper case", |text| {
        text.bytes().map(|byte| format!("{byte:02X}")).collect()
    }),
    ("html", html),
    ("html numbers", |text| {
        text.chars().map(|c| format!("&#{};", u32::from(c))).collect()
    }),
    ("json in html", |text| html(&json(text))),
    ("shell", |text| text.replace('\'', "'\\''")),
    ("display", |text| untrusted::line(text).into_owned()),
];

fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#x27;")
        .replace('/', "&#x2f;")
}

fn lower_percent(text: &str) -> String {
    let mut parts = text.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| {
        format!("{out}%{}{}", part[..2].to_ascii_lowercase(), &part[2..])
    })
}

/// Secrets like tokens, of punctuation that every encoding escapes, and beyond ASCII.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9_]{8,40}",
        "[A-Za-z0-9][!-~]{0,12}[\"'&<>/\\\\+=?%$#{} ]{6,8}[!-~]{0,12}[A-Za-z0-9]",
        "[a-zé字✓ñ🔑]{8,16}",
        "[A-Z]{4}[\\n\\t\u{1b}a-z]{4,8}[A-Z]{4}",
    ]
}

fn masked_in_chunks(vault: &Vault, text: &[u8], sizes: &[usize]) -> Vec<u8> {
    let mut writer = vault.writer_gathering(0, Vec::new());
    let mut rest = text;
    for size in sizes.iter().cycle() {
        let (chunk, after) = rest.split_at((*size).min(rest.len()));
        writer.write_all(chunk).unwrap();
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    writer.finish().unwrap()
}

fn vault(secrets: &[&str]) -> Vault {
    let vault = Vault::new();
    for (index, secret) in secrets.iter().enumerate() {
        vault.add(secret, &Label::new(&format!("s{index}")));
    }
    vault
}

#[test]
fn the_beginning_is_that_of_the_whole_masked_text() {
    let vault = Vault::new();
    vault.add("correct-horse-battery", &Label::new("pass"));
    let texts = [
        String::new(),
        "correct-horse-battery".to_owned(),
        "é correct-horse-battery, ".repeat(40),
        format!("{}{}", "x ".repeat(7), "correct-horse-battery ".repeat(20)),
        format!(
            "{}.{}.{}",
            "eyJhbGciOiJIUzI1NiJ9",
            "eyJzdWIiOiIxIn0".repeat(30),
            "c2ln".repeat(9)
        ),
        "-".repeat(300),
    ];
    for text in &texts {
        let whole = vault.mask_text(text);
        for most in 0..60 {
            let end = whole.floor_char_boundary(most);
            let expected = (whole[..end].to_owned(), end < whole.len());
            assert_eq!(vault.mask_beginning(text, most), expected, "{most} of {text}");
        }
    }
}

proptest! {
    #[test]
    fn no_form_passes(
        secret in secret(),
        before in "[ \u{2022}:{\"]{0,4}",
        after in "[ \u{2022},}\"]{0,4}",
        sizes in prop::collection::vec(1..40_usize, 1..6),
    ) {
        let vault = vault(&[&secret]);
        for (name, encode) in FORMS {
            let form = encode(&secret);
            let text = format!("{before}{form}{after}");
            // The control: without the mask, it is there.
            prop_assert!(text.contains(&form));
            prop_assert_eq!(vault.contains_any(text.as_bytes()), Some(Label::new("s0")), "{}", name);
            let masked = vault.mask_text(&text).into_owned();
            prop_assert!(!masked.contains(&form), "{}: {}", name, masked);
            let padding = "=".repeat(form.len() - form.trim_end_matches('=').len());
            prop_assert_eq!(&masked, &format!("{before}‹s0›{padding}{after}"), "{}", name);
            prop_assert_eq!(masked_in_chunks(&vault, text.as_bytes(), &sizes), masked.as_bytes(), "{}", name);
        }
    }

    #[test]
    fn base64_around_a_secret_gives_none_of_it_away(
        secret in secret(),
        before in prop::collection::vec(any::<u8>(), 0..7),
        after in prop::collection::vec(any::<u8>(), 0..7),
        sizes in prop::collection::vec(1..40_usize, 1..6),
    ) {
        let vault = vault(&[&secret]);
        let bytes = [&before[..], secret.as_bytes(), &after[..]].concat();
        for text in [STANDARD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            let masked = vault.mask_text(&text).into_owned();
            // No character that is left shares bits with the secret.
            let (left, right) = masked.split_once("‹s0›").expect("the control finds it");
            let first_shared = before.len() * 8 / 6;
            let first_free = ((before.len() + secret.len()) * 8).div_ceil(6);
            prop_assert!(left.len() <= first_shared);
            prop_assert!(right.len() <= text.len() - first_free);
            prop_assert_eq!(masked_in_chunks(&vault, text.as_bytes(), &sizes), masked.as_bytes());
        }
    }

    #[test]
    fn other_text_passes_unchanged(
        text in prop::collection::vec(any::<u8>(), 0..400),
        sizes in prop::collection::vec(1..40_usize, 1..6),
    ) {
        let vault = vault(&["a-long-enough-secret", "zażółć gęślą"]);
        prop_assert!(matches!(vault.mask_bytes(&text), Cow::Borrowed(_)));
        prop_assert_eq!(masked_in_chunks(&vault, &text, &sizes), text);
    }

    #[test]
    fn a_stream_is_masked_as_the_whole_is(
        parts in prop::collection::vec(prop_oneof![
            Just("abcdefgh"), Just("efghijkl"), Just("aaaaaaaa"), Just("aa"), Just("abcd"), Just("ijkl"), Just(" "),
            Just("eyJ"), Just("eyJhbGciOiJIUzI1NiJ9"), Just("."), Just("c2lnbmF0dXJl"), Just("YWJjZGVmZ2g"),
        ], 0..24),
        sizes in prop::collection::vec(1..12_usize, 1..6),
    ) {
        let vault = vault(&["abcdefgh", "efghijkl", "aaaaaaaa"]);
        let text = parts.concat();
        let masked = vault.mask_text(&text).into_owned();
        for secret in ["abcdefgh", "efghijkl", "aaaaaaaa"] {
            prop_assert!(!masked.contains(secret), "{}", masked);
        }
        for most in 0..=text.len() {
            let end = masked.floor_char_boundary(most);
            let expected = (masked[..end].to_owned(), end < masked.len());
            prop_assert_eq!(vault.mask_beginning(&text, most), expected, "{}", most);
        }
        prop_assert_eq!(String::from_utf8(masked_in_chunks(&vault, text.as_bytes(), &sizes)).unwrap(), masked);
    }
}

#[test]
fn overlapping_secrets_are_hidden_to_their_ends() {
    let vault = vault(&["abcdefgh", "efghijkl", "abcdefghij"]);
    assert_eq!(vault.mask_text("<abcdefghijkl>"), "<‹s2›‹s1›>");
    assert_eq!(vault.mask_text("<abcdefghi>"), "<‹s0›i>");
}

#[test]
fn a_secret_added_later_is_masked_from_then_on() {
    let vault = Vault::new();
    assert_eq!(
        vault.mask_text("first-token second-token"),
        "first-token second-token"
    );
    for (index, name) in ["first", "second", "third", "fourth", "fifth"].iter().enumerate() {
        let token = format!("{name}-token");
        assert!(vault.clone().add(&token, &Label::new(name)));
        assert_eq!(vault.mask_text(&format!("({token})")), format!("(‹{name}›)"));
        assert_eq!(vault.len(), index + 1);
    }
    assert_eq!(vault.mask_text("third-token,first-token"), "‹third›,‹first›");
}

#[test]
fn what_is_too_short_is_not_masked() {
    let vault = Vault::new();
    for text in ["", "abc", "    ", " a\n"] {
        assert!(!vault.add(text, &Label::new("short")));
    }
    assert!(vault.is_empty());
    assert!(vault.add("abcd", &Label::new("short")));
    assert_eq!(vault.mask_text("xabcdx"), "x‹short›x");
    assert!(weak("1234567") && !weak("12345678"));
}

#[test]
fn a_secret_added_twice_keeps_its_label() {
    let vault = vault(&["the-same-text", "the-same-text"]);
    assert_eq!(vault.len(), 1);
    assert_eq!(vault.mask_text("the-same-text"), "‹s0›");
    assert_eq!(format!("{vault:?}"), "Vault(1 secrets)");
}

#[test]
fn each_line_of_a_key_is_masked() {
    let key = "-----BEGIN PRIVATE KEY-----\r\nMIIEvQIBADANBgkqhkiG9w0B\r\nAQEFAASCBKcwggSjAgEA\r\nab==\r\n-----END PRIVATE KEY-----\r\n";
    let vault = vault(&[key]);
    assert_eq!(vault.mask_text("x AQEFAASCBKcwggSjAgEA y"), "x ‹s0› y");
    assert_eq!(vault.mask_text(key.trim()), "‹s0›");
    assert_eq!(vault.mask_text(&json(key)), "‹s0›");
    assert_eq!(
        vault.mask_text("-----BEGIN PRIVATE KEY-----"),
        "-----BEGIN PRIVATE KEY-----"
    );
}

#[test]
fn tokens_are_masked_though_nobody_declared_them() {
    const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl";
    let text = format!("{{\"token\":\"{TOKEN}\"}}");
    let vault = Vault::new();
    assert_eq!(vault.mask_text(&text), "{\"token\":\"‹jwt›\"}");
    assert_eq!(vault.contains_any(text.as_bytes()), None);
    for size in 1..text.len() {
        assert_eq!(
            masked_in_chunks(&vault, text.as_bytes(), &[size]),
            b"{\"token\":\"\xe2\x80\xb9jwt\xe2\x80\xba\"}"
        );
    }
    assert!(vault.add(TOKEN, &Label::new("session")));
    assert_eq!(vault.mask_text(&text), "{\"token\":\"‹session›\"}");
}

#[test]
fn a_stream_holds_back_no_more_than_it_must() {
    let vault = vault(&["a-long-enough-secret"]);
    let mut writer = vault.writer_gathering(0, Vec::new());
    writer.write_all(&[b'x'; 10_000]).unwrap();
    writer.write_all(b"a-long-en").unwrap();
    writer.write_all(b"ough-secret").unwrap();
    writer.flush().unwrap();
    writer.write_all(b"more").unwrap();
    let masked = String::from_utf8(writer.finish().unwrap()).unwrap();
    assert_eq!(masked.trim_start_matches('x'), "‹s0›more");
}

#[test]
fn a_secret_is_found_wherever_it_lies_in_a_large_text() {
    let vault = vault(&["a-long-enough-secret"]);
    for before in [65_520, 65_536, 131_060] {
        let text = format!("{}a-long-enough-secret more", "x".repeat(before));
        let mut writer = vault.writer_gathering(0, Vec::new());
        writer.write_all(text.as_bytes()).unwrap();
        let masked = String::from_utf8(writer.finish().unwrap()).unwrap();
        assert_eq!(masked, format!("{}‹s0› more", "x".repeat(before)));
    }
}

#[test]
fn what_nobody_declared_is_masked_and_is_no_declared_secret() {
    let vault = Vault::new();
    vault.add_found("a-cookie-of-somebody", &Label::new("cookie"));
    vault.add_found("short", &Label::new("cookie"));
    assert_eq!(
        vault.mask_text("a-cookie-of-somebody and short"),
        "‹cookie› and short"
    );
    assert_eq!(
        vault.mask_text("612d636f6f6b69652d6f662d736f6d65626f6479"),
        "‹cookie›"
    );
    assert_eq!(vault.contains_any(b"a-cookie-of-somebody"), None);

    // A declared secret inside counts, and a text declared later goes by that name.
    assert!(vault.add("a-cookie", &Label::new("part")));
    assert_eq!(
        vault.contains_any(b"a-cookie-of-somebody"),
        Some(Label::new("part"))
    );
    assert!(vault.add("a-cookie-of-somebody", &Label::new("token")));
    assert_eq!(vault.mask_text("a-cookie-of-somebody"), "‹token›");
}

#[test]
fn many_cookies_are_masked_as_they_are() {
    let vault = Vault::new();
    let cookie = |number: usize| format!("{number:04}{}", "/+".repeat(510));
    for number in 0..80 {
        vault.add_found(&cookie(number), &Label::new("cookie"));
    }
    for number in [0, 79] {
        assert_eq!(vault.mask_text(&format!("<{}>", cookie(number))), "<‹cookie›>");
    }
    let encoded = |number| cookie(number).replace('/', "%2F").replace('+', "%2B");
    assert_eq!(vault.mask_text(&encoded(0)), "‹cookie›");
    assert_eq!(vault.mask_text(&encoded(79)), encoded(79));
}
