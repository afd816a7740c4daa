//! Follows a run: counts every event and passes it to the report.

use std::io;

use super::{Exit, output};
use crate::outcome::{Event, Tally};
use crate::report::Report;

/// A report that cannot be written stops hearing of events; the counting goes on.
pub(super) struct Follower<'a> {
    report: &'a mut dyn Report,
    tally: Tally,
    written: io::Result<()>,
}

impl<'a> Follower<'a> {
    pub(super) fn new(report: &'a mut dyn Report) -> Self {
        Follower {
            report,
            tally: Tally::default(),
            written: Ok(()),
        }
    }

    pub(super) fn take(&mut self, event: &Event) {
        self.tally.add(event);
        if self.written.is_ok() {
            self.written = self.report.event(event);
        }
    }

    /// No further event is at hand.
    pub(super) fn settle(&mut self) {
        if self.written.is_ok() {
            self.written = self.report.settle();
        }
    }

    pub(super) fn tick(&mut self, now: u64) {
        if self.written.is_ok() {
            self.written = self.report.tick(now);
        }
    }

    /// True once the run's end was seen.
    pub(super) fn is_complete(&self) -> bool {
        self.tally.is_complete()
    }

    /// Ends the report; the exit is what the events come to, or that an output is not whole where that is graver.
    pub(super) fn finish(self, allow_empty: bool) -> Exit {
        let exit = match Exit::of(&self.tally.verdict(), allow_empty) {
            Exit::Passed | Exit::Empty if self.tally.is_unwritten() => Exit::Output,
            exit => exit,
        };
        let Err(error) = self.written.and_then(|()| self.report.finish(&self.tally)) else {
            return exit;
        };
        output::error_line(&format!("error: {error}"));
        // That nothing was checked is less than that nobody can read so.
        match exit {
            Exit::Passed | Exit::Empty => Exit::Output,
            other => other,
        }
    }
}
