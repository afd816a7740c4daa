//! What a history counts, and how it shows it.

use super::*;
use crate::report::tests::{runs, with_texts};

/// The runs of the fixtures, one after the other.
fn history() -> History {
    let mut history = History::default();
    for (name, events) in runs::all() {
        history.add(name, events);
    }
    history
}

fn series(statuses: &[(&'static str, bool, u64)]) -> Series {
    Series {
        results: statuses
            .iter()
            .enumerate()
            .map(|(run, (status, flaky, duration))| Outcome {
                run,
                status,
                flaky: *flaky,
                duration: Some(*duration),
            })
            .collect(),
        ..Series::default()
    }
}

#[test]
fn rates_flips_and_times_are_of_the_runs_that_say_something() {
    let mixed = series(&[
        ("passed", false, 10),
        ("skipped", false, 0),
        ("failed", false, 30),
        ("interrupted", false, 5),
        ("passed", true, 20),
        ("expected_failure", false, 40),
    ]);
    assert_eq!(mixed.judged().count(), 4);
    assert_eq!(mixed.passed(), 3);
    assert_eq!(mixed.rate(), Some(0.75));
    assert_eq!(mixed.flaky(), 1);
    assert_eq!(mixed.flips(), 2);
    assert!(mixed.is_unsteady());
    let none = series(&[("skipped", false, 0)]);
    assert_eq!(none.rate(), None);
    assert!(!none.is_unsteady());
    assert_eq!(Series::default().within(95), None);
    let times: Vec<(&str, bool, u64)> = (1..=100).map(|time| ("passed", false, time)).collect();
    assert_eq!(
        (series(&times).within(50), series(&times).within(95)),
        (Some(50), Some(95))
    );
}

#[test]
fn the_same_step_of_several_runs_is_one() {
    let history = history();
    assert_eq!(history.len(), 7);
    let (_, listed) = history
        .steps
        .iter()
        .find(|(key, _)| key.step == "list contacts")
        .unwrap();
    assert_eq!(listed.results.len(), 6);
    // It was refused in one run and skipped in one, and passed in the others.
    assert_eq!((listed.judged().count(), listed.passed()), (5, 4));
    let names: Vec<&str> = history
        .unsteady()
        .iter()
        .map(|(key, _)| key.step.as_str())
        .collect();
    assert!(
        names.contains(&"list contacts") && names.contains(&"poll"),
        "{names:?}"
    );
    assert!(!names.contains(&"delete a contact"));
}

#[test]
fn the_document_has_what_the_page_and_the_table_show() {
    let history = history();
    let document: serde_json::Value = serde_json::from_str(&history.document().unwrap()).unwrap();
    assert_eq!(document["runs"].as_array().unwrap().len(), 7);
    let steps = document["steps"].as_array().unwrap();
    assert_eq!(steps.len(), history.steps.len());
    let page = history.page().unwrap();
    let all = page.split_once("id=\"all-title\"").unwrap().1;
    assert_eq!(all.matches("<th scope=\"row\">").count(), steps.len());
    assert!(page.contains("1 of 7 runs passed"), "{page}");
    let table = history.table(100);
    assert!(table.starts_with("7 runs, 1 passed"), "{table}");
    assert!(table.contains("    80 %      5      0"), "{table}");
    assert!(History::default().table(100).starts_with("0 runs"));
    assert!(History::default().page().unwrap().contains("0 runs"));
}

#[test]
fn hostile_text_stays_text_in_each_of_them() {
    let hostile = "<img src=x>\u{1b}[2J\n::error::a ##[group]\u{202e}";
    let mut history = History::default();
    let events = with_texts(&runs::every(), &|_, text| *text = hostile.to_owned());
    history.add(hostile, events);
    for text in [
        history.page().unwrap(),
        history.document().unwrap(),
        history.table(100),
    ] {
        assert_eq!(crate::untrusted::block(&text), text);
        assert_eq!(crate::untrusted::guard_ci(&text), text);
    }
    assert!(!history.page().unwrap().contains("<img"));
}
