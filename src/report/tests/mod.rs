//! Reports of recorded runs, without HTTP: `fixtures/runs/*.jsonl`, and beside each what the reports make of it.
//!
//! `UPDATE=1 cargo test --lib report` writes the recordings and the expected outputs anew.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::{KINDS, Options, Verbosity};
use crate::outcome::{Event, Tally};
use crate::registry;

mod counts;
mod harmless;
mod live;
mod masked;
pub(super) mod runs;

pub(super) const PLAIN: Options = Options {
    colour: false,
    width: 100,
    live: false,
    folds: false,
    page: None,
    folder: String::new(),
    verbosity: Verbosity::Normal,
};

/// The golden files of the run that holds every kind of result.
const FILES: &[(&str, &str)] = &[
    ("junit", "every.xml"),
    ("markdown", "every.md"),
    ("github", "every.github"),
    ("tap", "every.tap"),
    ("har", "every.har"),
];

/// A sink whose text a test reads afterwards.
#[derive(Clone, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl io::Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Text {
    fn read(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn tally(events: &[Event]) -> Tally {
    let mut tally = Tally::default();
    events.iter().for_each(|event| tally.add(event));
    tally
}

/// The events with every string changed that is not a word of the event's own shape; `change` is told whether the
/// string is a body of JSON.
pub(super) fn with_texts(events: &[Event], change: &dyn Fn(bool, &mut String)) -> Vec<Event> {
    fn walk(value: &mut Value, key: &str, is_json: bool, change: &dyn Fn(bool, &mut String)) {
        match value {
            Value::String(text) => {
                let is_word = ["event", "status", "origin", "kind", "state", "role"].contains(&key);
                if !is_word {
                    change(is_json && key == "text", text);
                }
            }
            Value::Array(elements) => elements
                .iter_mut()
                .for_each(|element| walk(element, "", false, change)),
            Value::Object(members) => {
                let is_json = members.get("kind").is_some_and(|kind| kind == "json");
                for (key, member) in members.iter_mut() {
                    walk(member, key, is_json, change);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let changed = |event: &Event| {
        let mut value = serde_json::to_value(event).unwrap();
        walk(&mut value, "", false, change);
        serde_json::from_value(value).unwrap()
    };
    events.iter().map(changed).collect()
}

/// What a kind of report makes of events.
pub(super) fn report(kind: &str, events: &[Event], options: &Options) -> String {
    let text = Text::default();
    let kind = registry::find(KINDS, kind).unwrap();
    let mut report = (kind.make)(Box::new(text.clone()), options);
    events.iter().for_each(|event| report.event(event).unwrap());
    report.finish(&tally(events)).unwrap();
    text.read()
}

/// The text without the sequences that set colours.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (codes, rest) = part.split_once('m').unwrap();
        assert!(
            codes.chars().all(|code| code.is_ascii_digit() || code == ';'),
            "{part:?}"
        );
        plain.push_str(rest);
    }
    plain
}

/// Compares a text with a file of `fixtures/runs`, or writes that file.
fn golden(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/runs")
        .join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, text).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == text,
        "{name} differs; `UPDATE=1 cargo test --lib report` writes it anew. Now it is:\n{text}"
    );
}

#[test]
fn recordings_read_back_as_they_were_written() {
    for (name, events) in runs::all() {
        let lines: String = events
            .iter()
            .map(|event| serde_json::to_string(event).unwrap() + "\n")
            .collect();
        golden(&format!("{name}.jsonl"), &lines);
        let read: Vec<Event> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(read, events, "{name}");
    }
}

#[test]
fn recorded_runs_are_reported_as_before() {
    for (name, events) in runs::all() {
        golden(&format!("{name}.txt"), &report("terminal", &events, &PLAIN));
        golden(&format!("{name}.json"), &report("json", &events, &PLAIN));
    }
    let events = runs::every();
    for (kind, file) in FILES {
        golden(file, &report(kind, &events, &PLAIN));
    }
}

#[test]
fn verbosity_and_width_change_what_is_shown() {
    let events = runs::failed();
    for (name, width, verbosity) in [
        ("failed.quiet.txt", 100, Verbosity::Quiet),
        ("failed.verbose.txt", 100, Verbosity::Verbose),
        ("failed.very-verbose.txt", 100, Verbosity::VeryVerbose),
        ("failed.narrow.txt", 40, Verbosity::Normal),
    ] {
        let options = Options {
            width,
            verbosity,
            ..PLAIN
        };
        golden(name, &report("terminal", &events, &options));
    }
}

#[test]
fn the_document_has_the_order_of_the_plan() {
    let events = runs::failed();
    let (mut ends, others): (Vec<Event>, Vec<Event>) = events
        .iter()
        .cloned()
        .partition(|event| matches!(event, Event::StepFinished(_)));
    ends.reverse();
    let mut shuffled = others;
    let end = shuffled.pop().unwrap();
    shuffled.extend(ends);
    shuffled.push(end);
    assert_eq!(report("json", &shuffled, &PLAIN), report("json", &events, &PLAIN));
}

#[test]
fn numbers_stay_exact() {
    let document = report("json", &runs::failed(), &PLAIN);
    assert!(document.contains("12345678901234567890.10"), "{document}");
}
