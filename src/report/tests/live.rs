//! What changes while a run goes on.

use super::{PLAIN, Text, report, runs, without_colours};
use crate::outcome::Event;
use crate::report::{KINDS, Options};
use crate::{registry, report::Report};

fn terminal(options: &Options) -> (Box<dyn Report>, Text) {
    let text = Text::default();
    let kind = registry::find(KINDS, "terminal").unwrap();
    ((kind.make)(Box::new(text.clone()), options), text)
}

#[test]
fn a_step_that_lasts_is_named_with_what_it_waits_for() {
    let (mut report, text) = terminal(&PLAIN);
    for event in runs::failed() {
        report.event(&event).unwrap();
        if matches!(event, Event::StepWaits { .. }) {
            report.tick(1_900_000).unwrap();
            assert!(!text.read().contains("SLOW"));
            report.tick(2_250_000).unwrap();
            report.tick(2_500_000).unwrap();
        }
    }
    let shown = text.read();
    assert_eq!(shown.matches("SLOW").count(), 1);
    let line = shown.lines().find(|line| line.contains("SLOW")).unwrap();
    assert_eq!(
        line,
        "        SLOW [>  2.000s]       contacts › list contacts                   waiting for the first byte"
    );
}

#[test]
fn failures_are_shown_at_once() {
    let (mut report, text) = terminal(&PLAIN);
    for event in runs::failed() {
        report.event(&event).unwrap();
        if matches!(&event, Event::StepFinished(finished) if finished.step == 1) {
            break;
        }
    }
    assert!(text.read().contains("reproduce"), "{}", text.read());
}

#[test]
fn only_a_live_terminal_is_redrawn() {
    let live = Options { live: true, ..PLAIN };
    let drawn = report("terminal", &runs::failed(), &live);
    assert!(drawn.contains("\u{1b}[2K"));
    let plain = report("terminal", &runs::failed(), &PLAIN);
    assert!(!plain.contains('\u{1b}'));
    for line in plain.lines() {
        assert!(drawn.contains(line), "{line}");
    }
}

#[test]
fn colours_change_nothing_but_colour() {
    let colour = Options {
        colour: true,
        ..PLAIN
    };
    let coloured = report("terminal", &runs::failed(), &colour);
    assert!(coloured.contains("\u{1b}["));
    let stripped = without_colours(&coloured);
    let plain = report("terminal", &runs::failed(), &PLAIN);
    let lines = |text: &str| -> Vec<String> { text.lines().map(|line| line.trim_end().to_owned()).collect() };
    assert_eq!(lines(&stripped), lines(&plain));
}
