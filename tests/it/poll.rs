//! `poll`: what is asked again, how it ends, and what the outcome tells of it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Answer, Project, Server};

/// A server whose job goes through these states, and stays in the last.
fn job(states: &'static [&'static str]) -> Server {
    let count = AtomicUsize::new(0);
    Server::start(move |_| {
        let at = count.fetch_add(1, Ordering::SeqCst).min(states.len() - 1);
        Answer::json(&format!(r#"{{"state":"{}","answer":{at}}}"#, states[at]))
    })
}

fn step(outcome: &Value) -> &Value {
    &outcome["cases"][0]["steps"][0]
}

/// The attempts of the one step: number, kind, good, found.
fn attempts(outcome: &Value) -> Vec<String> {
    let attempts = step(outcome)["attempts"].as_array().expect("attempts");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    attempts
        .iter()
        .map(|it| {
            let (kind, found) = (text(&it["kind"]), text(&it["found"]));
            format!("{} {kind} {}: {found}", it["number"], it["good"])
        })
        .collect()
}

#[test]
fn a_request_is_repeated_until_its_answer_is_the_awaited_one() {
    let server = job(&["queued", "running", "done"]);
    let project = Project::against(
        &server,
        "collection: c
steps:
  - GET: /job
    poll: { until: { $.state: done }, every: 1ms }
    expect: { $.answer: 2 }
    capture: { answer: $.answer }
  - GET: /next/${{ answer }}
",
    );
    let outcome = project.callsheet("run --json").exits(0).json();
    assert_eq!(
        attempts(&outcome),
        [
            r#"1 poll false: $.state: found "queued" (string), expected "done" (string)"#,
            r#"2 poll false: $.state: found "running" (string), expected "done" (string)"#,
            "3 poll true: `until` holds",
        ]
    );
    assert_eq!(server.count("/job"), 3);
    assert_eq!(server.count("/next/2"), 1, "the last answer is captured from");
    // `until`, the expected success and the expected answer; a poll that came to its end is not flaky.
    assert_eq!(step(&outcome)["checks"].as_array().map(Vec::len), Some(3));
    assert_eq!(step(&outcome)["flaky"], false);
    assert_eq!(outcome["verdict"], "passed", "{outcome:#}");
}

#[test]
fn expectations_are_judged_once_on_the_last_answer() {
    let server = job(&["queued", "done"]);
    let project = Project::against(
        &server,
        "collection: c
steps:
  - GET: /job
    poll: { until: { $.state: done }, every: 1ms }
    expect: { $.answer: 0 }
",
    );
    let outcome = project.callsheet("run --json").exits(1).json();
    assert_eq!(server.count("/job"), 2);
    assert_eq!(outcome["checks"]["held"], 2, "{outcome:#}");
    assert_eq!(outcome["checks"]["failed"], 1);
}

#[test]
fn a_poll_without_its_answer_in_time_fails_with_the_condition_and_the_attempts() {
    let server = job(&["queued", "running"]);
    let project = Project::against(
        &server,
        "collection: c
steps:
  - GET: /job
    poll: { until: { status: 200, $.state: done }, every: 300ms, within: 1500ms }
",
    );
    let began = Instant::now();
    let ran = project.callsheet("run").exits(1);
    assert!(began.elapsed() < Duration::from_secs(10));
    ran.says("attempt 1")
        .says(r#"$.state: found "queued" (string)"#)
        .says("attempt 2")
        .says(r#"found      "running""#)
        .says("not within 1s 500ms")
        .says("c.yaml:4:35");
    assert!(server.count("/job") >= 2);
}

#[test]
fn waiting_ends_when_it_is_in_vain() {
    let server = job(&["queued", "failed"]);
    let project = Project::against(
        &server,
        "collection: c
steps:
  - GET: /job
    poll: { until: { $.state: done }, abort: { $.state: failed }, every: 1ms }
",
    );
    let ran = project.callsheet("run").exits(1);
    ran.says(r#"`abort` holds: $.state "failed""#)
        .says(r#"found      "failed""#);
    assert_eq!(server.count("/job"), 2);
}

#[test]
fn an_answer_that_never_comes_is_an_error_when_the_poll_is_over() {
    let server = Server::start(|_| {
        std::thread::sleep(Duration::from_secs(30));
        Answer::status(200)
    });
    let project = Project::against(
        &server,
        "collection: c
steps:
  - GET: /job
    poll: { until: { status: 200 }, every: 10ms, within: 200ms }
",
    );
    let began = Instant::now();
    let outcome = project.callsheet("run --json").exits(3).json();
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(step(&outcome)["error"]["kind"], "timeout");
    assert_eq!(
        attempts(&outcome),
        ["1 poll false: no answer before the 200ms were over"]
    );
}

#[test]
fn an_answer_that_is_late_leaves_the_last_one_to_be_judged() {
    let count = AtomicUsize::new(0);
    let server = Server::start(move |_| {
        if count.fetch_add(1, Ordering::SeqCst) > 0 {
            std::thread::sleep(Duration::from_secs(30));
        }
        Answer::json(r#"{"state":"queued"}"#)
    });
    let project = Project::against(
        &server,
        "collection: c
steps:
  - GET: /job
    poll: { until: { $.state: done }, every: 10ms, within: 500ms }
",
    );
    let outcome = project.callsheet("run --json").exits(1).json();
    assert_eq!(step(&outcome)["status"], "failed", "{outcome:#}");
    assert_eq!(outcome["checks"]["planned"], 2);
    assert_eq!(outcome["checks"]["failed"], 1);
}

#[test]
fn a_broken_transport_is_for_retry_and_both_are_told() {
    let count = AtomicUsize::new(0);
    let server = Server::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => Answer::status(503),
        1 => Answer::json(r#"{"state":"queued"}"#),
        _ => Answer::json(r#"{"state":"done"}"#),
    });
    let project = Project::against(
        &server,
        "collection: c
steps:
  - GET: /job
    retry: { backoff: 1ms }
    poll: { until: { $.state: done }, every: 1ms }
",
    );
    let outcome = project.callsheet("run --json").exits(0).json();
    let kinds: Vec<String> = attempts(&outcome)
        .into_iter()
        .map(|attempt| attempt.split(':').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(kinds, ["1 retry false", "2 poll false", "3 poll true"]);
    assert_eq!(step(&outcome)["flaky"], true);
}

#[test]
fn a_recipe_polls_as_well() {
    let server = job(&["queued", "done"]);
    let project = Project::against(
        &server,
        "collection: c\nsteps:\n  - { use: ../wait.yaml, as: job }\n  - GET: /next/${{ job.answer }}\n",
    )
    .file(
        "wait.yaml",
        "recipe: wait for the job
steps:
  - GET: /job
    poll: { until: { $.state: done }, every: 1ms }
    capture: { answer: $.answer }
outputs: { answer: \"${{ answer }}\" }
",
    );
    project.callsheet("run").exits(0);
    assert_eq!(server.count("/next/1"), 1);
}

#[test]
fn mistakes_in_a_poll_are_found_before_anything_is_sent() {
    let server = Server::json("{}");
    let project = Project::against(
        &server,
        "collection: c
steps:
  - GET: /job
    poll: { until: { that: stat == wanted }, abort: { '$.state[': 1 }, evry: 2s }
    capture: { wanted: $.id }
  - use: r.yaml
    poll: { until: { status: 200 } }
",
    )
    .file("collections/r.yaml", "recipe: r\nsteps: [{ GET: /x }]\n");
    project
        .callsheet("run")
        .exits(2)
        .says("undefined variable `stat`")
        .says("undefined variable `wanted`")
        .says("c.yaml:4:63")
        .says("did you mean `every`?")
        .says("`poll` needs a request, and this step sends none of its own");
    assert_eq!(server.connections(), 0);
}

#[test]
fn the_conditions_of_a_step_that_is_not_run_are_skipped_with_it() {
    let server = Server::start(|_| Answer::status(500));
    let steps = "steps:
      - GET: /bad
      - GET: /job
        poll: { until: { $.state: done, $.ready: true }, every: 1ms }
";
    let project = Project::against(
        &server,
        &format!("collection: c\ncases:\n  - name: a\n    {steps}"),
    );
    let outcome = project.callsheet("run --json").exits(1).json();
    assert_eq!(outcome["checks"]["planned"], 4, "{outcome:#}");
    assert_eq!(outcome["checks"]["skipped"], 3);
    assert_eq!(server.count("/job"), 0);
}

#[test]
fn the_request_that_a_poll_no_longer_waits_for_is_in_the_outcome() {
    let gate = std::sync::Mutex::new(());
    let held = std::sync::Arc::new(gate);
    let waits = std::sync::Arc::clone(&held);
    let guard = held.lock().expect("nobody has it");
    let count = AtomicUsize::new(0);
    let server = Server::start(move |_| {
        if count.fetch_add(1, Ordering::SeqCst) > 0 {
            // As long as the run lasts.
            drop(waits.lock());
        }
        Answer::json(r#"{"state":"queued"}"#)
    });
    let project = Project::against(
        &server,
        "collection: c
steps:
  - GET: /job
    poll: { until: { $.state: done }, every: 1ms, within: 2s }
",
    );
    let outcome = project.callsheet("run --json").exits(1).json();
    drop(guard);
    let exchanges = step(&outcome)["exchanges"].as_array().expect("exchanges");
    let failures: Vec<&Value> = exchanges.iter().map(|exchange| &exchange["failure"]).collect();
    assert_eq!(exchanges.len(), 2, "{exchanges:#?}");
    let given_up = failures.iter().find(|failure| !failure.is_null());
    let given_up = given_up.expect("one has no answer");
    assert_eq!(given_up["kind"], "timeout");
    assert_eq!(given_up["phase"], "first_byte");
}

#[test]
fn attempts_of_a_recipe_are_counted_through() {
    let server = job(&["queued", "done", "queued", "queued", "done"]);
    let project = Project::against(&server, "collection: c\nsteps:\n  - use: r.yaml\n").file(
        "collections/r.yaml",
        "recipe: r
steps:
  - GET: /job
    poll: { until: { $.state: done }, every: 1ms }
  - GET: /job
    poll: { until: { $.state: done }, every: 1ms }
",
    );
    let outcome = project.callsheet("run --json").exits(0).json();
    let numbers: Vec<u64> = step(&outcome)["attempts"]
        .as_array()
        .expect("attempts")
        .iter()
        .map(|attempt| attempt["number"].as_u64().expect("a number"))
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
}
