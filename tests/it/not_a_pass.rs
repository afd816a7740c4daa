//! What looks like a pass elsewhere and is none here: each has its exit code and says why.

use crate::support::{Answer, Project, Ran, Server, repository};

/// Runs one GET with this under `expect`, against a server that says `json`.
#[track_caller]
fn judged(json: &'static str, expect: &str, code: i32) -> Ran {
    let server = Server::json(json);
    let collection = format!("collection: c\nsteps:\n  - GET: /x\n    expect:\n      {expect}\n");
    Project::against(&server, &collection)
        .callsheet("run")
        .exits(code)
}

/// Runs files that must be refused, and that nothing was sent.
#[track_caller]
fn refused(collection: &str) -> Ran {
    let server = Server::json("{}");
    let ran = Project::against(&server, collection).callsheet("run").exits(2);
    assert_eq!(server.connections(), 0, "a socket was opened");
    ran
}

#[test]
fn a_misspelt_expect() {
    refused("collection: c\nsteps:\n  - GET: /x\n    expcet: { status: 200 }\n")
        .says("unknown key in a step: `expcet`")
        .says("did you mean `expect`?")
        .says("collections/c.yaml:4:5");
}

#[test]
fn an_undefined_variable() {
    refused("collection: c\nsteps:\n  - GET: /x/${{ nobody }}\n")
        .says("nobody")
        .says("collections/c.yaml:3:17");
}

#[test]
fn a_path_that_matches_nothing() {
    judged(r#"{"data": {"token": 1}}"#, "$.data.tokn: 1", 1)
        .says("no key tokn in $.data")
        .says("did you mean token?");
}

#[test]
fn a_path_that_matches_nothing_under_a_matcher() {
    judged(r#"{"data": {}}"#, "$.data.id: { not: 1 }", 1).says("no key id");
    judged(r#"{"data": {}}"#, "$.data.id: { lt: 1 }", 1).says("no key id");
    judged(r#"{"data": []}"#, "$.data[*].id: { each: { is: integer } }", 1);
}

#[test]
fn a_path_of_many_that_begins_with_a_slip() {
    for expected in [
        "{ empty: true }",
        "{ length: 0 }",
        "[]",
        "{ not: { contains: bad } }",
    ] {
        judged(r#"{"items": ["bad"]}"#, &format!("\"$.itms[*]\": {expected}"), 1)
            .says("no key itms in $; did you mean items?");
    }
    // Another name is no slip: there may be none of these.
    judged(r#"{"total": 0}"#, "\"$.items[*]\": { empty: true }", 0);
}

#[test]
fn a_capture_of_many_that_begins_with_a_slip() {
    let server = Server::json(r#"{"items": [{"id": 1}]}"#);
    let sheet = "collection: c\nsteps:\n  - GET: /x\n    capture: { ids: \"$.item[*].id\" }\n";
    Project::against(&server, sheet)
        .callsheet("run")
        .exits(3)
        .says("did you mean items?");
}

#[test]
fn an_address_for_an_environment_whose_mock_answers() {
    Project::copy_of(&["callsheet.yaml", "collections", "fixtures"], repository())
        .callsheet("run --input base_url=https://staging.example.test")
        .exits(2)
        .says("the environment `mock`")
        .says("--env");
}

#[test]
fn an_address_without_its_beginning() {
    for address in ["127.0.0.1:9", "localhost:9"] {
        Project::empty()
            .file(
                "callsheet.yaml",
                "project: p\ninputs: { base_url: {} }\ndefaults: { base_url: '${{ base_url }}' }\n",
            )
            .file("collections/c.yaml", "collection: c\nsteps:\n  - GET: /x\n")
            .callsheet(&format!("run --input base_url={address}"))
            .exits(3)
            .says("an address begins with https:// or http://");
    }
}

#[test]
fn a_refusal_where_no_status_is_expected() {
    let server = Server::start(|_| Answer::status(401));
    Project::against(&server, "collection: c\nsteps:\n  - GET: /x\n")
        .callsheet("run")
        .exits(1)
        .says("401")
        .says("2xx");
}

#[test]
fn an_empty_folder() {
    Project::empty()
        .callsheet("run")
        .exits(4)
        .says("no call sheets were found");
}

#[test]
fn a_run_without_any_check_unless_the_operator_lets_it() {
    let sheet = "collection: c\nsteps:\n  - wait: 1ms\n";
    let project = Project::empty().file("c.yaml", sheet);
    project.callsheet("run").exits(4);
    project.callsheet("run --allow-empty").exits(0);
}

#[test]
fn everything_skipped() {
    let server = Server::json("{}");
    Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /x\n    skip: not today\n",
    )
    .callsheet("run")
    .exits(4)
    .says("not today");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_tag_that_matches_nothing() {
    let server = Server::json("{}");
    Project::against(&server, "collection: c\ntags: [smoke]\nsteps:\n  - GET: /x\n")
        .callsheet("run --tag smoek")
        .exits(4)
        .says("--tag smoek matches nothing")
        .says("did you mean `smoke`?");
    assert_eq!(server.connections(), 0);
}

#[test]
fn one_broken_file_among_good_ones() {
    let server = Server::json("{}");
    let project = Project::against(&server, "collection: c\nsteps:\n  - GET: /x\n");
    (0..20)
        .fold(project, |project, number| {
            project.file(
                &format!("collections/good{number}.yaml"),
                &format!("collection: good{number}\nsteps:\n  - GET: /x\n"),
            )
        })
        .file("collections/broken.yaml", "collection: [\n")
        .callsheet("run")
        .exits(2)
        .says("collections/broken.yaml:");
    assert_eq!(server.connections(), 0);
}

#[test]
fn one_matcher_of_several_that_does_not_hold() {
    judged(r#"{"n": 37.5}"#, "$.n: { gt: 1, lt: 5 }", 1).says("37.5");
    judged(r#"{"n": 37.5}"#, "$.n: { lt: 50, gt: 1 }", 0);
}

#[test]
fn the_same_text_of_another_type() {
    judged(r#"{"n": "3"}"#, "$.n: 3", 1)
        .says("expected   3 (integer)")
        .says("found      \"3\" (string)")
        .says("same text, other type");
    judged(r#"{"n": 3}"#, "$.n: \"3\"", 1).says("same text, other type");
}

#[test]
fn a_neighbour_beyond_the_exact_range_of_floats() {
    judged(r#"{"n": 9007199254740993}"#, "$.n: 9007199254740992", 1).says("9007199254740993");
    judged(r#"{"n": 9007199254740993}"#, "$.n: 9007199254740993", 0);
    judged(r#"{"n": 0.1}"#, "$.n: 0.10000000000000001", 1);
    judged(r#"{"n": 1.0}"#, "$.n: 1", 0);
}

#[test]
fn a_body_that_is_not_json_under_a_path() {
    let server = Server::start(|_| {
        Answer::status(200)
            .header("content-type", "text/html")
            .body("<p>hi</p>")
    });
    let ran = Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /x\n    expect:\n      $.a: 1\n",
    )
    .callsheet("run")
    .exits(1);
    ran.says("check      $.a").says("<p>hi</p>");
}

#[test]
fn words_that_yaml_once_took_for_booleans() {
    judged(r#"{"country": "NO"}"#, "$.country: NO", 0);
    judged(r#"{"country": false}"#, "$.country: NO", 1);
}

#[test]
fn a_connection_that_nobody_answers() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").port()
    };
    Project::empty()
        .file(
            "c.yaml",
            &format!("collection: c\nsteps:\n  - GET: http://127.0.0.1:{port}/x\n    expect: {{ status: {{ not: 200 }} }}\n"),
        )
        .callsheet("run")
        .exits(3)
        .says("connect");
}

#[test]
fn the_first_failure_does_not_hide_the_others() {
    judged(r#"{"a": 1, "b": 2}"#, "{ $.a: 10, $.b: 20 }", 1)
        .says("$.a")
        .says("$.b");
}

#[test]
fn the_negation_of_what_is_not_there() {
    for expect in [
        "$.b: { not: 1 }",
        "$.b: { not: { equals: 1 } }",
        "$.b: { none: 1 }",
        "$.b: null",
        "$..b: { each: 1 }",
        "$.b: { any: [{ not: 1 }, { exists: true }] }",
        "headers: { x-b: { not: { contains: a } } }",
        "cookies: { b: { not: 1 } }",
        "xpath //b: { not: 1 }",
        "like: { b: { not: 1 } }",
        "that: [body.b == 1]",
        "that: [body.b != 1]",
    ] {
        judged(r#"{"a": 1}"#, expect, 1);
    }
    judged(r#"{"a": 1}"#, "$.b: { exists: false }", 0);
}

#[test]
fn a_check_without_matchers() {
    judged_by_check("$.a: {}").says("checks nothing");
    judged_by_check("$.a: { between: [5, 1] }").says("no number is between 5 and 1");
    judged_by_check("$.a: { in: [] }");
}

/// Refused by `check` already.
#[track_caller]
fn judged_by_check(expect: &str) -> Ran {
    refused(&format!(
        "collection: c\nsteps:\n  - GET: /x\n    expect:\n      {expect}\n"
    ))
}

#[test]
fn a_status_that_is_no_success() {
    let server = Server::start(|_| Answer::status(304));
    Project::against(&server, "collection: c\nsteps:\n  - GET: /x\n")
        .callsheet("run")
        .exits(1)
        .says("304");
}

#[test]
fn a_host_that_is_not_the_environments() {
    let elsewhere = Server::json("{}");
    let server = Server::json("{}");
    let collection = format!(
        "collection: c\nsteps:\n  - GET: {}/x\n",
        elsewhere.url().replace("127.0.0.1", "localhost")
    );
    let project = Project::against(&server, &collection);
    project
        .callsheet("run")
        .exits(6)
        .says(" is not a host of this environment");
    assert_eq!(elsewhere.connections(), 0);
    project.callsheet("run --allow-host localhost").exits(0);
    assert_eq!(elsewhere.received().len(), 1);
}

#[test]
fn an_expected_failure_does_not_cover_what_policy_stopped() {
    let elsewhere = Server::json("{}");
    let server = Server::json("{}");
    let collection = format!(
        "collection: c\nsteps:\n  - GET: {}/x\n    xfail: known\n",
        elsewhere.url().replace("127.0.0.1", "localhost")
    );
    Project::against(&server, &collection).callsheet("run").exits(6);
    assert_eq!(elsewhere.connections(), 0);
}
