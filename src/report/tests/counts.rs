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

fn json(text: &str, counts: &StepCounts) -> Shown {
    let document: Value = serde_json::from_str(text).expect("a document");
    assert_eq!(document["steps"], serde_json::to_value(counts).expect("counts"));
    let steps: Vec<&Value> = document["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .flat_map(|case| case["steps"].as_array().expect("steps"))
        .collect();
    let of = |wanted: &[&str]| {
        steps
            .iter()
            .filter(|step| wanted.contains(&step["status"].as_str().expect("a status")))
            .count()
    };
    assert_eq!(
        steps.iter().filter(|step| step["flaky"] == true).count(),
        counts.flaky
    );
    Shown {
        planned: steps.len(),
        passed: of(&["passed"]),
        failed: of(&["failed"]),
        wrong: of(&["errored", "interrupted", "left_over", "not_run"]),
        skipped: of(&["skipped", "expected_failure"]),
    }
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
                "html" => html(&text, &tally.steps),
                "json" => json(&text, &tally.steps),
                "junit" => junit(&text),
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
