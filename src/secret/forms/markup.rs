//! HTML and XML escapes: by name, and by number.

use std::fmt::{self, Write as _};

/// What escapers replace, each list for a family of them.
const NAMED: [&[(char, &str)]; 8] = [
    // XML text.
    &[('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;")],
    &[('&', "&amp;"), ('<', "&lt;")],
    // XML attributes in double quotes.
    &[('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&quot;")],
    // XML's five.
    &[
        ('&', "&amp;"),
        ('<', "&lt;"),
        ('>', "&gt;"),
        ('"', "&quot;"),
        ('\'', "&apos;"),
    ],
    // HTML: PHP and Jinja; Python; templates that escape the slash too; Go.
    &[
        ('&', "&amp;"),
        ('<', "&lt;"),
        ('>', "&gt;"),
        ('"', "&quot;"),
        ('\'', "&#39;"),
    ],
    &[
        ('&', "&amp;"),
        ('<', "&lt;"),
        ('>', "&gt;"),
        ('"', "&quot;"),
        ('\'', "&#x27;"),
    ],
    &[
        ('&', "&amp;"),
        ('<', "&lt;"),
        ('>', "&gt;"),
        ('"', "&quot;"),
        ('\'', "&#x27;"),
        ('/', "&#x2f;"),
    ],
    &[
        ('&', "&amp;"),
        ('<', "&lt;"),
        ('>', "&gt;"),
        ('"', "&#34;"),
        ('\'', "&#39;"),
    ],
];

/// The text with the characters that mean something in markup escaped by name.
pub(super) fn named(text: &str) -> Vec<String> {
    NAMED
        .iter()
        .map(|replacements| replace(text, replacements))
        .collect()
}

/// The text as the page for people writes it.
pub(super) fn in_page(text: &str) -> String {
    replace(text, NAMED[4])
}

/// The text with characters escaped by number, in decimal and hexadecimal: all of them, all but letters and digits,
/// and all outside ASCII.
pub(super) fn numeric(text: &str) -> Vec<String> {
    let chosen: [fn(char) -> bool; 3] = [
        |_| true,
        |character| !character.is_ascii_alphanumeric(),
        |character| !character.is_ascii(),
    ];
    let written: [fn(&mut String, u32) -> fmt::Result; 3] = [
        |out, code| write!(out, "&#{code};"),
        |out, code| write!(out, "&#x{code:x};"),
        |out, code| write!(out, "&#x{code:X};"),
    ];
    let mut texts = Vec::new();
    for choose in chosen {
        for write in written {
            let mut out = String::with_capacity(text.len() * 6);
            for character in text.chars() {
                match choose(character) {
                    true => write(&mut out, u32::from(character)).expect("writing to a string succeeds"),
                    false => out.push(character),
                }
            }
            texts.push(out);
        }
    }
    texts
}

fn replace(text: &str, replacements: &[(char, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match replacements.iter().find(|(replaced, _)| *replaced == character) {
            Some((_, replacement)) => out.push_str(replacement),
            None => out.push(character),
        }
    }
    out
}
