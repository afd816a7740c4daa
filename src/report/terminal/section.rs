//! A section that a GitLab job's log shows folded up: a mark at its start and one at its end.

use jiff::Timestamp;

use crate::outcome::RunStarted;

/// A section that was begun.
pub(super) struct Section {
    /// When the run started, in seconds since 1970.
    started: i64,
}

impl Section {
    /// The section of a run's rows. A start that cannot be read is 1970: it is used for the time shown beside the
    /// heading, and to tell two runs of one job apart.
    pub(super) fn new(started: &RunStarted) -> Section {
        let started = started.started.parse::<Timestamp>();
        Section {
            started: started.map_or(0, Timestamp::as_second),
        }
    }

    /// The mark at its start, with a heading that is safe to show.
    pub(super) fn begin(&self, heading: &str) -> String {
        let started = self.started;
        format!("\u{1b}[0Ksection_start:{started}:callsheet_{started}[collapsed=true]\r\u{1b}[0K{heading}")
    }

    /// The mark at its end; `after` is the time since the run started, in microseconds.
    pub(super) fn end(&self, after: u64) -> String {
        let started = self.started;
        let ended = started.saturating_add_unsigned(after / 1_000_000);
        format!("\u{1b}[0Ksection_end:{ended}:callsheet_{started}\r\u{1b}[0K")
    }
}
