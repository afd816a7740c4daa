//! `--report`: several at once, in files that are whole, and none that stops another.

use std::fs;

use crate::support::{Answer, Project, Server};

const SHEET: &str = "\
collection: contacts
cases:
  - name: contacts
    steps:
      - name: list
        GET: /list
        expect: { status: 200 }
";

fn server() -> Server {
    Server::start(|_| Answer::json("{}"))
}

#[test]
fn reports_go_to_files_beside_the_terminal() {
    let server = server();
    let project = Project::against(&server, SHEET);
    project
        .callsheet("run --report json=out/a.json --report junit=out/a.xml")
        .exits(0)
        .says("PASS");
    let read = |name: &str| fs::read_to_string(project.path().join(name)).expect("the report");
    assert!(read("out/a.json").contains("\"verdict\": \"passed\""));
    assert!(read("out/a.xml").contains("<testcase name=\"list\""));
    assert_eq!(
        fs::read_dir(project.path().join("out"))
            .expect("a folder")
            .count(),
        2,
        "no temporary file is left"
    );
}

#[test]
fn one_without_a_path_takes_the_place_of_the_terminal() {
    let server = server();
    let project = Project::against(&server, SHEET);
    let ran = project
        .callsheet("run --report json")
        .exits(0)
        .does_not_say("PASS");
    assert_eq!(ran.json()["verdict"], "passed");
    project
        .callsheet("run --json --report junit")
        .exits(2)
        .says("would both be written to stdout");
}

#[test]
fn a_report_that_cannot_be_written_stops_no_other() {
    let server = server();
    let project = Project::against(&server, SHEET).file("taken", "a file, not a folder");
    project
        .callsheet("run --report junit=taken/a.xml --report json=a.json")
        .exits(5)
        .says("PASS")
        .says("cannot write the report junit (taken/a.xml) whole");
    assert!(project.path().join("a.json").exists());
}

#[test]
fn a_wrong_name_is_told_before_anything_is_sent() {
    let server = server();
    let project = Project::against(&server, SHEET);
    project
        .callsheet("run --report junti=a.xml")
        .exits(2)
        .says("unknown report `junti`")
        .says("junit");
    assert_eq!(server.received().len(), 0);
}
