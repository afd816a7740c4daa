//! The JSON Schema (draft 7) of call sheets, for editors: completion, hover and what is wrong while somebody types.
//!
//! The keys with a fixed meaning stand in `template.json`. The open sets are filled in from their lists, so a new
//! matcher is in the schema at once; the template says what stands behind the name of one where that is not just any
//! value. `tests/it/schema.rs` holds the template's keys to those that the decoders know.

use serde_json::{Value, json};

use crate::collection::{BODIES, InputKind, METHODS};
use crate::registry::{Entry, Kind};
use crate::{auth, extract, matcher};

const TEMPLATE: &str = include_str!("template.json");

/// The keys of a step that belong to a request of its own, beside its body.
const OF_REQUESTS: [&str; 12] = [
    "query",
    "headers",
    "cookies",
    "auth",
    "timeout",
    "redirects",
    "rate",
    "retry",
    "poll",
    "paginate",
    "expect",
    "capture",
];

/// The actions of a step that are no method.
const ACTIONS: [&str; 3] = ["request", "use", "wait"];

/// The schema as the file that editors read.
pub fn text() -> String {
    format!("{:#}\n", schema())
}

/// The schema.
pub fn schema() -> Value {
    // The template is part of this program, and a test reads it.
    let mut schema: Value = serde_json::from_str(TEMPLATE).expect("template.json is JSON");
    let definitions = &mut schema["definitions"];
    open_set(&mut definitions["matchers"], matcher::KINDS);
    open_set(&mut definitions["auth"], auth::KINDS);
    open_set(&mut definitions["extractors"], extract::KINDS);
    one_of(&mut definitions["extractors"], &names(extract::KINDS));
    definitions["type"] = json!({ "enum": types() });
    definitions["input"]["properties"]["type"]["enum"] = InputKind::names().collect();
    methods(&mut definitions["route"]);
    one_of(&mut definitions["route"], &METHODS);
    let bodies = definitions
        .as_object_mut()
        .and_then(|it| it.shift_remove("bodies"));
    step(&mut definitions["step"], bodies.unwrap_or_default());
    schema
}

/// The words of `is`. Unquoted, YAML reads `null` as null, which means the same.
fn types() -> Vec<Value> {
    matcher::types().map(Value::from).chain([Value::Null]).collect()
}

/// Gives a mapping a key for each kind of an open set, in the set's order.
fn open_set<K: Kind>(mapping: &mut Value, kinds: &[&'static K]) {
    let Some(properties) = mapping["properties"].as_object_mut() else {
        return;
    };
    for kind in kinds {
        let Entry {
            name,
            summary,
            example,
        } = kind.entry();
        let mut shape = properties.shift_remove(*name).unwrap_or_else(|| json!({}));
        shape["description"] = format!("{summary}\nExample: {example}").into();
        properties.insert((*name).to_owned(), shape);
    }
}

fn names<K: Kind>(kinds: &[&'static K]) -> Vec<&'static str> {
    crate::registry::names(kinds)
}

/// Gives a mapping a key for each method.
fn methods(mapping: &mut Value) {
    for method in METHODS {
        mapping["properties"][method] = json!({
            "$ref": "#/definitions/url",
            "description": format!("A {method} request."),
        });
    }
}

/// Gives a step its methods and bodies, of which it has one.
fn step(step: &mut Value, mut bodies: Value) {
    methods(step);
    for body in BODIES {
        step["properties"][body] = bodies[body].take();
    }
    at_most_one(step, &BODIES);
    let actions: Vec<&str> = METHODS.into_iter().chain(ACTIONS).collect();
    one_of(step, &actions);
    for action in ["use", "wait"] {
        for name in OF_REQUESTS.into_iter().chain(BODIES) {
            exclude(step, action, name);
        }
    }
}

/// A mapping has exactly one of these keys.
fn one_of(mapping: &mut Value, names: &[&str]) {
    mapping["anyOf"] = names.iter().map(|name| json!({ "required": [name] })).collect();
    at_most_one(mapping, names);
}

/// A mapping has no two of these keys. Said pair by pair, so that an editor marks the second key and not the mapping.
fn at_most_one(mapping: &mut Value, names: &[&str]) {
    for (index, name) in names.iter().enumerate() {
        for later in &names[index + 1..] {
            exclude(mapping, name, later);
        }
    }
}

/// Where a mapping has `name`, it has no `other`.
fn exclude(mapping: &mut Value, name: &str, other: &str) {
    mapping["dependencies"][name]["properties"][other] = Value::Bool(false);
}

#[cfg(test)]
mod tests;
