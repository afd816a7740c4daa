//! What stands for a secret in a replay: nobody knows the secret, and what is done with it must still work.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::matcher;
use crate::secret::Vault;

/// The kinds of texts that a check could tell apart, each with one of its kind. A token's claims say that it ends in 2100.
const KINDS: [(&str, &str); 2] = [
    ("jwt", "eyJhbGciOiJub25lIn0.eyJleHAiOjQxMDI0NDQ4MDB9.cmVjb3JkZWQ"),
    ("uuid", "00000000-0000-4000-8000-000000000000"),
];

/// Notes what the secrets are that make up whole texts of a value, by their labels.
pub(super) fn find(value: &Value, vault: &Vault, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::String(text) => {
            let masked = vault.mask_text(text);
            let label = masked.strip_prefix('‹').and_then(|rest| rest.strip_suffix('›'));
            let kind = KINDS.iter().find(|(kind, _)| matcher::is_of(kind, value));
            if let (Some(label), Some((kind, _))) = (label, kind)
                && !label.contains('›')
            {
                found.insert(label.to_owned(), (*kind).to_owned());
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| find(element, vault, found)),
        Value::Object(members) => members.values().for_each(|member| find(member, vault, found)),
    }
}

/// The text with something in the place of each label. It is the same for one label each time, so that what was one
/// secret stays one.
pub(super) fn fill(text: &str, kinds: &BTreeMap<String, String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('‹') {
        let Some(end) = rest[start..].find('›').map(|length| start + length) else {
            break;
        };
        filled.push_str(&rest[..start]);
        filled.push_str(&of_label(&rest[start + '‹'.len_utf8()..end], kinds));
        rest = &rest[end + '›'.len_utf8()..];
    }
    filled.push_str(rest);
    filled
}

fn of_label(label: &str, kinds: &BTreeMap<String, String>) -> String {
    // A token that nobody declared is known by its shape, and masked under this label.
    let kind = kinds.get(label).map_or(label, String::as_str);
    let of_kind = KINDS.iter().find(|(known, _)| *known == kind);
    let is_known = kinds.contains_key(label) || label == "jwt";
    match of_kind.filter(|_| is_known) {
        Some((_, text)) => (*text).to_owned(),
        None => {
            let plain = label
                .chars()
                .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_');
            format!("recorded-{}", plain.collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Label;
    use serde_json::json;

    #[test]
    fn a_stand_in_is_of_the_kind_of_its_secret() {
        let vault = Vault::new();
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
        vault.add(token, &Label::new("token"));
        vault.add("7b1f6c1e-3c7e-4b6b-9a3e-0d6a4f1a2b3c", &Label::new("id"));
        vault.add("correct horse", &Label::new("key"));
        let value =
            json!({"t": token, "k": "correct horse", "i": ["7b1f6c1e-3c7e-4b6b-9a3e-0d6a4f1a2b3c"], "n": 1});
        let mut kinds = BTreeMap::new();
        find(&value, &vault, &mut kinds);
        let of = |label: &str| kinds.get(label).map(String::as_str);
        assert_eq!(
            (of("token"), of("id"), of("key")),
            (Some("jwt"), Some("uuid"), None)
        );
        let filled = fill("‹token› ‹id› ‹key› ‹jwt› ‹", &kinds);
        let parts: Vec<&str> = filled.split(' ').collect();
        assert!(matcher::is_of("jwt", &json!(parts[0])) && matcher::is_of("jwt", &json!(parts[3])));
        assert!(matcher::is_of("uuid", &json!(parts[1])));
        assert_eq!(parts[2..], ["recorded-key", parts[3], "‹"]);
    }
}
