//! One answer that ends at each of its bytes, by a cut, a reset and a stall: a pass at the last byte alone.

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

/// Ends an answer after each number of its bytes in this way, and asks for each of these answers.
fn pass_at_the_last_byte_alone((answer, head): (String, usize), kind: &str, timeout: &str, end: Vec<Act>) {
    assert_eq!(answer.len(), BYTES);
    let bytes = answer.into_bytes();
    let peer = Peer::start(by_request(move |asked| {
        let offset: usize = asked.target[1..].parse().expect("an offset");
        [vec![write(&bytes[..offset])], end.clone()].concat()
    }));
    let cases: String = (0..=BYTES)
        .map(|offset| {
            let timeout = if offset == BYTES { "30s" } else { timeout };
            format!(
                "  - name: byte {offset}\n    steps:\n      - GET: /{offset}\n        timeout: {timeout}\n        \
                 expect: {{ status: 200, $.whole: true }}\n"
            )
        })
        .collect();
    let project = Project::empty()
        .file(
            "callsheet.yaml",
            &format!(
                "project: offsets\ndefaults: {{ base_url: \"http://127.0.0.1:{}\" }}\n",
                peer.port()
            ),
        )
        .file("collections/c.yaml", &format!("collection: c\ncases:\n{cases}"));
    let ran = project
        .callsheet("run --json --report junit=junit.xml --no-log --jobs 601")
        .exits(3);
    let outcome = ran.json();
    let cases = outcome["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), BYTES + 1);
    let mut wrong = Vec::new();
    for (offset, case) in cases.iter().enumerate() {
        let step = &case["steps"][0];
        let failure = &step["exchanges"][0]["failure"];
        let found = [&step["status"], &failure["kind"], &failure["phase"]].map(text);
        // On a busy machine the time may be over before the head is read.
        let is_late = kind == "timeout" && found[2] == "first_byte";
        let phase = if offset < head || is_late {
            "first_byte"
        } else {
            "body"
        };
        let wanted = match offset {
            BYTES => ["passed", "none", "none"],
            _ => ["errored", kind, phase],
        };
        if found != wanted {
            wrong.push(format!("byte {offset}: expected {wanted:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let junit = std::fs::read_to_string(project.path().join("junit.xml")).expect("the report");
    assert_eq!(
        (junit.matches("<error").count(), junit.matches("<failure").count()),
        (BYTES, 0)
    );
    assert_eq!(
        (peer.requests().len(), peer.connections()),
        (BYTES + 1, BYTES + 1)
    );
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("none")
}

#[test]
fn an_answer_cut_at_any_byte_is_no_pass() {
    pass_at_the_last_byte_alone(by_length(), "framing", "30s", vec![HalfClose, Hold]);
    pass_at_the_last_byte_alone(in_chunks(), "framing", "30s", vec![HalfClose, Hold]);
}

#[test]
fn an_answer_reset_at_any_byte_is_no_pass() {
    pass_at_the_last_byte_alone(by_length(), "framing", "30s", vec![Reset]);
    pass_at_the_last_byte_alone(in_chunks(), "framing", "30s", vec![Reset]);
}

#[test]
fn an_answer_stalled_at_any_byte_is_no_pass() {
    pass_at_the_last_byte_alone(by_length(), "timeout", "5s", vec![Hold]);
    pass_at_the_last_byte_alone(in_chunks(), "timeout", "5s", vec![Hold]);
}
