//! An `expect` block as a whole, on an answer made by hand.

use bytes::Bytes;
use http::HeaderMap;
use url::Url;

use super::Expectations;
use crate::decode::testing::decode;
use crate::extract::Message;
use crate::http::Body;
use crate::outcome::CheckState;
use crate::template::Scope;

/// The subjects of the checks that do not hold.
fn failures(expect: &str, status: u16, body: &str) -> Vec<String> {
    let expectations = decode(expect, Expectations::decode).expect("a sound block");
    let mut headers = HeaderMap::new();
    headers.insert("content-type", http::HeaderValue::from_static("application/json"));
    let body = Body::new(
        Bytes::copy_from_slice(body.as_bytes()),
        headers.get("content-type"),
    );
    let url = Url::parse("http://localhost/x").expect("a URL");
    let message = Message {
        status: Some(status),
        headers: &headers,
        body: &body,
        url: &url,
        time: Some(std::time::Duration::from_millis(5)),
        redirects: &[],
        picked: None,
    };
    let mut scope = Scope::new();
    scope.set_plain("id", 7);
    let results = expectations.judge(&message, &scope);
    assert_eq!(results.len(), expectations.len());
    results
        .into_iter()
        .filter(|it| it.state != CheckState::Held)
        .map(|it| it.subject)
        .collect()
}

fn complaints(expect: &str) -> Vec<String> {
    decode(expect, Expectations::decode).expect_err("something is wrong with it")
}

#[test]
fn status_speaks_codes_classes_lists_and_matchers() {
    assert!(failures("status: 200", 200, "").is_empty());
    assert!(failures("status: 2xx", 204, "").is_empty());
    assert!(failures("status: [404, 2xx]", 404, "").is_empty());
    assert!(failures("status: { lt: 400 }", 302, "").is_empty());
    assert_eq!(failures("status: 2xx", 401, ""), ["status"]);
    assert_eq!(complaints("status: 20x").len(), 1);
    assert_eq!(complaints("status: 700").len(), 1);
}

#[test]
fn every_check_runs_after_the_first_failure() {
    let expect = "status: 200\n$.a: 1\n$.b: { is: string, equals: x }\nheaders: { content-type: text/plain }";
    assert_eq!(
        failures(expect, 500, r#"{"a":2,"b":3}"#),
        ["status", "headers.content-type", "$.a", "$.b", "$.b"]
    );
}

#[test]
fn templates_keep_their_type() {
    assert!(failures("$.id: ${{ id }}", 200, r#"{"id":7}"#).is_empty());
    assert_eq!(failures("$.id: ${{ id }}", 200, r#"{"id":"7"}"#), ["$.id"]);
}

#[test]
fn a_body_that_is_not_json_is_no_pass() {
    assert_eq!(failures("$.id: { exists: false }", 200, "<html>"), ["$.id"]);
    assert_eq!(failures("like: { id: 7 }", 200, ""), ["$"]);
}

#[test]
fn conditions_name_what_is_undefined() {
    assert!(failures("that: [ status == 200, body.id == id ]", 200, r#"{"id":7}"#).is_empty());
    assert_eq!(failures("that: [ body.idd != 8 ]", 200, r#"{"id":7}"#), ["that"]);
    assert_eq!(
        failures("that: status == 200 and body.id in [1, 2]", 200, r#"{"id":7}"#),
        ["that"]
    );
}

#[test]
fn what_is_undefined_is_no_pass_behind_a_test_either() {
    assert_eq!(
        failures(
            "that: [ body.id is defined and body.idd != 8 ]",
            200,
            r#"{"id":7}"#
        ),
        ["that"]
    );
    assert_eq!(
        failures(
            "that: [ body.id is not defined or body.idd != 8 ]",
            200,
            r#"{"id":7}"#
        ),
        ["that"]
    );
    assert!(
        failures(
            "that: [ body.idd is not defined or body.idd != 8 ]",
            200,
            r#"{"id":7}"#
        )
        .is_empty()
    );
}

#[test]
fn mistakes_are_told_all_at_once() {
    let found = complaints("statsu: 200\n$.a[: 1\n$.b: { equls: 1 }\ntime: { lt: 2 }\nsnapshot: false");
    assert_eq!(found.len(), 5, "{found:?}");
}

#[test]
fn nothing_is_checked_by_empty_blocks() {
    for empty in ["{}", "headers: {}", "cookies: {}", "that: []"] {
        let found = complaints(empty);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("checks nothing"), "{found:?}");
    }
}

#[test]
fn a_path_that_selects_nothing_has_no_value() {
    let body = r#"{"q":[{"id":1}],"none":[]}"#;
    for holds in [
        "$..zz: { exists: false }",
        "$.none[*]: { empty: true }",
        "$.none: { none: 3 }",
        "$.none: { exists: true }",
    ] {
        assert!(failures(holds, 200, body).is_empty(), "{holds}");
    }
    assert_eq!(failures("$..zz: { exists: true }", 200, body), ["$..zz"]);
    assert_eq!(
        failures("$.q[?@.id>5]: { exists: true }", 200, body),
        ["$.q[?@.id>5]"]
    );
    assert_eq!(failures("$.q[*].idd: { none: 3 }", 200, body), ["$.q[*].idd"]);
    assert_eq!(failures("$.q[*].id: { exists: false }", 200, body), ["$.q[*].id"]);
}

#[test]
fn a_condition_on_a_body_that_is_not_json_is_no_pass() {
    assert_eq!(failures("that: body == none", 200, "<html>"), ["that"]);
    assert_eq!(
        failures("that: body is not defined or body.a is not defined", 200, "{"),
        ["that"]
    );
    assert!(failures("that: text == '<html>'", 200, "<html>").is_empty());
    assert!(failures("that: body == none", 200, "null").is_empty());
}
