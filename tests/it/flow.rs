//! What runs, what does not, and what one step hands to the next.

use crate::support::{Answer, Project, Server};

/// A server that answers `/bad` with 500 and everything else with 200 and `{"id": 7}`.
fn server() -> Server {
    Server::start(|request| {
        if request.target == "/bad" {
            Answer::status(500)
        } else {
            Answer::json(r#"{"id": 7}"#)
        }
    })
}

fn targets(server: &Server) -> Vec<String> {
    server
        .received()
        .into_iter()
        .map(|request| request.target)
        .collect()
}

/// Runs the steps and tells which paths were asked for.
#[track_caller]
fn asked(steps: &str, arguments: &str, code: i32) -> Vec<String> {
    let server = server();
    Project::against(&server, &format!("collection: c\nsteps:\n{steps}"))
        .callsheet(arguments)
        .exits(code);
    targets(&server)
}

#[test]
fn a_condition_decides() {
    let steps = "  - GET: /a\n    capture: { id: $.id }\n  - GET: /b\n    if: id == 8\n  - GET: /c\n    if: id == 7\n";
    assert_eq!(asked(steps, "run", 0), ["/a", "/c"]);
}

#[test]
fn a_skipped_step_says_why() {
    let server = server();
    Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /a\n  - GET: /b\n    skip: waits for a fix\n",
    )
    .callsheet("run")
    .exits(0)
    .says("waits for a fix");
    assert_eq!(targets(&server), ["/a"]);
}

#[test]
fn an_expected_failure_is_a_pass_and_its_absence_a_failure() {
    assert_eq!(asked("  - GET: /bad\n    xfail: known\n", "run", 0), ["/bad"]);
    let server = server();
    Project::against(&server, "collection: c\nsteps:\n  - GET: /a\n    xfail: known\n")
        .callsheet("run")
        .exits(1)
        .says("known");
}

#[test]
fn the_rest_of_a_case_waits_for_the_step_that_failed() {
    let server = server();
    Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /bad\n  - name: later\n    GET: /b\n",
    )
    .callsheet("run")
    .exits(1)
    .says("later")
    .says("GET /bad");
    assert_eq!(targets(&server), ["/bad"]);
}

#[test]
fn continue_and_keep_going_go_on() {
    let going = "  - GET: /bad\n    continue: true\n  - GET: /b\n";
    assert_eq!(asked(going, "run", 1), ["/bad", "/b"]);
    let stopping = "  - GET: /bad\n  - GET: /b\n";
    assert_eq!(asked(stopping, "run --keep-going", 1), ["/bad", "/b"]);
}

#[test]
fn a_failed_case_leaves_the_others_alone() {
    let server = server();
    let collection = "collection: c\ncases:\n  - name: one\n    steps: [{ GET: /bad }, { GET: /x }]\n  - name: two\n    steps: [{ GET: /y }]\n";
    Project::against(&server, collection)
        .callsheet("run --jobs 1")
        .exits(1);
    assert_eq!(targets(&server), ["/bad", "/y"]);
}

#[test]
fn a_wait_waits() {
    assert_eq!(
        asked("  - GET: /a\n  - wait: 20ms\n  - GET: /b\n", "run", 0),
        ["/a", "/b"]
    );
}

#[test]
fn a_capture_keeps_its_type_and_has_a_default() {
    let steps = "  - GET: /a\n    capture:\n      id: $.id\n      other: { json: $.nothing, default: none-there }\n      kind: { header: content-type }\n  - GET: /${{ id }}/${{ other }}\n    expect:\n      $.id: ${{ id }}\n      that: [\"id + 1 == 8\", \"kind == 'application/json'\"]\n";
    assert_eq!(asked(steps, "run", 0), ["/a", "/7/none-there"]);
}

#[test]
fn a_capture_of_nothing_is_an_error() {
    let server = server();
    Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /a\n    capture: { ide: $.ide }\n  - GET: /${{ ide }}\n",
    )
    .callsheet("run")
    .exits(3)
    .says("no key ide");
    assert_eq!(targets(&server), ["/a"]);
}

#[test]
fn captured_text_is_data_and_never_rendered() {
    let server = Server::json(r#"{"evil": "${{ 7 * 7 }}"}"#);
    let collection = "collection: c\nsteps:\n  - GET: /a\n    capture: { evil: $.evil }\n  - POST: /b\n    text: \"<${{ evil }}>\"\n";
    Project::against(&server, collection).callsheet("run").exits(0);
    assert_eq!(server.received()[1].text(), "<${{ 7 * 7 }}>");
}

#[test]
fn a_recipe_sees_its_inputs_and_returns_its_outputs() {
    let server = server();
    let recipe = "recipe: r\ninputs:\n  who: {}\n  greeting: hello\nsteps:\n  - GET: /${{ greeting }}/${{ who }}\n    capture: { inner: $.id }\noutputs:\n  number: ${{ inner }}\n";
    let collection = "collection: c\nsteps:\n  - use: ../recipes/r.yaml\n    with: { who: jo }\n    as: made\n  - GET: /made/${{ made.number }}\n";
    Project::against(&server, collection)
        .file("recipes/r.yaml", recipe)
        .callsheet("run")
        .exits(0);
    assert_eq!(targets(&server), ["/hello/jo", "/made/7"]);
}

#[test]
fn a_recipes_captures_stay_inside() {
    let server = server();
    let recipe = "recipe: r\nsteps:\n  - GET: /r\n    capture: { inner: $.id }\n";
    let collection = "collection: c\nsteps:\n  - use: ../recipes/r.yaml\n  - GET: /${{ inner }}\n";
    Project::against(&server, collection)
        .file("recipes/r.yaml", recipe)
        .callsheet("check")
        .exits(2)
        .says("inner");
}

#[test]
fn a_recipe_does_not_see_its_callers_variables() {
    let server = server();
    let recipe = "recipe: r\nsteps:\n  - GET: /${{ outer }}\n";
    let collection =
        "collection: c\nsteps:\n  - GET: /a\n    capture: { outer: $.id }\n  - use: ../recipes/r.yaml\n";
    Project::against(&server, collection)
        .file("recipes/r.yaml", recipe)
        .callsheet("check")
        .exits(2)
        .says("recipes/r.yaml:3")
        .says("outer");
}

#[test]
fn a_case_does_not_see_anothers_captures() {
    let server = server();
    let collection = "collection: c\ncases:\n  - name: one\n    steps:\n      - GET: /a\n        capture: { id: $.id }\n  - name: two\n    steps:\n      - GET: /${{ id }}\n";
    Project::against(&server, collection)
        .callsheet("check")
        .exits(2)
        .says("collections/c.yaml:9");
    assert_eq!(server.connections(), 0);
}

const TAGGED: &str = "\
collection: c
cases:
  - name: one
    tags: [fast]
    steps:
      - name: make
        GET: /make
        capture: { id: $.id }
      - name: aside
        GET: /aside
      - name: read
        GET: /read/${{ id }}
  - name: two
    tags: [slow]
    steps: [{ name: last, GET: /last }]
";

#[track_caller]
fn selected(arguments: &[&str]) -> Vec<String> {
    let server = server();
    let project = Project::against(&server, TAGGED);
    let run = arguments
        .iter()
        .fold(project.callsheet("run --jobs 1"), |run, argument| {
            run.argument(argument)
        });
    run.exits(0);
    targets(&server)
}

#[test]
fn tags_cases_and_steps_select() {
    assert_eq!(selected(&["--tag", "slow"]), ["/last"]);
    assert_eq!(selected(&["--not-tag", "fast"]), ["/last"]);
    assert_eq!(selected(&["--case", "one"]), ["/make", "/aside", "/read/7"]);
}

#[test]
fn a_selected_step_brings_the_steps_it_needs() {
    assert_eq!(selected(&["--step", "read"]), ["/make", "/read/7"]);
    assert_eq!(selected(&["--step", "aside"]), ["/aside"]);
}

#[test]
fn cookies_stay_in_their_case() {
    let server = Server::start(|_| Answer::json("{}").header("set-cookie", "sid=1; Path=/"));
    let collection = "collection: c\ncases:\n  - name: one\n    steps: [{ GET: /a }]\n  - name: two\n    steps: [{ GET: /b }]\n";
    Project::against(&server, collection)
        .callsheet("run --jobs 1")
        .exits(0);
    assert!(
        server
            .received()
            .iter()
            .all(|request| request.header("cookie").is_empty())
    );
}
