//! One line with its columns: a word, a time, the place in the plan, a name, a note.

use std::borrow::Cow;

use anstyle::Style;

use super::Page;
use super::paint::{ASIDE, BAD, FAINT, GOOD, NOTABLE};
use crate::outcome::AttemptKind;
use crate::outcome::{Origin, Status, StepFinished};
use crate::report::text::{columns, exactly, fit, safe, seconds, size};

/// The columns of the word in front.
pub(super) const WORD: usize = 12;

/// The columns of `[   0.212s]`.
const TIME: usize = 11;

/// The most columns of a name, so that notes stay near it in a wide window.
const NAME: usize = 48;

/// The columns of a note such as `200  41.3 KB`.
const NOTE: usize = 13;

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Pass,
    Fail,
    Error,
    Skip,
    ExpectedFailure,
    Interrupted,
    LeftOver,
    Slow,
    Renew,
    /// One of several attempts.
    Try {
        kind: AttemptKind,
        number: usize,
        good: bool,
    },
}

impl Word {
    fn text(self) -> (Cow<'static, str>, Style) {
        let (text, style) = match self {
            Word::Pass => ("PASS", GOOD),
            Word::Fail => ("FAIL", BAD),
            Word::Error => ("ERROR", BAD),
            Word::Skip => ("SKIP", NOTABLE),
            Word::ExpectedFailure => ("XFAIL", NOTABLE),
            Word::Interrupted => ("INTERRUPTED", BAD),
            Word::LeftOver => ("LEFT OVER", BAD),
            Word::Slow => ("SLOW", NOTABLE),
            Word::Renew => ("RENEW", ASIDE),
            Word::Try { kind, number, good } => {
                let (word, style) = match (kind, good) {
                    (AttemptKind::Page, true) => return (format!("PAGE {number}").into(), GOOD),
                    (AttemptKind::Retry | AttemptKind::Poll, true) => ("PASS", GOOD),
                    // What is awaited and not there yet is no failure.
                    (AttemptKind::Poll, false) => ("WAIT", ASIDE),
                    (AttemptKind::Retry | AttemptKind::Page, false) => ("FAIL", NOTABLE),
                };
                return (format!("TRY {number} {word}").into(), style);
            }
        };
        (text.into(), style)
    }
}

/// A row to draw; its texts may be from outside.
pub(super) struct Row {
    pub(super) word: Word,
    /// In microseconds.
    pub(super) time: Option<u64>,
    /// How many steps of the plan stand before it.
    pub(super) place: Option<usize>,
    /// How many steps there are.
    pub(super) planned: usize,
    pub(super) name: String,
    pub(super) note: String,
}

impl Row {
    /// The row as one line of the page's width.
    pub(super) fn draw(&self, page: Page) -> String {
        let (name, note) = (safe(&self.name), safe(&self.note));
        let line = if page.is_narrow() {
            self.narrow(&name, &note, page)
        } else {
            self.wide(&name, &note, page)
        };
        line.trim_end().to_owned()
    }

    fn wide(&self, name: &str, note: &str, page: Page) -> String {
        let (word, style) = self.word.text();
        let word = page.paint.with(style, &format!("{word:>WORD$}"));
        let time = match self.time {
            None => String::new(),
            Some(time) if self.word == Word::Slow => format!("[>{:>8}]", seconds(time)),
            Some(time) => format!("[{:>9}]", seconds(time)),
        };
        let digits = self.planned.to_string().len();
        let place = match self.place {
            None => " ".repeat(2 * digits + 3),
            Some(place) => format!("({:>digits$}/{})", place + 1, self.planned),
        };
        let front = format!("{time:<TIME$} {place}");
        let room = page.width.saturating_sub(WORD + 1 + columns(&front) + 1);
        let front = page.paint.with(FAINT, &front);
        if note.is_empty() {
            return format!("{word} {front} {}", fit(name, room));
        }
        let note_room = columns(note).min(room / 2).max(NOTE);
        let name_room = room.saturating_sub(note_room + 1).min(NAME);
        let note = fit(note, room.saturating_sub(name_room + 1));
        format!("{word} {front} {} {note}", exactly(name, name_room))
    }

    /// Without columns for place and note: what is left of the line is the name's.
    fn narrow(&self, name: &str, note: &str, page: Page) -> String {
        let (word, style) = self.word.text();
        let time = self
            .time
            .map_or_else(String::new, |time| format!("{} ", seconds(time)));
        let room = page.width.saturating_sub("ERROR ".len() + columns(&time));
        let word = page.paint.with(style, &format!("{word:>5}"));
        let note = fit(note, room / 2);
        let taken = if note.is_empty() { 0 } else { columns(&note) + 1 };
        let name = fit(name, room.saturating_sub(taken));
        format!("{word} {}{name} {note}", page.paint.with(FAINT, &time))
    }
}

/// What a step's row ends with: the reason it was not judged, or the last status and the size of its body.
pub(super) fn note(finished: &StepFinished) -> String {
    if let (Status::Skipped | Status::ExpectedFailure, Some(reason)) = (finished.status, &finished.reason) {
        return reason.clone();
    }
    let own = finished
        .exchanges
        .iter()
        .rev()
        .find(|exchange| exchange.origin == Origin::Step);
    let Some(exchange) = own else {
        return String::new();
    };
    let status = exchange.status.map(|status| status.to_string());
    let body = exchange
        .response
        .as_ref()
        .and_then(|response| response.body.as_ref());
    let body = body.map(|body| size(body.size));
    [status, body]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("  ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Verbosity;
    use crate::report::terminal::paint::Paint;
    use proptest::prelude::*;

    fn page(width: usize) -> Page {
        Page {
            width,
            paint: Paint::new(false),
            verbosity: Verbosity::Normal,
        }
    }

    fn row(word: Word, name: &str, note: &str) -> Row {
        Row {
            word,
            time: Some(2_000_000),
            place: (word != Word::Slow).then_some(6),
            planned: 24,
            name: name.to_owned(),
            note: note.to_owned(),
        }
    }

    #[test]
    fn columns_stand_under_each_other() {
        let drawn = [
            row(Word::Pass, "contacts › list contacts", "200  41.3 KB"),
            row(Word::Slow, "customers › list", "waiting for the first byte"),
            row(Word::Error, &"x".repeat(60), "503"),
        ]
        .map(|row| row.draw(page(100)));
        assert_eq!(
            drawn,
            [
                "        PASS [   2.000s] ( 7/24) contacts › list contacts                         200  41.3 KB",
                "        SLOW [>  2.000s]         customers › list                         waiting for the first byte",
                "       ERROR [   2.000s] ( 7/24) xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… 503",
            ]
        );
    }

    #[test]
    fn a_narrow_window_keeps_word_time_name_and_note() {
        assert_eq!(
            row(Word::Pass, "contacts › list contacts", "200  1.9 KB").draw(page(40)),
            " PASS 2.000s contacts › lis… 200  1.9 KB"
        );
    }

    proptest! {
        #[test]
        fn a_row_is_one_line_that_fits(name in "[ -~é日\u{1b}\n]{0,80}", note in "[ -~\n]{0,80}", width in 40usize..140) {
            let drawn = row(Word::Fail, &name, &note).draw(page(width));
            prop_assert!(columns(&drawn) <= width, "{drawn:?} takes {}", columns(&drawn));
            let acts = drawn.contains(['\n', '\u{1b}']);
            prop_assert!(!acts);
        }
    }
}
