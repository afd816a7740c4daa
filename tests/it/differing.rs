//! The same collections in two environments: what differs, and what does not.

use crate::support::{Answer, Project, Run, Server, repository};

const STEPS: &str = "\
collection: tasks
steps:
  - name: list
    GET: /tasks
    expect: { snapshot: { ignore: [$.at], unordered: [$.tasks] } }
  - name: read
    GET: /tasks/1
    expect: { $.title: wash }
";

/// A project with two environments that are these servers.
fn between(one: &Server, other: &Server) -> Project {
    let project = format!(
        "project: p\ninputs: {{ base_url: {{}}, key: {{ secret: true, env: KEY }} }}\n\
         environments:\n  one: {{ inputs: {{ base_url: \"{}\" }} }}\n  other: {{ inputs: {{ base_url: \"{}\" }} }}\n\
         defaults:\n  base_url: ${{{{ base_url }}}}\n  headers: {{ X-Key: \"${{{{ key }}}}\" }}\n",
        one.url(),
        other.url()
    );
    Project::empty()
        .file("callsheet.yaml", &project)
        .file("collections/c.yaml", STEPS)
}

fn server(at: u32, tasks: &str, title: &'static str, status: u16) -> Server {
    let list = format!(r#"{{"at": {at}, "tasks": {tasks}}}"#);
    Server::start(move |request| match request.target.as_str() {
        "/tasks" => Answer::json(&list),
        _ => Answer::status(status)
            .header("content-type", "application/json")
            .body(format!(r#"{{"title": "{title}"}}"#)),
    })
}

fn diff(project: &Project) -> Run {
    project
        .callsheet("diff --env one --env other")
        .env("KEY", "the-key-of-both")
}

#[test]
fn environments_that_answer_alike_do_not_differ() {
    let one = server(1, r#"[{"id": 1}, {"id": 2}]"#, "cook", 200);
    let other = server(2, r#"[{"id": 2}, {"id": 1}]"#, "cook", 200);
    let project = between(&one, &other);
    // A check that does not hold is no difference where it does not hold in both.
    diff(&project)
        .exits(0)
        .says("2 the same, 0 different, 0 errors\n");
    assert!(
        !project.path().join("collections/snapshots").exists(),
        "nothing is written"
    );
    assert!(!project.path().join("target").exists());
}

#[test]
fn what_differs_is_told_step_by_step() {
    let one = server(1, r#"[{"id": 1}, {"id": 2}]"#, "wash", 200);
    let other = server(2, r#"[{"id": 3}, {"id": 2}, {"id": 1}]"#, "wash", 201);
    diff(&between(&one, &other))
        .exits(1)
        .says("differs  tasks › list\n    $.body.tasks\n      + [2]: {\"id\": 3}\n")
        .says("differs  tasks › read\n    $\n      - status: 200\n      + status: 201\n")
        .says("0 the same, 2 different, 0 errors\n");
}

#[test]
fn what_did_not_answer_is_no_pass() {
    let one = server(1, "[]", "wash", 200);
    let project = between(&one, &one);
    let sheet = std::fs::read_to_string(project.path().join("callsheet.yaml")).expect("the project");
    let (before, after) = sheet.split_once("other: ").expect("the other environment");
    let gone = after.replacen(&one.url(), "http://127.0.0.1:1", 1);
    let project = project.file("callsheet.yaml", &format!("{before}other: {gone}"));
    diff(&project)
        .exits(3)
        .says("error    tasks › list  in other: ")
        .says("only one answered");
    project.callsheet("diff --env one").exits(2);
    project.callsheet("diff --env one --env another").exits(2);
    project.callsheet("diff --env one --env one --case none").exits(2);
}

#[test]
fn a_secret_may_be_for_one_environment_alone() {
    let echo =
        || Server::start(|request| Answer::json(&format!(r#"{{"key": "{}"}}"#, request.header("x-key"))));
    let (one, other) = (echo(), echo());
    diff(&between(&one, &other))
        .argument("--secret-env")
        .argument("one:key=ONE")
        .argument("--secret-env")
        .argument("other:key=OTHER")
        .env("ONE", "the-key-of-the-first")
        .env("OTHER", "the-key-of-the-second")
        .exits(0)
        .does_not_say("the-key-of");
    for (server, key) in [(one, "the-key-of-the-first"), (other, "the-key-of-the-second")] {
        assert!(
            server
                .received()
                .iter()
                .all(|request| request.header("x-key") == key)
        );
    }
}

#[test]
fn the_pack_does_not_differ_from_itself() {
    Project::copy_of(&["callsheet.yaml", "collections", "fixtures"], repository())
        .callsheet("diff --env mock --env mock")
        .exits(0)
        .says(" 0 different, 0 errors");
}

#[test]
fn each_round_is_compared_by_itself() {
    let numbered = |shift: usize| {
        Server::start(move |request| {
            let number: usize = request.target.trim_start_matches('/').parse().unwrap_or_default();
            Answer::json(&format!(
                r#"{{"n": {}}}"#,
                if number == 2 { number + shift } else { number }
            ))
        })
    };
    let (one, other) = (numbered(0), numbered(5));
    let sheet = "collection: c\nsteps:\n  - { name: read, GET: '/${{ id }}', for: { id: [1, 2, 3] } }\n";
    let project = between(&one, &other).file("collections/c.yaml", sheet);
    diff(&project)
        .exits(1)
        .says("differs  c › read @")
        .says("- n: 2\n      + n: 7\n")
        .says("2 the same, 1 different, 0 errors\n");
}
