//! The official compliance suite (`fixtures/jsonpath/cts.json`), every case of it.

use serde::Deserialize;

use super::{Budget, Path};
use crate::json::Value;

/// How many cases the suite has, so that none is lost unseen.
const CASES: usize = 706;

#[derive(Deserialize)]
struct Suite {
    tests: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    selector: String,
    #[serde(default)]
    invalid_selector: bool,
    #[serde(default)]
    document: Value,
    result: Option<Value>,
    results: Option<Vec<Value>>,
    result_paths: Option<Vec<String>>,
    results_paths: Option<Vec<Vec<String>>>,
}

#[test]
fn every_official_case_passes() {
    let suite: Suite = serde_json::from_str(include_str!("../../../fixtures/jsonpath/cts.json")).unwrap();
    assert_eq!(suite.tests.len(), CASES);
    let failures: Vec<String> = suite.tests.iter().filter_map(|case| check(case).err()).collect();
    assert!(
        failures.is_empty(),
        "{} of {CASES} fail:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn check(case: &Case) -> Result<(), String> {
    let fail = |reason: String| Err(format!("{}: {:?}: {reason}", case.name, case.selector));
    let path = match (Path::parse(&case.selector), case.invalid_selector) {
        (Ok(path), false) => path,
        (Err(_), true) => return Ok(()),
        (Ok(_), true) => return fail("parses, and is invalid".to_owned()),
        (Err(error), false) => return fail(format!("{error} at {:?}", error.range)),
    };
    let found = path.query(&case.document, &mut Budget::default()).unwrap();
    let values = Value::Array(found.iter().map(|found| found.value.clone()).collect());
    let expected = case.result.iter().chain(case.results.iter().flatten());
    if !expected.into_iter().any(|expected| *expected == values) {
        return fail(format!("gives {values}"));
    }
    let places: Vec<String> = found.iter().map(|found| found.location.normalized()).collect();
    let mut expected = case
        .result_paths
        .iter()
        .chain(case.results_paths.iter().flatten())
        .peekable();
    if expected.peek().is_some() && !expected.any(|expected| *expected == places) {
        return fail(format!("finds {places:?}"));
    }
    Ok(())
}
