//! A history for people: a page.

use std::collections::BTreeSet;
use std::io;

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::{History, Key, Outcome, Run, Series};
use crate::report::html::{self, Part, Said, part, short, status, time};

/// The most characters of a name.
const NAME: usize = 200;

/// How many steps are listed as the slowest.
const SLOWEST: usize = 20;

/// How many of the last results of a step are drawn.
const DRAWN: usize = 40;

/// The height of the tallest bar of the runs, in pixels.
const TALLEST: u64 = 80;

#[derive(Serialize)]
struct Page {
    /// The environment of all runs; none where there are several, or none at all.
    environment: Option<String>,
    runs: usize,
    passed: usize,
    rate: Option<String>,
    steps: usize,
    unsteady_steps: usize,
    first: String,
    last: String,
    bars: Vec<Bar>,
    lists: Vec<List>,
}

/// A run as a bar, as high as it took long.
#[derive(Serialize)]
struct Bar {
    class: &'static str,
    title: String,
    #[serde(flatten)]
    part: Part,
    top: u64,
    height: u64,
}

#[derive(Serialize)]
struct List {
    id: &'static str,
    title: &'static str,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    place: String,
    environment: Option<String>,
    last: Option<Said>,
    rate: Option<String>,
    judged: usize,
    flaky: usize,
    flips: usize,
    median: Option<String>,
    p95: Option<String>,
    /// Its last results, oldest first.
    drawn: Vec<Mark>,
}

#[derive(Serialize)]
struct Mark {
    class: &'static str,
    x: usize,
}

pub(super) fn render(history: &History) -> io::Result<String> {
    let environments: BTreeSet<&Option<String>> = history.runs.iter().map(|run| &run.environment).collect();
    let several = environments.len() > 1;
    let rows = |steps: Vec<(&Key, &Series)>| -> Vec<Row> {
        steps
            .into_iter()
            .map(|(key, series)| row(key, series, several))
            .collect()
    };
    let passed = history.runs.iter().filter(|run| run.verdict == "passed").count();
    let unsteady = history.unsteady();
    let only = environments.into_iter().flatten().next().filter(|_| !several);
    let page = Page {
        environment: only.map(|name| short(name, NAME)),
        runs: history.len(),
        passed,
        rate: (!history.is_empty()).then(|| percent(passed as f64 / history.len() as f64)),
        steps: history.steps.len(),
        unsteady_steps: unsteady.len(),
        first: moment(history.runs.first()),
        last: moment(history.runs.last()),
        bars: bars(&history.runs),
        lists: [
            ("unsteady", "Not steady", rows(unsteady)),
            ("slowest", "Slowest", rows(history.slowest(SLOWEST))),
            ("all", "All steps", rows(history.steps.iter().collect())),
        ]
        .into_iter()
        .filter(|(_, _, rows)| !rows.is_empty())
        .map(|(id, title, rows)| List { id, title, rows })
        .collect(),
    };
    let mut text = Vec::new();
    html::whole("history", "", Value::from(Serde(page)), &mut text)?;
    String::from_utf8(text).map_err(io::Error::other)
}

fn moment(run: Option<&Run>) -> String {
    run.map(|run| html::moment(&run.started)).unwrap_or_default()
}

/// A part of a whole, rounded down: what is not all is never 100 %.
fn percent(rate: f64) -> String {
    format!("{:.0} %", (rate * 100.0).floor())
}

fn bars(runs: &[Run]) -> Vec<Bar> {
    let longest = runs.iter().map(|run| run.duration).max().unwrap_or(0).max(1);
    runs.iter()
        .enumerate()
        .map(|(at, run)| {
            let height = (run.duration.saturating_mul(TALLEST) / longest).clamp(4, TALLEST);
            let environment = run.environment.as_deref().unwrap_or("no environment");
            Bar {
                class: tone(run.verdict),
                title: short(
                    &format!(
                        "{}, {environment}: {}, {} of {} steps passed, {}",
                        html::moment(&run.started),
                        run.verdict.replace('_', " "),
                        run.counts.passed,
                        run.counts.planned,
                        time(run.duration)
                    ),
                    2 * NAME,
                ),
                part: part(at as u64, 1, runs.len() as u64),
                top: TALLEST - height,
                height,
            }
        })
        .collect()
}

/// The style of a verdict's word.
fn tone(verdict: &str) -> &'static str {
    match verdict {
        "passed" => "passed",
        "errored" => "errored",
        "left_over" => "left_over",
        "interrupted" | "incomplete" => "interrupted",
        "empty" => "skipped",
        _ => "failed",
    }
}

/// A step as a row, which tells the environment where there are `several`.
fn row(key: &Key, series: &Series, several: bool) -> Row {
    let recent = &series.results[series.results.len().saturating_sub(DRAWN)..];
    Row {
        name: short(
            &format!("{} › {} › {}", key.collection, key.case, key.step),
            2 * NAME,
        ),
        place: short(&format!("{}:{}", series.file, series.line), NAME),
        environment: key
            .environment
            .as_ref()
            .filter(|_| several)
            .map(|name| short(name, NAME)),
        last: recent.last().map(|result| status(class(result))),
        rate: series.rate().map(percent),
        judged: series.judged().count(),
        flaky: series.flaky(),
        flips: series.flips(),
        median: series.within(50).map(time),
        p95: series.within(95).map(time),
        drawn: recent
            .iter()
            .enumerate()
            .map(|(at, result)| Mark {
                class: class(result),
                x: at * 5,
            })
            .collect(),
    }
}

fn class(result: &Outcome) -> &'static str {
    if result.flaky { "flaky" } else { result.status }
}
