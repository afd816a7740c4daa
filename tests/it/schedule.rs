//! Many cases at once: how many, which not beside each other, and in which order they are told.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use crate::support::{Answer, Project, Server};

/// What a server has seen so far.
#[derive(Default)]
struct Seen {
    arrived: usize,
    in_flight: usize,
    most: usize,
}

/// How long a request is held beyond what it waits for, so that one too many shows if it were let come.
const GRACE: Duration = Duration::from_millis(50);

/// A server that holds each request until `may_go` says so of its path and what was seen; one that is held for too long
/// is answered with 500.
fn gate(
    may_go: impl Fn(&str, &Seen) -> bool + Send + Sync + 'static,
) -> (Server, Arc<(Mutex<Seen>, Condvar)>) {
    let shared = Arc::new((Mutex::new(Seen::default()), Condvar::new()));
    let seen = Arc::clone(&shared);
    let server = Server::start(move |request| {
        let (seen, changed) = &*seen;
        let mut now = seen.lock().expect("what was seen");
        now.arrived += 1;
        now.in_flight += 1;
        now.most = now.most.max(now.in_flight);
        changed.notify_all();
        let (now, late) = changed
            .wait_timeout_while(now, Duration::from_secs(30), |now| !may_go(&request.target, now))
            .expect("what was seen");
        drop(now);
        std::thread::sleep(GRACE);
        seen.lock().expect("what was seen").in_flight -= 1;
        Answer::status(if late.timed_out() { 500 } else { 200 })
    });
    (server, shared)
}

fn most(seen: &(Mutex<Seen>, Condvar)) -> usize {
    seen.0.lock().expect("what was seen").most
}

#[test]
fn a_hundred_files_run_twenty_at_a_time_and_are_told_in_the_plans_order() {
    // Nothing is answered before twenty are there, and the first file not before all of the others came.
    let (server, seen) = gate(|target, seen| {
        let needed = if target == "/000" { 100 } else { 20 };
        seen.arrived >= needed
    });
    let mut project = Project::against(&server, "collection: 000\nsteps:\n  - GET: /000\n");
    for number in 1..100 {
        let name = format!("{number:03}");
        project = project.file(
            &format!("collections/file-{name}.yaml"),
            &format!("collection: file {name}\nsteps:\n  - GET: /{name}\n"),
        );
    }
    let ran = project.callsheet("run --json").exits(0);
    assert_eq!(most(&seen), 20);
    let document = ran.json();
    let names: Vec<&str> = document["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .map(|case| case["steps"][0]["name"].as_str().expect("a name"))
        .collect();
    let planned: Vec<String> = (0..100).map(|number| format!("GET /{number:03}")).collect();
    assert_eq!(names, planned);
}

/// Cases as files of one request each, with this said beside it.
fn files(project: Project, prefix: &str, count: usize, beside: &str) -> Project {
    (0..count).fold(project, |project, number| {
        project.file(
            &format!("collections/{prefix}-{number}.yaml"),
            &format!("collection: {prefix} {number}\n{beside}steps:\n  - GET: /{prefix}/{number}\n"),
        )
    })
}

#[test]
fn a_host_gets_no_more_requests_at_once_than_there_are_jobs() {
    let (server, seen) = gate(|_, seen| seen.arrived >= 2);
    let collection =
        "collection: c\nsteps:\n  - GET: /${{ id }}\n    for: { id: [1, 2, 3, 4, 5, 6] }\n    parallel: 6\n";
    Project::against(&server, collection)
        .callsheet("run --jobs 2")
        .exits(0);
    assert_eq!((most(&seen), server.received().len()), (2, 6));
}

#[test]
fn the_cases_of_a_group_keep_to_its_limit_and_others_run_beside_them() {
    // All are held until three are there, and one of them is outside of the group: the last of the plan.
    let free = Arc::new(Mutex::new(false));
    let seen = Arc::clone(&free);
    let (server, held) = gate(move |target, now| {
        let mut free = seen.lock().expect("a flag");
        *free |= target == "/c";
        *free && now.arrived >= 3
    });
    let project = Project::empty().file(
        "callsheet.yaml",
        &format!(
            "project: p\ngroups: {{ tenant: 2 }}\ndefaults: {{ base_url: \"{}\" }}\n",
            server.url()
        ),
    );
    files(project, "a", 5, "group: tenant\n")
        .file("collections/b.yaml", "collection: b\nsteps:\n  - GET: /c\n")
        .callsheet("run")
        .exits(0);
    assert!(*free.lock().expect("a flag"));
    assert_eq!((most(&held), server.received().len()), (3, 6));
}

#[test]
fn a_serial_case_runs_beside_nothing() {
    let (server, seen) = gate(|_, _| true);
    let collection = "collection: c\ncases:\n  - name: one\n    steps: [{ GET: /1 }]\n  - name: two\n    serial: true\n    steps: [{ GET: /2 }]\n";
    let project = Project::against(&server, collection);
    files(project, "s", 4, "serial: true\n").callsheet("run").exits(0);
    assert_eq!((most(&seen), server.received().len()), (1, 6));
}

#[test]
fn parallel_of_a_case_limits_its_rounds() {
    let (server, seen) = gate(|_, seen| seen.arrived >= 3);
    let collection = "collection: c\ncases:\n  - name: one\n    for: { id: [1, 2, 3, 4, 5, 6, 7] }\n    parallel: 3\n    steps: [{ GET: \"/${{ id }}\" }]\n";
    Project::against(&server, collection).callsheet("run").exits(0);
    assert_eq!((most(&seen), server.received().len()), (3, 7));
}
