//! Every report of the list counts as the tally does.

use serde_json::Value;

use super::{PLAIN, report, runs, tally};
use crate::outcome::StepCounts;
use crate::registry::names;
use crate::report::KINDS;

/// How many steps a report shows for each way to end, as far as all reports tell them apart.
struct Shown {
    planned: usize,
    passed: usize,
    failed: usize,
    /// Errored, interrupted, left over, or never ended.
    wrong: usize,
    /// Skipped, or failed as expected.
    skipped: usize,
}

fn expected(steps: &StepCounts) -> Shown {
    Shown {
        planned: steps.planned,
        passed: steps.passed,
        failed: steps.failed,
        wrong: steps.planned - steps.passed - steps.failed - steps.skipped - steps.expected_failures,
        skipped: steps.skipped + steps.expected_failures,
    }
}

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

fn junit(text: &str) -> Shown {
    let planned = count(text, "<testcase ");
    let (failed, wrong, skipped) = (
        count(text, "<failure "),
        count(text, "<error "),
        count(text, "<skipped"),
    );
    // What the document says of itself is what it holds.
    let head = text.lines().nth(1).expect("the root");
    let says = format!("tests=\"{planned}\" failures=\"{failed}\" errors=\"{wrong}\"");
    assert!(head.contains(&says), "{head}: {says}");
    Shown {
        planned,
        passed: planned - failed - wrong - skipped,
        failed,
        wrong,
        skipped,
    }
}

fn html(text: &str, counts: &StepCounts) -> Shown {
    let of = |status: &str| count(text, &format!("data-status=\"{status}\""));
    assert_eq!(count(text, " data-flaky"), counts.flaky);
    // What the totals say is what the list of steps holds.
    let total = |status: &str| {
        let start = format!("<li class=\"{status}\"><b>");
        let shown = text.split_once(start.as_str()).map(|(_, rest)| rest);
        let number = shown.and_then(|rest| rest.split_once("</b>"));
        number.map_or(0, |(number, _)| number.parse().expect("a number"))
    };
    for status in [
        "passed",
        "failed",
        "errored",
        "left_over",
        "interrupted",
        "not_run",
        "skipped",
        "expected_failure",
    ] {
        assert_eq!(total(status), of(status), "{status}");
    }
    assert_eq!(total("flaky"), counts.flaky);
    Shown {
        planned: count(text, "<details class=\"step "),
        passed: of("passed"),
        failed: of("failed"),
        wrong: of("errored") + of("left_over") + of("interrupted") + of("not_run"),
        skipped: of("skipped") + of("expected_failure"),
    }
}

/// Counts from how often each word stands for a step.
fn by_word<'a>(words: impl Iterator<Item = &'a str>) -> Shown {
    let words: Vec<&str> = words.collect();
    let of = |wanted: &[&str]| words.iter().filter(|word| wanted.contains(word)).count();
    Shown {
        planned: words.len(),
        passed: of(&["passed"]),
        failed: of(&["failed"]),
        wrong: of(&["errored", "interrupted", "left_over", "not_run"]),
        skipped: of(&["skipped", "expected_failure"]),
    }
}

/// Counts from a sentence: `4 steps: 1 passed (1 flaky), 2 failed`.
fn by_sentence(text: &str, counts: &StepCounts) -> Shown {
    let of = |word: &str| -> usize {
        let pattern = regex::Regex::new(&format!(r"(\d+) {word}(?:[,;\n (]|$)")).expect("a pattern");
        let found = pattern.captures(text);
        found.map_or(0, |found| found[1].parse().expect("a number"))
    };
    let expected = of("failed as expected");
    let failed = regex::Regex::new(r"(\d+) failed(?:,|;|\n|$)").expect("a pattern");
    let failed = failed
        .captures(text)
        .map_or(0, |found| found[1].parse().expect("a number"));
    assert_eq!(of("flaky\\)"), counts.flaky, "{text}");
    Shown {
        planned: of("steps?:"),
        passed: of("passed"),
        failed,
        wrong: of("errored") + of("interrupted") + of("left over") + of("not run"),
        skipped: of("skipped") + expected,
    }
}

fn event_lines(text: &str) -> Shown {
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("an event"))
        .collect();
    let of_kind = |kind: &'static str| lines.iter().filter(move |line| line["event"] == kind);
    let planned: usize = of_kind("run_started")
        .flat_map(|line| line["cases"].as_array().expect("cases"))
        .map(|case| case["steps"].as_array().expect("steps").len())
        .sum();
    let unfolded: usize = of_kind("step_unfolded")
        .map(|line| line["rounds"].as_array().expect("rounds").len() - 1)
        .sum();
    let mut shown = by_word(of_kind("step_finished").map(|line| line["status"].as_str().expect("a status")));
    // A step that never ended has no event that says so.
    shown.wrong += planned + unfolded - shown.planned;
    shown.planned = planned + unfolded;
    shown
}

fn har(text: &str, counts: &StepCounts) -> Shown {
    let document: Value = serde_json::from_str(text).expect("an archive");
    let pages = document["log"]["pages"].as_array().expect("pages");
    let flaky = pages.iter().filter(|page| page["_flaky"] == true).count();
    assert_eq!(flaky, counts.flaky);
    by_word(
        pages
            .iter()
            .map(|page| page["_status"].as_str().expect("a status")),
    )
}

fn markdown(text: &str, counts: &StepCounts) -> Shown {
    let heading = text.lines().next().expect("a heading");
    let shown = by_sentence(heading, counts);
    let table = |word: &str| -> usize {
        let row = text.lines().find(|line| line.contains(&format!(" {word} | ")));
        let number = row.and_then(|row| row.split('|').nth(2));
        number.map_or(0, |number| number.trim().parse().expect("a number"))
    };
    // The table says what the heading does.
    assert_eq!(table("passed"), shown.passed);
    assert_eq!(table("failed"), shown.failed);
    assert_eq!(table("of them flaky"), counts.flaky);
    assert_eq!(
        table("errored") + table("left over") + table("interrupted") + table("not run"),
        shown.wrong
    );
    assert_eq!(table("skipped") + table("failed as expected"), shown.skipped);
    shown
}

fn tap(text: &str, counts: &StepCounts) -> Shown {
    let points = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
    let (good, bad) = (points("ok "), points("not ok "));
    let directive = |word: &str| text.lines().filter(|line| line.contains(word)).count();
    let (skip, todo) = (directive(" # skip"), directive(" # todo"));
    let status = |word: &str| count(text, &format!("\n  status: {word}\n"));
    assert_eq!(count(text, "\n  flaky: true\n"), counts.flaky);
    assert!(text.contains(&format!("\n1..{}\n", good + bad)), "{text}");
    Shown {
        planned: good + bad,
        passed: good - skip,
        failed: status("failed"),
        wrong: bad - todo - status("failed"),
        skipped: skip + todo,
    }
}

fn json(text: &str, counts: &StepCounts) -> Shown {
    let document: Value = serde_json::from_str(text).expect("a document");
    assert_eq!(document["steps"], serde_json::to_value(counts).expect("counts"));
    let steps: Vec<&Value> = document["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .flat_map(|case| case["steps"].as_array().expect("steps"))
        .collect();
    assert_eq!(
        steps.iter().filter(|step| step["flaky"] == true).count(),
        counts.flaky
    );
    by_word(
        steps
            .iter()
            .map(|step| step["status"].as_str().expect("a status")),
    )
}

fn terminal(text: &str, counts: &StepCounts) -> Shown {
    let rows = text.split("────").next().unwrap_or_default();
    let row = |word: &str| {
        let start = format!("{word} [");
        rows.lines()
            .filter(|line| line.trim_start().starts_with(&start))
            .count()
    };
    Shown {
        // A step that never ended has no row.
        planned: counts.planned,
        passed: row("PASS") + row("FLAKY"),
        failed: row("FAIL"),
        wrong: counts.planned - counts.ended() + row("ERROR") + row("INTERRUPTED") + row("LEFT OVER"),
        skipped: row("SKIP") + row("XFAIL"),
    }
}

#[test]
fn every_report_counts_as_the_tally_does() {
    for (name, events) in runs::all() {
        let tally = tally(&events);
        let expected = expected(&tally.steps);
        for kind in names(KINDS) {
            let text = report(kind, &events, &PLAIN);
            let shown = match kind {
                "events" => event_lines(&text),
                "github" => by_sentence(text.lines().last().expect("a notice"), &tally.steps),
                "har" => har(&text, &tally.steps),
                "html" => html(&text, &tally.steps),
                "json" => json(&text, &tally.steps),
                "junit" => junit(&text),
                "markdown" => markdown(&text, &tally.steps),
                "tap" => tap(&text, &tally.steps),
                "terminal" => terminal(&text, &tally.steps),
                other => panic!("say here how {other} counts"),
            };
            let what = format!("{kind} of {name}\n{text}");
            assert_eq!(shown.planned, expected.planned, "planned: {what}");
            assert_eq!(shown.passed, expected.passed, "passed: {what}");
            assert_eq!(shown.failed, expected.failed, "failed: {what}");
            assert_eq!(shown.wrong, expected.wrong, "wrong: {what}");
            assert_eq!(shown.skipped, expected.skipped, "skipped: {what}");
        }
    }
}

#[test]
fn the_run_that_holds_everything_does() {
    let steps = tally(&runs::every()).steps;
    for (what, count) in [
        ("passed", steps.passed),
        ("failed", steps.failed),
        ("errored", steps.errored),
        ("skipped", steps.skipped),
        ("expected failures", steps.expected_failures),
        ("interrupted", steps.interrupted),
        ("left over", steps.left_over),
        ("flaky", steps.flaky),
        ("never ended", steps.planned - steps.ended()),
    ] {
        assert!(count > 0, "{what}");
    }
}
