//! Large answers take little more memory than what is made of them needs.

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use crate::support::{Answer, Project, Server};

/// Runs to a good end, and tells the most memory it took, in KiB; nothing on systems that do not say.
fn peak(project: &Project, arguments: &str) -> Option<u64> {
    let mut child = project
        .callsheet(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .start();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    loop {
        if let Some(ended) = child.try_wait().expect("a process") {
            assert!(ended.success(), "{arguments}: {ended}");
            return peak;
        }
        let now = fs::read_to_string(&status).ok().and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        });
        peak = now.max(peak);
        thread::sleep(Duration::from_millis(2));
    }
}

/// An answer that is as accepted is one value in memory, not three.
#[test]
fn a_large_answer_is_compared_with_its_snapshot_in_little_memory() {
    let records: Vec<String> = (0..15_000)
        .map(|id| {
            format!(
                r#"{{"id": {id}, "name": "Contact number {id}", "email": "contact{id}@example.org", "active": true,
                "tags": ["a", "b"], "address": {{"street": "Main street {id}", "city": "Springfield", "zip": "{id:05}"}}}}"#
            )
        })
        .collect();
    let body = format!(r#"{{"data": [{}]}}"#, records.join(","));
    let server = Server::start(move |_| Answer::json(&body));
    let project = Project::against(
        &server,
        "collection: c\nsteps:\n  - { name: list, GET: /, expect: { '$.data[0].id': 0, snapshot: true } }\n",
    );
    peak(&project, "run --update --no-log");
    if let Some(peak) = peak(&project, "run --no-log") {
        assert!(peak < 100 * 1024, "{peak} KiB");
    }
}
