//! Judges JSON by an expectation written in YAML, for the tests of matchers.

use super::{Context, Expectation, Finding, Judgement};
use crate::decode::testing::{decode, decode_in};
use crate::extract::Missing;
use crate::template::Scope;

/// What the expectation says of the JSON text.
pub(crate) fn judge(expectation: &str, json: &str) -> Judgement {
    let scope = Scope::new();
    let actual = serde_json::from_str(json).expect("JSON");
    expect(expectation).check(&actual, &Context { scope: &scope })
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
    let scope = Scope::new();
    let missing = Missing {
        reason: "no key a in $".to_owned(),
    };
    expect(expectation).check_missing(&missing, &Context { scope: &scope }) == Judgement::Holds
}

/// Why it does not hold.
pub(crate) fn mismatch(expectation: &str, json: &str) -> Finding {
    match judge(expectation, json) {
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
