//! `markdown`: a comment for a pull request, and the step summary of GitHub Actions.
//!
//! Text from outside stands in code spans and code blocks alone: there no markup, no mention of a person and no
//! reference to an issue means anything.

use std::io::{self, Write as _};

use super::record::{self, Record, Written};
use super::text::count;
use super::{Options, Report, ReportKind, Sink, explain, totals, words};
use crate::outcome::{PlannedCase, PlannedStep, StepFinished, Tally, Verdict};
use crate::registry::Entry;
use crate::untrusted;

pub(super) const KIND: ReportKind = ReportKind {
    entry: Entry {
        name: "markdown",
        summary: "a comment for a pull request: totals and what did not pass, below GitHub's limit of length",
        example: "--report markdown=comment.md",
    },
    make,
};

/// GitHub takes a comment of 65,536 characters. Bytes are at least as many, and some are kept for the last line.
const LONGEST: usize = 65_536 - 300;

/// The most characters of a name or a value on one line.
const WORDS: usize = 300;

/// The most lines, and about the most characters, that explain one step.
const MOST_LINES: usize = 60;
const MOST_CHARACTERS: usize = 8_000;

fn make(sink: Sink, _options: &Options) -> Box<dyn Report> {
    record::at_end(sink, record::unless_passed, render)
}

fn render(record: Record, tally: &Tally, to: &mut Written<'_>) -> io::Result<()> {
    let mut text = head(&record, tally);
    let mut left_out = 0;
    for (case, planned, finished) in problems(&record) {
        let section = section(case, planned, finished);
        if left_out == 0 && text.len() + section.len() <= LONGEST {
            text.push_str(&section);
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        text.push_str(&format!(
            "\n*{} that did not pass {} left out here, since a comment may not be longer.*\n",
            count(left_out, "step"),
            if left_out == 1 { "is" } else { "are" }
        ));
    }
    to.write_all(untrusted::guard_ci(&text).as_bytes())
}

/// A text as a code span of a readable length.
fn code(text: &str) -> String {
    untrusted::code_span(&untrusted::cut(text, WORDS))
}

/// Lines as a code block.
fn block(lines: &[String]) -> String {
    let text: Vec<_> = lines.iter().map(|line| untrusted::block(line)).collect();
    let text = text.join("\n");
    let fence = untrusted::code_fence(&text);
    format!("{fence}text\n{text}\n{fence}\n")
}

fn head(record: &Record, tally: &Tally) -> String {
    let (word, sentence) = totals::meaning(tally);
    let mut text = format!(
        "## {} {word}: {}\n\n",
        mark(&tally.verdict()),
        totals::steps(tally)
    );
    let mut facts = Vec::new();
    if let Some(started) = record.plan.started() {
        let environment = started.environment.as_ref();
        facts.extend(environment.map(|name| format!("environment {}", code(name))));
    }
    facts.push(format!("{:.2} s", record.duration as f64 / 1_000_000.0));
    facts.push(totals::checks(tally));
    text.push_str(&format!("{}\n", facts.join(" · ")));
    if let Some(sentence) = sentence {
        text.push_str(&format!("\n> {}\n", code(&sentence)));
    }
    text.push_str("\n| Result | Steps |\n| --- | ---: |\n");
    let steps = &tally.steps;
    for (word, number) in [
        ("❌ failed", steps.failed),
        ("❗ errored", steps.errored),
        ("🧹 left over", steps.left_over),
        ("⏹ interrupted", steps.interrupted),
        ("⏹ not run", totals::not_run(tally)),
        ("➖ skipped", steps.skipped),
        ("➖ failed as expected", steps.expected_failures),
        ("✅ passed", steps.passed),
        ("🔁 of them flaky", steps.flaky),
    ] {
        if number > 0 {
            text.push_str(&format!("| {word} | {number} |\n"));
        }
    }
    text
}

fn mark(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "✅",
        Verdict::Empty => "➖",
        Verdict::Failed
        | Verdict::Errored
        | Verdict::Refused
        | Verdict::Interrupted(_)
        | Verdict::LeftOver
        | Verdict::Incomplete(_)
        | Verdict::Inconsistent(_) => "❌",
    }
}

/// The steps that did not pass, or not at once, in the order of the plan.
fn problems(record: &Record) -> impl Iterator<Item = (&PlannedCase, &PlannedStep, &StepFinished)> {
    record.cases().iter().flat_map(|case| {
        record
            .steps_of(case)
            .filter_map(move |(planned, finished)| Some((case, planned, finished?)))
            .filter(|(_, _, finished)| {
                let status = words::status(Some(finished));
                finished.flaky || matches!(status, "failed" | "errored" | "left_over")
            })
    })
}

fn section(case: &PlannedCase, planned: &PlannedStep, finished: &StepFinished) -> String {
    let name = code(&format!("{} › {}", case.name, planned.name));
    let status = words::plainly(Some(finished));
    let place = explain::place(Some(finished)).unwrap_or(&planned.place);
    let mut text = format!("\n### {status} {name}\n\n");
    let headline = code(&explain::headline(Some(finished)));
    if !headline.is_empty() {
        text.push_str(&format!("{headline}\n\n"));
    }
    text.push_str(&format!("at {}\n\n", code(&place.to_string())));
    text.push_str("<details><summary>Details</summary>\n\n");
    text.push_str(&block(&details(finished)));
    text.push_str("\n</details>\n");
    text
}

/// What explains a step, cut to what a reader of a comment has patience for.
fn details(finished: &StepFinished) -> Vec<String> {
    let all = explain::lines(finished);
    let mut kept: Vec<String> = Vec::new();
    let mut left = MOST_CHARACTERS;
    for line in all.iter().take(MOST_LINES) {
        if left == 0 {
            break;
        }
        let line = untrusted::cut(line, left).into_owned();
        left = left.saturating_sub(line.chars().count());
        kept.push(line);
    }
    if kept.len() < all.len() {
        kept.push(format!("… {}", count(all.len() - kept.len(), "more line")));
    }
    kept
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::outcome::{Event, PlannedStep, Status, StepFinished};
    use crate::report::tests::{PLAIN, report, runs, with_texts};

    #[test]
    fn nobody_is_mentioned_and_no_markup_is_rendered() {
        let hostile = "@octocat #1 <img src=x> [a](b) `c` ``` d\n```\n# e";
        for (name, events) in runs::all() {
            let events = with_texts(&events, &|_, text| *text = hostile.to_owned());
            let text = report("markdown", &events, &PLAIN);
            let mut fence: Option<&str> = None;
            for line in text.lines() {
                match fence {
                    Some(open) => {
                        if line == open {
                            fence = None;
                        }
                    }
                    None => {
                        let ticks = line.len() - line.trim_start_matches('`').len();
                        if ticks >= 3 && line.ends_with("text") {
                            fence = Some(&line[..ticks]);
                            continue;
                        }
                        // Outside of blocks: what is left without the code spans holds none of it.
                        let plain = without_spans(line);
                        for part in ["@octocat", "<img", "[a]", "#1"] {
                            assert!(!plain.contains(part), "{name}: {line}");
                        }
                    }
                }
            }
            assert_eq!(fence, None, "{name}: every block ends");
        }
    }

    /// A line without its code spans: from a run of backticks to the next one as long.
    fn without_spans(line: &str) -> String {
        let mut plain = String::new();
        let mut rest = line;
        while let Some(start) = rest.find('`') {
            let ticks = rest[start..].len() - rest[start..].trim_start_matches('`').len();
            plain.push_str(&rest[..start]);
            let inside = &rest[start + ticks..];
            let mut at = 0;
            let end = loop {
                let Some(next) = inside[at..].find('`').map(|next| at + next) else {
                    break inside.len();
                };
                let run = inside[next..].len() - inside[next..].trim_start_matches('`').len();
                if run == ticks {
                    break next + run;
                }
                at = next + run;
            };
            rest = &inside[end..];
        }
        plain.push_str(rest);
        plain
    }

    #[test]
    fn a_comment_stays_below_the_limit_and_says_what_is_left_out() {
        let mut events = runs::failed();
        let failed = events
            .iter()
            .find_map(|event| match event {
                Event::StepFinished(finished) if finished.status == Status::Failed => {
                    Some(StepFinished::clone(finished))
                }
                _ => None,
            })
            .unwrap();
        let end = events.pop().unwrap();
        events.truncate(1);
        let Event::RunStarted(started) = &mut events[0] else {
            unreachable!("the first event starts the run")
        };
        let started = Arc::make_mut(started);
        let planned = started.cases[0].steps[1].clone();
        started.cases.truncate(1);
        started.cases[0].steps = (0..400)
            .map(|step| PlannedStep {
                step,
                ..planned.clone()
            })
            .collect();
        for step in 0..400 {
            let mut finished = failed.clone();
            finished.step = step;
            events.push(Event::StepFinished(Arc::new(finished)));
        }
        events.push(end);
        let text = report("markdown", &events, &PLAIN);
        assert!(text.len() <= 65_536, "{}", text.len());
        let shown = text.matches("\n### failed").count();
        assert!(shown > 10);
        let last = format!("*{} steps that did not pass are left out here", 400 - shown);
        assert!(text.contains(&last), "{last}");
    }
}
