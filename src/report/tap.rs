//! `tap`: the Test Anything Protocol, version 14: a test point a step.

use std::io::{self, Write as _};
use std::sync::Arc;

use super::plan::Plan;
use super::record::{self, Record, Written};
use super::{Options, Report, ReportKind, Sink, explain, totals, words};
use crate::outcome::{PlannedCase, PlannedStep, Status, StepFinished, Tally, Verdict};
use crate::registry::Entry;
use crate::untrusted;

pub(super) const KIND: ReportKind = ReportKind {
    entry: Entry {
        name: "tap",
        summary: "the Test Anything Protocol, version 14: a test point a step",
        example: "--report tap=outcome.tap",
    },
    make,
};

fn make(sink: Sink, _options: &Options) -> Box<dyn Report> {
    record::at_end(sink, keep, render)
}

/// Of a step that passed at once, no more is told than that.
fn keep(plan: &Plan, finished: &Arc<StepFinished>) -> io::Result<Option<Arc<StepFinished>>> {
    match finished.passed_at_once() {
        true => Ok(Some(Arc::new(StepFinished::new(finished.step, finished.status)))),
        false => record::whole(plan, finished),
    }
}

fn render(record: Record, tally: &Tally, to: &mut Written<'_>) -> io::Result<()> {
    let mut lines = vec!["TAP version 14".to_owned()];
    let environment = record
        .plan
        .started()
        .and_then(|started| started.environment.as_deref());
    lines.extend(environment.map(|name| format!("# environment {}", untrusted::line(name))));
    lines.push(format!("1..{}", record.plan.len()));
    write(&mut lines, to)?;
    let mut number = 0;
    for case in record.cases() {
        for (planned, finished) in record.steps_of(case) {
            number += 1;
            lines.push(point(number, case, planned, finished));
            lines.extend(diagnostics(planned, finished));
            write(&mut lines, to)?;
        }
    }
    lines.extend(bail_out(tally));
    lines.push(format!("# {}", totals::steps(tally)));
    lines.push(format!("# {}", totals::checks(tally)));
    write(&mut lines, to)
}

/// Writes lines, after which there are none.
fn write(lines: &mut Vec<String>, to: &mut Written<'_>) -> io::Result<()> {
    for mut line in lines.drain(..) {
        line.push('\n');
        // A runner that reads the lines from a job's log must find no command in them.
        to.write_all(untrusted::guard_ci(&line).as_bytes())?;
    }
    Ok(())
}

/// Text as a description or a reason: one line in which nothing begins a directive.
fn description(text: &str) -> String {
    untrusted::line(text).replace('\\', "\\\\").replace('#', "\\#")
}

fn point(
    number: usize,
    case: &PlannedCase,
    planned: &PlannedStep,
    finished: Option<&StepFinished>,
) -> String {
    let status = finished.map(|finished| finished.status);
    let ok = match status {
        Some(Status::Passed | Status::Skipped) => "ok",
        Some(
            Status::Failed
            | Status::Errored
            | Status::ExpectedFailure
            | Status::Interrupted
            | Status::LeftOver,
        )
        | None => "not ok",
    };
    let name = description(&format!("{} › {}", case.name, planned.name));
    let reason = finished
        .and_then(|finished| finished.reason.as_deref())
        .map(|reason| format!(" {}", description(reason)))
        .unwrap_or_default();
    let directive = match status {
        Some(Status::Skipped) => format!(" # skip{reason}"),
        // A failure that is known does not count, as this directive of TAP says.
        Some(Status::ExpectedFailure) => format!(" # todo{reason}"),
        _ => String::new(),
    };
    format!("{ok} {number} - {name}{directive}")
}

/// What explains a step that did not pass, or not at once, as YAML in which every value is a JSON string.
fn diagnostics(planned: &PlannedStep, finished: Option<&StepFinished>) -> Vec<String> {
    let is_flaky = finished.is_some_and(|finished| finished.flaky);
    if !is_flaky
        && matches!(
            finished.map(|finished| finished.status),
            Some(Status::Passed | Status::Skipped)
        )
    {
        return Vec::new();
    }
    let place = explain::place(finished).unwrap_or(&planned.place);
    let mut lines = vec![
        "  ---".to_owned(),
        format!("  status: {}", words::status(finished)),
        format!("  message: {}", quoted(&explain::headline(finished))),
        format!("  at: {}", quoted(&place.to_string())),
    ];
    if let Some(finished) = finished {
        lines.push(format!("  duration_ms: {}", finished.duration as f64 / 1000.0));
        if is_flaky {
            lines.push("  flaky: true".to_owned());
        }
        let details = explain::lines(finished);
        if !details.is_empty() {
            lines.push("  details:".to_owned());
            lines.extend(details.iter().map(|line| format!("    - {}", quoted(line))));
        }
    }
    lines.push("  ...".to_owned());
    lines
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(untrusted::line(text).as_ref()).to_string()
}

/// A harness that counts test points alone would take these for a pass, or for less than they are.
fn bail_out(tally: &Tally) -> Option<String> {
    match tally.verdict() {
        Verdict::Passed | Verdict::Failed | Verdict::Errored | Verdict::LeftOver => None,
        Verdict::Empty
        | Verdict::Refused
        | Verdict::Interrupted(_)
        | Verdict::Incomplete(_)
        | Verdict::Inconsistent(_) => {
            let (word, sentence) = totals::meaning(tally);
            let sentence = sentence.unwrap_or_default();
            Some(format!("Bail out! {word}: {}", untrusted::line(&sentence)))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::report::tests::{PLAIN, report, runs, with_texts};

    #[test]
    fn nothing_in_a_text_is_a_directive_or_a_line_of_its_own() {
        let hostile = "a # todo later\nok 99 - b\nBail out! \\";
        let events = with_texts(&runs::every(), &|_, text| *text = hostile.to_owned());
        let text = report("tap", &events, &PLAIN);
        let points: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("ok ") || line.starts_with("not ok "))
            .collect();
        assert_eq!(points.len(), 11, "{text}");
        // A directive begins at a `#` that no backslash takes its meaning from.
        let directives = points.iter().filter(|line| line.contains(" # ")).count();
        assert_eq!(directives, 2, "the skip and the expected failure: {text}");
        let bails = text.lines().filter(|line| line.starts_with("Bail out!")).count();
        assert_eq!(bails, 1, "{text}");
    }
}
