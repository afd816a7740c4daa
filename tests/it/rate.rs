//! `rate`: how often a host is asked, whoever asks.

use std::time::{Duration, Instant};

use crate::support::{Answer, Project, Server};

/// Cases that each ask once.
fn cases(count: usize, step: &str) -> String {
    let case = |number| format!("  - name: case {number}\n    steps: [{{ GET: /x{step} }}]\n");
    format!(
        "collection: c\ncases:\n{}",
        (0..count).map(case).collect::<String>()
    )
}

/// How long a run takes that ends well.
fn time_of(project: &Project, arguments: &str) -> Duration {
    let began = Instant::now();
    project.callsheet(arguments).exits(0);
    began.elapsed()
}

#[test]
fn cases_share_the_rate_of_their_host() {
    let server = Server::json("{}");
    let project = Project::against(&server, &cases(11, "")).file(
        "callsheet.yaml",
        &format!(
            "project: p\ndefaults: {{ base_url: {}, rate: 10/s }}\n",
            server.url()
        ),
    );
    assert!(time_of(&project, "run") >= Duration::from_secs(1));
    assert_eq!(server.count("/x"), 11);
}

#[test]
fn the_operator_narrows_a_rate_and_nobody_widens_one() {
    let server = Server::json("{}");
    let slow = Duration::from_millis(600);
    let fast = Project::against(&server, &cases(4, ", rate: 10000/s"));
    assert!(time_of(&fast, "run --rate 5/s") >= slow);
    let none = Project::against(&server, &cases(4, ""));
    assert!(time_of(&none, "run --rate 5/s") >= slow);
    let widened = Project::against(&server, &cases(4, ", rate: 10000/s")).file(
        "callsheet.yaml",
        &format!(
            "project: p\ndefaults: {{ base_url: {}, rate: 5/s }}\n",
            server.url()
        ),
    );
    assert!(time_of(&widened, "run --rate 10000/s") >= slow);
}

#[test]
fn attempts_take_their_turns_as_well() {
    let server = Server::start(|_| Answer::status(503));
    let project = Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /x\n    rate: 5/s\n    retry: { attempts: 4, backoff: 1ms }\n    expect: { status: 503 }\n",
    );
    assert!(time_of(&project, "run") >= Duration::from_millis(600));
    assert_eq!(server.count("/x"), 4);
}

#[test]
fn nobody_waits_for_a_turn_longer_than_there_is_time() {
    let server = Server::start(|_| Answer::status(503));
    let began = Instant::now();
    Project::against(
        &server,
        "collection: c\ndefaults: { rate: 1/h }\nsteps:\n  - GET: /x\n    poll: { until: { status: 200 }, every: 10ms, within: 300ms }\n",
    )
    .callsheet("run")
    .exits(1)
    .says("the 300ms of the poll are over");
    Project::against(
        &server,
        "collection: c\ndefaults: { rate: 1/h }\nsteps:\n  - GET: /x\n    retry: { backoff: 1ms }\n",
    )
    .callsheet("run")
    .exits(3)
    .says("the rate of 1/h leaves no turn for another attempt in time");
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_rate_that_is_none_is_found_before_anything_is_sent() {
    let server = Server::json("{}");
    Project::against(
        &server,
        "collection: c\ndefaults: { rate: 500 }\nsteps:\n  - GET: /x\n    rate: 5/m\n",
    )
    .callsheet("run")
    .exits(2)
    .says("c.yaml:2:19")
    .says("c.yaml:5:11")
    .says("expected a rate for `rate`")
    .says("10/s, 500/min, 1000/h");
    Project::against(&server, &cases(1, ""))
        .callsheet("run --rate 0/s")
        .exits(2)
        .says("a rate is a number and a stretch of time");
    assert_eq!(server.connections(), 0);
}
