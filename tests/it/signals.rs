//! INT, TERM and HUP: what was made is undone, what is written is whole, and the end comes soon.

use std::collections::BTreeSet;
use std::process::{Child, Output};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Answer, Project, Server};

/// Sends a signal to the program.
fn send(signal: Signal, child: &Child) {
    let pid = i32::try_from(child.id())
        .ok()
        .and_then(Pid::from_raw)
        .expect("a process");
    kill_process(pid, signal).expect("the signal is sent");
}

/// The end of the program, which has to come within this time.
#[track_caller]
fn ends_within(time: Duration, child: Child) -> Output {
    let (sender, receiver) = mpsc::channel();
    let started = Instant::now();
    thread::spawn(move || sender.send(child.wait_with_output().expect("its output")));
    let output = receiver.recv_timeout(time).expect("the program ends in time");
    assert!(started.elapsed() <= time);
    output
}

/// Waits until the server has received so many requests.
fn received(server: &Server, count: usize) {
    let patience = Instant::now() + Duration::from_secs(30);
    while server.received().len() < count {
        assert!(Instant::now() < patience, "{count} requests come");
        thread::sleep(Duration::from_millis(2));
    }
}

/// A server where posting to `/records/7` makes record 7 and deleting that undoes it; each answer takes a while.
fn records(delay: u64) -> Server {
    Server::start(move |request| {
        let hangs = request.target.contains("hangs") && request.method == "DELETE";
        thread::sleep(Duration::from_millis(if hangs { 60_000 } else { delay }));
        Answer::json("{}")
    })
}

/// Three cases at once, each of which makes a record, looks around for a while, and has a record to undo.
fn collection() -> String {
    let steps = |number: usize| {
        let looks = "      - GET: /look\n".repeat(12);
        format!(
            "  - name: case {number}\n    steps:\n      - POST: /records/{number}\n        cleanup: {{ DELETE: /records/{number} }}\n{looks}      - POST: /records/1{number}\n        cleanup: {{ DELETE: /records/1{number} }}\n{looks}"
        )
    };
    let cases: String = (1..=3).map(steps).collect();
    format!("collection: c\nfinally:\n  - GET: /end\ncases:\n{cases}")
}

#[test]
fn what_was_made_is_undone_whenever_the_signal_comes() {
    at_fifty_moments(is_undone_at);
}

/// Tries something at moments 0 to 49, some at a time: 50 processes at once would say more about the machine than about
/// any of them.
fn at_fifty_moments(tried: fn(u64)) {
    for wave in 0..5 {
        let moments: Vec<_> = (0..10)
            .map(|number| thread::spawn(move || tried(wave * 10 + number)))
            .collect();
        for moment in moments {
            moment.join().expect("the moment passes");
        }
    }
}

/// Sends a signal at one of 50 moments of a run, and looks at what became of what it had made.
fn is_undone_at(moment: u64) {
    let (signal, code) = [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)]
        [usize::try_from(moment % 3).expect("small")];
    let server = records(10);
    let project = Project::against(&server, &collection());
    let child = project
        .callsheet("run --report junit=out.xml --log run.jsonl")
        .spawn();
    received(&server, 1);
    // All of them before the last of 26 answers, each of which takes 10 ms.
    thread::sleep(Duration::from_millis(moment * 5));
    send(signal, &child);
    let output = ends_within(Duration::from_secs(7), child);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(code), "{said}");
    let received = server.received();
    let of = |method: &str| -> BTreeSet<String> {
        let requests = received.iter().filter(|request| request.method == method);
        requests.map(|request| request.target.clone()).collect()
    };
    assert_eq!(of("POST"), of("DELETE"), "at moment {moment}\n{said}");
    // A request that was given up may be read after it.
    let ends = received.iter().filter(|request| request.target == "/end");
    assert_eq!(ends.count(), 1, "{said}");
    assert!(
        said.contains("Interrupted") && !said.contains("Not undone"),
        "{said}"
    );
    // What was written is whole, and what is made of the log says the same.
    let xml = std::fs::read_to_string(project.path().join("out.xml")).expect("the report");
    assert!(xml.trim_end().ends_with("</testsuites>"), "{xml}");
    let again = project.callsheet("report run.jsonl").exits(code);
    assert!(again.stdout.contains("Interrupted"), "{}", again.stdout);
}

#[test]
fn whenever_it_is_killed_its_log_is_readable_and_never_passes() {
    at_fifty_moments(|moment| {
        let server = records(10);
        let project = Project::against(&server, &collection());
        let mut child = project.callsheet("run --log run.jsonl").spawn();
        received(&server, 1);
        thread::sleep(Duration::from_millis(moment * 5));
        child.kill().expect("SIGKILL");
        child.wait().expect("its end");
        let log = std::fs::read_to_string(project.path().join("run.jsonl")).expect("the log");
        let whole = log.rfind('\n').map_or("", |end| &log[..end]);
        for line in whole.lines() {
            serde_json::from_str::<serde_json::Value>(line).expect("a whole line is whole");
        }
        // The plan is written before anything is sent.
        assert!(whole.starts_with("{\"event\":\"run_started\""), "{log}");
        let told = project
            .callsheet("report run.jsonl --report junit=out.xml")
            .exits(3);
        told.says("does not tell the end of its run");
        let xml = std::fs::read_to_string(project.path().join("out.xml")).expect("the report");
        assert!(xml.contains("<error"), "{xml}");
    });
}

#[test]
fn nothing_new_starts_and_what_is_under_way_is_told() {
    let server = records(0);
    let project = Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /one\n  - wait: 60s\n  - GET: /two\n    cleanup: { DELETE: /two }\n",
    );
    let child = project.callsheet("run --json").spawn();
    received(&server, 1);
    thread::sleep(Duration::from_millis(100));
    send(Signal::INT, &child);
    let output = ends_within(Duration::from_secs(3), child);
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(server.received().len(), 1);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(document["verdict"], "interrupted");
    let status: Vec<&str> = document["cases"][0]["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| step["status"].as_str().unwrap_or("none"))
        .collect();
    assert_eq!(status[..2], ["passed", "interrupted"], "{document}");
}

/// A run that has made a record and waits; what undoes the record is never answered.
fn undone_by_what_hangs() -> (Server, Project, Child) {
    let server = records(0);
    let project = Project::against(
        &server,
        "collection: c\nsteps:\n  - POST: /hangs\n    cleanup: { name: remove it, DELETE: /hangs }\n  - wait: 60s\n",
    );
    let child = project.callsheet("run").spawn();
    received(&server, 1);
    thread::sleep(Duration::from_millis(100));
    (server, project, child)
}

#[test]
fn a_second_signal_ends_it_at_once_and_lists_what_is_left() {
    let (server, _project, child) = undone_by_what_hangs();
    send(Signal::INT, &child);
    received(&server, 2);
    send(Signal::INT, &child);
    let output = ends_within(Duration::from_secs(2), child);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("Not undone c › remove it"), "{said}");
}

#[test]
fn an_undoing_that_takes_too_long_is_given_up() {
    let (_server, _project, child) = undone_by_what_hangs();
    send(Signal::TERM, &child);
    let output = ends_within(Duration::from_secs(7), child);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(143), "{said}");
    assert!(said.contains("has to undo things are over"), "{said}");
}

#[test]
fn rounds_that_wait_for_nothing_hear_of_a_signal() {
    let server = records(0);
    let project = Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /one\n  - GET: /never\n    for: { a: \"${{ range(300) | list }}\", b: \"${{ range(300) | list }}\" }\n    if: a < 0\n",
    );
    let child = project.callsheet("run --no-log -q").spawn();
    received(&server, 1);
    thread::sleep(Duration::from_millis(300));
    send(Signal::TERM, &child);
    let output = ends_within(Duration::from_secs(7), child);
    assert_eq!(output.status.code(), Some(143));
}
