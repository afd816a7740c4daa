//! A machine that is full, closed, small or dying: never a pass that is none, never half a file.

use std::fs;
use std::io::BufReader;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use callsheet::outcome::{Event, LogReader, Tally, Verdict};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::support::{Answer, Project, Server};

const ONE: &str = "collection: c\nsteps:\n  - GET: /\n    expect: { status: 200 }\n";

/// The program as a word of a shell's script.
const PROGRAM: &str = env!("CARGO_BIN_EXE_callsheet");

/// What a script of a shell says and how it ends, in a project's folder.
fn shell(project: &Project, script: &str) -> (Option<i32>, String) {
    let output = Command::new("bash")
        .args(["-c", &script.replace("callsheet", PROGRAM)])
        .current_dir(project.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(std::process::Stdio::null())
        .output()
        .expect("bash");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn what_cannot_be_written_is_no_pass() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let server = Server::json("{}");
    let project = Project::against(&server, ONE);
    for script in [
        "callsheet run > /dev/full",
        "callsheet run --json > /dev/full",
        "callsheet run --report junit=/dev/full",
        "callsheet run --report json=/dev/full --report tap=a.tap",
        "callsheet run --log /dev/full",
        "callsheet run --report junit=/proc/nowhere/a.xml",
    ] {
        let (code, said) = shell(&project, script);
        assert_eq!(code, Some(5), "{script}: {said}");
    }
    assert!(project.path().join("a.tap").exists(), "what can be written is");
    // Nobody is told on a stream that takes nothing, and the exit code says it all the same.
    assert_eq!(shell(&project, "callsheet run 2> /dev/full").0, Some(0));
    assert_eq!(
        shell(&project, "callsheet run nowhere.yaml 2> /dev/full").0,
        Some(2)
    );
}

#[test]
fn a_folder_that_takes_no_file_is_told_before_or_after_but_told() {
    let server = Server::json("{}");
    let project = Project::against(&server, ONE).file("taken/x", "");
    let folder = project.path().join("taken");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).expect("a mode");
    // Somebody who may write everywhere is not held by a mode.
    if fs::write(folder.join("y"), "").is_err() {
        project.callsheet("run --report junit=taken/a.xml").exits(5);
        project.callsheet("run --log taken/a.jsonl").exits(5);
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("a mode");
}

#[test]
fn a_stream_that_is_closed_ends_nothing_early() {
    let server = Server::json("{}");
    let project = Project::against(&server, ONE);
    for script in [
        "callsheet run >&-",
        "callsheet run 2>&-",
        "callsheet run >&- 2>&- <&-",
    ] {
        let (code, said) = shell(&project, &format!("{script} --log a.jsonl --report json=a.json"));
        assert_eq!(code, Some(0), "{script}: {said}");
        // What would have gone to the stream is in no file that got its number.
        let log = fs::read_to_string(project.path().join("a.jsonl")).expect("the log");
        assert!(log.lines().all(|line| line.starts_with("{\"event\":")), "{log}");
        let report = fs::read_to_string(project.path().join("a.json")).expect("the report");
        serde_json::from_str::<serde_json::Value>(&report).expect("a document");
    }
}

#[test]
fn a_reader_that_goes_away_makes_no_panic_and_no_pass() {
    let body = "line\n".repeat(40_000);
    let server = Server::start(move |_| {
        Answer::status(200)
            .header("content-type", "text/plain")
            .body(&body)
    });
    let steps = "  - { GET: /, continue: true }\n".repeat(40);
    let project = Project::against(&server, &format!("collection: c\nsteps:\n{steps}"));
    let (code, said) = shell(&project, "callsheet run -vv | head -1; exit ${PIPESTATUS[0]}");
    assert!([Some(5), Some(141)].contains(&code), "{code:?}: {said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn few_files_may_be_open_and_many_requests_are_sent() {
    const REQUESTS: usize = 2000;
    let server = Server::json("{}");
    let numbers: Vec<String> = (0..REQUESTS / 20).map(|number| number.to_string()).collect();
    let cases: String = (0..20)
        .map(|case| {
            let numbers = numbers.join(", ");
            format!("  - name: case {case}\n    steps:\n      - for: {{ a: [{numbers}] }}\n        GET: /${{{{ a }}}}\n")
        })
        .collect();
    let project = Project::against(&server, &format!("collection: c\ncases:\n{cases}"));
    let (code, said) = shell(&project, "ulimit -n 64; callsheet run -q --no-log --jobs 50");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(server.received().len(), REQUESTS);
}

#[test]
fn no_core_dump_is_left_whatever_the_shell_allows() {
    if !Path::new("/proc/self/limits").exists() {
        return;
    }
    let (held, reached) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let (holds, reaches) = (Arc::clone(&held), Arc::clone(&reached));
    let server = Server::start(move |_| {
        reaches.wait();
        holds.wait();
        Answer::json("{}")
    });
    let project = Project::against(&server, ONE);
    let mut child = project.callsheet("run").spawn();
    reached.wait();
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).expect("its limits");
    held.wait();
    assert!(child.wait().expect("its end").success());
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .expect("a limit");
    let words: Vec<&str> = core.split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{core}");
}

#[test]
fn two_runs_over_the_same_snapshots_leave_whole_files() {
    let bodies = ["short", "long"].map(|name| {
        let times = if name == "short" { 1 } else { 2_000 };
        serde_json::json!({ "name": name, "list": vec![name; times] }).to_string()
    });
    let servers = bodies
        .clone()
        .map(|body| Server::start(move |_| Answer::json(&body)));
    let steps = "collection: c\nsteps:\n  - { name: a, GET: /, expect: { snapshot: true } }\n  \
                 - { name: b, GET: /, expect: { snapshot: true } }\n";
    let project = Project::against(&servers[0], steps);
    let sheet = "project: p\ninputs: { base: {} }\ndefaults: { base_url: \"${{ base }}\" }\n";
    let project = project.file("callsheet.yaml", sheet);
    let whole: Vec<serde_json::Value> = bodies
        .iter()
        .map(|body| serde_json::from_str(body).expect("JSON"))
        .collect();
    for round in 0..50 {
        let runs = servers.each_ref().map(|server| {
            project
                .callsheet("run --update -q --no-log")
                .argument(&format!("--input=base={}", server.url()))
                .spawn()
        });
        for mut run in runs {
            let code = run.wait().expect("its end").code();
            // Where the other one wrote in between, that is no pass of this one.
            assert!(matches!(code, Some(0 | 1 | 5)), "round {round}: {code:?}");
        }
        for name in ["a", "b"] {
            let path = project
                .path()
                .join(format!("collections/snapshots/c/c.{name}.json"));
            let text = fs::read_to_string(&path).expect("a snapshot");
            let found = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in\n{text}"));
            assert!(whole.contains(&found), "round {round}: half a snapshot");
        }
    }
    let left: Vec<_> = fs::read_dir(project.path().join("collections/snapshots/c"))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_kill_at_any_time_leaves_a_log_that_is_read_and_never_passes() {
    let server = Server::json(r#"{ "ok": true }"#);
    let steps = "      - GET: /\n        expect: { $.ok: true }\n".repeat(20);
    let cases: String = (0..4)
        .map(|case| format!("  - name: case {case}\n    steps:\n{steps}"))
        .collect();
    let project = Project::against(&server, &format!("collection: c\ncases:\n{cases}"));
    let started = std::time::Instant::now();
    project.callsheet("run -q --report junit=a.xml --no-log").exits(0);
    let usual = started.elapsed();
    fs::remove_file(project.path().join("a.xml")).expect("the report");
    let mut random = StdRng::seed_from_u64(1);
    let mut cut_short = 0;
    for round in 0..50 {
        let log = project.path().join("killed.jsonl");
        let _ = fs::remove_file(&log);
        let mut child = project
            .callsheet("run -q --report junit=a.xml --log killed.jsonl")
            .spawn();
        thread::sleep(
            usual
                .mul_f64(random.random_range(0.0..1.1))
                .min(Duration::from_secs(5)),
        );
        // It may have ended by itself.
        let _ = child.kill();
        let ended_well = child.wait().expect("its end").success();
        let report = project.path().join("a.xml");
        if let Ok(text) = fs::read_to_string(&report) {
            uppsala::parse(&text).expect("a whole report or none");
            fs::remove_file(&report).expect("the report");
        }
        let Ok(bytes) = fs::read(&log) else { continue };
        let verdict = verdict(&bytes);
        let says_the_end = String::from_utf8_lossy(&bytes).contains("\"event\":\"run_finished\"");
        assert_eq!(
            verdict == Some(Verdict::Passed),
            says_the_end,
            "round {round}: {verdict:?}"
        );
        assert!(!ended_well || says_the_end, "round {round}");
        cut_short += usize::from(!says_the_end);
        if round % 5 == 0 {
            let ran = project.callsheet("report killed.jsonl").ends();
            assert_eq!(ran.exit == Some(0), says_the_end, "round {round}: {}", ran.all());
        }
    }
    assert!(cut_short > 5, "{cut_short} of 50 were cut short");
}

/// The verdict of what a log tells to its last whole line; none where it has no whole line.
fn verdict(log: &[u8]) -> Option<Verdict> {
    let (reader, started) = LogReader::open(BufReader::new(log)).ok()?;
    let mut tally = Tally::default();
    tally.add(&Event::RunStarted(Arc::new(started)));
    for event in reader {
        tally.add(&event.expect("a whole line"));
    }
    Some(tally.verdict())
}
