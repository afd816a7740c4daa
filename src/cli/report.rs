//! `callsheet report`: the event log of a run, made readable again.

use std::sync::Arc;

use super::arguments::ReportArguments;
use super::follow::Follower;
use super::log::{self, Log};
use super::workspace::Workspace;
use super::{CommandError, Exit, history, output, reports};
use crate::outcome::{Event, Merge, MergeError, ShardLog};
use crate::secret::Vault;

pub(super) fn report(arguments: &ReportArguments) -> Result<Exit, CommandError> {
    if let Some(folder) = &arguments.history {
        return history::history(folder, &arguments.shown);
    }
    if arguments.merge {
        return merge(arguments);
    }
    let path = match arguments.logs.as_slice() {
        [] => newest()?,
        [path] => path.clone(),
        several => {
            return Err(CommandError::usage(format!(
                "a report is made of one event log, not of {}; --merge takes those of all shards of a plan",
                several.len()
            )));
        }
    };
    let Log {
        path,
        mut reader,
        started,
    } = Log::open(&path).map_err(|error| error.into_command_error(&path))?;
    // A log is masked already; tokens that nobody declared are masked once more.
    let mut report = reports::make(&arguments.shown, &root(), &Vault::new())?;
    let mut follower = Follower::new(&mut report);
    follower.take(&Event::RunStarted(Arc::new(started)));
    for event in reader.by_ref() {
        follower.take(&event.map_err(|error| log::unreadable(&path, &error))?);
    }
    let is_complete = follower.is_complete();
    let exit = follower.finish(arguments.allow_empty);
    if !is_complete {
        let cut = if reader.is_cut() {
            " and ends within a line"
        } else {
            ""
        };
        incomplete(&path.display().to_string(), cut);
    }
    Ok(exit)
}

/// The logs of all shards of a plan, as those of one run.
fn merge(arguments: &ReportArguments) -> Result<Exit, CommandError> {
    let mut logs = Vec::new();
    for path in &arguments.logs {
        let log = Log::open(path).map_err(|error| error.into_command_error(path))?;
        logs.push(ShardLog {
            name: path.display().to_string(),
            reader: log.reader,
            started: log.started,
        });
    }
    let (mut merged, started) = Merge::new(logs).map_err(|error| unmerged(&error))?;
    let mut report = reports::make(&arguments.shown, &root(), &Vault::new())?;
    let mut follower = Follower::new(&mut report);
    follower.take(&Event::RunStarted(Arc::new(started)));
    for event in merged.by_ref() {
        follower.take(&event.map_err(|error| unmerged(&error))?);
    }
    let exit = follower.finish(arguments.allow_empty);
    for name in merged.unfinished() {
        incomplete(name, "");
    }
    Ok(exit)
}

/// Without all shards nothing can be said of the whole; logs that are no shards are the caller's mistake.
fn unmerged(error: &MergeError) -> CommandError {
    let exit = match error {
        MergeError::Nothing | MergeError::NotAShard(_) => Exit::Usage,
        MergeError::PlansDiffer(_)
        | MergeError::EnvironmentsDiffer(_)
        | MergeError::Doubled(..)
        | MergeError::Missing(..)
        | MergeError::Places(_)
        | MergeError::Unknown(..)
        | MergeError::Log(..) => Exit::Errored,
    };
    CommandError {
        message: error.to_string(),
        exit,
    }
}

fn incomplete(name: &str, cut: &str) {
    output::error_line(&format!(
        "warning: the event log {name} does not tell the end of its run{cut}"
    ));
}

/// The folder that paths in reports start from.
fn root() -> std::path::PathBuf {
    Workspace::find(&[])
        .map(|workspace| workspace.root.path().to_owned())
        .unwrap_or_default()
}

/// The log of the run before.
fn newest() -> Result<std::path::PathBuf, CommandError> {
    let workspace = Workspace::find(&[])?;
    log::logs(workspace.root.path())
        .pop()
        .ok_or_else(|| CommandError::usage("no run has left an event log here; name one"))
}
