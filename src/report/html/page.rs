//! What the page shows of a run as a whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::amount;
use super::markup::{self, Markup};
use super::step::{self, Budget};
use super::timeline::{self, Timeline};
use crate::outcome::{Tally, Verdict};
use crate::report::record::Record;
use crate::report::text::count;
use crate::report::{explain, totals, words};
use crate::untrusted;

/// The most characters of a name, a tag or a place.
pub(super) const NAME: usize = 200;

/// The most steps that are listed again at the top because they did not pass.
const MOST_PROBLEMS: usize = 20;

/// Up to so many steps that did not pass are unfolded from the start.
const UNFOLDED: usize = 3;

/// The room for a step on one line of the list, in bytes.
const LINE: usize = 640;

/// The page, as its template reads it.
#[derive(Serialize)]
pub(super) struct Page {
    verdict: Said,
    /// Where the counts alone would mislead.
    sentence: Option<String>,
    environment: Option<String>,
    started: String,
    started_shown: String,
    duration: String,
    callsheet: String,
    inputs: Vec<(String, String)>,
    left_out: Option<String>,
    unused_snapshots: Vec<String>,
    steps: String,
    checks: String,
    planned: usize,
    /// Every way a step ended that happened, in the order of gravity.
    totals: Vec<Total>,
    flaky: usize,
    tags: BTreeSet<String>,
    problems: Vec<Problem>,
    more_problems: usize,
    timeline: Timeline,
    /// Each a [`Case`], made when it is written.
    cases: Value,
    /// True if steps that passed at once are told on a line each.
    shortened: bool,
}

/// A word for people, and the one that styles and filters know.
#[derive(Serialize)]
pub(in crate::report) struct Said {
    pub(in crate::report) class: &'static str,
    pub(in crate::report) word: &'static str,
}

#[derive(Serialize)]
struct Total {
    status: Said,
    count: usize,
    /// Its part of the bar that shows them all.
    #[serde(flatten)]
    part: amount::Part,
}

/// A step that did not pass, as the list at the top has it.
#[derive(Serialize)]
struct Problem {
    step: usize,
    name: String,
    status: Said,
    headline: String,
}

#[derive(Serialize)]
struct Case {
    number: usize,
    name: String,
    collection: String,
    place: String,
    tags: Vec<String>,
    /// Of its steps, how many ended how, in words.
    counts: String,
    /// Each a [`step::Step`] or, where it has one line alone, its markup; made when it is written.
    steps: Value,
}

/// What the cases of a page are made of. Those of a long run are many, and all of them at once, with all that is shown
/// of their steps, would take several times the room that the run's events do.
#[derive(Clone)]
struct Source {
    record: Arc<Record>,
    budget: Budget,
    /// Whether steps to look at are unfolded from the start.
    unfold: bool,
}

impl Source {
    fn cases(self) -> Value {
        Value::make_object_iterable(self, |source| {
            let numbers = 0..source.record.cases().len();
            Box::new(numbers.map(|number| Value::from(Serde(source.case(number)))))
        })
    }

    fn case(&self, number: usize) -> Case {
        let case = &self.record.cases()[number];
        Case {
            number,
            name: short(&case.name, NAME),
            collection: short(&case.collection, NAME),
            place: short(&format!("{}:{}", case.place.file, case.place.line), NAME),
            tags: shorts(&case.tags),
            counts: counts(&self.record, number),
            steps: self.clone().steps(number),
        }
    }

    fn steps(self, case: usize) -> Value {
        Value::make_object_iterable(self, move |source| {
            let record = &source.record;
            let steps = record.steps_of(&record.cases()[case]);
            Box::new(steps.map(|(planned, finished)| {
                if let Some(passed) = finished.filter(|finished| source.budget.is_line(finished)) {
                    let mut line = String::with_capacity(LINE);
                    markup::line(&mut line, planned, passed, record.duration);
                    return Markup::value(move |to| to.write_str(&line));
                }
                let open = source.unfold && is_problem(words::status(finished));
                let step = step::step(planned, finished, record.duration, source.budget, open);
                Value::from(Serde(step))
            }))
        })
    }
}

/// A text that keeps a page readable whatever its length.
pub(in crate::report) fn short(text: &str, characters: usize) -> String {
    untrusted::cut(text, characters).into_owned()
}

/// Texts that do.
pub(super) fn shorts(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| short(text, NAME)).collect()
}

/// What became of a step, for people.
pub(in crate::report) fn status(class: &'static str) -> Said {
    let word = match class {
        "expected_failure" => "expected failure",
        "left_over" => "left over",
        "not_run" => "not run",
        other => other,
    };
    Said { class, word }
}

/// Makes the page of a run.
pub(super) fn page(record: Arc<Record>, tally: &Tally) -> Page {
    let started = record.plan.started();
    let begin = started
        .map(|started| short(&started.started, NAME))
        .unwrap_or_default();
    let (word, sentence) = totals::meaning(tally);
    let budget = Budget::of(&record);
    let mut problems: Vec<Problem> = problems(&record).collect();
    let unfold = problems.len() <= UNFOLDED;
    let more_problems = problems.len().saturating_sub(MOST_PROBLEMS);
    problems.truncate(MOST_PROBLEMS);
    let tags = record
        .cases()
        .iter()
        .flat_map(|case| {
            let of_steps = case.steps.iter().flat_map(|step| &step.tags);
            case.tags.iter().chain(of_steps)
        })
        .map(|tag| short(tag, NAME))
        .collect();
    Page {
        verdict: Said {
            class: tone(&tally.verdict()),
            word,
        },
        sentence,
        environment: started
            .and_then(|started| started.environment.as_deref())
            .map(|name| short(name, NAME)),
        started_shown: super::moment(&begin),
        started: begin,
        duration: amount::time(record.duration),
        callsheet: started
            .map(|started| short(&started.callsheet, NAME))
            .unwrap_or_default(),
        inputs: started
            .map(|started| {
                let inputs = started.inputs.iter();
                inputs
                    .map(|(name, value)| (short(name, NAME), short(value, NAME)))
                    .collect()
            })
            .unwrap_or_default(),
        left_out: left_out(&record),
        unused_snapshots: record
            .finished
            .as_ref()
            .map(|finished| shorts(&finished.unused_snapshots))
            .unwrap_or_default(),
        steps: totals::steps(tally),
        checks: totals::checks(tally),
        planned: tally.steps.planned,
        totals: all_totals(tally),
        flaky: tally.steps.flaky,
        tags,
        problems,
        more_problems,
        timeline: timeline::timeline(&record),
        shortened: !budget.passes,
        cases: Source {
            record: Arc::clone(&record),
            budget,
            unfold,
        }
        .cases(),
    }
}

/// The style of a verdict.
fn tone(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Empty => "skipped",
        Verdict::Errored => "errored",
        Verdict::LeftOver => "left_over",
        Verdict::Interrupted(_) | Verdict::Incomplete(_) => "interrupted",
        Verdict::Failed | Verdict::Refused | Verdict::Inconsistent(_) => "failed",
    }
}

/// What selection and an early end left out, in words.
fn left_out(record: &Record) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(left) = record.plan.started().map(|started| &started.left_out) {
        let mut counts = Vec::new();
        if left.cases > 0 {
            counts.push(count(left.cases, "case"));
        }
        if left.steps > 0 {
            counts.push(count(left.steps, "step"));
        }
        if !counts.is_empty() {
            let by = short(&left.by.join(" "), NAME);
            parts.push(format!("{} left out by {by}", counts.join(" and ")));
        }
    }
    let stopped = record
        .finished
        .as_ref()
        .and_then(|finished| finished.stopped.as_ref());
    parts.extend(stopped.map(|why| format!("stopped early: {}", short(why, NAME))));
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn all_totals(tally: &Tally) -> Vec<Total> {
    let steps = &tally.steps;
    let mut start = 0;
    [
        ("failed", steps.failed),
        ("errored", steps.errored),
        ("left_over", steps.left_over),
        ("interrupted", steps.interrupted),
        ("not_run", totals::not_run(tally)),
        ("expected_failure", steps.expected_failures),
        ("skipped", steps.skipped),
        ("passed", steps.passed),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(class, count)| {
        let part = amount::part(start as u64, count as u64, steps.planned as u64);
        start += count;
        Total {
            status: status(class),
            count,
            part,
        }
    })
    .collect()
}

/// Whether a step that ended like this is one to look at.
fn is_problem(status: &str) -> bool {
    matches!(status, "failed" | "errored" | "left_over")
}

fn problems(record: &Record) -> impl Iterator<Item = Problem> {
    record.cases().iter().flat_map(|case| {
        record
            .steps_of(case)
            .filter(|(_, finished)| is_problem(words::status(*finished)))
            .map(|(planned, finished)| Problem {
                step: planned.step,
                name: short(&format!("{} › {}", case.name, planned.name), NAME),
                status: status(words::status(finished)),
                headline: short(&explain::headline(finished), 2 * NAME),
            })
    })
}

/// `3 steps, 1 failed`, with what did not pass alone.
fn counts(record: &Record, case: usize) -> String {
    let case = &record.cases()[case];
    let statuses: Vec<&str> = record
        .steps_of(case)
        .map(|(_, finished)| words::status(finished))
        .collect();
    let mut parts = vec![count(statuses.len(), "step")];
    for class in [
        "failed",
        "errored",
        "left_over",
        "interrupted",
        "not_run",
        "skipped",
    ] {
        let number = statuses.iter().filter(|status| **status == class).count();
        if number > 0 {
            parts.push(format!("{number} {}", status(class).word));
        }
    }
    parts.join(", ")
}
