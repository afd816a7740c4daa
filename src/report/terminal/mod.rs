//! `terminal`: a line for each step as it ends, failures with what explains them, and the summary.

use std::collections::HashSet;
use std::io;

use anstyle::Style;

use super::{Options, Report, ReportKind, Sink, Verbosity};
use crate::outcome::{ErrorKind, Event, RunStarted, SnapshotState, Status, StepFinished, Tally};
use crate::registry::Entry;

mod answer;
mod excerpt;
mod failure;
mod paint;
mod progress;
mod row;
mod running;
mod screen;
mod section;
mod snapshots;
mod start;
mod summary;
mod titles;
mod traffic;

use paint::Paint;
use progress::Progress;
use row::{Row, Word};
use running::Running;
use screen::Screen;
use section::Section;
use titles::Titles;

pub(super) const KIND: ReportKind = ReportKind {
    entry: Entry {
        name: "terminal",
        summary: "a line for each step as it ends, failures with what explains them, and the summary",
        example: "--report terminal",
    },
    make,
};

fn make(sink: Sink, options: &Options) -> Box<dyn Report> {
    Box::new(Terminal {
        screen: Screen::new(
            sink,
            options.live && options.verbosity > Verbosity::Quiet,
            options.width,
        ),
        page: Page {
            width: options.width,
            paint: Paint::new(options.colour),
            verbosity: options.verbosity,
        },
        titles: Titles::default(),
        running: Running::default(),
        failures: Vec::new(),
        logins: HashSet::new(),
        below_failure: false,
        snapshots: Vec::new(),
        unused_snapshots: Vec::new(),
        folds: options.folds && options.verbosity > Verbosity::Quiet,
        section: None,
        report: options.page.clone(),
        ended: 0,
    })
}

/// What everything that is drawn depends on.
#[derive(Clone, Copy)]
struct Page {
    width: usize,
    paint: Paint,
    verbosity: Verbosity,
}

impl Page {
    /// Whether columns would leave no room for names.
    fn is_narrow(self) -> bool {
        self.width < 72
    }

    /// A line that begins with a word in the column of the rows' words; `style` is the word's.
    fn titled(self, word: &str, style: Style, text: &str) -> String {
        let indent = if self.is_narrow() { 0 } else { row::WORD };
        format!("{} {text}", self.paint.with(style, &format!("{word:>indent$}")))
    }
}

struct Terminal {
    screen: Screen,
    page: Page,
    titles: Titles,
    running: Running,
    /// Each step that failed: its number, and its row and details, to be shown again at the end.
    failures: Vec<(usize, Vec<String>)>,
    /// Why logins failed, as far as it was explained.
    logins: HashSet<String>,
    /// Whether anything stands below the first failure already, so that it may have scrolled away.
    below_failure: bool,
    /// What became of each snapshot.
    snapshots: Vec<SnapshotState>,
    unused_snapshots: Vec<String>,
    /// Whether the rows fold away in a section, and the section once it is begun.
    folds: bool,
    section: Option<Section>,
    /// The file of the page for people, which the last line names.
    report: Option<String>,
    /// The time of the last event that ended something, in microseconds.
    ended: u64,
}

impl Terminal {
    fn start(&mut self, started: &RunStarted) -> io::Result<()> {
        self.titles.start(started);
        if self.page.verbosity > Verbosity::Quiet {
            let mut lines = start::lines(started, self.page);
            if self.folds {
                let section = Section::new(started);
                lines.push(section.begin("Steps"));
                self.section = Some(section);
            }
            self.screen.write(&lines)?;
        }
        self.screen.bar(|bar| bar.planned(self.titles.len()));
        Ok(())
    }

    fn show_running(&self) {
        self.screen
            .bar(|bar| bar.running(self.running.phrase(&self.titles)));
    }

    fn finish_step(&mut self, finished: &StepFinished) -> io::Result<()> {
        self.ended = self.ended.max(finished.at);
        self.running.end(finished.step);
        self.below_failure |= !self.failures.is_empty();
        self.snapshots
            .extend(finished.snapshot.as_ref().map(|snapshot| snapshot.state));
        let went_wrong = matches!(
            finished.status,
            Status::Failed | Status::Errored | Status::LeftOver
        );
        let is_quiet = self.page.verbosity == Verbosity::Quiet;
        if went_wrong || !is_quiet {
            // A login that failed for many steps is explained once; the rows of the others name it.
            let login = finished
                .error
                .as_ref()
                .filter(|error| error.kind == ErrorKind::Session);
            let told = login.filter(|error| !self.logins.insert(error.message.clone()));
            let mut row = self.row(finished);
            if let Some(error) = told {
                row.note.clone_from(&error.message);
            }
            let mut lines = vec![row.draw(self.page)];
            lines.extend(traffic::lines(&finished.exchanges, self.page));
            lines.extend(snapshots::warnings(finished.snapshot.as_ref(), self.page));
            if went_wrong {
                let details = match told {
                    Some(_) => Vec::new(),
                    None => failure::lines(finished, self.page),
                };
                let again = [&lines[..1], &details[..]].concat();
                self.failures.push((finished.step, again));
                lines.extend(details);
            }
            if !is_quiet {
                self.screen.write(&lines)?;
            }
        }
        self.screen
            .bar(|bar| bar.step_finished(self.running.phrase(&self.titles)));
        Ok(())
    }

    fn row(&self, finished: &StepFinished) -> Row {
        let word = match finished.status {
            Status::Passed => Word::Pass,
            Status::Failed => Word::Fail,
            Status::Errored => Word::Error,
            Status::Skipped => Word::Skip,
            Status::ExpectedFailure => Word::ExpectedFailure,
            Status::Interrupted => Word::Interrupted,
            Status::LeftOver => Word::LeftOver,
        };
        Row {
            word,
            time: Some(finished.duration),
            place: self.titles.position(finished.step),
            planned: self.titles.len(),
            name: self.titles.name(finished.step),
            note: row::note(finished),
        }
    }
}

impl Report for Terminal {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(started) => self.start(started),
            Event::StepStarted { at, step } => {
                self.running.start(*step, *at);
                self.show_running();
                Ok(())
            }
            Event::StepWaits { step, what, .. } => {
                self.running.waits(*step, what);
                self.show_running();
                Ok(())
            }
            Event::SessionRenewed {
                session,
                step,
                reason,
                ..
            } if self.page.verbosity > Verbosity::Quiet => {
                self.below_failure |= !self.failures.is_empty();
                let row = Row {
                    word: Word::Renew,
                    time: None,
                    place: None,
                    planned: self.titles.len(),
                    name: format!("session {session}: {reason} on {}", self.titles.name(*step)),
                    note: String::new(),
                };
                self.screen.write(&[row.draw(self.page)])
            }
            Event::StepUnfolded { step, rounds, .. } => {
                self.titles.unfold(*step, rounds);
                self.screen.bar(|bar| bar.planned(self.titles.len()));
                Ok(())
            }
            Event::AttemptFinished { step, attempt, .. } if self.page.verbosity > Verbosity::Quiet => {
                self.below_failure |= !self.failures.is_empty();
                let row = Row {
                    word: Word::Try {
                        kind: attempt.kind,
                        number: attempt.number,
                        good: attempt.good,
                    },
                    time: Some(attempt.duration),
                    place: None,
                    planned: self.titles.len(),
                    name: self.titles.name(*step),
                    note: attempt.found.clone(),
                };
                self.screen.write(&[row.draw(self.page)])
            }
            Event::StepFinished(finished) => self.finish_step(finished),
            Event::RunFinished(finished) => {
                self.ended = self.ended.max(finished.at);
                self.unused_snapshots.clone_from(&finished.unused_snapshots);
                Ok(())
            }
            Event::SessionRenewed { .. }
            | Event::AttemptFinished { .. }
            | Event::CaseStarted { .. }
            | Event::CaseFinished { .. } => Ok(()),
        }
    }

    fn settle(&mut self) -> io::Result<()> {
        self.screen.flush()
    }

    fn tick(&mut self, now: u64) -> io::Result<()> {
        let slow = self.running.slow(now);
        if slow.is_empty() || self.page.verbosity == Verbosity::Quiet {
            return Ok(());
        }
        let rows: Vec<String> = slow
            .into_iter()
            .map(|slow| {
                let row = Row {
                    word: Word::Slow,
                    time: Some(slow.elapsed),
                    place: None,
                    planned: self.titles.len(),
                    name: self.titles.name(slow.step),
                    note: slow
                        .what
                        .map_or_else(String::new, |what| format!("waiting for {what}")),
                };
                row.draw(self.page)
            })
            .collect();
        self.below_failure |= !self.failures.is_empty();
        self.screen.write(&rows)?;
        self.screen.flush()
    }

    fn finish(&mut self, tally: &Tally) -> io::Result<()> {
        self.screen.bar(Progress::clear);
        let mut lines = Vec::new();
        let section = self.section.take();
        lines.extend(section.as_ref().map(|section| section.end(self.ended)));
        // Whatever ended first, failures are told again in the plan's order.
        let titles = &self.titles;
        self.failures.sort_by_key(|(step, _)| titles.position(*step));
        let first_failed = self.failures.first().map(|(step, _)| *step);
        // What is still on the screen right above the summary needs no second time; what is folded away does.
        let again = self.below_failure || section.is_some() || self.page.verbosity == Verbosity::Quiet;
        if !self.failures.is_empty() && again {
            if self.page.verbosity > Verbosity::Quiet {
                lines.push(summary::rule(self.page));
            }
            lines.extend(self.failures.drain(..).flat_map(|(_, lines)| lines));
        }
        lines.extend(summary::lines(
            tally,
            &self.titles,
            first_failed,
            self.ended,
            self.page,
        ));
        lines.extend(snapshots::summary(
            &self.snapshots,
            &self.unused_snapshots,
            self.page,
        ));
        lines.extend(self.report.take().map(|path| summary::page(&path, self.page)));
        self.screen.write(&lines)?;
        self.screen.flush()
    }
}
