//! An end that always comes: times of cases and of runs, and `--max-fail`.

use std::time::Duration;

use crate::support::{Answer, Project, Server};

/// A server that answers `/hang` after a minute, `/bad` with 500, and everything else at once.
fn server() -> Server {
    Server::start(|request| match request.target.as_str() {
        "/hang" => {
            std::thread::sleep(Duration::from_secs(60));
            Answer::status(200)
        }
        "/bad" => Answer::status(500),
        _ => Answer::status(200),
    })
}

fn asked(server: &Server) -> Vec<String> {
    let received = server.received();
    received
        .iter()
        .map(|request| format!("{} {}", request.method, request.target))
        .collect()
}

/// Three cases, each with a step that has a cleanup, a step of its own, and a `finally`; the second as said.
fn three(second: &str, beside: &str) -> String {
    let case = |name: &str, step: &str, beside: &str| {
        format!(
            "  - name: {name}\n{beside}    steps:\n      - POST: /{name}\n        cleanup: {{ DELETE: /{name} }}\n      - GET: {step}\n      - GET: /{name}/after\n    finally: [{{ GET: /{name}/finally }}]\n"
        )
    };
    format!(
        "collection: c\ncases:\n{}{}{}",
        case("one", "/one", ""),
        case("two", second, beside),
        case("three", "/three", "")
    )
}

const FIRST: [&str; 5] = [
    "POST /one",
    "GET /one",
    "GET /one/after",
    "DELETE /one",
    "GET /one/finally",
];

#[test]
fn the_time_of_a_case_ends_its_steps_and_not_its_end() {
    let server = server();
    Project::against(&server, &three("/hang", "    timeout: 2s\n"))
        .callsheet("run --jobs 1")
        .exits(3)
        .says("the case's time of 2s is over")
        .says("collections/c.yaml:11:14")
        .says("two › GET /two/after")
        .says("`GET /hang` went wrong");
    let asked = asked(&server);
    assert_eq!(
        asked[5..9],
        ["POST /two", "GET /hang", "DELETE /two", "GET /two/finally"]
    );
    assert_eq!(asked.len(), 14, "{asked:?}");
}

#[test]
fn the_time_of_a_run_ends_it_and_is_no_pass() {
    let server = server();
    let ran = Project::against(&server, &three("/hang", ""))
        .callsheet("run --jobs 1 --timeout 3s --json")
        .exits(3);
    assert_eq!(ran.json()["stopped"], "the run's time of 3s is over");
    let reason = &ran.json()["cases"][2]["steps"][0]["reason"];
    assert_eq!(reason, "the run was stopped: the run's time of 3s is over");
    let asked = asked(&server);
    assert_eq!(asked[..5], FIRST);
    assert_eq!(
        asked[5..],
        ["POST /two", "GET /hang", "DELETE /two", "GET /two/finally"]
    );
}

#[test]
fn after_so_many_failures_nothing_more_starts_and_what_did_is_undone() {
    let server = server();
    let project = Project::against(&server, &three("/bad", ""));
    project
        .callsheet("run --jobs 1 --max-fail 1")
        .exits(1)
        .says("Failed stopped early: --max-fail 1; the rest of the plan was not run")
        .says("the run was stopped: --max-fail 1");
    let asked = asked(&server);
    assert_eq!(asked[..5], FIRST);
    assert_eq!(
        asked[5..],
        ["POST /two", "GET /bad", "DELETE /two", "GET /two/finally"]
    );
    project
        .callsheet("run --jobs 1 --max-fail 2")
        .exits(1)
        .does_not_say("stopped early");
}

#[test]
fn rounds_stop_as_well() {
    let server = server();
    let collection = "collection: c\nsteps:\n  - GET: /${{ id }}\n    for: { id: [bad, 2, 3] }\n";
    Project::against(&server, collection)
        .callsheet("run --max-fail 1")
        .exits(1)
        .says("2 skipped");
    assert_eq!(asked(&server), ["GET /bad"]);
}

#[test]
fn a_time_without_a_unit_is_refused() {
    let server = server();
    let project = Project::against(
        &server,
        "collection: c\ncases:\n  - name: one\n    timeout: 5\n    steps: [{ GET: / }]\n",
    );
    project.callsheet("run").exits(2).says("collections/c.yaml:4:14");
    project
        .callsheet("run --timeout 5")
        .exits(2)
        .says("carry their unit");
    project.callsheet("run --max-fail 0").exits(2);
    assert_eq!(server.connections(), 0);
}
