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

/// What a terminal shows in the end, that knows a few of the sequences of ECMA-48.
fn screen(drawn: &str) -> String {
    let mut lines: Vec<Vec<char>> = vec![Vec::new()];
    let (mut row, mut column) = (0, 0);
    let mut characters = drawn.chars();
    while let Some(character) = characters.next() {
        match character {
            '\n' => {
                row += 1;
                column = 0;
                lines.resize(lines.len().max(row + 1), Vec::new());
            }
            '\r' => column = 0,
            '\u{1b}' => {
                let (mut count, mut command) = (0, '[');
                for next in characters.by_ref().skip(1) {
                    match next.to_digit(10) {
                        Some(digit) => count = count * 10 + digit as usize,
                        None => {
                            command = next;
                            break;
                        }
                    }
                }
                match command {
                    'A' => row -= count,
                    'B' => row += count,
                    'K' => lines[row].clear(),
                    other => panic!("unknown sequence {other:?}"),
                }
            }
            other => {
                let width = lines[row].len().max(column + 1);
                lines[row].resize(width, ' ');
                lines[row][column] = other;
                column += 1;
            }
        }
    }
    lines
        .iter()
        .map(|line| line.iter().collect::<String>().trim_end().to_owned() + "\n")
        .collect::<String>()
        .trim_end()
        .to_owned()
}

#[test]
fn only_a_live_terminal_is_redrawn_and_shows_the_same_in_the_end() {
    let live = Options { live: true, ..PLAIN };
    let drawn = report("terminal", &runs::failed(), &live);
    assert!(drawn.contains("1/4 ["), "{drawn}");
    let plain = report("terminal", &runs::failed(), &PLAIN);
    assert!(!plain.contains('\u{1b}'));
    assert_eq!(screen(&drawn), plain.trim_end());
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

#[test]
fn in_a_job_of_gitlab_the_rows_fold_and_the_failures_do_not() {
    let options = Options { folds: true, ..PLAIN };
    let text = report("terminal", &runs::failed(), &options);
    let start = "\u{1b}[0Ksection_start:1767225600:callsheet_1767225600[collapsed=true]\r\u{1b}[0KSteps\n";
    let end = "\u{1b}[0Ksection_end:1767225601:callsheet_1767225600\r\u{1b}[0K\n";
    let (head, rest) = text.split_once(start).expect("a start");
    let (rows, after) = rest.split_once(end).expect("an end");
    assert!(!head.contains("FAIL ["), "{head}");
    assert!(rows.contains("PASS [") && rows.contains("FAIL ["), "{rows}");
    assert!(after.contains("FAIL [") && !after.contains("PASS ["), "{after}");
    assert!(after.contains("Summary"), "{after}");
}
