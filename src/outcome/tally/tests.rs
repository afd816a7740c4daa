//! The verdict is a pass only where everything planned was seen to hold.

use std::sync::Arc;

use super::{Tally, Verdict};
use crate::outcome::{
    CheckResult, CheckState, ErrorKind, Event, LOG_VERSION, LeftOut, PlannedCase, PlannedStep, Role,
    RunFinished, RunStarted, Spot, Status, StepError, StepFinished,
};

fn spot() -> Spot {
    Spot {
        file: "a.yaml".into(),
        line: 1,
        column: 1,
        length: 1,
        excerpt: None,
    }
}

fn started(checks: &[usize]) -> Event {
    let steps = checks.iter().enumerate().map(|(step, checks)| PlannedStep {
        step,
        name: format!("step {step}").into(),
        place: spot(),
        tags: Vec::new(),
        checks: *checks,
        role: Role::Step,
        of: None,
    });
    let case = PlannedCase {
        name: "case".to_owned(),
        collection: "collection".to_owned(),
        place: spot(),
        tags: Vec::new(),
        steps: steps.collect(),
    };
    Event::RunStarted(Arc::new(RunStarted {
        version: LOG_VERSION,
        callsheet: "0".to_owned(),
        started: "2026-01-01T00:00:00Z".to_owned(),
        environment: None,
        inputs: Default::default(),
        jobs: 1,
        cases: vec![case],
        left_out: LeftOut::default(),
        shard: None,
        again: Vec::new(),
        folder: String::new(),
        replayed: false,
    }))
}

fn step(step: usize, status: Status, states: Vec<CheckState>) -> StepFinished {
    let checks = states.into_iter().map(|state| CheckResult {
        subject: "status".to_owned(),
        expectation: "2xx".to_owned(),
        state,
    });
    let reason = (status == Status::Skipped).then(|| "not today".to_owned());
    StepFinished {
        reason,
        checks: checks.collect(),
        ..StepFinished::new(step, status)
    }
}

fn finished(signal: Option<i32>) -> Event {
    Event::RunFinished(RunFinished {
        signal,
        ..RunFinished::default()
    })
}

fn verdict(events: &[Event]) -> Verdict {
    let mut tally = Tally::default();
    events.iter().for_each(|event| tally.add(event));
    tally.verdict()
}

fn passing() -> Vec<Event> {
    vec![
        started(&[2, 1]),
        Event::StepFinished(Arc::new(step(
            0,
            Status::Passed,
            vec![CheckState::Held, CheckState::Held],
        ))),
        Event::StepFinished(Arc::new(step(1, Status::Passed, vec![CheckState::Held]))),
        finished(None),
    ]
}

#[test]
fn a_pass_needs_everything() {
    assert_eq!(verdict(&passing()), Verdict::Passed);
    for lost in 0..4 {
        let mut events = passing();
        events.remove(lost);
        assert!(
            matches!(
                verdict(&events),
                Verdict::Inconsistent(_) | Verdict::Incomplete(_)
            ),
            "without event {lost}"
        );
    }
    for doubled in 0..4 {
        let mut events = passing();
        events.insert(doubled, events[doubled].clone());
        assert!(
            matches!(verdict(&events), Verdict::Inconsistent(_)),
            "with event {doubled} twice"
        );
    }
}

#[test]
fn a_step_that_reports_fewer_checks_than_planned_is_no_pass() {
    let events = [
        started(&[2]),
        Event::StepFinished(Arc::new(step(0, Status::Passed, vec![CheckState::Held]))),
        finished(None),
    ];
    assert!(matches!(verdict(&events), Verdict::Inconsistent(_)));
}

#[test]
fn the_gravest_of_several_wins() {
    let mut refused = step(0, Status::Errored, vec![CheckState::Errored("no".to_owned())]);
    refused.error = Some(StepError {
        kind: ErrorKind::Policy,
        message: "no".to_owned(),
        help: None,
        place: None,
    });
    let failed = step(1, Status::Failed, vec![CheckState::Held]);
    let mut events = vec![
        started(&[1, 1]),
        Event::StepFinished(Arc::new(refused)),
        Event::StepFinished(Arc::new(failed)),
        finished(Some(2)),
    ];
    assert_eq!(verdict(&events), Verdict::Refused);
    events[1] = Event::StepFinished(Arc::new(step(
        0,
        Status::Errored,
        vec![CheckState::Errored("no".to_owned())],
    )));
    assert_eq!(verdict(&events), Verdict::Interrupted(2));
    events[3] = finished(None);
    assert_eq!(verdict(&events), Verdict::Failed);
}

#[test]
fn nothing_evaluated_is_no_pass() {
    let skipped = step(
        0,
        Status::Skipped,
        vec![CheckState::Skipped("not today".to_owned())],
    );
    assert_eq!(
        verdict(&[
            started(&[1]),
            Event::StepFinished(Arc::new(skipped)),
            finished(None)
        ]),
        Verdict::Empty
    );
    assert_eq!(verdict(&[started(&[]), finished(None)]), Verdict::Empty);
}

fn unfolded(step: usize, rounds: &[(usize, usize)]) -> Event {
    let Event::RunStarted(started) = started(&[0; 9]) else {
        unreachable!("made as one");
    };
    let rounds = rounds.iter().map(|(number, checks)| PlannedStep {
        step: *number,
        checks: *checks,
        ..started.cases[0].steps[0].clone()
    });
    Event::StepUnfolded {
        at: 0,
        step,
        rounds: rounds.collect(),
    }
}

#[test]
fn the_rounds_of_a_step_owe_what_it_owed() {
    let round = |number| Event::StepFinished(Arc::new(step(number, Status::Passed, vec![CheckState::Held])));
    let events = [
        started(&[1, 1]),
        unfolded(1, &[(2, 1), (3, 1)]),
        round(0),
        round(2),
        round(3),
        finished(None),
    ];
    assert_eq!(verdict(&events), Verdict::Passed);
    for lost in 1..events.len() - 1 {
        let mut fewer = events.to_vec();
        fewer.remove(lost);
        assert!(
            matches!(verdict(&fewer), Verdict::Inconsistent(_)),
            "without event {lost}"
        );
    }
    let mut tally = Tally::default();
    events.iter().for_each(|event| tally.add(event));
    assert_eq!((tally.steps.planned, tally.checks.planned), (3, 3));
}

#[test]
fn what_is_left_over_is_graver_than_an_error_and_less_than_a_failure() {
    let ended = |number, status| Event::StepFinished(Arc::new(step(number, status, vec![CheckState::Held])));
    let run = |second| {
        verdict(&[
            started(&[1, 1]),
            ended(0, Status::LeftOver),
            ended(1, second),
            finished(None),
        ])
    };
    assert_eq!(run(Status::Passed), Verdict::LeftOver);
    assert_eq!(run(Status::Errored), Verdict::LeftOver);
    assert_eq!(run(Status::Failed), Verdict::Failed);
    assert!(matches!(run(Status::Interrupted), Verdict::Inconsistent(_)));
}

#[test]
fn what_a_finally_checks_makes_no_pass_of_a_run_without_checks() {
    let run = |role| {
        let Event::RunStarted(mut started) = started(&[1, 1]) else {
            unreachable!("made as one");
        };
        Arc::make_mut(&mut started).cases[0].steps[1].role = role;
        let nothing = vec![CheckState::Skipped("not today".to_owned())];
        verdict(&[
            Event::RunStarted(started),
            Event::StepFinished(Arc::new(step(0, Status::Skipped, nothing))),
            Event::StepFinished(Arc::new(step(1, Status::Passed, vec![CheckState::Held]))),
            finished(None),
        ])
    };
    assert_eq!(run(Role::Step), Verdict::Passed);
    assert_eq!(run(Role::Finally), Verdict::Empty);
    assert_eq!(run(Role::Cleanup), Verdict::Empty);
}

#[test]
fn an_interrupted_run_may_lack_steps() {
    assert_eq!(
        verdict(&[started(&[1]), finished(Some(15))]),
        Verdict::Interrupted(15)
    );
}

#[test]
fn a_run_that_was_stopped_is_no_pass_whatever_it_found() {
    let mut events = passing();
    events.pop();
    events.push(Event::RunFinished(RunFinished {
        stopped: Some("the run's time of 10m is over".to_owned()),
        ..RunFinished::default()
    }));
    assert_eq!(verdict(&events), Verdict::Errored);
}
