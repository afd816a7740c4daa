//! `callsheet report`: the event log of a run, made readable again.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::arguments::ReportArguments;
use super::follow::Follower;
use super::workspace::Workspace;
use super::{CommandError, Exit, log, output, reports};
use crate::outcome::{Event, LogError, LogReader, RunStarted};
use crate::secret::Vault;

/// A log that was opened, with its name.
struct Log {
    path: PathBuf,
    reader: LogReader<BufReader<File>>,
    started: RunStarted,
}

pub(super) fn report(arguments: &ReportArguments) -> Result<Exit, CommandError> {
    let path = match arguments.logs.as_slice() {
        [] => newest()?,
        [path] => path.clone(),
        several => {
            return Err(CommandError::usage(format!(
                "a report is made of one event log, not of {}",
                several.len()
            )));
        }
    };
    let mut log = open(&path)?;
    // A log is masked already; tokens that nobody declared are masked once more.
    let root = Workspace::find(&[])
        .map(|workspace| workspace.root.path().to_owned())
        .unwrap_or_default();
    let mut report = reports::make(&arguments.shown, &root, &Vault::new())?;
    let mut follower = Follower::new(&mut report);
    follower.take(&Event::RunStarted(Box::new(log.started)));
    for event in log.reader.by_ref() {
        follower.take(&event.map_err(|error| unreadable(&path, &error))?);
    }
    let is_complete = follower.is_complete();
    let exit = follower.finish(arguments.allow_empty);
    if !is_complete {
        let cut = if log.reader.is_cut() {
            " and ends within a line"
        } else {
            ""
        };
        output::error_line(&format!(
            "warning: the event log {} does not tell the end of its run{cut}",
            log.path.display()
        ));
    }
    Ok(exit)
}

/// The log of the run before.
fn newest() -> Result<PathBuf, CommandError> {
    let workspace = Workspace::find(&[])?;
    log::logs(workspace.root.path())
        .pop()
        .ok_or_else(|| CommandError::usage("no run has left an event log here; name one"))
}

fn open(path: &Path) -> Result<Log, CommandError> {
    let file = File::open(path).map_err(|error| {
        CommandError::usage(format!("cannot open the event log {}: {error}", path.display()))
    })?;
    let (reader, started) =
        LogReader::open(BufReader::new(file)).map_err(|error| unreadable(path, &error))?;
    Ok(Log {
        path: path.to_owned(),
        reader,
        started,
    })
}

/// What a log that cannot be read leads to: a file that is none is the caller's mistake, a broken one tells nothing.
fn unreadable(path: &Path, error: &LogError) -> CommandError {
    let exit = match error {
        LogError::Read(_) | LogError::NotALog => Exit::Usage,
        LogError::Empty | LogError::Version(_) | LogError::Line(..) => Exit::Errored,
    };
    CommandError {
        message: format!("the event log {} {error}", path.display()),
        exit,
    }
}
