//! JSON text that reads back the same, in which no character acts on a terminal and no line commands a CI runner.

use crate::untrusted;

/// Writes characters that act as `\u202e`, and the second of two `#` as `\u0023`, since `##[…]` and `##vso[…]` are
/// commands anywhere in a line. All of them can stand in strings only, so the value stays what it was. `::name::`
/// counts at the start of a line alone, where JSON on several lines has no text of its own.
pub(in crate::report) fn inert(json: &str) -> String {
    let mut inert = String::with_capacity(json.len());
    for character in json.chars() {
        let acts = match character {
            '\n' | ' '..='~' => false,
            _ => {
                let mut bytes = [0; 4];
                let one = character.encode_utf8(&mut bytes);
                untrusted::line(one) != *one
            }
        };
        if acts || (character == '#' && inert.ends_with('#')) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                inert.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            inert.push(character);
        }
    }
    inert
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_acts_is_escaped() {
        assert_eq!(
            inert("[\n  \"##[a] ###b \u{202e}\u{7f}\u{e0041}\"\n]"),
            "[\n  \"#\\u0023[a] #\\u0023#b \\u202e\\u007f\\udb40\\udc41\"\n]"
        );
    }

    proptest! {
        #[test]
        fn the_value_stays(text in any::<String>(), hashes in "[#a\u{200b}\\[]{0,8}") {
            let value = serde_json::json!({ text: hashes });
            let written = inert(&serde_json::to_string_pretty(&value).unwrap());
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), value);
            prop_assert_eq!(untrusted::guard_ci(&written), written.as_str());
            prop_assert_eq!(untrusted::block(&written), written.as_str());
        }
    }
}
