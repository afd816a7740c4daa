//! What a snapshot holds: an answer without its secrets, as JSON or as text.

use std::borrow::Cow;
use std::collections::HashSet;

use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::rules::{Part, Rules};
use crate::diff::{self, Change};
use crate::extract::Message;
use crate::extract::json::stands_twice;
use crate::json;
use crate::outcome::Differences;
use crate::secret::{Vault, sensitive_header, shown_header};

/// The most differences that are told of one snapshot.
const DIFFERENCES: usize = 200;

/// What a snapshot file holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// JSON, stored with sorted keys.
    Json(Value),
    /// Any other text, stored as it is.
    Text(String),
}

/// The content that an answer comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// What is stored or compared.
    pub content: Content,
    /// The paths of `ignore` that matched nothing.
    pub unmatched: Vec<String>,
    /// True where the body stands beside other parts of the answer.
    pub(super) within: bool,
    /// The lists of the content whose order means nothing.
    unordered: HashSet<String>,
}

/// Where the body of an answer stands in a snapshot that holds more of it.
pub const BODY: &str = "body";

impl Content {
    /// The ending of its file.
    pub fn ending(&self) -> &'static str {
        match self {
            Content::Json(_) => "json",
            Content::Text(_) => "txt",
        }
    }

    /// Its text, as it is stored.
    pub fn text(&self) -> String {
        match self {
            Content::Json(value) => json::canonical(value) + "\n",
            Content::Text(text) => text.clone(),
        }
    }

    /// What a stored text holds, by the ending of its file.
    ///
    /// # Errors
    /// The text is not the JSON that the ending says; what is wrong with it.
    pub fn read(ending: &str, text: &str) -> Result<Content, json::JsonError> {
        if ending == "json" {
            json::parse(text.as_bytes()).map(Content::Json)
        } else {
            Ok(Content::Text(text.to_owned()))
        }
    }

    /// Whether it is JSON that would be stored as this text, found without making another.
    pub(super) fn is_json_stored_as(&self, text: &str) -> bool {
        match self {
            Content::Json(value) => text
                .strip_suffix('\n')
                .is_some_and(|text| json::is_canonical(value, text)),
            Content::Text(_) => false,
        }
    }
}

impl Made {
    /// What an answer comes to under the rules of a step and of its defaults.
    ///
    /// # Errors
    /// A phrase: the answer is not the JSON it says it is, is no text, or cannot be masked.
    pub fn of(message: &Message<'_>, rules: &Rules, above: &Rules, vault: &Vault) -> Result<Made, String> {
        let body = body(message)?;
        let (body, unmatched, mut unordered) = match body {
            Content::Json(value) => {
                let applied = rules.apply(above, masked(value, vault))?;
                (Content::Json(applied.value), applied.unmatched, applied.unordered)
            }
            Content::Text(text) => {
                let ignored = rules.ignore.iter().map(|path| path.text().to_owned());
                (
                    Content::Text(vault.mask_text(&text).into_owned()),
                    ignored.collect(),
                    HashSet::new(),
                )
            }
        };
        let with = rules.over(above).with;
        let content = if with.is_empty() {
            body
        } else {
            unordered = below_body(unordered);
            Content::Json(whole(message, &with, body, vault))
        };
        Ok(Made {
            content: unrecognisable(content, vault)?,
            unmatched,
            within: !with.is_empty(),
            unordered,
        })
    }

    /// What an answer came to before, under these rules, those of its defaults among them.
    pub(super) fn stored(content: Content, rules: &Rules) -> Made {
        let within = !rules.with.is_empty();
        let unordered = match &content {
            Content::Json(whole) => {
                let body = if within { whole.get(BODY) } else { Some(whole) };
                // A path that looks at too much was told of when the snapshot was made.
                body.and_then(|body| rules.unordered_in(body).ok())
                    .unwrap_or_default()
            }
            Content::Text(_) => HashSet::new(),
        };
        Made {
            content,
            unmatched: Vec::new(),
            within,
            unordered: if within { below_body(unordered) } else { unordered },
        }
    }

    /// How the answer differs from what was accepted; nothing if it does not.
    pub fn differences(&self, accepted: &Content) -> Option<Differences> {
        match (accepted, &self.content) {
            (Content::Json(expected), Content::Json(actual)) => {
                let mut diff = diff::diff(expected, actual);
                // Elements are stored sorted, so one that changed may stand elsewhere as well; that is no news.
                diff.differences.retain(|difference| {
                    !matches!(difference.change, Change::Moved { .. })
                        || !self.unordered.contains(container(&difference.path))
                });
                (!diff.is_empty()).then(|| Differences::Json(diff.limited(DIFFERENCES)))
            }
            (expected, actual) if expected == actual => None,
            (expected, actual) => Some(Differences::Text(diff::text(&expected.text(), &actual.text()))),
        }
    }
}

/// Paths into the body as paths into what it stands in.
fn below_body(paths: HashSet<String>) -> HashSet<String> {
    paths
        .into_iter()
        .map(|path| format!("$.{BODY}{}", path.trim_start_matches('$')))
        .collect()
}

/// The path of the list that an element's path leads into.
fn container(path: &str) -> &str {
    path.rfind('[').map_or(path, |start| &path[..start])
}

/// The body as JSON where it is, else as text.
fn body(message: &Message<'_>) -> Result<Content, String> {
    let content_type = message.headers.get(CONTENT_TYPE);
    let says_json = content_type.is_some_and(|value| {
        value
            .to_str()
            .is_ok_and(|value| value.to_ascii_lowercase().contains("json"))
    });
    match message.body.to_tree() {
        Ok(tree) if says_json || tree.value.is_object() || tree.value.is_array() => {
            if let Some(place) = tree.doubled.first() {
                return Err(stands_twice(place));
            }
            return Ok(Content::Json(tree.value));
        }
        Err(reason) if says_json && !message.body.is_empty() => {
            return Err(format!("the answer says it is JSON, and it is not: {reason}"));
        }
        Ok(_) | Err(_) => {}
    }
    match std::str::from_utf8(message.body.bytes()) {
        Ok(text) if !text.contains('\0') => Ok(Content::Text(text.to_owned())),
        Ok(_) | Err(_) => Err("the answer is neither JSON nor text, so no snapshot can hold it".to_owned()),
    }
}

/// The body with the parts that stand beside it.
fn whole(message: &Message<'_>, with: &[Part], body: Content, vault: &Vault) -> Value {
    let mut whole = Map::new();
    let mut headers = Map::new();
    for part in with {
        match part {
            Part::Status => {
                whole.insert(
                    "status".to_owned(),
                    message.status.map_or(Value::Null, Value::from),
                );
            }
            Part::Header(name) => {
                let values: Vec<Value> = message
                    .headers
                    .get_all(name.as_str())
                    .iter()
                    .map(|value| {
                        let text = String::from_utf8_lossy(value.as_bytes());
                        let masked = vault.mask_text(&text);
                        Value::from(if sensitive_header(name) {
                            shown_header(name, &masked).into_owned()
                        } else {
                            masked.into_owned()
                        })
                    })
                    .collect();
                let value = match <[Value; 1]>::try_from(values) {
                    Ok([one]) => one,
                    Err(none) if none.is_empty() => Value::Null,
                    Err(several) => Value::from(several),
                };
                headers.insert(name.clone(), value);
            }
        }
    }
    if !headers.is_empty() {
        whole.insert("headers".to_owned(), Value::Object(headers));
    }
    let body = match body {
        Content::Json(value) => value,
        Content::Text(text) => Value::from(text),
    };
    whole.insert(BODY.to_owned(), body);
    Value::Object(whole)
}

/// The value with a label for each secret in it, in names and numbers as well: such a number becomes a text.
pub fn masked(value: Value, vault: &Vault) -> Value {
    let hidden = |text: String| match vault.mask_text(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(shown) => shown,
    };
    match value {
        Value::Null | Value::Bool(_) => value,
        Value::Number(ref number) => match vault.mask_text(number.as_str()) {
            Cow::Borrowed(_) => value,
            Cow::Owned(shown) => Value::from(shown),
        },
        Value::String(text) => Value::from(hidden(text)),
        Value::Array(elements) => elements
            .into_iter()
            .map(|element| masked(element, vault))
            .collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(key, member)| (hidden(key), masked(member, vault)))
            .collect(),
    }
}

/// The content, if no secret is left in the text it is stored as: one may reach over several values.
fn unrecognisable(content: Content, vault: &Vault) -> Result<Content, String> {
    let text = content.text();
    let shown = vault.mask_text(&text);
    if shown == text {
        return Ok(content);
    }
    Content::read(content.ending(), &shown)
        .map_err(|_| "the answer holds a secret that a snapshot could not leave out".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::jsonpath::Path;
    use crate::extract::testing::Answer;
    use crate::secret::Label;
    use serde_json::json;

    fn made(answer: &Answer, rules: &Rules, vault: &Vault) -> Result<Made, String> {
        Made::of(&answer.message(), rules, &Rules::default(), vault)
    }

    fn plain(content_type: &'static str, body: &[u8]) -> Result<Content, String> {
        let answer = Answer::with_body(content_type, body);
        made(&answer, &Rules::default(), &Vault::new()).map(|made| made.content)
    }

    #[test]
    fn what_an_answer_is_decides_what_is_kept_of_it() {
        let object = Content::Json(json!({"a": 1}));
        assert_eq!(
            plain("application/problem+json", br#"{"a": 1}"#),
            Ok(object.clone())
        );
        assert_eq!(
            plain("text/plain", br#"{"a": 1}"#),
            Ok(object),
            "whatever it says"
        );
        assert_eq!(plain("text/plain", b"7"), Ok(Content::Text("7".to_owned())));
        assert_eq!(plain("application/json", b"7"), Ok(Content::Json(json!(7))));
        assert_eq!(plain("application/json", b""), Ok(Content::Text(String::new())));
        let broken = plain("application/json", b"{").expect_err("no JSON");
        assert!(broken.contains("says it is JSON"), "{broken}");
        let binary = plain("image/png", b"\x89PNG\0").expect_err("no text");
        assert!(binary.contains("neither JSON nor text"), "{binary}");
    }

    #[test]
    fn secrets_are_labels_in_names_and_numbers_too() {
        let vault = Vault::new();
        vault.add("correct horse", &Label::new("key"));
        vault.add("4711081522", &Label::new("pin"));
        let body = br#"{"correct horse": 4711081522, "n": [1.50]}"#;
        let made = made(
            &Answer::with_body("application/json", body),
            &Rules::default(),
            &vault,
        )
        .expect("made");
        assert_eq!(
            made.content.text(),
            "{\n  \"n\": [\n    1.50\n  ],\n  \"‹key›\": \"‹pin›\"\n}\n"
        );
    }

    #[test]
    fn a_change_in_a_list_without_order_is_one_difference() {
        let rules = Rules {
            unordered: vec![Path::parse("$.l").expect("a path")],
            with: vec![Part::Status],
            ..Rules::default()
        };
        let of = |body: &[u8]| {
            made(
                &Answer::with_body("application/json", body),
                &rules,
                &Vault::new(),
            )
            .expect("made")
        };
        let accepted = of(br#"{"l": [{"id": 1, "n": "a"}, {"id": 2, "n": "b"}, {"id": 3, "n": "c"}]}"#);
        let same = of(br#"{"l": [{"n": "c", "id": 3}, {"id": 1.0, "n": "a"}, {"id": 2, "n": "b"}]}"#);
        assert_eq!(same.differences(&accepted.content), None);
        let other = of(br#"{"l": [{"id": 1, "n": "a"}, {"id": 3, "n": "c"}, {"id": 2, "n": "b", "a": 0}]}"#);
        let Some(Differences::Json(diff)) = other.differences(&accepted.content) else {
            panic!("differences by path");
        };
        let paths: Vec<&str> = diff.differences.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(paths, ["$.body.l[0].a"]);
    }
}
