//! `--record` and `--replay`: where answers of a run are kept, or come from.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::arguments::RunArguments;
use super::inputs::{BASE_URL, Resolved};
use super::{CommandError, Exit, output};
use crate::recording::{Recorder, Recordings};
use crate::run::Wire;
use crate::source::Root;

/// What the arguments say of the wire. The folder is there then, so that nothing is sent whose answer could not be kept.
pub(super) fn wire(arguments: &RunArguments) -> Result<Wire, CommandError> {
    if let Some(folder) = &arguments.record {
        fs::create_dir_all(folder).map_err(|error| {
            CommandError::output(&format!("cannot record in {}", folder.display()), &error)
        })?;
        return Ok(Wire::Record(Recorder::default()));
    }
    let Some(folder) = &arguments.replay else {
        return Ok(Wire::Live);
    };
    let recordings = root(folder).and_then(|root| Recordings::open(root).map_err(CommandError::usage))?;
    Ok(Wire::Replay(recordings))
}

/// The inputs with the base URL of the recording, where the run is a replay of one.
pub(super) fn replayed(mut resolved: Resolved, recordings: &Recordings) -> Resolved {
    if let Some(url) = recordings.base_url() {
        resolved.values.insert(BASE_URL.to_owned(), Value::from(url));
    }
    resolved
}

/// Writes what was recorded; the exit is then that an output is not whole where that fails and nothing is graver.
pub(super) fn finish(arguments: &RunArguments, wire: &Wire, resolved: &Resolved, exit: Exit) -> Exit {
    let (Wire::Record(recorder), Some(folder)) = (wire, &arguments.record) else {
        return exit;
    };
    let base_url = resolved.values.get(BASE_URL).and_then(Value::as_str);
    let written = root(folder).map_err(|error| error.message).and_then(|root| {
        recorder
            .write(&root, base_url.map(str::to_owned), &resolved.vault)
            .map_err(|error| format!("cannot record: {error}"))
    });
    let Err(complaint) = written else { return exit };
    output::error_line(&format!("error: {complaint}"));
    match exit {
        Exit::Passed | Exit::Empty => Exit::Output,
        other => other,
    }
}

fn root(folder: &Path) -> Result<Root, CommandError> {
    let root = Root::open(folder).map_err(|error| CommandError::usage(error.to_string()))?;
    Ok(root.with_shown_prefix(folder))
}
