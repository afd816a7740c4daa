//! A history for programs: one versioned JSON document.

use std::io;

use serde::Serialize;

use super::{History, Key, Run, Series};
use crate::outcome::StepCounts;
use crate::report::json::write_pretty;

/// The version of the document's shape.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    runs: Vec<OneRun<'a>>,
    steps: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct OneRun<'a> {
    log: &'a str,
    started: &'a str,
    environment: Option<&'a str>,
    verdict: &'static str,
    duration_us: u64,
    steps: StepCounts,
}

#[derive(Serialize)]
struct Step<'a> {
    environment: Option<&'a str>,
    collection: &'a str,
    case: &'a str,
    step: &'a str,
    file: &'a str,
    line: usize,
    /// In how many runs it was planned, was run to an end, and passed.
    runs: usize,
    judged: usize,
    passed: usize,
    pass_rate: Option<f64>,
    /// How often it passed, but not at the first attempt.
    flaky: usize,
    /// How often it changed between passing and not.
    flips: usize,
    median_us: Option<u64>,
    p95_us: Option<u64>,
    /// What became of it, run after run.
    results: Vec<OneResult>,
}

#[derive(Serialize)]
struct OneResult {
    run: usize,
    status: &'static str,
    flaky: bool,
    duration_us: Option<u64>,
}

pub(super) fn render(history: &History) -> io::Result<String> {
    let document = Document {
        version: VERSION,
        runs: history.runs.iter().map(run).collect(),
        steps: history
            .steps
            .iter()
            .map(|(key, series)| step(key, series))
            .collect(),
    };
    let mut text = Vec::new();
    write_pretty(&mut text, &document)?;
    text.push(b'\n');
    String::from_utf8(text).map_err(io::Error::other)
}

fn run(run: &Run) -> OneRun<'_> {
    OneRun {
        log: &run.log,
        started: &run.started,
        environment: run.environment.as_deref(),
        verdict: run.verdict,
        duration_us: run.duration,
        steps: run.counts,
    }
}

fn step<'a>(key: &'a Key, series: &'a Series) -> Step<'a> {
    Step {
        environment: key.environment.as_deref(),
        collection: &key.collection,
        case: &key.case,
        step: &key.step,
        file: &series.file,
        line: series.line,
        runs: series.results.len(),
        judged: series.judged().count(),
        passed: series.passed(),
        pass_rate: series.rate(),
        flaky: series.flaky(),
        flips: series.flips(),
        median_us: series.within(50),
        p95_us: series.within(95),
        results: series
            .results
            .iter()
            .map(|result| OneResult {
                run: result.run,
                status: result.status,
                flaky: result.flaky,
                duration_us: result.duration,
            })
            .collect(),
    }
}
