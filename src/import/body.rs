//! A body in the form that a step has for it.

use indexmap::IndexMap;
use indexmap::map::Entry;
use serde_json::{Map, Value};

use super::credential::{is_credential, is_credential_header};
use super::request::{Body, Part};
use super::secrets::Secrets;
use crate::json;

/// The most values of a JSON body that is written as a tree; a file has a number of them as well.
const MOST_VALUES: usize = 5000;

/// How deep a JSON body may nest that is written as a tree; our reader of YAML takes somewhat more.
const DEEPEST: usize = 48;

/// What a form says it is, and curl of every body that says nothing else.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// A body as a step has it.
pub(super) struct Written {
    /// The key of its kind.
    pub(super) key: &'static str,
    pub(super) value: Value,
    /// The content type that the kind sets by itself; none where it is not known here.
    pub(super) content_type: Option<String>,
}

/// Writes a body that is said to be of a content type.
pub(super) fn write(body: &Body, content_type: Option<&str>, secrets: &mut Secrets) -> Written {
    let (key, value, content_type) = match body {
        Body::File(path) => file(path, content_type),
        Body::Multipart(parts) => ("multipart", multipart(parts, secrets), None),
        Body::Text(text) => of_text(text, content_type.unwrap_or_default(), secrets),
    };
    Written {
        key,
        value,
        content_type,
    }
}

fn file(path: &str, content_type: Option<&str>) -> (&'static str, Value, Option<String>) {
    let mut file = Map::new();
    file.insert("file".to_owned(), path.into());
    if let Some(content_type) = content_type {
        file.insert("content_type".to_owned(), content_type.into());
    }
    ("file", file.into(), content_type.map(str::to_owned))
}

fn of_text(text: &str, content_type: &str, secrets: &mut Secrets) -> (&'static str, Value, Option<String>) {
    let media = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let is_json = media == "application/json" || media.ends_with("+json");
    let own = |content_type: &str| Some(content_type.to_owned());
    // Whether a credential stands where a tree has names.
    let mut is_whole = false;
    // curl calls JSON a form where nothing else is said; what is called anything else is sent as it is written.
    let may_be_json =
        is_json || matches!(media.as_str(), "" | FORM) && text.trim_start().starts_with(['{', '[']);
    if may_be_json && let Some(value) = json_of(text) {
        // Keys are written as they are.
        if has_plain_keys(&value, secrets) {
            return ("json", tree(&value, None, secrets), own("application/json"));
        }
        is_whole = true;
    }
    if media == FORM
        && let Some(fields) = fields(text)
        && (fields.iter().all(|(name, _)| secrets.is_plain(name)) || {
            is_whole = true;
            false
        })
    {
        let written = fields.into_iter().map(|(name, values)| {
            let values: Vec<Value> = values
                .iter()
                .map(|value| match is_credential(&name) {
                    true => secrets.credential(value, &name).into(),
                    false => parameter(secrets.text(value)),
                })
                .collect();
            (name, one_or_list(values))
        });
        return ("form", Value::Object(written.collect()), own(FORM));
    }
    let written = match is_whole {
        true => secrets.whole(text, "body"),
        false => secrets.text(text),
    };
    match media == "application/xml" {
        true => ("xml", written.into(), own("application/xml")),
        false => ("text", written.into(), own("text/plain; charset=utf-8")),
    }
}

/// The value of a JSON text that a tree in YAML says as well: every member stands once, no key reads as an expression.
fn json_of(text: &str) -> Option<Value> {
    let tree = json::read(text.as_bytes()).ok()?;
    let is_expressible = tree.doubled.is_empty() && is_tree(&tree.value, DEEPEST, &mut { MOST_VALUES });
    is_expressible.then_some(tree.value)
}

fn is_tree(value: &Value, depth: usize, left: &mut usize) -> bool {
    if *left == 0 {
        return false;
    }
    *left -= 1;
    match value {
        Value::Array(items) => depth > 0 && items.iter().all(|item| is_tree(item, depth - 1, left)),
        Value::Object(members) => {
            depth > 0
                && members
                    .iter()
                    .all(|(key, member)| !key.contains("${") && is_tree(member, depth - 1, left))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

/// Whether every key of a value may be shown.
fn has_plain_keys(value: &Value, secrets: &mut Secrets) -> bool {
    match value {
        Value::Array(items) => items.iter().all(|item| has_plain_keys(item, secrets)),
        Value::Object(members) => members
            .iter()
            .all(|(key, member)| secrets.is_plain(key) && has_plain_keys(member, secrets)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

/// Members that say what the others beside them are.
const LABELS: [&str; 8] = [
    "name",
    "key",
    "header",
    "field",
    "param",
    "parameter",
    "label",
    "id",
];

/// A JSON value with its credentials as expressions: `credential` is the name of one that everything in it belongs to.
fn tree(value: &Value, credential: Option<&str>, secrets: &mut Secrets) -> Value {
    match value {
        Value::String(text) => match credential {
            Some(name) => secrets.credential(text, name).into(),
            None => secrets.text(text).into(),
        },
        Value::Number(number) => {
            let written = number.to_string();
            match credential.or_else(|| secrets.is_known(&written).then_some("number")) {
                Some(name) => secrets.number(&written, name).into(),
                None => value.clone(),
            }
        }
        Value::Array(items) => {
            // `["Authorization", "a"]`
            let label = items.first().and_then(named_credential);
            let written = items.iter().enumerate().map(|(number, item)| {
                let label = label.filter(|_| number > 0);
                tree(item, credential.or(label), secrets)
            });
            written.collect()
        }
        Value::Object(members) => {
            // `{"name": "Authorization", "value": "a"}`
            let label = LABELS
                .iter()
                .find_map(|key| Some((*key, members.get(*key).and_then(named_credential)?)));
            let written = members.iter().map(|(key, member)| {
                let label = label.filter(|(known, _)| known != key).map(|(_, name)| name);
                let own = is_credential_header(key).then_some(key.as_str());
                let written = tree(member, own.or(credential).or(label), secrets);
                (key.clone(), written)
            });
            Value::Object(written.collect())
        }
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

/// The text of a value that is a credential's name, and no sentence about one.
fn named_credential(value: &Value) -> Option<&str> {
    let name = value.as_str()?;
    (!name.contains(char::is_whitespace) && is_credential_header(name)).then_some(name)
}

fn multipart(parts: &[(String, Part)], secrets: &mut Secrets) -> Value {
    let written = parts.iter().map(|(name, part)| {
        secrets.keep_out_of_name(name);
        let value = match part {
            Part::Text(text) if is_credential(name) => secrets.credential(text, name).into(),
            Part::Text(text) => secrets.text(text).into(),
            Part::File { path, content_type } => file(path, content_type.as_deref()).1,
        };
        (name.clone(), value)
    });
    Value::Object(written.collect())
}

/// The fields of a form, each with its values; none where a mapping cannot say the same.
fn fields(text: &str) -> Option<Vec<(String, Vec<String>)>> {
    let is_whole = text.is_empty() || text.split('&').all(is_field);
    let pairs = url::form_urlencoded::parse(text.as_bytes());
    let pairs: Vec<(String, String)> = pairs
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    // What is no UTF-8 would come back as something else.
    let is_text = !pairs
        .iter()
        .any(|(name, value)| name.contains('\u{fffd}') || value.contains('\u{fffd}'));
    if !is_whole || !is_text {
        return None;
    }
    grouped(pairs)
}

/// Whether a text is a name and a value as forms have them, and not some other text in which `=` stands.
fn is_field(pair: &str) -> bool {
    let is_of_a_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.*[]%+".contains(&byte);
    let is_of_a_value = |byte: u8| byte.is_ascii_graphic() && !b"=\"<>{}`\\^|".contains(&byte);
    pair.split_once('=').is_some_and(|(name, value)| {
        !name.is_empty() && name.bytes().all(is_of_a_name) && value.bytes().all(is_of_a_value)
    })
}

/// Values of one name together; none where that would change their order.
pub(super) fn grouped(pairs: Vec<(String, String)>) -> Option<Vec<(String, Vec<String>)>> {
    let mut groups: IndexMap<String, Vec<String>> = IndexMap::new();
    for (name, value) in pairs {
        let last = groups.len().saturating_sub(1);
        let entry = groups.entry(name);
        if matches!(entry, Entry::Occupied(_)) && entry.index() != last {
            return None;
        }
        entry.or_default().push(value);
    }
    Some(groups.into_iter().collect())
}

/// A value that goes out as text, as a number where that reads the same.
pub(super) fn parameter(text: String) -> Value {
    let is_number = text == "0" || !text.starts_with('0') && !text.is_empty() && text.len() <= 15;
    match text.parse::<u64>() {
        Ok(number) if is_number && text.bytes().all(|byte| byte.is_ascii_digit()) => number.into(),
        _ => text.into(),
    }
}

/// One value as itself, several as a list.
pub(super) fn one_or_list(mut values: Vec<Value>) -> Value {
    match (values.len(), values.pop()) {
        (1, Some(value)) => value,
        (_, last) => values.into_iter().chain(last).collect(),
    }
}
