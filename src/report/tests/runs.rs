//! The runs that are recorded.

use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::diff;
use crate::http::Timings;
use crate::outcome::{
    Capture, CheckResult, CheckState, Differences, ErrorKind, Event, Excerpt, Exchange, LOG_VERSION, LeftOut,
    Message, Mismatch, Origin, Payload, PayloadKind, PlannedCase, PlannedStep, Role, RunFinished, RunStarted,
    Spot, Status, StepError, StepFinished,
};

mod every;

pub(in crate::report) use every::every;

const SHEET: &str = "\
name: contacts
cases:
  - name: contacts
    steps:
      - name: list contacts
        GET: /v1/contacts
        expect: { status: 200 }
      - name: read one contact
        GET: /v1/contacts/7
        expect:
          $.data.email: { matches: '^.+@.+$' }
          $.data.visits: 3
          $.data.tokn: { exists: true }
          $.data: { equals: { file: contact.json } }
          body: { equals: { file: greeting.txt } }
";

/// Every run, by the name of its file.
pub(in crate::report) fn all() -> Vec<(&'static str, Vec<Event>)> {
    vec![
        ("passed", passed()),
        ("failed", failed()),
        ("interrupted", interrupted()),
        ("refused", refused()),
        ("empty", empty()),
        ("incomplete", incomplete()),
        ("every", every()),
    ]
}

/// A pass, a skip, an expected failure, and a session that logged in again.
pub(in crate::report) fn passed() -> Vec<Event> {
    let mut skipped = step(
        1,
        Status::Skipped,
        vec![check("status", CheckState::Skipped("not in sandbox".to_owned()))],
    );
    skipped.reason = Some("not in sandbox".to_owned());
    skipped.duration = 0;
    let expected = Mismatch {
        diff: None,
        ..mismatch(7, "status", "200 (integer)", "503 (integer)")
    };
    let mut expected_failure = step(2, Status::ExpectedFailure, vec![failed_check(expected)]);
    expected_failure.reason = Some("BILL-7: the report is down".to_owned());
    expected_failure.exchanges = vec![exchange("GET", "/v1/report", Some((503, None)))];
    let mut first = step(0, Status::Passed, vec![held("status"), held("$.data")]);
    first.exchanges = vec![
        login(),
        exchange(
            "GET",
            "/v1/contacts",
            Some((200, Some(json!({"data": [{"id": 7}]})))),
        ),
    ];
    first.captures = vec![Capture {
        name: "contact_id".to_owned(),
        value: "7".to_owned(),
    }];
    let renewed = Event::SessionRenewed {
        at: 150_000,
        session: "revio".to_owned(),
        step: 0,
        reason: "401".to_owned(),
    };
    vec![
        started(&[
            ("contacts", &[("list contacts", 2), ("delete a contact", 1)]),
            ("reports", &[("monthly", 1)]),
        ]),
        Event::CaseStarted { at: 0, case: 0 },
        Event::StepStarted { at: 0, step: 0 },
        renewed,
        end(first),
        end(skipped),
        Event::CaseFinished { at: 212_000, case: 0 },
        end(expected_failure),
        finished(None),
    ]
}

/// Every way to fail, and errors with and without an answer.
pub(in crate::report) fn failed() -> Vec<Event> {
    let answer = json!({
        "data": {
            "id": 7, "email": null, "visits": "3", "balance": 0, "tags": [],
            "addresses": (0..12).map(|number| json!({"id": number, "city": "Ghent"})).collect::<Vec<_>>(),
        }
    });
    let mut pass = step(0, Status::Passed, vec![held("status")]);
    pass.exchanges = vec![exchange("GET", "/v1/contacts", Some((200, Some(json!([])))))];

    let balance: Value = serde_json::from_str("12345678901234567890.10").unwrap();
    let mut whole = mismatch(14, "$.data", "the value of contact.json", "another object");
    whole.diff = Some(Differences::Json(diff::diff(
        &json!({"id": 7, "email": "jo@example.com", "tags": ["vip"], "balance": balance}),
        &json!({"id": 7, "email": null, "tags": []}),
    )));
    let mut text = mismatch(15, "body", "the text of greeting.txt", "another text");
    text.diff = Some(Differences::Text(diff::text("hello\nworld\n", "hello\nWorld\n")));
    let mut kind = mismatch(12, "$.data.visits", "3 (integer)", "\"3\" (string)");
    kind.hint = Some("same text, other type".to_owned());
    let mut missing = mismatch(13, "$.data.tokn", "anything", "nothing");
    missing.hint = Some("no key tokn in $.data; did you mean token?".to_owned());
    let mut fail = step(
        1,
        Status::Failed,
        vec![
            held("status"),
            failed_check(mismatch(
                11,
                "$.data.email",
                "a text that matches '^.+@.+$'",
                "null",
            )),
            failed_check(kind),
            failed_check(missing),
            failed_check(whole),
            failed_check(text),
        ],
    );
    fail.exchanges = vec![exchange("GET", "/v1/contacts/7", Some((200, Some(answer))))];

    let mut unreachable = step(
        2,
        Status::Errored,
        vec![check(
            "status",
            CheckState::Errored("there is no answer".to_owned()),
        )],
    );
    unreachable.error = Some(StepError {
        kind: ErrorKind::Network,
        message: "the connection to api.test was refused".to_owned(),
        help: Some("is the server running, and is base_url right?".to_owned()),
        place: Some(spot(6, 9, 17)),
    });
    unreachable.exchanges = vec![exchange("POST", "/v1/contacts", None)];

    let unreadable = step(
        3,
        Status::Errored,
        vec![check(
            "$.data",
            CheckState::Errored("the body is no JSON".to_owned()),
        )],
    );
    vec![
        started(&[
            ("contacts", &[("list contacts", 1), ("read one contact", 6)]),
            ("it's new", &[("create", 1), ("unreadable", 1)]),
        ]),
        Event::StepStarted { at: 0, step: 0 },
        Event::StepWaits {
            at: 1_000,
            step: 0,
            what: "the first byte".into(),
        },
        end(pass),
        end(fail),
        end(unreachable),
        end(unreadable),
        finished(None),
    ]
}

fn interrupted() -> Vec<Event> {
    vec![
        started(&[("contacts", &[("list contacts", 1), ("read one contact", 1)])]),
        end(step(0, Status::Passed, vec![held("status")])),
        Event::StepStarted { at: 212_000, step: 1 },
        finished(Some(2)),
    ]
}

fn refused() -> Vec<Event> {
    let mut refused = step(
        0,
        Status::Errored,
        vec![check(
            "status",
            CheckState::Errored("nothing was sent".to_owned()),
        )],
    );
    refused.error = Some(StepError {
        kind: ErrorKind::Policy,
        message: "‹revio_token› would go to evil.test, which is no host of sandbox".to_owned(),
        help: Some("name the host in the environment".to_owned()),
        place: None,
    });
    vec![
        started(&[("contacts", &[("list contacts", 1)])]),
        end(refused),
        finished(None),
    ]
}

fn empty() -> Vec<Event> {
    let mut skipped = step(0, Status::Skipped, vec![]);
    skipped.reason = Some("only in production".to_owned());
    vec![
        started(&[("contacts", &[("list contacts", 0)])]),
        end(skipped),
        finished(None),
    ]
}

fn incomplete() -> Vec<Event> {
    vec![
        started(&[("contacts", &[("list contacts", 1), ("read one contact", 1)])]),
        end(step(0, Status::Passed, vec![held("status")])),
    ]
}

type Case<'a> = (&'a str, &'a [(&'a str, usize)]);

fn started(cases: &[Case<'_>]) -> Event {
    let mut number = 0;
    let cases = cases.iter().map(|(name, steps)| PlannedCase {
        name: (*name).to_owned(),
        collection: "contacts".to_owned(),
        place: spot(3, 5, 4),
        tags: vec!["smoke".to_owned()],
        steps: steps
            .iter()
            .map(|(name, checks)| {
                number += 1;
                PlannedStep {
                    step: number - 1,
                    name: (*name).into(),
                    place: spot(5, 9, 4),
                    tags: Vec::new(),
                    checks: *checks,
                    role: Role::Step,
                    of: None,
                }
            })
            .collect(),
    });
    let inputs = [("tenant", "acme-sandbox.test"), ("base_url", "https://api.test")];
    Event::RunStarted(Arc::new(RunStarted {
        version: LOG_VERSION,
        callsheet: "0.1.0".to_owned(),
        started: "2026-01-01T00:00:00Z".to_owned(),
        environment: Some("sandbox".to_owned()),
        inputs: inputs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        jobs: 4,
        cases: cases.collect(),
        left_out: LeftOut {
            cases: 3,
            steps: 0,
            by: vec!["--tag smoke".to_owned()],
        },
        shard: None,
        again: ["--env", "sandbox"].map(str::to_owned).into(),
        folder: String::new(),
        replayed: false,
    }))
}

fn finished(signal: Option<i32>) -> Event {
    Event::RunFinished(RunFinished {
        at: 1_904_000,
        signal,
        ..RunFinished::default()
    })
}

fn end(finished: StepFinished) -> Event {
    Event::StepFinished(Arc::new(finished))
}

fn step(step: usize, status: Status, checks: Vec<CheckResult>) -> StepFinished {
    StepFinished {
        at: 212_000,
        duration: 212_000,
        checks,
        ..StepFinished::new(step, status)
    }
}

fn check(subject: &str, state: CheckState) -> CheckResult {
    CheckResult {
        subject: subject.to_owned(),
        expectation: "200".to_owned(),
        state,
    }
}

fn held(subject: &str) -> CheckResult {
    check(subject, CheckState::Held)
}

fn failed_check(mismatch: Mismatch) -> CheckResult {
    CheckResult {
        subject: mismatch.subject.clone(),
        expectation: mismatch.expected.clone(),
        state: CheckState::Failed(Box::new(mismatch)),
    }
}

fn mismatch(line: usize, subject: &str, expected: &str, actual: &str) -> Mismatch {
    Mismatch {
        place: spot(line, 11, subject.len()),
        subject: subject.to_owned(),
        expected: expected.to_owned(),
        actual: actual.to_owned(),
        diff: None,
        hint: None,
    }
}

fn spot(line: usize, column: usize, length: usize) -> Spot {
    let first_line = line.saturating_sub(2).max(1);
    Spot {
        file: "collections/contacts.yaml".into(),
        line,
        column,
        length,
        excerpt: Some(Box::new(Excerpt {
            first_line,
            lines: SHEET
                .lines()
                .skip(first_line - 1)
                .take(line - first_line + 3)
                .map(str::to_owned)
                .collect(),
        })),
    }
}

fn login() -> Exchange {
    let mut login = exchange(
        "POST",
        "/auth/token",
        Some((200, Some(json!({"token": "‹revio_token›"})))),
    );
    login.origin = Origin::Session;
    login
}

fn exchange(method: &str, path: &str, answer: Option<(u16, Option<Value>)>) -> Exchange {
    let headers = |headers: &[(&str, &str)]| -> Vec<(String, String)> {
        headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    let payload = |value: Value| Payload {
        kind: PayloadKind::Json,
        size: value.to_string().len() as u64,
        text: value.to_string(),
        cut: false,
    };
    Exchange {
        at: 0,
        origin: Origin::Step,
        method: method.to_owned(),
        url: format!("https://api.test{path}"),
        request: Message {
            headers: headers(&[
                ("host", "api.test"),
                ("authorization", "Bearer ‹revio_token›"),
                ("x-revio-host", "acme-sandbox.test"),
            ]),
            body: (method == "POST").then(|| payload(json!({"name": "Jo's"}))),
        },
        status: answer.as_ref().map(|(status, _)| *status),
        version: answer.as_ref().map(|_| "HTTP/1.1".to_owned()),
        response: answer.map(|(_, body)| Message {
            headers: headers(&[
                ("content-type", "application/json"),
                ("set-cookie", "session=‹…›; Path=/"),
            ]),
            body: body.map(payload),
        }),
        failure: None,
        redirects: Vec::new(),
        timings: Timings {
            first_byte: Some(Duration::from_millis(90)),
            total: Duration::from_millis(140),
            ..Timings::default()
        },
        secrets: vec!["revio_token".to_owned()],
        variables: IndexMap::new(),
        user: None,
    }
}
