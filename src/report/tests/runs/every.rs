//! A run that holds every kind of result at once.

use std::sync::Arc;

use super::{check, end, exchange, failed_check, finished, held, json, mismatch, spot, started, step};
use crate::outcome::{
    Attempt, AttemptKind, CheckState, ErrorKind, Event, PlannedStep, Role, SnapshotResult, SnapshotState,
    Status, StepError, StepFinished,
};

/// Pass, flaky pass, failure after attempts, error, skip, expected failure, left-over, interrupted, never ended, and
/// the rounds of a `for`, of which one fails.
pub(in crate::report) fn every() -> Vec<Event> {
    let mut start = started(&[
        ("contacts", &[("list", 1), ("import each", 1), ("read it", 1)]),
        (
            "billing",
            &[
                ("poll", 1),
                ("pay", 1),
                ("monthly", 1),
                ("yearly", 1),
                ("delete it", 1),
            ],
        ),
        ("reports", &[("slow", 1), ("never", 1)]),
    ]);
    if let Event::RunStarted(plan) = &mut start {
        let plan = Arc::make_mut(plan);
        plan.cases[1].steps[4].role = Role::Cleanup;
        plan.cases[1].steps[4].of = Some(4);
        plan.cases[2].tags = vec!["slow".to_owned(), "nightly".to_owned()];
    }
    let round = |number: usize, name: &str| PlannedStep {
        step: number,
        name: name.into(),
        place: spot(5, 9, 4),
        tags: vec!["import".to_owned()],
        checks: 1,
        role: Role::Step,
        of: None,
    };
    let mut pass = step(0, Status::Passed, vec![held("status")]);
    pass.exchanges = vec![exchange("GET", "/v1/contacts", Some((200, Some(json!([])))))];
    pass.snapshot = Some(SnapshotResult {
        file: "snapshots/list.json".to_owned(),
        state: SnapshotState::Matched,
        warnings: Vec::new(),
    });
    let mut second = wrong(11, Status::Failed);
    second.exchanges = vec![exchange(
        "POST",
        "/v1/contacts",
        Some((422, Some(json!({"error": "<b>no</b>"})))),
    )];
    let mut flaky = step(3, Status::Passed, vec![held("status")]);
    flaky.flaky = true;
    flaky.attempts = vec![
        attempt(1, AttemptKind::Poll, false, "$.state is \"queued\""),
        attempt(2, AttemptKind::Poll, true, "$.state is \"done\""),
    ];
    let mut tried = wrong(4, Status::Failed);
    tried.attempts = vec![
        attempt(1, AttemptKind::Retry, false, "503 Service Unavailable"),
        attempt(2, AttemptKind::Retry, false, "503 Service Unavailable"),
    ];
    let mut expected = wrong(5, Status::ExpectedFailure);
    expected.reason = Some("BILL-7: the report is down".to_owned());
    let mut error = step(
        6,
        Status::Errored,
        vec![check(
            "status",
            CheckState::Errored("there is no answer".to_owned()),
        )],
    );
    error.error = Some(StepError {
        kind: ErrorKind::Timeout,
        message: "no answer within 5s".to_owned(),
        help: Some("raise timeout".to_owned()),
        place: None,
    });
    let mut skip = step(
        2,
        Status::Skipped,
        vec![check("status", CheckState::Skipped("read only".to_owned()))],
    );
    skip.reason = Some("read only".to_owned());
    let interrupted = step(
        8,
        Status::Interrupted,
        vec![check(
            "status",
            CheckState::Skipped("the run was stopped".to_owned()),
        )],
    );
    vec![
        start,
        Event::StepStarted { at: 0, step: 0 },
        end(pass),
        Event::StepUnfolded {
            at: 213_000,
            step: 1,
            rounds: vec![round(10, "import each: Ada"), round(11, "import each: Bob")],
        },
        end(step(10, Status::Passed, vec![held("status")])),
        end(second),
        end(skip),
        Event::AttemptFinished {
            at: 300_000,
            step: 3,
            attempt: attempt(1, AttemptKind::Poll, false, "$.state is \"queued\""),
        },
        end(flaky),
        end(tried),
        end(expected),
        end(error),
        end(wrong(7, Status::LeftOver)),
        Event::StepStarted { at: 400_000, step: 8 },
        end(interrupted),
        finished(Some(15)),
    ]
}

/// A step with one check that does not hold.
fn wrong(number: usize, status: Status) -> StepFinished {
    step(
        number,
        status,
        vec![failed_check(mismatch(
            8,
            "status",
            "200 (integer)",
            "503 (integer)",
        ))],
    )
}

fn attempt(number: usize, kind: AttemptKind, good: bool, found: &str) -> Attempt {
    Attempt {
        number,
        kind,
        at: 100_000 * number as u64,
        duration: 50_000,
        status: Some(if good { 200 } else { 503 }),
        good,
        found: found.to_owned(),
        wait: (!good).then_some(50_000),
    }
}
