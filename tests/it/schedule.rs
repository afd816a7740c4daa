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
        let (mut now, late) = changed
            .wait_timeout_while(now, Duration::from_secs(30), |now| !may_go(&request.target, now))
            .expect("what was seen");
        now.in_flight -= 1;
        Answer::status(if late.timed_out() { 500 } else { 200 })
    });
    (server, shared)
}

fn most(seen: &(Mutex<Seen>, Condvar)) -> usize {
    seen.0.lock().expect("what was seen").most
}

#[test]
fn a_hundred_files_run_sixteen_at_a_time_and_are_told_in_the_plans_order() {
    // Nothing is answered before sixteen are there, and the first file not before all of the others came.
    let (server, seen) = gate(|target, seen| {
        let needed = if target == "/000" { 100 } else { 16 };
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
    assert_eq!(most(&seen), 16);
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
