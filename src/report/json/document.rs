//! The shape of the document. It is its own, so that events can change without breaking who reads it; only the counts
//! are the tally's, which are as public.

use std::io;
use std::sync::Arc;

use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::exchange::{Sent, sent};
use super::writer::Made;
use crate::diff::{Change, Difference};
use crate::outcome::{
    Attempt, CheckCounts, CheckResult, CheckState, Differences, LeftOut, Mismatch, PlannedCase, PlannedStep,
    Spot, StepCounts, StepError, StepFinished, Tally,
};
use crate::report::plan::Plan;
use crate::report::record::Record;
use crate::report::words;

/// The version of this shape. It changes when a reader of the old one would be misled; a new member alone does not.
const VERSION: u32 = 1;

/// The lines a difference of texts is cut to.
const TEXT_LINES: usize = 200;

/// A whole run.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    version: u32,
    callsheet: Option<&'a str>,
    environment: Option<&'a str>,
    started: Option<&'a str>,
    duration_us: u64,
    /// False if the end of the run was never seen.
    complete: bool,
    verdict: &'static str,
    /// What is behind the verdict, where a word does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict_detail: Option<String>,
    /// Why the run ended before its plan did, where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<&'a str>,
    steps: StepCounts,
    checks: CheckCounts,
    left_out: Option<&'a LeftOut>,
    /// Which part of a plan this is the outcome of, where it is not the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<ShardOf>,
    /// Files that no step uses, from the project's root.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    unused_snapshots: &'a [String],
    cases: Cases<'a>,
}

#[derive(Serialize)]
struct ShardOf {
    index: usize,
    total: usize,
}

/// The cases of a run. They are made while they are written, one after the other.
struct Cases<'a>(&'a Record<Made>);

struct Steps<'a>(&'a Record<Made>, &'a PlannedCase);

/// How many brackets are open around a step.
const STEP_DEPTH: usize = 4;

#[derive(Serialize)]
struct Case<'a> {
    name: &'a str,
    collection: &'a str,
    file: &'a str,
    line: usize,
    tags: &'a [String],
    steps: Steps<'a>,
}

#[derive(Serialize)]
struct Step<'a> {
    name: &'a str,
    /// `not_run` for a step that never ended.
    status: &'static str,
    /// `step`, `cleanup` or `finally`.
    role: &'static str,
    reason: Option<&'a str>,
    duration_us: Option<u64>,
    /// True if it passed, but not at the first attempt.
    flaky: bool,
    file: &'a str,
    line: usize,
    tags: &'a [String],
    checks: Vec<Check<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Problem<'a>>,
    exchanges: Vec<Sent<'a>>,
    captures: Vec<Captured<'a>>,
    /// Where there could be more than one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attempts: Vec<Tried<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot: Option<Snapshot<'a>>,
}

#[derive(Serialize)]
struct Tried<'a> {
    number: usize,
    kind: &'static str,
    at_us: u64,
    duration_us: u64,
    status: Option<u16>,
    good: bool,
    found: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    wait_us: Option<u64>,
}

#[derive(Serialize)]
struct Snapshot<'a> {
    file: &'a str,
    state: &'static str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Check<'a> {
    subject: &'a str,
    expectation: &'a str,
    state: &'static str,
    /// Why it was skipped or could not be evaluated.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mismatch: Option<Unequal<'a>>,
}

#[derive(Serialize)]
struct Unequal<'a> {
    #[serde(flatten)]
    place: Position<'a>,
    subject: &'a str,
    expected: &'a str,
    actual: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<Part<'a>>,
    /// The difference of two texts, line by line, each with a mark before it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    text_difference: Vec<String>,
    #[serde(skip_serializing_if = "is_zero")]
    differences_omitted: usize,
}

#[derive(Serialize)]
struct Part<'a> {
    path: &'a str,
    change: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actual: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_from: Option<&'a str>,
}

#[derive(Serialize)]
struct Position<'a> {
    file: &'a str,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Problem<'a> {
    kind: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Position<'a>>,
}

#[derive(Serialize)]
struct Captured<'a> {
    name: &'a str,
    value: &'a str,
}

impl<'a> Document<'a> {
    /// The document of a run as far as it is known.
    pub(super) fn new(record: &'a Record<Made>, tally: &'a Tally) -> Document<'a> {
        let started = record.plan.started();
        let ended = record.finished.as_ref();
        let (verdict, verdict_detail) = words::verdict(tally.verdict());
        Document {
            version: VERSION,
            callsheet: started.map(|started| started.callsheet.as_str()),
            environment: started.and_then(|started| started.environment.as_deref()),
            started: started.map(|started| started.started.as_str()),
            duration_us: record.duration,
            complete: tally.is_complete(),
            verdict,
            verdict_detail,
            stopped: tally.stopped(),
            steps: tally.steps,
            checks: tally.checks,
            left_out: started.map(|started| &started.left_out),
            shard: started
                .and_then(|started| started.shard.as_ref())
                .map(|shard| ShardOf {
                    index: shard.index,
                    total: shard.total,
                }),
            unused_snapshots: ended.map_or(&[], |ended| &ended.unused_snapshots),
            cases: Cases(record),
        }
    }
}

impl Serialize for Cases<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let record = self.0;
        serializer.collect_seq(record.cases().iter().map(|case| Case {
            name: &case.name,
            collection: &case.collection,
            file: &case.place.file,
            line: case.place.line,
            tags: &case.tags,
            steps: Steps(record, case),
        }))
    }
}

impl Serialize for Steps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut steps = serializer.serialize_seq(None)?;
        for (planned, made) in self.0.kept_of(self.1) {
            match made {
                Some(made) => steps.serialize_element(made)?,
                None => steps.serialize_element(&Step::new(planned, None))?,
            }
        }
        steps.end()
    }
}

/// The text of a step that ended.
///
/// # Errors
/// It cannot be written: our bug.
pub(super) fn step(plan: &Plan, finished: &Arc<StepFinished>) -> io::Result<Option<Made>> {
    plan.step(finished.step)
        .map(|(_, planned)| Made::pretty(STEP_DEPTH, &Step::new(planned, Some(finished))))
        .transpose()
}

impl<'a> Step<'a> {
    fn new(planned: &'a PlannedStep, finished: Option<&'a StepFinished>) -> Step<'a> {
        let (checks, exchanges, captures) = finished.map_or((&[][..], &[][..], &[][..]), |finished| {
            (&finished.checks, &finished.exchanges, &finished.captures)
        });
        Step {
            name: &planned.name,
            status: words::status(finished),
            role: words::role(planned.role),
            reason: finished.and_then(|finished| finished.reason.as_deref()),
            duration_us: finished.map(|finished| finished.duration),
            flaky: finished.is_some_and(|finished| finished.flaky),
            file: &planned.place.file,
            line: planned.place.line,
            tags: &planned.tags,
            checks: checks.iter().map(check).collect(),
            error: finished.and_then(|finished| finished.error.as_ref().map(problem)),
            exchanges: exchanges.iter().map(sent).collect(),
            captures: captures
                .iter()
                .map(|capture| Captured {
                    name: &capture.name,
                    value: &capture.value,
                })
                .collect(),
            attempts: finished
                .map(|finished| finished.attempts.iter().map(attempt).collect())
                .unwrap_or_default(),
            snapshot: finished
                .and_then(|finished| finished.snapshot.as_ref())
                .map(|snapshot| Snapshot {
                    file: &snapshot.file,
                    state: words::snapshot(snapshot.state),
                    warnings: &snapshot.warnings,
                }),
        }
    }
}

fn attempt(attempt: &Attempt) -> Tried<'_> {
    Tried {
        number: attempt.number,
        kind: words::attempt(attempt.kind),
        at_us: attempt.at,
        duration_us: attempt.duration,
        status: attempt.status,
        good: attempt.good,
        found: &attempt.found,
        wait_us: attempt.wait,
    }
}

fn check(result: &CheckResult) -> Check<'_> {
    let (state, reason, mismatch) = match &result.state {
        CheckState::Held => ("held", None, None),
        CheckState::Failed(mismatch) => ("failed", None, Some(unequal(mismatch))),
        CheckState::Errored(reason) => ("errored", Some(reason.as_str()), None),
        CheckState::Skipped(reason) => ("skipped", Some(reason.as_str()), None),
    };
    Check {
        subject: &result.subject,
        expectation: &result.expectation,
        state,
        reason,
        mismatch,
    }
}

fn unequal(mismatch: &Mismatch) -> Unequal<'_> {
    let (differences, text_difference, differences_omitted) = match &mismatch.diff {
        None => (Vec::new(), Vec::new(), 0),
        Some(Differences::Json(diff)) => (
            diff.differences.iter().map(part).collect(),
            Vec::new(),
            diff.omitted,
        ),
        Some(Differences::Text(diff)) => {
            let options = crate::diff::RenderOptions {
                width: usize::MAX,
                max_lines: TEXT_LINES,
            };
            let lines = diff.render(options).into_iter().map(|line| line.text);
            (Vec::new(), lines.collect(), 0)
        }
    };
    Unequal {
        place: position(&mismatch.place),
        subject: &mismatch.subject,
        expected: &mismatch.expected,
        actual: &mismatch.actual,
        hint: mismatch.hint.as_deref(),
        differences,
        text_difference,
        differences_omitted,
    }
}

fn part(difference: &Difference) -> Part<'_> {
    let (change, expected, actual, moved_from) = match &difference.change {
        Change::Added { value } => ("added", None, Some(value), None),
        Change::Removed { value } => ("removed", Some(value), None, None),
        Change::Changed { from, to } => ("changed", Some(from), Some(to), None),
        Change::TypeChanged { from, to, .. } => ("type_changed", Some(from), Some(to), None),
        Change::Moved { from, value } => ("moved", None, Some(value), Some(from.as_str())),
    };
    Part {
        path: &difference.path,
        change,
        expected,
        actual,
        moved_from,
    }
}

fn position(spot: &Spot) -> Position<'_> {
    Position {
        file: &spot.file,
        line: spot.line,
        column: spot.column,
    }
}

fn problem(error: &StepError) -> Problem<'_> {
    let kind = error.kind.name();
    Problem {
        kind,
        message: &error.message,
        help: error.help.as_deref(),
        place: error.place.as_ref().map(position),
    }
}

/// By reference, as serde asks.
fn is_zero(count: &usize) -> bool {
    *count == 0
}
