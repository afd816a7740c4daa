//! The event log: what a run leaves, and what `report` makes of it.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::mpsc;

use crate::support::{Answer, Project, Server};

const ONE: &str = "collection: c\nsteps:\n  - GET: /\n    expect: { status: 200 }\n";

const TWO: &str = "collection: c\ncases:\n  - name: one\n    steps:\n      - GET: /a\n        expect: { status: 200 }\n  \
                   - name: two\n    steps:\n      - GET: /b\n        expect: { status: 200, $.ok: true }\n";

/// The logs beneath a project, oldest first.
fn logs(project: &Project) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(project.path().join("target/callsheet"))
        .expect("the folder of logs")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    found.sort();
    found
}

#[test]
fn a_report_from_the_log_is_the_report_of_the_run() {
    let server = Server::json(r#"{ "ok": false, "n": 12345678901234567890.5 }"#);
    let project = Project::against(&server, TWO);
    let run = project.callsheet("run --json").exits(1);
    assert_eq!(project.callsheet("report --json").exits(1).json(), run.json());
    assert!(
        run.json()["cases"]
            .as_array()
            .is_some_and(|cases| cases.len() == 2)
    );
    let shown = project.callsheet("report").exits(1);
    shown.says("expected").says("collections/c.yaml:");
    let ignored = fs::read_to_string(project.path().join("target/callsheet/.gitignore"));
    assert_eq!(ignored.expect("a .gitignore"), "*\n");
}

#[test]
fn a_log_gives_every_report_as_the_run_would() {
    let server = Server::json(r#"{ "ok": false }"#);
    let project = Project::against(&server, TWO);
    project
        .callsheet("run --log log.jsonl --report junit=then.xml")
        .exits(1);
    project
        .callsheet("report log.jsonl --report junit=now.xml --report json=now.json")
        .exits(1)
        .says("FAIL");
    let read = |name: &str| fs::read_to_string(project.path().join(name)).expect("the report");
    assert_eq!(read("now.xml"), read("then.xml"));
    assert!(read("now.json").contains("\"verdict\": \"failed\""));
    project
        .callsheet("report log.jsonl --report junti=a.xml")
        .exits(2)
        .says("unknown report `junti`");
}

#[test]
fn twenty_logs_are_kept() {
    let server = Server::json("{}");
    let project = Project::against(&server, ONE);
    project.callsheet("run").exits(0);
    let first = logs(&project).remove(0);
    for number in 0..24 {
        let name = format!("run-2000010{}T000000.0{number:05}Z-1.jsonl", number % 10);
        fs::write(first.with_file_name(name), "").expect("a log");
    }
    project.callsheet("run").exits(0);
    let left = logs(&project);
    assert_eq!(left.len(), 20);
    assert!(left.contains(&first), "the newest stay");
}

#[test]
fn where_the_log_goes_is_the_callers_choice() {
    let server = Server::json("{}");
    let project = Project::against(&server, ONE);
    project.callsheet("run --no-log").exits(0);
    assert!(!project.path().join("target").exists());
    project
        .callsheet("report")
        .exits(2)
        .says("no run has left an event log here");
    project.callsheet("run --log here.jsonl").exits(0);
    assert!(!project.path().join("target").exists());
    project.callsheet("report here.jsonl").exits(0).says("1 passed");
    project
        .callsheet("report there.jsonl")
        .exits(2)
        .says("cannot open the event log");
    project
        .callsheet("report callsheet.yaml")
        .exits(2)
        .says("is no event log");
}

#[test]
fn a_log_that_cannot_be_made_is_found_before_anything_is_sent() {
    let server = Server::json("{}");
    let project = Project::against(&server, ONE).file("target", "a file");
    project
        .callsheet("run")
        .exits(5)
        .says("cannot write the event log target/callsheet");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_log_that_fills_its_disk_is_no_pass() {
    if !std::path::Path::new("/dev/full").exists() {
        return;
    }
    let server = Server::json("{}");
    let project = Project::against(&server, ONE);
    let ran = project.callsheet("run --log /dev/full").exits(5);
    ran.says("1 passed").says("the event log /dev/full");
}

#[test]
fn a_log_cut_anywhere_never_says_pass() {
    let server = Server::json(r#"{ "ok": true }"#);
    let project = Project::against(&server, TWO);
    project.callsheet("run --log whole.jsonl").exits(0);
    let whole = fs::read_to_string(project.path().join("whole.jsonl")).expect("the log");
    // At each border of a line, and in the middle of each line.
    let borders = whole.match_indices('\n').map(|(at, _)| at + 1);
    let starts = std::iter::once(0).chain(borders.clone());
    let middles: Vec<usize> = starts.zip(borders.clone()).map(|(a, b)| (a + b) / 2).collect();
    for length in borders.filter(|length| *length < whole.len()).chain(middles) {
        fs::write(project.path().join("cut.jsonl"), &whole[..length]).expect("a cut log");
        let ran = project.callsheet("report cut.jsonl").ends();
        assert_eq!(ran.exit, Some(3), "cut at {length}: {}", ran.all());
    }
}

#[test]
fn a_log_of_impossible_numbers_never_says_pass_and_takes_no_memory() {
    let server = Server::json(r#"{ "ids": [7, 8] }"#);
    let steps = "collection: c\nsteps:\n  - GET: /\n    capture: { ids: $.ids }\n  - GET: /\n    for: { id: '${{ ids }}' }\n";
    let project = Project::against(&server, steps);
    project.callsheet("run --log whole.jsonl").exits(0);
    let whole = fs::read_to_string(project.path().join("whole.jsonl")).expect("the log");
    // A round's number, how many checks a step has, and the step that is over.
    for (told, of) in [
        (r#""step":3,"name""#, 3),
        (r#""checks":1"#, 1),
        (r#""step":3,"status""#, 3),
    ] {
        assert!(whole.contains(told), "{told} in {whole}");
        for number in ["4294967296", "1000000000000000", "18446744073709551615"] {
            let changed = told.replace(&of.to_string(), number);
            let project = Project::empty().file("changed.jsonl", &whole.replacen(told, &changed, 1));
            let report = project.callsheet("report changed.jsonl --report json=o.json --report html=o.html");
            report.exits(70);
        }
    }
}

#[test]
fn after_a_kill_the_log_holds_what_happened() {
    let (reached, waits) = mpsc::channel();
    let reached = std::sync::Mutex::new(reached);
    let (release, held) = mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let server = Server::start(move |request| {
        if request.target == "/b" {
            reached
                .lock()
                .expect("the gate")
                .send(())
                .expect("the test waits");
            // Until the test ends and drops the other side.
            let _ = held.lock().expect("the gate").recv();
        }
        Answer::json(r#"{ "ok": true }"#)
    });
    let project = Project::against(&server, TWO);
    let mut child = project
        .callsheet("run --jobs 1 --log killed.jsonl")
        .stdout(Stdio::null())
        .spawn();
    waits
        .recv_timeout(std::time::Duration::from_secs(60))
        .expect("the second case is under way");
    child.kill().expect("SIGKILL");
    child.wait().expect("its end");
    drop(release);
    let ran = project.callsheet("report --json killed.jsonl").exits(3);
    ran.json();
    let shown = project.callsheet("report killed.jsonl").exits(3);
    shown
        .says("one")
        .says("does not tell the end of its run")
        .says("PASS");
}

#[test]
fn a_log_holds_no_secret() {
    let server =
        Server::start(|request| Answer::json(&format!("{{ \"you\": \"{}\" }}", request.header("x-key"))));
    let project = Project::empty()
        .file(
            "callsheet.yaml",
            &format!(
                "project: a test\ninputs: {{ key: {{ secret: true }} }}\ndefaults:\n  base_url: {}\n",
                server.url()
            ),
        )
        .file(
            "collections/c.yaml",
            "collection: c\nsteps:\n  - GET: /\n    headers: { X-Key: '${{ key }}' }\n    expect: { status: 200, $.you: me }\n",
        );
    project
        .callsheet("run --log log.jsonl --secret-env key=KEY")
        .env("KEY", "canary-4711-feathers")
        .exits(1);
    assert!(server.only().all().contains("canary-4711-feathers"));
    let log = fs::read_to_string(project.path().join("log.jsonl")).expect("the log");
    assert!(!log.contains("canary-4711"), "{log}");
    assert!(log.contains("‹key›"), "{log}");
    project.callsheet("report log.jsonl").exits(1).says("‹key›");
}

#[test]
fn the_logs_of_a_folder_are_trends() {
    let server = Server::start(|_| Answer::json("{}"));
    let sheet = |status: u16| {
        format!(
            "collection: c\ncases:\n  - name: contacts\n    steps:\n      - name: list\n        GET: /list\n        \
             expect: {{ status: {status} }}\n"
        )
    };
    let mut project = Project::against(&server, &sheet(200));
    project.callsheet("run").exits(0);
    project = project.file("collections/c.yaml", &sheet(201));
    project.callsheet("run").exits(1);
    project = project.file("target/callsheet/broken.jsonl", "no log\n");
    let ran = project
        .callsheet("report --history target/callsheet --report html=trends.html --report json=trends.json")
        .exits(0)
        .says("2 runs, 1 passed; 1 step")
        .says("50 %")
        .says("broken.jsonl is no event log");
    assert!(ran.stdout.contains("contacts › list"), "{}", ran.stdout);
    let read = |name: &str| std::fs::read_to_string(project.path().join(name)).expect("the trends");
    let document: serde_json::Value = serde_json::from_str(&read("trends.json")).expect("a document");
    assert_eq!(document["steps"][0]["pass_rate"], 0.5);
    assert_eq!(document["steps"][0]["flips"], 1);
    assert_eq!(document["runs"][1]["verdict"], "failed");
    assert!(read("trends.html").contains("of runs passed (1 of 2)"));

    project
        .callsheet("report --history target/callsheet --report junit=a.xml")
        .exits(2)
        .says("a history is made as html, json, terminal, not as `junit`");
    project
        .callsheet("report --history collections")
        .exits(2)
        .says("there is no event log of a run in collections");
    project
        .callsheet("report --history target/callsheet --report html=no/../collections/c.yaml/a.html")
        .exits(5)
        .says("cannot write the report html");
}

#[cfg(unix)]
#[test]
fn a_link_leads_no_log_out_of_the_project() {
    let server = Server::start(|_| Answer::status(200));
    for link in ["target", "target/callsheet"] {
        let elsewhere = tempfile::tempdir().expect("a folder");
        let project = Project::against(&server, "collection: c\nsteps:\n  - GET: /\n");
        let path = project.path().join(link);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::os::unix::fs::symlink(elsewhere.path(), &path).expect("a link");
        project
            .callsheet("run")
            .exits(5)
            .says("--log names another place");
        assert_eq!(std::fs::read_dir(elsewhere.path()).expect("a folder").count(), 0);
        project.callsheet("run --no-log").exits(0);
    }
}
