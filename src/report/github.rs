//! `github`: annotations for GitHub Actions, at the file and line of what did not pass.
//!
//! It is the one report whose lines are meant to be commands. What they carry is escaped by the rules of workflow
//! commands, after what acts in a text was made inert.

use std::io::{self, Write as _};

use super::record::{self, Record, Written};
use super::text::count;
use super::{Options, Report, ReportKind, Sink, explain, totals, words};
use crate::outcome::{PlannedCase, PlannedStep, StepFinished, Tally};
use crate::registry::Entry;
use crate::untrusted;

pub(super) const KIND: ReportKind = ReportKind {
    entry: Entry {
        name: "github",
        summary: "annotations for GitHub Actions, at the file and line of what did not pass",
        example: "--report github",
    },
    make,
};

/// GitHub shows ten annotations of a kind for a job's step. The last one says what is not shown.
const MOST: usize = 10;

/// The most characters of a message; GitHub cuts one at 64 KB, and readers do long before.
const MESSAGE: usize = 4000;

fn make(sink: Sink, options: &Options) -> Box<dyn Report> {
    let folder = options.folder.clone();
    record::at_end(sink, record::unless_passed, move |record, tally, to| {
        render(record, tally, &folder, to)
    })
}

fn render(record: Record, tally: &Tally, folder: &str, to: &mut Written<'_>) -> io::Result<()> {
    let mut errors = Vec::new();
    let mut warnings = Vec::new();
    for case in record.cases() {
        for (planned, finished) in record.steps_of(case) {
            let Some(finished) = finished else { continue };
            match words::status(Some(finished)) {
                "failed" | "errored" | "left_over" => {
                    errors.push(at_step("error", case, planned, finished, folder))
                }
                _ if finished.flaky => warnings.push(at_step("warning", case, planned, finished, folder)),
                _ => {}
            }
        }
    }
    let mut lines = limited(errors, "error", "did not pass");
    lines.extend(limited(warnings, "warning", "passed, but not at once"));
    let (word, sentence) = totals::meaning(tally);
    let environment = record
        .plan
        .started()
        .and_then(|started| started.environment.as_deref())
        .map(|name| format!(" ({name})"))
        .unwrap_or_default();
    let mut summary = format!("{word}{environment}: {}", totals::steps(tally));
    if let Some(sentence) = sentence {
        summary.push_str(&format!("; {sentence}"));
    }
    lines.push(format!("::notice title=Callsheet::{}", message(&summary)));
    to.write_all((lines.join("\n") + "\n").as_bytes())
}

fn at_step(
    command: &str,
    case: &PlannedCase,
    planned: &PlannedStep,
    finished: &StepFinished,
    folder: &str,
) -> String {
    let place = explain::place(Some(finished)).unwrap_or(&planned.place);
    let title = format!(
        "{}: {} › {}",
        words::plainly(Some(finished)),
        case.name,
        planned.name
    );
    let mut text = explain::headline(Some(finished));
    if text.is_empty() {
        text = count(finished.attempts.len(), "attempt");
    }
    let mut details = explain::lines(finished);
    if details.first() == Some(&text) {
        details.remove(0);
    }
    if !details.is_empty() {
        text.push('\n');
        text.push_str(&details.join("\n"));
    }
    format!(
        "::{command} file={},line={},col={},title={}::{}",
        property(&in_checkout(folder, &place.file)),
        place.line,
        place.column,
        property(&title),
        message(&text)
    )
}

/// A file's path from the root of the checkout, where GitHub looks for it.
fn in_checkout(folder: &str, file: &str) -> String {
    if file.starts_with('/') {
        return file.to_owned();
    }
    let mut path: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(file.split('/')) {
        match part {
            "" | "." => {}
            ".." if path.last().is_some_and(|last| *last != "..") => {
                path.pop();
            }
            part => path.push(part),
        }
    }
    path.join("/")
}

fn limited(mut lines: Vec<String>, command: &str, what: &str) -> Vec<String> {
    if lines.len() > MOST {
        let more = lines.len() - (MOST - 1);
        lines.truncate(MOST - 1);
        lines.push(format!(
            "::{command} title=Callsheet::{} more {what}; the report has them",
            count(more, "step")
        ));
    }
    lines
}

/// The text of a command: its lines stay lines, everything else that acts is an escape.
fn message(text: &str) -> String {
    let text = untrusted::cut(text, MESSAGE);
    let text = untrusted::block(&text);
    untrusted::guard_ci(&text)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A text as the value of a property, which a colon or a comma would end.
fn property(text: &str) -> String {
    message(untrusted::line(text).as_ref())
        .replace(':', "%3A")
        .replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::{PLAIN, report, runs, with_texts};

    #[test]
    fn texts_are_escaped_by_the_rules_of_commands() {
        assert_eq!(
            message("100% a\r\nb: c, d\t\u{1b}"),
            "100%25 a%0Ab: c, d\t\\u{1b}"
        );
        assert_eq!(property("a,b:c%d\ne"), "a%2Cb%3Ac%25d\\ne");
    }

    #[test]
    fn a_file_is_named_from_the_root_of_the_checkout() {
        for (folder, file, expected) in [
            ("", "a/b.yaml", "a/b.yaml"),
            ("api/tests", "a/b.yaml", "api/tests/a/b.yaml"),
            ("api/tests", "../a/./b.yaml", "api/a/b.yaml"),
            ("", "../b.yaml", "../b.yaml"),
            ("api", "/b.yaml", "/b.yaml"),
        ] {
            assert_eq!(in_checkout(folder, file), expected);
        }
    }

    #[test]
    fn a_text_is_one_command_and_no_more() {
        let hostile = "a::b\n::error::c\r::stop-commands::d,line=9 ##[group]e ::set-output";
        for (name, events) in runs::all() {
            let commands = |text: &str| text.lines().count();
            let plain = report("github", &events, &PLAIN);
            let events = with_texts(&events, &|_, text| *text = hostile.to_owned());
            let text = report("github", &events, &PLAIN);
            assert_eq!(commands(&text), commands(&plain), "{name}: {text}");
            for line in text.lines() {
                let is_ours = ["::error ", "::warning ", "::notice "]
                    .iter()
                    .any(|start| line.starts_with(start));
                assert!(is_ours, "{name}: {line}");
                assert!(!line.contains('\r') && !line.contains("##["), "{name}: {line}");
                let (properties, _) = line[2..].split_once("::").unwrap();
                for property in properties.split_once(' ').unwrap().1.split(',') {
                    let (key, _) = property.split_once('=').unwrap();
                    assert!(["file", "line", "col", "title"].contains(&key), "{name}: {line}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_shown_is_counted() {
        let many: Vec<String> = (0..14).map(|number| format!("::error ::{number}")).collect();
        let lines = limited(many, "error", "did not pass");
        assert_eq!(lines.len(), 10);
        assert!(lines[9].contains("5 steps more did not pass"), "{}", lines[9]);
    }
}
