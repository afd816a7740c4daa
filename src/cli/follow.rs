//! Follows a run: counts every event and passes it to the report.

use std::io;

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

    pub(super) fn tick(&mut self, now: u64) {
        if self.written.is_ok() {
            self.written = self.report.tick(now);
        }
    }

    /// Ends the report; the counts, and whether everything could be written.
    pub(super) fn finish(self) -> (Tally, io::Result<()>) {
        let written = self.written.and_then(|()| self.report.finish(&self.tally));
        (self.tally, written)
    }
}
