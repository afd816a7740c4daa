//! An event log that lost, doubled or mixed up a part of what counts is never a pass.

use std::fs;
use std::io::Cursor;
use std::sync::Arc;

use callsheet::outcome::{Event, LogReader, Tally, Verdict};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::Value;

use crate::support::{Answer, Project, Server};

/// How many mutations are tried, and how many of them through the program.
const MUTATIONS: u64 = 1000;
const THROUGH_THE_PROGRAM: u64 = 40;

/// What a log can tell: rounds, a retry, a skip, an expected failure, cleanups, a `finally`, several cases at once.
const CASES: &str = r#"
collection: c
finally:
  - GET: /end
cases:
  - name: rounds
    steps:
      - name: one of
        for: { number: [1, 2, 3] }
        GET: /rounds/${{ number }}
        expect: { $.ok: true }
      - GET: /list
        capture: { list: $.list }
      - name: one of as many as there are
        for: { number: "${{ list }}" }
        GET: /rounds/${{ number }}
        expect: { $.ok: true }
      - GET: /skipped
        skip: not today
  - name: a record
    steps:
      - POST: /records
        capture: { ok: $.ok }
        cleanup: { DELETE: /records/1 }
        expect: { $.ok: true, status: 200 }
      - GET: /known
        xfail: BILL-7
        expect: { $.ok: false }
  - name: retried
    steps:
      - GET: /flaky
        retry: { attempts: 3, backoff: 1ms }
        expect: { status: 200 }
  - name: alone
    steps:
      - GET: /alone
        expect: { $.ok: { exists: true } }
"#;

/// The log of a run that passed.
fn log(project: &Project) -> String {
    project.callsheet("run --log whole.jsonl").exits(0);
    fs::read_to_string(project.path().join("whole.jsonl")).expect("the log")
}

fn server() -> Server {
    let first = std::sync::atomic::AtomicBool::new(true);
    Server::start(move |request| {
        let is_first = request.target == "/flaky" && first.swap(false, std::sync::atomic::Ordering::SeqCst);
        if is_first {
            Answer::status(503)
        } else {
            Answer::json(r#"{ "ok": true, "list": [4, 5] }"#)
        }
    })
}

/// A log with one to three things done to it.
fn mutated(whole: &[u8], random: &mut StdRng) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..random.random_range(1..=3) {
        let mut lines: Vec<Vec<u8>> = bytes
            .split_inclusive(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect();
        if lines.is_empty() {
            break;
        }
        let line = random.random_range(0..lines.len());
        let other = random.random_range(0..lines.len());
        match random.random_range(0..8) {
            0 => drop(lines.remove(line)),
            1 => lines.insert(other, lines[line].clone()),
            2 => lines.swap(line, other),
            3 => {
                let moved = lines.remove(line);
                lines.insert(other.min(lines.len()), moved);
            }
            4 => lines[other] = lines[line].clone(),
            5 => drop(lines.drain(line.min(other)..line.max(other))),
            // Cut off at the end, in the middle of a line or at its border.
            6 => lines = vec![bytes[..random.random_range(0..bytes.len())].to_vec()],
            // Cut out, and what is left grown together.
            _ => {
                let from = random.random_range(0..bytes.len());
                let to = random.random_range(from..=bytes.len().min(from + 2000));
                lines = vec![[&bytes[..from], &bytes[to..]].concat()];
            }
        }
        bytes = lines.concat();
    }
    bytes
}

/// What a log comes to, as `callsheet report` has it.
fn is_pass(log: &[u8]) -> bool {
    let Ok((reader, started)) = LogReader::open(Cursor::new(log)) else {
        return false;
    };
    let mut tally = Tally::default();
    tally.add(&Event::RunStarted(Arc::new(started)));
    for event in reader {
        match event {
            Ok(event) => tally.add(&event),
            Err(_) => return false,
        }
    }
    tally.verdict() == Verdict::Passed
}

/// What of an event the verdict is made of. A text cut out of an answer or a name changes no count, and nothing can tell.
fn weighed(event: &Value) -> String {
    let step =
        |step: &Value| [&step["step"], &step["checks"], &step["role"], &step["of"]].map(Value::to_string);
    let steps = |steps: &Value| {
        steps
            .as_array()
            .map(|steps| steps.iter().map(step).collect::<Vec<_>>())
    };
    let state = |check: &Value| match &check["state"] {
        Value::Object(state) => state.keys().next().cloned().unwrap_or_default(),
        plain => plain.to_string(),
    };
    let states = |checks: &Value| {
        checks
            .as_array()
            .map(|checks| checks.iter().map(state).collect::<Vec<_>>())
    };
    let name = event["event"].to_string();
    match event["event"].as_str().unwrap_or_default() {
        "run_started" => {
            let cases = event["cases"].as_array().into_iter().flatten();
            let cases: Vec<_> = cases.map(|case| steps(&case["steps"])).collect();
            format!("{name} {cases:?} {}", event["shard"])
        }
        "step_unfolded" => format!("{name} {} {:?}", event["step"], steps(&event["rounds"])),
        "step_finished" => format!(
            "{name} {} {} {:?} {} {}",
            event["step"],
            event["status"],
            states(&event["checks"]),
            event["error"]["kind"],
            event["reason"].is_null()
        ),
        _ => format!("{name} {} {}", event["signal"], event["stopped"]),
    }
}

/// The lines that count, where a run could have written them in this order: the plan first, the rounds of a step before
/// their ends, the end last. In which order steps end is nobody's business, and what else is told on the way is for
/// whoever looks on.
fn counting(log: &[u8]) -> Option<Vec<String>> {
    let mut lines = Vec::new();
    let mut planned = 0;
    for line in log.split_inclusive(|byte| *byte == b'\n') {
        let event: Value = serde_json::from_slice(line).ok()?;
        match event["event"].as_str()? {
            "run_started" if lines.is_empty() => {
                let cases = event["cases"].as_array()?.iter();
                planned = cases
                    .filter_map(|case| case["steps"].as_array())
                    .map(Vec::len)
                    .sum();
            }
            "run_started" => return None,
            "step_unfolded" => planned += event["rounds"].as_array()?.len(),
            "step_finished" if event["step"].as_u64()? >= planned as u64 => return None,
            "step_finished" | "run_finished" => {}
            _ => continue,
        }
        lines.push(weighed(&event));
    }
    if !lines.last()?.contains("\"run_finished\"") {
        return None;
    }
    lines.sort();
    Some(lines)
}

#[test]
fn a_log_that_was_changed_is_no_pass() {
    let server = server();
    let project = Project::against(&server, CASES);
    let whole = log(&project).into_bytes();
    assert!(is_pass(&whole), "the control");
    let counts = counting(&whole).expect("the lines that count");
    let (mut changed, mut passed) = (0, 0);
    for seed in 0..MUTATIONS {
        let log = mutated(&whole, &mut StdRng::seed_from_u64(seed));
        let is_same = counting(&log).as_ref() == Some(&counts);
        let is_pass = is_pass(&log);
        changed += u64::from(!is_same);
        passed += u64::from(is_pass);
        assert!(
            is_same || !is_pass,
            "mutation {seed} passes:\n{}",
            String::from_utf8_lossy(&log)
        );
        if seed < THROUGH_THE_PROGRAM {
            fs::write(project.path().join("changed.jsonl"), &log).expect("a log");
            let ran = project.callsheet("report changed.jsonl").ends();
            assert_eq!(ran.exit == Some(0), is_pass, "mutation {seed}: {}", ran.all());
        }
    }
    // Where everybody fails, nothing is shown: what only looks different is still a pass.
    assert!(
        changed > MUTATIONS / 2 && passed > 20,
        "{changed} changed, {passed} passed"
    );
}
