//! Outcomes made readable: an open set.
//!
//! A report is told of events, one by one and in the order they happen, and writes to a sink. It knows neither the
//! run nor the environment: the same events read from a log tomorrow give the same report.

use std::io;

use crate::outcome::{Event, Tally};
use crate::registry::{Entry, Kind};

mod curl;
mod events;
mod explain;
mod github;
mod guarded;
mod har;
mod history;
mod html;
mod json;
mod junit;
mod located;
mod markdown;
mod places;
mod plan;
mod record;
mod shell;
mod tap;
mod terminal;
mod text;
mod totals;
mod words;

pub use curl::{PASSWORD, variable_name, whole_command as curl, with_variables};
pub use history::History;

/// Every report, in the order of the reference page.
pub const KINDS: &[&ReportKind] = &[
    &events::KIND,
    &github::KIND,
    &har::KIND,
    &html::KIND,
    &json::KIND,
    &junit::KIND,
    &markdown::KIND,
    &tap::KIND,
    &terminal::KIND,
];

/// The name of the report that is for people at a terminal.
pub const TERMINAL: &str = terminal::KIND.entry.name;

/// The name of the report that is a page for people.
pub const PAGE: &str = html::KIND.entry.name;

/// The name of the report that is a document for programs.
pub const DOCUMENT: &str = json::KIND.entry.name;

/// The name of the report that annotates files in GitHub Actions.
pub const ANNOTATIONS: &str = github::KIND.entry.name;

/// The name of the report that is a comment for people on a code host.
pub const COMMENT: &str = markdown::KIND.entry.name;

/// Where a report writes. The caller has put the mask in front of it.
pub type Sink = Box<dyn io::Write + Send>;

/// A kind of report.
pub struct ReportKind {
    /// Its name, summary and example.
    pub entry: Entry,
    /// Makes a report of this kind for one run.
    pub make: fn(Sink, &Options) -> Box<dyn Report>,
}

impl Kind for ReportKind {
    fn entry(&self) -> &Entry {
        &self.entry
    }
}

/// A report of one run.
pub trait Report: Send {
    /// Takes the next event.
    ///
    /// # Errors
    /// What was to be written could not be.
    fn event(&mut self, event: &Event) -> io::Result<()>;

    /// Passes on what was told so far: no further event is at hand.
    ///
    /// # Errors
    /// What was to be written could not be.
    fn settle(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Takes note of the time, in microseconds since the run started, so that what lasts can be said while it does.
    /// To be called a few times a second.
    ///
    /// # Errors
    /// What was to be written could not be.
    fn tick(&mut self, now: u64) -> io::Result<()> {
        let _ = now;
        Ok(())
    }

    /// Writes what is left to say. No event comes after, and the sink is flushed.
    ///
    /// # Errors
    /// What was to be written could not be; the report is not whole then.
    fn finish(&mut self, tally: &Tally) -> io::Result<()>;
}

/// What the edge decides about what is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether escape sequences for colours are written.
    pub colour: bool,
    /// The columns a line may take.
    pub width: usize,
    /// Whether the sink is a terminal that can redraw its last line, which then shows what is running.
    pub live: bool,
    /// Whether the sink is the log of a GitLab job, in which the rows of a terminal report fold away.
    pub folds: bool,
    /// The file that the page for people is written to, where it is, to be named at the end.
    pub page: Option<String>,
    /// Where the working folder, from which events name files, lies in the checkout that a CI shows; empty for its root.
    pub folder: String,
    /// How much is shown.
    pub verbosity: Verbosity,
}

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Failures and the summary.
    Quiet,
    /// A line for each step too.
    Normal,
    /// The requests and the headers of both sides too.
    Verbose,
    /// The bodies too.
    VeryVerbose,
}

#[cfg(test)]
mod tests;
