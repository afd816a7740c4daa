//! The whole run along one line of time: a lane a case, a block a step.

use std::sync::Arc;

use minijinja::Value;
use serde::Serialize;

use super::amount;
use super::markup::{self, Markup};
use super::page::{NAME, short};
use crate::outcome::{PlannedCase, PlannedStep, StepFinished};
use crate::report::record::Record;

/// How many parts the line of time is divided into.
const DIVISIONS: u64 = 4;

/// The lanes and the marks above them.
#[derive(Serialize)]
pub(super) struct Timeline {
    marks: Vec<String>,
    lanes: Vec<Lane>,
}

#[derive(Serialize)]
struct Lane {
    case: usize,
    name: String,
    /// From when to when, in words.
    span: String,
    /// Made when they are written.
    blocks: Value,
}

/// The steps of a case that took any time.
fn timed<'a>(
    record: &'a Record,
    case: &'a PlannedCase,
) -> impl Iterator<Item = (&'a PlannedStep, &'a StepFinished)> {
    record
        .steps_of(case)
        .filter_map(|(planned, finished)| Some((planned, finished?)))
        .filter(|(_, finished)| finished.duration > 0)
}

/// The blocks of a case's lane.
fn blocks(record: Arc<Record>, case: usize) -> Value {
    Markup::value(move |to| {
        let mut block = String::new();
        for (planned, finished) in timed(&record, &record.cases()[case]) {
            block.clear();
            markup::block(&mut block, planned, finished, record.duration);
            to.write_str(&block)?;
        }
        Ok(())
    })
}

/// The timeline of a run. A case of which no step took any time has no lane.
pub(super) fn timeline(record: &Arc<Record>) -> Timeline {
    let whole = record.duration;
    let lanes = record.cases().iter().enumerate().filter_map(|(number, case)| {
        let mut span: Option<(u64, u64)> = None;
        for (_, finished) in timed(record, case) {
            let start = finished.at.saturating_sub(finished.duration);
            let (first, last) = span.unwrap_or((start, finished.at));
            span = Some((first.min(start), last.max(finished.at)));
        }
        let (start, end) = span?;
        Some(Lane {
            case: number,
            name: short(&case.name, NAME),
            span: format!("from {} to {}", amount::time(start), amount::time(end)),
            blocks: blocks(Arc::clone(record), number),
        })
    });
    Timeline {
        marks: (0..=DIVISIONS)
            .map(|mark| match mark {
                0 => "0".to_owned(),
                mark => amount::time(whole / DIVISIONS * mark),
            })
            .collect(),
        lanes: lanes.collect(),
    }
}
