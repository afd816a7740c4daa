//! What the page shows of a step.

use std::io;
use std::sync::Arc;

use serde::Serialize;

use super::amount::{self, Part};
use super::markup;
use super::page::{NAME, Said, short, shorts, status};
use super::traffic::{self, Traffic};
use crate::diff::{LineKind, RenderOptions};
use crate::outcome::{
    Attempt, CheckResult, CheckState, Differences, Exchange, Mismatch, PlannedStep, Spot, StepFinished,
};
use crate::report::plan::Plan;
use crate::report::record::{self, Record};
use crate::report::{explain, located, words};

/// The most characters of a value in words.
const VALUE: usize = 600;

/// The columns and the lines of a difference.
const DIFFERENCE: RenderOptions = RenderOptions {
    width: 160,
    max_lines: 60,
};

/// How many bytes all bodies of a page may take together: a page that opens at once.
const ALL_BODIES: usize = 1_000_000;

/// Of a run of more steps, those that passed at once are told on a line each: a page of more would not open at once.
pub(super) const DETAILED: usize = 2_000;

/// How much is shown.
#[derive(Clone, Copy)]
pub(super) struct Budget {
    /// How many characters of a body.
    pub(super) body: usize,
    /// Whether a step that passed at once is told with all that it did.
    pub(super) passes: bool,
}

impl Budget {
    /// Shares the room for bodies out among those there are.
    pub(super) fn of(record: &Record) -> Budget {
        let bodies: usize = record
            .steps
            .values()
            .flat_map(|finished| &finished.exchanges)
            .map(|exchange| {
                let answer = exchange.response.as_ref().and_then(|answer| answer.body.as_ref());
                usize::from(exchange.request.body.is_some()) + usize::from(answer.is_some())
            })
            .sum();
        Budget {
            body: (ALL_BODIES / bodies.max(1)).clamp(400, 16_000),
            passes: record.plan.len() <= DETAILED,
        }
    }

    /// Whether a step passed at once and is told on a line.
    pub(super) fn is_line(self, finished: &StepFinished) -> bool {
        !self.passes && finished.passed_at_once()
    }
}

/// What is kept of a step: of one that will be told on a line, no more than stands there.
pub(super) fn keep(plan: &Plan, finished: &Arc<StepFinished>) -> io::Result<Option<Arc<StepFinished>>> {
    if plan.len() <= DETAILED || !finished.passed_at_once() {
        return record::whole(plan, finished);
    }
    let mut line = StepFinished::new(finished.step, finished.status);
    line.at = finished.at;
    line.duration = finished.duration;
    line.exchanges = finished.exchanges.last().map(answered).into_iter().collect();
    Ok(Some(Arc::new(line)))
}

/// An exchange of which nothing is said but the status of its answer.
fn answered(exchange: &Exchange) -> Exchange {
    Exchange {
        at: exchange.at,
        origin: exchange.origin,
        status: exchange.status,
        ..Exchange::default()
    }
}

/// A step, as the template reads it.
#[derive(Serialize)]
pub(super) struct Step {
    number: usize,
    name: String,
    status: Said,
    flaky: bool,
    open: bool,
    role: Option<&'static str>,
    tags: Vec<String>,
    place: String,
    /// The last answer's status.
    answer: Option<u16>,
    duration: Option<String>,
    bar: Option<Part>,
    headline: Option<String>,
    help: Option<String>,
    excerpt: Option<Vec<CodeLine>>,
    checks: Vec<Check>,
    attempts: Vec<Tried>,
    captures: Vec<(String, String)>,
    snapshot: Option<(String, &'static str)>,
    exchanges: Vec<Traffic>,
}

/// A line of a file; `within` is what is meant on it.
#[derive(Serialize)]
struct CodeLine {
    number: usize,
    before: String,
    within: String,
    after: String,
}

#[derive(Serialize)]
struct Check {
    state: Said,
    subject: String,
    expected: String,
    found: String,
    hint: Option<String>,
    difference: Vec<DifferenceLine>,
}

#[derive(Serialize)]
struct DifferenceLine {
    class: &'static str,
    text: String,
}

#[derive(Serialize)]
struct Tried {
    number: usize,
    kind: &'static str,
    good: bool,
    status: Option<u16>,
    found: String,
    duration: String,
    wait: Option<String>,
}

/// Makes what is shown of a step of a run that took `whole` microseconds.
pub(super) fn step(
    planned: &PlannedStep,
    finished: Option<&StepFinished>,
    whole: u64,
    budget: Budget,
    open: bool,
) -> Step {
    let class = words::status(finished);
    let headline = short(&explain::headline(finished), VALUE);
    let place = explain::place(finished).unwrap_or(&planned.place);
    let ended = finished.filter(|finished| finished.duration > 0);
    let told = finished.filter(|finished| !budget.is_line(finished));
    Step {
        number: planned.step,
        name: short(&planned.name, NAME),
        status: status(class),
        flaky: finished.is_some_and(|finished| finished.flaky),
        open,
        role: (!planned.role.is_step()).then(|| words::role(planned.role)),
        tags: shorts(&planned.tags),
        place: short(&place.to_string(), NAME),
        answer: finished
            .and_then(|finished| finished.exchanges.last())
            .and_then(|exchange| exchange.status),
        duration: ended.map(|finished| amount::time(finished.duration)),
        bar: ended.map(|finished| markup::bar(finished, whole)),
        headline: (class != "passed" && !headline.is_empty()).then_some(headline),
        help: finished
            .and_then(|finished| finished.error.as_ref()?.help.as_ref())
            .map(|help| short(help, VALUE)),
        excerpt: explain::place(finished).and_then(excerpt),
        checks: told
            .map(|finished| finished.checks.iter().map(check).collect())
            .unwrap_or_default(),
        attempts: told
            .map(|finished| finished.attempts.iter().map(tried).collect())
            .unwrap_or_default(),
        captures: told
            .map(|finished| {
                let captures = finished.captures.iter();
                captures
                    .map(|capture| (short(&capture.name, NAME), short(&capture.value, VALUE)))
                    .collect()
            })
            .unwrap_or_default(),
        snapshot: told
            .and_then(|finished| finished.snapshot.as_ref())
            .map(|snapshot| (short(&snapshot.file, NAME), words::snapshot(snapshot.state))),
        exchanges: told
            .map(|finished| exchanges(finished, budget))
            .unwrap_or_default(),
    }
}

fn exchanges(finished: &StepFinished, budget: Budget) -> Vec<Traffic> {
    let wrong: Vec<String> = explain::mismatches(finished).filter_map(located::path).collect();
    let judged = located::exchange(finished);
    finished
        .exchanges
        .iter()
        .map(|exchange| {
            let is_judged = judged.is_some_and(|judged| std::ptr::eq(judged, exchange));
            traffic::traffic(exchange, if is_judged { &wrong } else { &[] }, budget)
        })
        .collect()
}

fn excerpt(spot: &Spot) -> Option<Vec<CodeLine>> {
    let excerpt = spot.excerpt.as_ref()?;
    let lines = (excerpt.first_line..).zip(&excerpt.lines).map(|(number, text)| {
        let part = |from: usize, length: usize| -> String {
            short(&text.chars().skip(from).take(length).collect::<String>(), NAME)
        };
        let start = spot.column.saturating_sub(1);
        if number == spot.line {
            CodeLine {
                number,
                before: part(0, start),
                within: part(start, spot.length),
                after: part(start.saturating_add(spot.length), usize::MAX),
            }
        } else {
            CodeLine {
                number,
                before: part(0, usize::MAX),
                within: String::new(),
                after: String::new(),
            }
        }
    });
    Some(lines.collect())
}

fn check(check: &CheckResult) -> Check {
    let said = |class, word| Said { class, word };
    let mut shown = Check {
        state: said("passed", "held"),
        subject: short(&check.subject, VALUE),
        expected: short(&check.expectation, VALUE),
        found: String::new(),
        hint: None,
        difference: Vec::new(),
    };
    match &check.state {
        CheckState::Held => {}
        CheckState::Failed(mismatch) => {
            shown.state = said("failed", "failed");
            shown.expected = short(&mismatch.expected, VALUE);
            shown.found = short(&mismatch.actual, VALUE);
            shown.hint = mismatch.hint.as_ref().map(|hint| short(hint, VALUE));
            shown.difference = difference(mismatch);
        }
        CheckState::Errored(why) => {
            shown.state = said("errored", "not evaluated");
            shown.found = short(why, VALUE);
        }
        CheckState::Skipped(why) => {
            shown.state = said("skipped", "skipped");
            shown.found = short(why, VALUE);
        }
    }
    shown
}

fn difference(mismatch: &Mismatch) -> Vec<DifferenceLine> {
    let lines = match &mismatch.diff {
        None => Vec::new(),
        Some(Differences::Json(diff)) => crate::diff::render(diff, DIFFERENCE),
        Some(Differences::Text(diff)) => diff.render(DIFFERENCE),
    };
    lines
        .into_iter()
        .map(|line| DifferenceLine {
            class: match line.kind {
                LineKind::Context => "context",
                LineKind::Path => "path",
                LineKind::Removed => "removed",
                LineKind::Added => "added",
                LineKind::Note => "note",
            },
            text: line.text,
        })
        .collect()
}

fn tried(attempt: &Attempt) -> Tried {
    Tried {
        number: attempt.number,
        kind: words::attempt(attempt.kind),
        good: attempt.good,
        status: attempt.status,
        found: short(&attempt.found, VALUE),
        duration: amount::time(attempt.duration),
        wait: attempt.wait.map(amount::time),
    }
}
