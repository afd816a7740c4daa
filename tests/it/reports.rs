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

const FAILS: &str = "\
collection: contacts
cases:
  - name: contacts
    steps:
      - name: list
        GET: /list
        expect: { status: 201 }
";

#[test]
fn every_report_of_the_reference_is_written_and_the_terminal_names_the_page() {
    let server = server();
    let project = Project::against(&server, SHEET);
    let kinds = [
        "events", "github", "har", "html", "json", "junit", "markdown", "tap", "terminal",
    ];
    let asked: Vec<String> = kinds
        .iter()
        .map(|kind| format!("--report {kind}=out/{kind}"))
        .collect();
    let ran = project.callsheet(&format!("run {}", asked.join(" "))).exits(0);
    let last = ran.stdout.lines().last().expect("a line").trim().to_owned();
    assert_eq!(last, "Report  out/html");
    for kind in kinds {
        let text = fs::read_to_string(project.path().join("out").join(kind)).expect("the report");
        assert!(
            text.contains("list") || kind == "github" || kind == "markdown",
            "{kind}: {text}"
        );
        assert!(text.contains("1") && text.ends_with('\n'), "{kind}: {text}");
    }
}

#[test]
fn in_github_actions_a_run_annotates_and_adds_to_the_step_summary() {
    let server = server();
    let project = Project::against(&server, FAILS).file("summary.md", "# before\n");
    let summary = project.path().join("summary.md");
    let ran = project
        .callsheet("run --json")
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", summary.to_str().expect("a path"))
        .env(
            "GITHUB_WORKSPACE",
            project
                .path()
                .parent()
                .and_then(|path| path.to_str())
                .expect("a path"),
        )
        .exits(1);
    assert_eq!(ran.json()["verdict"], "failed", "stdout is the document alone");
    // From the root of the checkout, which is the folder above.
    let folder = project.path().file_name().expect("a name").to_string_lossy();
    let start = format!("::error file={folder}/collections/c.yaml,line=7,col=");
    assert!(
        ran.stderr.lines().any(|line| line.starts_with(&start)),
        "{}",
        ran.stderr
    );
    let text = fs::read_to_string(&summary).expect("the summary");
    assert!(
        text.starts_with("# before\n## ❌ Failed: 1 step: 1 failed"),
        "{text}"
    );

    // Nowhere else, and not a second time where the annotations are asked for.
    let ran = project.callsheet("run").exits(1);
    assert!(!ran.stderr.contains("::error"));
    let ran = project
        .callsheet("run --report github")
        .env("GITHUB_ACTIONS", "true")
        .exits(1);
    assert!(ran.stdout.contains("::error") && !ran.stderr.contains("::error"));
}

#[test]
fn a_step_summary_that_cannot_be_written_stops_nothing_else() {
    let server = server();
    let project = Project::against(&server, SHEET);
    project
        .callsheet("run --report json=a.json")
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", "no/such/folder/summary.md")
        .exits(5)
        .says("PASS")
        .says("cannot write the step summary (no/such/folder/summary.md) whole");
    assert!(project.path().join("a.json").exists());
}

#[test]
fn in_gitlab_the_rows_are_a_section() {
    let server = server();
    let project = Project::against(&server, SHEET);
    project
        .callsheet("run")
        .env("GITLAB_CI", "true")
        .exits(0)
        .says("section_start:")
        .says("[collapsed=true]")
        .says("section_end:");
}

#[cfg(target_os = "linux")]
#[test]
fn a_page_is_opened_on_a_desktop_and_refused_without_one() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::{Duration, Instant};

    let server = server();
    let project = Project::against(&server, SHEET);
    project
        .callsheet("run --open")
        .exits(2)
        .says("--open needs a desktop");
    assert_eq!(server.received().len(), 0);

    let opener = "#!/bin/sh\nprintf %s \"$1\" > opened.part && mv opened.part opened\n";
    let project = project.file("bin/xdg-open", opener);
    let program = project.path().join("bin/xdg-open");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a program");
    let path = std::env::var("PATH").unwrap_or_default();
    project
        .callsheet("run --open")
        .env("DISPLAY", ":0")
        .env(
            "PATH",
            &format!("{}:{path}", project.path().join("bin").display()),
        )
        .exits(0)
        .says("Report  target/callsheet/report.html");
    // Nobody waits for the program that shows it, but this test.
    let opened = project.path().join("opened");
    let patience = Instant::now() + Duration::from_secs(20);
    while !opened.exists() && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(20));
    }
    let opened = fs::read_to_string(&opened).expect("it was opened");
    assert_eq!(opened, "target/callsheet/report.html");
    assert!(project.path().join(opened).exists());
}
