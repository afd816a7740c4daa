//! Many runs as one: how often each step passed, how steadily, and how long it took.
//!
//! A history is a fold over the event logs of runs. It is shown as a page, as a document for programs, or as a table
//! for a terminal.

use std::io;

use indexmap::IndexMap;

use super::record::Record;
use super::words;
use crate::outcome::{Event, StepCounts, StepFinished, Tally};

mod document;
mod page;
mod table;

/// The runs of a folder of event logs, and what became of each step in them.
#[derive(Default)]
pub struct History {
    /// The runs, oldest first.
    runs: Vec<Run>,
    steps: IndexMap<Key, Series>,
}

/// A run, as a history needs it.
struct Run {
    log: String,
    started: String,
    environment: Option<String>,
    verdict: &'static str,
    /// In microseconds.
    duration: u64,
    counts: StepCounts,
}

/// What makes a step the same in several runs.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    environment: Option<String>,
    collection: String,
    case: String,
    step: String,
}

/// What became of a step, run after run.
#[derive(Default)]
struct Series {
    file: String,
    line: usize,
    results: Vec<Outcome>,
}

/// What became of a step in one run.
struct Outcome {
    /// The run's index.
    run: usize,
    status: &'static str,
    flaky: bool,
    /// In microseconds; none for one that was not run.
    duration: Option<u64>,
}

impl Outcome {
    fn new(run: usize, finished: Option<&StepFinished>) -> Outcome {
        let status = words::status(finished);
        let was_run = !matches!(status, "skipped" | "not_run");
        Outcome {
            run,
            status,
            flaky: finished.is_some_and(|finished| finished.flaky),
            duration: finished.filter(|_| was_run).map(|finished| finished.duration),
        }
    }

    /// Whether it says something about the step: it was run to an end of its own.
    fn counts(&self) -> bool {
        !matches!(self.status, "skipped" | "not_run" | "interrupted")
    }

    fn is_good(&self) -> bool {
        matches!(self.status, "passed" | "expected_failure")
    }
}

impl Series {
    /// The results that say something about the step.
    fn judged(&self) -> impl Iterator<Item = &Outcome> {
        self.results.iter().filter(|result| result.counts())
    }

    fn passed(&self) -> usize {
        self.judged().filter(|result| result.is_good()).count()
    }

    fn flaky(&self) -> usize {
        self.judged().filter(|result| result.flaky).count()
    }

    /// The part of its judged runs that were good, from 0 to 1; none where no run judged it.
    fn rate(&self) -> Option<f64> {
        let judged = self.judged().count();
        (judged > 0).then(|| self.passed() as f64 / judged as f64)
    }

    /// How often a good result followed a bad one or the other way round.
    fn flips(&self) -> usize {
        let good: Vec<bool> = self.judged().map(Outcome::is_good).collect();
        good.windows(2).filter(|pair| pair[0] != pair[1]).count()
    }

    /// Whether it did not pass at once every time.
    fn is_unsteady(&self) -> bool {
        self.flaky() > 0 || self.rate().is_some_and(|rate| rate < 1.0)
    }

    /// The duration that so many percent of its runs stayed within, in microseconds.
    fn within(&self, percent: usize) -> Option<u64> {
        let mut durations: Vec<u64> = self.results.iter().filter_map(|result| result.duration).collect();
        durations.sort_unstable();
        let rank = (durations.len() * percent).div_ceil(100).max(1);
        durations.get(rank - 1).copied()
    }
}

impl History {
    /// Takes the events of a run's log. Runs are to be added oldest first.
    pub fn add(&mut self, log: &str, events: impl IntoIterator<Item = Event>) {
        let (mut record, mut tally) = (Record::default(), Tally::default());
        for event in events {
            record.take(&event);
            tally.add(&event);
        }
        let Some(started) = record.plan.started() else {
            return;
        };
        let run = self.runs.len();
        for case in record.cases() {
            for (planned, finished) in record.steps_of(case) {
                let key = Key {
                    environment: started.environment.clone(),
                    collection: case.collection.clone(),
                    case: case.name.clone(),
                    step: planned.name.to_string(),
                };
                let series = self.steps.entry(key).or_default();
                // Where it stands now is where it stood last.
                series.file = planned.place.file.to_string();
                series.line = planned.place.line;
                series.results.push(Outcome::new(run, finished));
            }
        }
        self.runs.push(Run {
            log: log.to_owned(),
            started: started.started.clone(),
            environment: started.environment.clone(),
            verdict: words::verdict(tally.verdict()).0,
            duration: record.duration,
            counts: tally.steps,
        });
    }

    /// How many runs it holds.
    pub fn len(&self) -> usize {
        self.runs.len()
    }

    /// True if it holds no run.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The history as a page for people, in one file that loads nothing.
    ///
    /// # Errors
    /// The page's template does not fit: our bug.
    pub fn page(&self) -> io::Result<String> {
        page::render(self)
    }

    /// The history as a document for programs.
    ///
    /// # Errors
    /// It cannot be written as JSON: our bug.
    pub fn document(&self) -> io::Result<String> {
        document::render(self)
    }

    /// The history as a table for a terminal of so many columns: what is not steady, and what is slow.
    pub fn table(&self, width: usize) -> String {
        table::render(self, width)
    }

    /// The steps that did not pass at once every time, the worst first.
    fn unsteady(&self) -> Vec<(&Key, &Series)> {
        let mut steps: Vec<(&Key, &Series)> = self
            .steps
            .iter()
            .filter(|(_, series)| series.is_unsteady())
            .collect();
        steps.sort_by(|(_, one), (_, other)| {
            let rate = |series: &Series| series.rate().unwrap_or(1.0);
            rate(one)
                .total_cmp(&rate(other))
                .then(other.flaky().cmp(&one.flaky()))
        });
        steps
    }

    /// The slowest steps, by what 95 of 100 runs stayed within.
    fn slowest(&self, most: usize) -> Vec<(&Key, &Series)> {
        let mut steps: Vec<(&Key, &Series)> = self
            .steps
            .iter()
            .filter(|(_, series)| series.within(95).is_some())
            .collect();
        steps.sort_by_key(|(_, series)| std::cmp::Reverse(series.within(95)));
        steps.truncate(most);
        steps
    }
}

#[cfg(test)]
mod tests;
