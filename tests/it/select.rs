//! Which of what there is runs: lines, names, tags, rounds.

use crate::support::{Project, Server};

const SHEET: &str = "\
collection: tasks
tags: [api]
cases:
  - name: read tasks
    tags: [smoke]
    steps:
      - name: list
        GET: /list
        capture: { first: $.id }
      # The one that is most often wrong.
      - GET: /first/${{ first }}
        name: read the first
        tags: [slow]
        expect:
          status: 200

      - name: read none
        GET: /none
  - name: write tasks
    tags: [slow, 'two words']
    steps:
      - name: write
        POST: /write
";

fn server() -> Server {
    Server::json(r#"{ "id": 7 }"#)
}

/// The targets that a run asked for, sorted.
#[track_caller]
fn asked(sheet: &str, arguments: &[&str]) -> Vec<String> {
    let server = server();
    let project = Project::against(&server, sheet);
    let run = project.callsheet("run --jobs 1");
    arguments
        .iter()
        .fold(run, |run, argument| run.argument(argument))
        .exits(0);
    let mut targets: Vec<String> = server.received().into_iter().map(|it| it.target).collect();
    targets.sort();
    targets
}

#[test]
fn a_line_chooses_the_step_that_stands_there() {
    for (line, targets) in [
        // The collection's head, the case's, a step's first and last, the comment above a step.
        (1, &["/first/7", "/list", "/none", "/write"][..]),
        (4, &["/first/7", "/list", "/none"]),
        (7, &["/list"]),
        (9, &["/list"]),
        (10, &["/first/7", "/list"]),
        (11, &["/first/7", "/list"]),
        (15, &["/first/7", "/list"]),
        (16, &["/none"]),
        (18, &["/none"]),
        (19, &["/write"]),
        (23, &["/write"]),
    ] {
        assert_eq!(
            asked(SHEET, &[&format!("collections/c.yaml:{line}")]),
            targets,
            "line {line}"
        );
    }
    let server = server();
    let project = Project::against(&server, SHEET);
    project
        .callsheet("run collections/c.yaml:7")
        .exits(0)
        .says("1 case and 2 steps left out by collections/c.yaml:7");
    let both = ["collections/c.yaml:7", "collections/c.yaml:23"];
    assert_eq!(asked(SHEET, &both), ["/list", "/write"]);
    let whole = ["collections/c.yaml:7", "collections"];
    assert_eq!(
        asked(SHEET, &whole).len(),
        4,
        "what is meant as a whole runs as a whole"
    );
}

#[test]
fn a_line_that_is_not_there_is_told() {
    let server = server();
    let project = Project::against(&server, SHEET).file("m.yaml", "mock: m\nroutes: []\n");
    let run = |path: &str| project.callsheet(&format!("run {path}"));
    run("collections/c.yaml:99")
        .exits(2)
        .says("collections/c.yaml has no line 99; its last is 23");
    run("collections/c.yaml:0").exits(2).says("has no line 0");
    run("collections/d.yaml:3").exits(2).says("d.yaml");
    assert_eq!(server.received().len(), 0);
}

#[test]
fn names_may_have_signs_for_what_is_left_open() {
    assert_eq!(asked(SHEET, &["--case", "write*"]), ["/write"]);
    assert_eq!(
        asked(SHEET, &["--case", "* tasks", "--step", "read n?ne"]),
        ["/none"]
    );
    assert_eq!(asked(SHEET, &["--step", "*first"]), ["/first/7", "/list"]);
    let server = server();
    let project = Project::against(&server, SHEET);
    project
        .callsheet("run --case rite*")
        .exits(4)
        .says("--case rite* matches nothing");
    project
        .callsheet("run --case reed --case write*")
        .exits(2)
        .says("--case reed matches nothing");
}

#[test]
fn tags_may_be_combined() {
    for (tags, targets) in [
        (&["--tag", "slow"][..], &["/first/7", "/list", "/write"][..]),
        (&["--tag", "smoke and not slow"], &["/list", "/none"]),
        (&["--tag", "two words"], &["/write"]),
        (&["--tag", "smoke and slow"], &["/first/7", "/list"]),
        (
            &["--not-tag", "smoke and slow", "--tag", "api"],
            &["/list", "/none", "/write"],
        ),
        (&["--not-tag", "smoke"], &["/write"]),
        (&["--not-tag", "slow", "--not-tag", "absent"], &["/list", "/none"]),
    ] {
        assert_eq!(asked(SHEET, tags), targets, "{tags:?}");
    }
    let server = server();
    let project = Project::against(&server, SHEET);
    let run = |tags: &str| project.callsheet("run --tag").argument(tags);
    run("not (smoke or slow)").exits(4).says("nothing is left");
    run("smoke and").exits(2).says("a tag is missing after `and`");
    run("(smoke").exits(2).says("a `(` is not closed");
    run("smoke and slwo")
        .exits(4)
        .says("--tag slwo matches nothing")
        .says("did you mean `slow`?");
    assert_eq!(server.received().len(), 0);
}

#[test]
fn a_list_shows_what_would_run_and_sends_nothing() {
    let server = server();
    let project = Project::against(&server, SHEET);
    let listed = project.callsheet("run --list --step *first").exits(0);
    let listed = listed
        .says("list")
        .says("read the first")
        .does_not_say("read none");
    assert_eq!(
        listed.stdout,
        project.callsheet("list --step *first").exits(0).stdout
    );
    let json = project
        .callsheet("run --list --json --repeat 2 --case write*")
        .exits(0)
        .json();
    assert_eq!(json["cases"][1]["name"], "write tasks [2 of 2]");
    project
        .callsheet("run --list --tag absent --tag smoke")
        .exits(2)
        .says("--tag absent matches nothing");
    assert_eq!(server.connections(), 0);
    assert!(!project.path().join("target").exists(), "no log is left");
}

#[test]
fn a_round_of_a_step_is_chosen_by_its_name() {
    let sheet = "\
collection: c
steps:
  - name: make
    for: { n: [1, 2] }
    GET: /make/${{ n }}
    capture: { made: $.id }
  - name: read
    for: { id: [7, 8, 9] }
    GET: /read/${{ id }}
  - name: use
    GET: /use/${{ made[0] }}
";
    assert_eq!(asked(sheet, &["--step", "read [2: id=8]"]), ["/read/8"]);
    assert_eq!(asked(sheet, &["--step", "read [*: id=9]"]), ["/read/9"]);
    assert_eq!(
        asked(sheet, &["--step", "read"]),
        ["/read/7", "/read/8", "/read/9"]
    );
    // What another step needs has all its rounds.
    assert_eq!(
        asked(sheet, &["--step", "use", "--step", "read [1: id=7]"]),
        ["/make/1", "/make/2", "/read/7", "/use/7"]
    );
    let server = server();
    let project = Project::against(&server, sheet);
    let run = project
        .callsheet("run")
        .argument("--step")
        .argument("read [1: id=7]");
    // Two rounds of the first step, two of this one, and the last.
    run.exits(0).says("5 steps left out");
    let run = project
        .callsheet("run")
        .argument("--step")
        .argument("read [4: id=10]");
    run.exits(4);
}

#[test]
fn cases_that_are_left_out_are_counted_with_their_rounds() {
    let sheet = "\
collection: c
cases:
  - name: each
    for: { id: [7, 8, 9] }
    steps: [{ GET: \"/${{ id }}\" }]
  - name: once
    steps: [{ GET: /once }]
";
    let server = server();
    let project = Project::against(&server, sheet);
    project
        .callsheet("run --case once")
        .exits(0)
        .says("3 cases left out by --case once");
}

#[test]
fn what_chooses_nothing_says_what_would() {
    let server = server();
    let project = Project::against(&server, SHEET);
    for (option, name, help) in [
        ("--case", "read", "--case '*read*' matches `read tasks`"),
        (
            "--case",
            "TASKS",
            "--case '*TASKS*' matches `read tasks`, `write tasks`",
        ),
        (
            "--step",
            "the first",
            "--step '*the first*' matches `read the first`",
        ),
        ("--case", "reed tasks", "did you mean `read tasks`?"),
        ("--tag", "smoke,slow", "--tag 'smoke or slow'"),
        ("--tag", "smoke &&", "--tag 'smoke and …'"),
        ("--tag", "smoke && slow", "--tag 'smoke and slow'"),
        ("--tag", "smoke||slow", "--tag 'smoke or slow'"),
        ("--tag", "!smoke", "--tag 'not smoke'"),
        ("--tag", "smok", "did you mean `smoke`?"),
    ] {
        let list = project.callsheet("list").argument(option).argument(name);
        list.exits(4).says("matches nothing").says(help);
    }
}
