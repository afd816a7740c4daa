//! Judges JSON by an expectation written in YAML, for the tests of matchers.

use serde_json::Value;

use super::{Context, Expectation, Finding, Judgement, KINDS};
use crate::decode::testing::{decode, decode_in};
use crate::extract::Missing;
use crate::registry;
use crate::secret::Label;
use crate::template::{Scope, Secrecy, Variable};

/// What the expectation says of the JSON text.
pub(crate) fn judge(expectation: &str, json: &str) -> Judgement {
    let scope = Scope::new();
    let actual = serde_json::from_str(json).expect("JSON");
    expect(expectation).check(&actual, &Context::new(&scope))
}

/// True if it holds.
pub(crate) fn holds(expectation: &str, json: &str) -> bool {
    match judge(expectation, json) {
        Judgement::Holds => true,
        Judgement::Mismatch(_) => false,
        Judgement::Error(error) => panic!("{expectation}: {error}"),
    }
}

/// True if it holds where there is no value.
pub(crate) fn holds_on_nothing(expectation: &str) -> bool {
    judge_nothing(expectation) == Judgement::Holds
}

/// Why it does not hold where there is no value.
pub(crate) fn mismatch_on_nothing(expectation: &str) -> Finding {
    match judge_nothing(expectation) {
        Judgement::Mismatch(finding) => finding,
        other => panic!("{expectation}: {other:?}"),
    }
}

fn judge_nothing(expectation: &str) -> Judgement {
    let scope = Scope::new();
    let missing = Missing {
        reason: "no key a in $".to_owned(),
        is_slip: false,
    };
    expect(expectation).check_missing(&missing, &Context::new(&scope))
}

/// Why it does not hold.
pub(crate) fn mismatch(expectation: &str, json: &str) -> Finding {
    match judge(expectation, json) {
        Judgement::Mismatch(finding) => finding,
        other => panic!("{expectation}: {other:?}"),
    }
}

/// What the expectation says of the nodes that a path selected, a JSON array.
fn judge_nodes(expectation: &str, nodes: &str) -> Judgement {
    let scope = Scope::new();
    let actual = serde_json::from_str(nodes).expect("JSON");
    let context = Context {
        nodes: true,
        ..Context::new(&scope)
    };
    expect(expectation).check(&actual, &context)
}

/// True if it holds for the nodes that a path selected.
pub(crate) fn holds_of_nodes(expectation: &str, nodes: &str) -> bool {
    judge_nodes(expectation, nodes) == Judgement::Holds
}

/// Why it does not hold for the nodes that a path selected.
pub(crate) fn mismatch_of_nodes(expectation: &str, nodes: &str) -> Finding {
    match judge_nodes(expectation, nodes) {
        Judgement::Mismatch(finding) => finding,
        other => panic!("{expectation}: {other:?}"),
    }
}

/// What is wrong with the expectation itself.
pub(crate) fn complaints(expectation: &str) -> Vec<String> {
    decode(expectation, Expectation::decode).expect_err("something is wrong with it")
}

fn expect(expectation: &str) -> Expectation {
    decode(expectation, Expectation::decode).expect("a sound expectation")
}

#[test]
fn every_example_decodes() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("schemas")).expect("a folder");
    std::fs::write(folder.path().join("schemas/customer.json"), "{}").expect("the file one of them names");
    for kind in super::KINDS {
        let decoded = decode_in(folder.path(), kind.entry.example, Expectation::decode);
        assert!(decoded.is_ok(), "{}: {decoded:?}", kind.entry.name);
    }
}

#[test]
fn no_matcher_tells_a_secret() {
    let mut scope = Scope::new();
    let secret = |value: Value| Variable::new(value, Secrecy::Whole(Label::new("api_key")));
    scope.set("key", secret("s3cret-key".into()));
    scope.set("pin", secret(47_114_711.into()));
    let context = Context::new(&scope);
    for (expectation, actual) in [
        ("${{ key }}", "1"),
        ("a-${{ key }}", "\"b\""),
        ("gt: ${{ pin }}", "1"),
        ("gt: ${{ key }}", "1"),
        ("between: ['${{ pin }}', '${{ pin }}']", "1"),
        ("near: { value: '${{ pin }}', within: 1 }", "1"),
        ("in: ['${{ key }}', '${{ pin }}']", "1"),
        ("in: '${{ [key] }}'", "1"),
        ("contains: ${{ key }}", "[]"),
        ("contains: ['${{ key }}']", "[]"),
        ("starts_with: ${{ key }}", "\"x\""),
        ("before: ${{ key }}", "\"2026-01-01T00:00:00Z\""),
        ("each: '${{ key }}'", "[1]"),
        ("some: { equals: '${{ key }}' }", "[1]"),
        (
            "like: { a: '${{ key }}', b: ['${{ pin }}'], c: '${{ key }}' }",
            "{\"a\":1,\"b\":[2]}",
        ),
        (
            "any: ['${{ key }}', { equals: { a: '${{ key }}' } }]",
            "{\"a\":1}",
        ),
    ] {
        let decoded = expect(expectation);
        let judgement = decoded.check(&serde_json::from_str(actual).expect("JSON"), &context);
        assert_ne!(judgement, Judgement::Holds, "{expectation}");
        let told = format!("{judgement:?} {}", decoded.describe());
        let is_named = told.contains("‹api_key›") || told.contains("‹made of api_key›");
        assert!(is_named, "{told}");
        assert!(!told.contains("s3cret") && !told.contains("47114711"), "{told}");
    }
}

#[test]
fn only_a_slip_is_taken_for_a_matcher() {
    for name in ["id", "name", "contacts"] {
        assert!(
            registry::misspelt(name, registry::names(KINDS)).is_none(),
            "{name}"
        );
    }
    for (slip, meant) in [
        ("equls", "equals"),
        ("ge", "gte"),
        ("startsWith", "starts_with"),
        ("LTE", "lte"),
    ] {
        assert_eq!(registry::misspelt(slip, registry::names(KINDS)), Some(meant));
    }
}
