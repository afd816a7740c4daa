//! The schema is one, and the template names nothing that is in no list.

use serde_json::Value;

use super::{TEMPLATE, names, schema};
use crate::collection::BODIES;
use crate::{auth, extract, matcher};

/// The keys of a mapping's properties in the template.
fn keys(template: &Value, pointer: &str) -> Vec<String> {
    let properties = template.pointer(pointer).and_then(Value::as_object);
    properties.expect(pointer).keys().cloned().collect()
}

#[test]
fn it_is_a_schema() {
    assert!(jsonschema::draft7::meta::is_valid(&schema()));
    jsonschema::draft7::new(&schema()).expect("a usable schema");
}

#[test]
fn every_reference_leads_somewhere_and_every_definition_is_used() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let schema = schema();
    let mut found = Vec::new();
    references(&schema, &mut found);
    found.sort();
    found.dedup();
    let mut defined: Vec<String> = keys(&schema, "/definitions");
    defined
        .iter_mut()
        .for_each(|name| name.insert_str(0, "#/definitions/"));
    defined.sort();
    assert_eq!(found, defined);
}

#[test]
fn what_the_template_says_of_a_kind_is_about_one_there_is() {
    let template: Value = serde_json::from_str(TEMPLATE).expect("JSON");
    let captures = ["default", "secret", "pages"];
    for (pointer, known) in [
        ("/definitions/matchers/properties", names(matcher::KINDS)),
        ("/definitions/auth/properties", names(auth::KINDS)),
        (
            "/definitions/extractors/properties",
            [names(extract::KINDS), captures.to_vec()].concat(),
        ),
        ("/definitions/bodies", BODIES.to_vec()),
    ] {
        for key in keys(&template, pointer) {
            assert!(known.contains(&key.as_str()), "{pointer}: {key}");
        }
    }
    for body in BODIES {
        assert!(template["definitions"]["bodies"][body].is_object(), "{body}");
    }
}
