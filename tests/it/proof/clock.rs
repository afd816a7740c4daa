//! The wall clock is set while a run goes on: what is measured and awaited stays as it is.
//!
//! libfaketime (Debian's package of that name) stands between the program and its clock; where it is not installed there
//! is nothing to test. `CALLSHEET_FAKETIME` names another place of the library.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Answer, Project, Server};

const PLACES: [&str; 3] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
];

fn library() -> Option<PathBuf> {
    let named = std::env::var_os("CALLSHEET_FAKETIME").map(PathBuf::from);
    named.or_else(|| PLACES.iter().map(PathBuf::from).find(|library| library.exists()))
}

/// Sets the clock of the program: by so many hours from the true time.
fn set(clock: &Path, hours: i32) {
    let written = clock.with_extension("new");
    fs::write(&written, format!("{hours:+}h\n")).expect("a file");
    fs::rename(written, clock).expect("the file");
}

#[test]
fn a_clock_that_is_set_changes_no_duration_and_no_deadline() {
    let Some(library) = library() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let clock = folder.path().join("clock");
    // A day ahead, a day back, and back again, each before the answer of a request that is under way.
    for hours in [[24, -24, 0], [-24, 24, 0]] {
        set(&clock, 0);
        let within = clock.clone();
        let server = Server::start(move |request| {
            match request.target.as_str() {
                "/one" => set(&within, hours[0]),
                "/two" => set(&within, hours[1]),
                _ => set(&within, hours[2]),
            }
            Answer::json(r#"{"ready": true}"#).header("set-cookie", "kept=1; Max-Age=864000")
        });
        let project = Project::against(
            &server,
            "collection: c
steps:
  - GET: /one
    capture: { first: { expr: \"now(format='unix') | int\" } }
  - GET: /two
    timeout: 50s
    capture: { second: { expr: \"now(format='unix') | int\" } }
  - GET: /three
    poll: { until: { $.ready: true }, every: 1ms, within: 50s }
    retry: { attempts: 2 }
    expect: { that: \"first - second > 80000 or second - first > 80000\" }
",
        );
        let ran = project
            .callsheet("run --json")
            .env("LD_PRELOAD", &library.to_string_lossy())
            .env("FAKETIME_TIMESTAMP_FILE", &clock.to_string_lossy())
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .exits(0);
        assert_eq!(server.received()[2].header("cookie"), "kept=1");
        let outcome = ran.json();
        let hour = 3_600_000_000_u64;
        for step in outcome["cases"][0]["steps"].as_array().expect("steps") {
            let duration = step["duration_us"].as_u64().expect("a duration");
            assert!(duration < hour, "{step}");
        }
    }
}
