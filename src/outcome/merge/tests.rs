//! Logs made by hand: what of them is a whole, and what is not.

use std::sync::Arc;

use super::{Merge, MergeError, ShardLog};
use crate::outcome::{
    CheckResult, CheckState, Event, LOG_VERSION, LeftOut, LogReader, LogWriter, PlannedCase, PlannedStep,
    Role, RunFinished, RunStarted, Shard, Spot, Status, StepFinished, Tally, Verdict,
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

fn planned(step: usize, name: &str, of: Option<usize>) -> PlannedStep {
    PlannedStep {
        step,
        name: name.into(),
        place: spot(),
        tags: Vec::new(),
        checks: 1,
        role: if of.is_some() { Role::Cleanup } else { Role::Step },
        of,
    }
}

fn finished(step: usize, at: u64) -> Event {
    Event::StepFinished(Arc::new(StepFinished {
        at,
        checks: vec![CheckResult {
            subject: "status".to_owned(),
            expectation: "2xx".to_owned(),
            state: CheckState::Held,
        }],
        ..StepFinished::new(step, Status::Passed)
    }))
}

/// A shard of three with one case at each of these places; every step but an unfolded one ends well.
fn shard(index: usize, positions: &[usize]) -> Vec<Event> {
    let mut events = Vec::new();
    let cases = positions.iter().enumerate().map(|(case, position)| PlannedCase {
        name: format!("case {position}"),
        collection: "c".to_owned(),
        place: spot(),
        tags: Vec::new(),
        steps: vec![
            planned(2 * case, "do", None),
            planned(2 * case + 1, "undo", Some(2 * case)),
        ],
    });
    events.push(Event::RunStarted(Arc::new(RunStarted {
        version: LOG_VERSION,
        callsheet: "0".to_owned(),
        started: format!("2026-01-01T00:00:0{index}Z"),
        environment: None,
        inputs: Default::default(),
        jobs: 1,
        cases: cases.collect(),
        left_out: LeftOut::default(),
        again: Vec::new(),
        folder: String::new(),
        replayed: false,
        shard: Some(Shard {
            index,
            total: 3,
            plan: "abc".to_owned(),
            cases: 3,
            positions: positions.to_vec(),
        }),
    })));
    for case in 0..positions.len() {
        let at = 10 * index as u64 + case as u64;
        events.push(Event::CaseStarted { at, case });
        events.push(finished(2 * case, at));
        events.push(finished(2 * case + 1, at));
        events.push(Event::CaseFinished { at, case });
    }
    events.push(Event::RunFinished(RunFinished {
        at: 100,
        ..RunFinished::default()
    }));
    events
}

fn three() -> [Vec<Event>; 3] {
    [shard(1, &[2]), shard(2, &[0, 1]), shard(3, &[])]
}

fn start(events: &mut [Event]) -> &mut RunStarted {
    match &mut events[0] {
        Event::RunStarted(started) => Arc::make_mut(started),
        _ => unreachable!("a log starts so"),
    }
}

fn log(name: usize, events: &[Event]) -> ShardLog<std::io::Cursor<Vec<u8>>> {
    let mut bytes = Vec::new();
    let mut writer = LogWriter::new(&mut bytes);
    events
        .iter()
        .for_each(|event| writer.write(event).expect("a line"));
    writer.flush().expect("the rest");
    drop(writer);
    let (reader, started) = LogReader::open(std::io::Cursor::new(bytes)).expect("a log");
    ShardLog {
        name: format!("{name}.jsonl"),
        reader,
        started,
    }
}

fn merge(logs: &[Vec<Event>]) -> Result<Vec<Event>, MergeError> {
    let logs = logs
        .iter()
        .enumerate()
        .map(|(name, events)| log(name + 1, events));
    let (merge, started) = Merge::new(logs.collect())?;
    let mut events = vec![Event::RunStarted(Arc::new(started))];
    for event in merge {
        events.push(event?);
    }
    Ok(events)
}

fn verdict(events: &[Event]) -> Verdict {
    let mut tally = Tally::default();
    events.iter().for_each(|event| tally.add(event));
    tally.verdict()
}

#[test]
fn shards_are_one_run_in_the_order_of_the_whole() {
    let mut events = merge(&three()).expect("a whole");
    assert_eq!(verdict(&events), Verdict::Passed);
    let started = start(&mut events);
    assert_eq!(started.started, "2026-01-01T00:00:01Z");
    assert_eq!(started.shard, None);
    let names: Vec<&str> = started.cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["case 0", "case 1", "case 2"]);
    let steps = || started.cases.iter().flat_map(|case| &case.steps);
    let numbers: Vec<usize> = steps().map(|step| step.step).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4, 5]);
    let armed: Vec<usize> = steps().filter_map(|step| step.of).collect();
    assert_eq!(armed, [0, 2, 4]);
    let ends = events.iter().filter_map(|event| match event {
        Event::CaseFinished { case, at } => Some((*case, *at)),
        _ => None,
    });
    assert_eq!(ends.collect::<Vec<_>>(), [(2, 10), (0, 20), (1, 21)]);
}

#[test]
fn rounds_are_numbered_after_the_whole_plan() {
    let mut logs = three();
    for (log, number) in [(0, 2), (1, 4)] {
        let end = logs[log]
            .iter()
            .position(|event| matches!(event, Event::StepFinished(_)));
        let end = end.expect("a step ends");
        let at = logs[log][end].at();
        let rounds = vec![planned(number, "a", None), planned(number + 1, "b", None)];
        let unfolded = Event::StepUnfolded { at, step: 0, rounds };
        let ends = [finished(number, at), finished(number + 1, at)];
        logs[log].splice(end..=end, [unfolded].into_iter().chain(ends));
    }
    let events = merge(&logs).expect("a whole");
    assert_eq!(verdict(&events), Verdict::Passed);
    let rounds = events.iter().filter_map(|event| match event {
        Event::StepUnfolded { step, rounds, .. } => Some((*step, rounds[0].step, rounds[1].step)),
        _ => None,
    });
    assert_eq!(rounds.collect::<Vec<_>>(), [(4, 6, 7), (0, 8, 9)]);
}

#[test]
fn a_shard_without_an_end_leaves_the_whole_without_one() {
    let mut logs = three();
    logs[2].pop();
    let events = merge(&logs).expect("a plan");
    assert_eq!(verdict(&events), Verdict::Incomplete(0));
    logs[1].truncate(3);
    assert!(matches!(
        verdict(&merge(&logs).expect("a plan")),
        Verdict::Incomplete(3)
    ));
}

#[test]
fn a_signal_to_one_shard_is_one_to_the_whole() {
    let mut logs = three();
    if let Some(Event::RunFinished(finished)) = logs[0].last_mut() {
        finished.signal = Some(15);
    }
    assert_eq!(verdict(&merge(&logs).expect("a plan")), Verdict::Interrupted(15));
}

#[test]
fn what_is_not_exactly_the_shards_of_a_plan_is_refused() {
    type Change = fn(&mut Vec<Vec<Event>>);
    let cases: [(Change, &str); 9] = [
        (|logs| logs.clear(), "there is no event log to merge"),
        (
            |logs| drop(logs.remove(1)),
            "there is no event log of shard 2 of 3",
        ),
        (
            |logs| logs.truncate(1),
            "there is no event log of shards 2, 3 of 3",
        ),
        (
            |logs| logs.push(logs[0].clone()),
            "1.jsonl and 4.jsonl are both of shard 1",
        ),
        (
            |logs| start(&mut logs[1]).shard.as_mut().expect("a shard").plan = "abd".to_owned(),
            "1.jsonl and 2.jsonl are parts of different plans",
        ),
        (
            |logs| start(&mut logs[1]).environment = Some("live".to_owned()),
            "1.jsonl and 2.jsonl are of different environments",
        ),
        (
            |logs| start(&mut logs[2]).shard = None,
            "3.jsonl is that of a whole run",
        ),
        (|logs| logs[0] = shard(1, &[1]), "do not fit into the whole plan"),
        (
            |logs| logs[0].insert(2, finished(7, 10)),
            "1.jsonl tells of step 7",
        ),
    ];
    for (change, message) in cases {
        let mut logs = three().to_vec();
        change(&mut logs);
        let error = merge(&logs).expect_err(message).to_string();
        assert!(error.contains(message), "{error}");
    }
}
