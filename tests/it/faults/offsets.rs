//! One answer that ends at each of its bytes, by a cut, a reset and a stall: a pass at the last byte alone.

use std::thread;

use serde_json::Value;

use super::server::{Act, HalfClose, Hold, Peer, Reset, by_request, write};
use crate::support::Project;

/// How many bytes the answer has.
const BYTES: usize = 600;

/// An answer whose body has its length told.
fn by_length() -> (String, usize) {
    let head = |length| format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    // The length of the length does not change with it.
    let length = BYTES - head(500).len();
    let head = head(length);
    (format!("{head}{}", body(length)), head.len())
}

/// An answer whose body comes in chunks.
fn in_chunks() -> (String, usize) {
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = |text: &str| format!("{:03x}\r\n{text}\r\n", text.len());
    let framing = 2 * chunk("").len() + "0\r\n\r\n".len();
    let body = body(BYTES - head.len() - framing);
    let (first, second) = body.split_at(body.len() / 2);
    let answer = format!("{head}{}{}0\r\n\r\n", chunk(first), chunk(second));
    (answer, head.len())
}

/// A JSON text of this length. Cut anywhere, it is none.
fn body(length: usize) -> String {
    let frame = r#"{"text":"","whole":true}"#;
    format!(
        r#"{{"text":"{}","whole":true}}"#,
        "x".repeat(length - frame.len())
    )
}

/// A way for an answer to end before its last byte, and what it comes to.
#[derive(Clone)]
struct Way {
    acts: Vec<Act>,
    /// The kind of the exchange's failure.
    kind: &'static str,
    timeout: &'static str,
}

/// How a case ended: its step's status, and the kind and phase of its exchange's failure.
type Ending = [String; 3];

/// Ends an answer after each number of its bytes in this way, and asks for each of these answers.
fn pass_at_the_last_byte_alone((answer, head): (String, usize), way: &Way) {
    assert_eq!(answer.len(), BYTES);
    let (bytes, acts) = (answer.into_bytes(), way.acts.clone());
    let peer = Peer::start(by_request(move |asked| {
        let offset: usize = asked.target[1..].parse().expect("an offset");
        [vec![write(&bytes[..offset])], acts.clone()].concat()
    }));
    let mut left: Vec<usize> = (0..=BYTES).collect();
    let mut wrong = Vec::new();
    for _ in 0..20 {
        let endings = asked_for(&peer, &left, way);
        let mut late = Vec::new();
        for (offset, found) in left.into_iter().zip(endings) {
            let phase = if offset < head { "first_byte" } else { "body" };
            let wanted = match offset {
                BYTES => ["passed", "none", "none"],
                _ => ["errored", way.kind, phase],
            };
            // On a busy machine the time may be over before the stall; then this tells nothing, and is asked again.
            let earlier = ["connect", "first_byte"].contains(&found[2].as_str());
            if way.kind == "timeout" && found[1] == "timeout" && earlier && found[2] != phase {
                late.push(offset);
            } else if found != wanted {
                wrong.push(format!("byte {offset}: expected {wanted:?}, found {found:?}"));
            }
        }
        left = late;
        if left.is_empty() {
            break;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(left.is_empty(), "always too late for bytes {left:?}");
    if way.kind != "timeout" {
        // Each was asked for once, on a connection of its own.
        let seen = (peer.requests().len(), peer.connections());
        assert_eq!(seen, (BYTES + 1, BYTES + 1));
    }
}

/// Asks for the answers that end at these bytes, in one run.
fn asked_for(peer: &Peer, offsets: &[usize], way: &Way) -> Vec<Ending> {
    let case = |offset: &usize| {
        let timeout = if *offset == BYTES { "60s" } else { way.timeout };
        format!(
            "  - name: byte {offset}\n    steps:\n      - GET: /{offset}\n        timeout: {timeout}\n        \
             expect: {{ status: 200, $.whole: true }}\n"
        )
    };
    let cases: String = offsets.iter().map(case).collect();
    let project = Project::empty()
        .file(
            "callsheet.yaml",
            &format!(
                "project: offsets\ndefaults: {{ base_url: \"http://127.0.0.1:{}\" }}\n",
                peer.port()
            ),
        )
        .file("collections/c.yaml", &format!("collection: c\ncases:\n{cases}"));
    let outcome = project
        .callsheet("run --json --report junit=junit.xml --no-log --jobs 150")
        .exits(if offsets == [BYTES] { 0 } else { 3 })
        .json();
    let cases = outcome["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), offsets.len());
    let junit = std::fs::read_to_string(project.path().join("junit.xml")).expect("the report");
    let errors = offsets.iter().filter(|offset| **offset < BYTES).count();
    assert_eq!(
        (junit.matches("<error").count(), junit.matches("<failure").count()),
        (errors, 0)
    );
    let ending = |case: &Value| {
        let step = &case["steps"][0];
        let failure = &step["exchanges"][0]["failure"];
        [&step["status"], &failure["kind"], &failure["phase"]].map(text)
    };
    cases.iter().map(ending).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("none").to_owned()
}

/// Plays both answers at the same time.
fn no_pass_before_the_last_byte(kind: &'static str, timeout: &'static str, acts: Vec<Act>) {
    let way = Way { acts, kind, timeout };
    thread::scope(|scope| {
        for answer in [by_length(), in_chunks()] {
            scope.spawn(|| pass_at_the_last_byte_alone(answer, &way));
        }
    });
}

#[test]
fn an_answer_cut_at_any_byte_is_no_pass() {
    no_pass_before_the_last_byte("framing", "60s", vec![HalfClose, Hold]);
}

#[test]
fn an_answer_reset_at_any_byte_is_no_pass() {
    no_pass_before_the_last_byte("framing", "60s", vec![Reset]);
}

#[test]
fn an_answer_stalled_at_any_byte_is_no_pass() {
    no_pass_before_the_last_byte("timeout", "3s", vec![Hold]);
}
