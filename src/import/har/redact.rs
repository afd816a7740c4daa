//! An archive's text for messages: its structure, and none of its values.

use std::sync::Arc;

use crate::source::Source;

/// The same source with every character of a text that is no key as `*`, so that each place stays where it is.
pub(super) fn shown(source: &Arc<Source>) -> Arc<Source> {
    let mut bytes = source.text.clone().into_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'"' {
            // Where a text lacks its quotes.
            if bytes[at].is_ascii_alphabetic() || !bytes[at].is_ascii() {
                bytes[at] = b'*';
            }
            at += 1;
            continue;
        }
        let start = at + 1;
        let mut end = start;
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let end = end.min(bytes.len());
        let behind = bytes[end..]
            .iter()
            .skip(1)
            .find(|byte| !byte.is_ascii_whitespace());
        if behind != Some(&b':') {
            for byte in &mut bytes[start..end] {
                if *byte != b'\n' {
                    *byte = b'*';
                }
            }
        }
        at = end + 1;
    }
    Source::new(source.path.clone(), String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_and_values_do_not() {
        for (text, expected) in [
            (
                r#"{"name": "Authorization", "value" : "é\"b"}"#,
                r#"{"name": "*************", "value" : "*****"}"#,
            ),
            (r#"{"a": ["x", 1, "open"#, r#"{"a": ["*", 1, "****"#),
            ("\"a\\", "\"**"),
            ("curl -H 'é: b'", "**** -* '**: *'"),
        ] {
            assert_eq!(shown(&Source::new("a.har", text)).text, expected);
        }
    }
}
