//! The repository's own collections: what people read first must run.

use crate::support::{Answer, Project, Server, repository};

fn pack() -> Project {
    Project::copy_of(&["callsheet.yaml", "collections", "fixtures"], repository())
}

#[test]
fn the_pack_passes_against_its_mock() {
    let outcome = pack().callsheet("run --json").exits(0).json();
    assert_eq!(outcome["verdict"], "passed");
    assert_eq!(outcome["complete"], true);
    let steps = outcome["steps"]["passed"].as_u64().expect("a count");
    let checks = outcome["checks"]["held"].as_u64().expect("a count");
    assert!(steps >= 20, "{steps} steps");
    assert!(checks >= 60, "{checks} checks");
    assert_eq!(outcome["steps"]["planned"], steps);
    assert_eq!(outcome["checks"]["planned"], checks);
}

#[test]
fn every_collection_passes_alone() {
    for name in ["authorisation", "contacts", "customers", "login", "tickets"] {
        pack()
            .callsheet(&format!("run collections/revio/{name}.yaml"))
            .exits(0)
            .says("PASS");
    }
}

#[test]
fn the_recipe_runs_by_itself() {
    let project = pack();
    project
        .callsheet("run collections/recipes/exchange-api-key.yaml --secret-env api_key=KEY")
        .env("KEY", "demo-key-5f2c9a7e")
        .exits(0)
        .says("exchange")
        .does_not_say("demo-key-5f2c9a7e");
}

#[test]
fn it_is_sound_and_lists_itself() {
    let project = pack();
    project.callsheet("check").exits(0).says("nothing is wrong: ");
    project
        .callsheet("list")
        .exits(0)
        .says("who may not read")
        .says("nobody without a token");
    let list = project.callsheet("list --json").exits(0).json();
    assert_eq!(list["version"], 1);
    let cases = list["cases"].as_array().expect("cases");
    assert!(cases.len() >= 6, "{} cases", cases.len());
    assert!(
        cases
            .iter()
            .all(|case| case["steps"].as_array().is_some_and(|steps| !steps.is_empty()))
    );
}

#[test]
fn without_a_key_nothing_starts() {
    pack()
        .callsheet("run --env sandbox")
        .exits(2)
        .says("the input `api_key` has no value")
        .says("REVIO_API_KEY");
}

/// The pack with its production environment at a server of the test, and one step that writes.
fn production(server: &Server) -> Project {
    let project = pack();
    let text = std::fs::read_to_string(repository().join("callsheet.yaml")).expect("the project file");
    let text = text
        .replace("https://api.psarev.io", &server.url())
        .replace("[api.psarev.io, apim.psarev.io]", "[127.0.0.1]");
    project.file("callsheet.yaml", &text).file(
        "collections/revio/writes.yaml",
        "collection: writes\nsteps:\n  - name: make one\n    POST: /billing/api/v1/contacts\n    json: {}\n",
    )
}

#[test]
fn a_protected_environment_refuses_a_write_before_anything_is_sent() {
    let server = Server::start(|_| Answer::status(200));
    production(&server)
        .callsheet("run --env production collections/revio/writes.yaml collections/revio/contacts.yaml")
        .env("REVIO_API_KEY", "a-real-looking-key")
        .exits(2)
        .says("writes.yaml:4:5")
        .says("--allow-writes")
        .does_not_say("a-real-looking-key");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_key_that_opens_nothing_is_a_failure() {
    let server = Server::start(|_| Answer::status(401));
    production(&server)
        .callsheet("run --env production --allow-writes collections/recipes/exchange-api-key.yaml")
        .argument("--secret-env=api_key=KEY")
        .env("KEY", "another-key-altogether")
        .ends()
        .says("found 401")
        .does_not_say("PASS")
        .does_not_say("another-key-altogether");
    assert_eq!(server.only().text(), r#"{"apiKey":"another-key-altogether"}"#);
}

#[test]
fn a_protected_environment_may_be_written_to_where_the_operator_says_so() {
    let server = Server::start(|_| Answer::status(200));
    production(&server)
        .callsheet("run --env production --allow-writes collections/revio/writes.yaml")
        .env("REVIO_API_KEY", "a-real-looking-key")
        .exits(0);
    assert_eq!(server.only().method, "POST");
}

#[test]
fn the_login_is_exempt_where_writes_are_refused() {
    let server = Server::start(|request| match request.method.as_str() {
        // {"alg":"none"} and {}
        "POST" => Answer::json(r#"{"data": {"token": "eyJhbGciOiJub25lIn0.e30.c2lnbmF0dXJl"}}"#),
        _ => Answer::json("{}"),
    });
    production(&server)
        .file(
            "collections/revio/reads.yaml",
            "collection: reads\nsession: revio\nsteps:\n  - GET: /billing/api/v1/contacts\n",
        )
        .callsheet("run --env production collections/revio/reads.yaml")
        .env("REVIO_API_KEY", "a-real-looking-key")
        .exits(0)
        .does_not_say("a-real-looking-key");
    let received = server.received();
    let sent: Vec<(&str, &str)> = received
        .iter()
        .map(|request| (request.method.as_str(), request.target.as_str()))
        .collect();
    assert_eq!(
        sent,
        [
            ("POST", "/api/v1/auth/api-key/exchange"),
            ("GET", "/billing/api/v1/contacts")
        ]
    );
    assert_eq!(
        received[1].header("authorization"),
        "Bearer eyJhbGciOiJub25lIn0.e30.c2lnbmF0dXJl"
    );
    assert_eq!(received[1].header("x-revio-host"), "acme.psarev.io");
}

#[test]
fn a_changed_value_is_one_difference_until_it_is_accepted() {
    let project = pack();
    let data = "fixtures/revio/contacts.json";
    let text = std::fs::read_to_string(repository().join(data)).expect("the mock's data");
    let project = project.file(data, &text.replacen("+47 22 55 01 31", "+47 22 55 01 99", 1));
    project
        .callsheet("run")
        .exits(1)
        .says("found 1 difference\n")
        .says("    $.body.data\n      - phone: \"+47 22 55 01 31\"\n      + phone: \"+47 22 55 01 99\"\n");
    project.callsheet("run --ci").exits(1);
    project
        .callsheet("review --accept-all")
        .exits(0)
        .says("accepted 1 snapshot\n");
    project.callsheet("run --ci").exits(0).does_not_say("Unused");
}
