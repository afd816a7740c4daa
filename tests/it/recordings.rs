//! `--record` and `--replay`: a run that needs no server any more.

use std::path::{Path, PathBuf};

use crate::support::{Answer, Project, Server, repository};

fn pack() -> Project {
    Project::copy_of(&["callsheet.yaml", "collections", "fixtures"], repository())
}

/// Every file of a folder and those below it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn the_pack_is_replayed_without_its_mock() {
    let project = pack();
    project.callsheet("run --record recorded").exits(0);
    let recorded = files(&project.path().join("recorded"));
    assert!(recorded.len() > 20, "{recorded:?}");
    for file in &recorded {
        let text = std::fs::read_to_string(file).expect("a recording");
        assert!(
            !text.contains("demo-key-5f2c9a7e") && !text.contains("eyJ"),
            "{text}"
        );
    }
    // Without data nobody could answer but the recording.
    std::fs::write(project.path().join("fixtures/revio/contacts.json"), "[]").expect("written");
    std::fs::write(project.path().join("fixtures/revio/customers.json"), "[]").expect("written");
    let outcome = project
        .callsheet("run --replay recorded --json --ci")
        .exits(0)
        .json();
    assert_eq!(outcome["verdict"], "passed");
    assert!(outcome["steps"]["passed"].as_u64().expect("a count") >= 25);
    assert_eq!(
        files(&project.path().join("recorded")),
        recorded,
        "nothing is written"
    );
}

/// A server that counts: every answer to `/next` is another one.
fn counter() -> Server {
    let count = std::sync::atomic::AtomicUsize::new(0);
    Server::start(move |request| {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        match request.target.as_str() {
            "/moved" => Answer::status(302).header("location", "/here"),
            "/here" => Answer::json(r#"{"here": true}"#).header("set-cookie", "sid=abcdef0123456789"),
            "/binary" => Answer::status(200)
                .header("content-type", "image/png")
                .body(b"\x89PNG\0\xff"),
            _ => Answer::json(&format!(r#"{{"number": {number}, "price": 1.50}}"#)),
        }
    })
}

const STEPS: &str = "\
collection: c
steps:
  - { name: first, POST: /next, json: { a: 1 }, capture: { one: $.number }, expect: { $.price: 1.5 } }
  - { name: second, GET: '/next?one=${{ one }}', expect: { $.number: { gt: '${{ one }}' } } }
  - { name: moved, GET: /moved, expect: { $.here: true, redirects: { length: 1 }, cookies: { sid: { exists: true } } } }
  - { name: binary, GET: /binary, expect: { size: 6B } }
";

#[test]
fn a_replay_opens_no_socket_and_gives_what_was_given() {
    let server = counter();
    let project = Project::against(&server, STEPS);
    project.callsheet("run --record rec").exits(0);
    let connections = server.connections();
    let received = server.received().len();
    for _ in 0..2 {
        project.callsheet("run --replay rec").exits(0);
    }
    assert_eq!(server.connections(), connections);
    assert_eq!(server.received().len(), received);
}

#[test]
fn a_request_that_was_not_recorded_says_what_came_closest() {
    let server = counter();
    let project = Project::against(&server, STEPS);
    project.callsheet("run --record rec").exits(0);
    let changed = STEPS
        .replace("{ a: 1 }", "{ a: 2 }")
        .replace("name: moved, GET: /moved", "name: new, GET: /new");
    let project = project.file("collections/c.yaml", &changed);
    project
        .callsheet("run --replay rec --keep-going")
        .exits(3)
        .says("nothing was recorded for POST http://")
        .says("the closest recorded request differs: body.a was 1 and is 2")
        .says("nothing was recorded for this step: run it once with --record");
}

#[test]
fn a_recording_that_is_none_is_told_before_anything_is_sent() {
    let server = counter();
    let project = Project::against(&server, STEPS);
    project.callsheet("run --replay rec").exits(2).says("rec");
    std::fs::create_dir(project.path().join("rec")).expect("made");
    project
        .callsheet("run --replay rec")
        .exits(2)
        .says("recording.json");
    std::fs::write(project.path().join("rec/recording.json"), "{\"version\": 99}").expect("written");
    project.callsheet("run --replay rec").exits(2).says("version 99");
    std::fs::write(project.path().join("file"), "").expect("written");
    project.callsheet("run --record file").exits(5);
    project.callsheet("run --record a --replay b").exits(2);
    project
        .callsheet("watch --replay rec")
        .exits(2)
        .says("--record and --replay");
    assert_eq!(server.connections(), 0);
}

#[test]
fn what_cannot_be_recorded_is_exit_5() {
    let server = counter();
    let project = Project::against(&server, STEPS).file("rec/collections", "in the way");
    project
        .callsheet("run --record rec")
        .exits(5)
        .says("cannot record: ");
    assert!(!project.path().join("rec/recording.json").exists());
}

#[test]
fn policy_holds_in_a_replay_as_well() {
    let server = counter();
    let project = Project::against(&server, "collection: c\nsteps:\n  - GET: /next\n");
    project.callsheet("run --record rec").exits(0);
    let project = project.file(
        "collections/c.yaml",
        "collection: c\nsteps:\n  - GET: http://elsewhere.example/next\n",
    );
    project.callsheet("run --replay rec").exits(6);
}

#[test]
fn what_is_new_in_each_run_is_named_where_nothing_was_recorded() {
    let server = Server::json("{}");
    let sheet = "collection: c\nsteps:\n  - GET: /x\n    query: { id: \"${{ uuid() }}\" }\n";
    let project = Project::against(&server, sheet);
    project.callsheet("run --record recorded").exits(0);
    project
        .callsheet("run --replay recorded")
        .exits(3)
        .says("uuid() gives something else in each run");
}
