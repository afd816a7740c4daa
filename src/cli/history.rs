//! `callsheet report --history`: the event logs of a folder as trends.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::ShownArguments;
use super::written::Place;
use super::{CommandError, Exit, desktop, output};
use crate::outcome::{Event, LogError, LogReader};
use crate::report::{self, History};
use crate::secret::Vault;

/// The reports that a history is made as.
const KINDS: [&str; 3] = [report::PAGE, report::DOCUMENT, report::TERMINAL];

/// Reads every log of a folder, and writes the reports that the arguments ask for.
pub(super) fn history(folder: &Path, arguments: &ShownArguments) -> Result<Exit, CommandError> {
    let wanted = wanted(arguments)?;
    if arguments.open {
        desktop::require()?;
    }
    let history = read(folder)?;
    let mut exit = Exit::Passed;
    for (kind, path) in &wanted {
        if let Err(error) = write(&history, kind, path.as_deref()) {
            let place = path
                .as_ref()
                .map(|path| format!(" ({})", path.display()))
                .unwrap_or_default();
            let error = CommandError::output(&format!("cannot write the report {kind}{place} whole"), &error);
            output::error_line(&format!("error: {}", error.message));
            exit = Exit::Output;
        } else if let (true, &report::PAGE, Some(path)) = (arguments.open, kind, path)
            && let Err(error) = desktop::open(path)
        {
            output::error_line(&format!("warning: cannot open {}: {error}", path.display()));
        }
    }
    Ok(exit)
}

/// The reports that are asked for, with their files; a table for the terminal where none is on stdout.
fn wanted(arguments: &ShownArguments) -> Result<Vec<(&'static str, Option<PathBuf>)>, CommandError> {
    let mut wanted = Vec::new();
    let json = arguments.json.then(|| report::DOCUMENT.to_owned());
    for text in arguments.reports.iter().chain(&json) {
        let (name, path) = match text.split_once('=') {
            Some((name, path)) => (name, Some(PathBuf::from(path))),
            None => (text.as_str(), None),
        };
        let kind = KINDS.into_iter().find(|kind| *kind == name).ok_or_else(|| {
            CommandError::usage(format!(
                "a history is made as {}, not as `{name}`",
                KINDS.join(", ")
            ))
        })?;
        if path.as_ref().is_some_and(|path| path.as_os_str().is_empty()) {
            return Err(CommandError::usage(format!("--report {text} names no file")));
        }
        if wanted.iter().any(|(_, known)| *known == path) {
            return Err(CommandError::usage(format!(
                "--report {text}: another report is written to the same place"
            )));
        }
        wanted.push((kind, path));
    }
    let has_page = wanted
        .iter()
        .any(|(kind, path)| *kind == report::PAGE && path.is_some());
    if arguments.open && !has_page {
        return Err(CommandError::usage(
            "--open needs the file of a page: --report html=PATH",
        ));
    }
    if wanted.iter().all(|(_, path)| path.is_some()) {
        wanted.push((report::TERMINAL, None));
    }
    Ok(wanted)
}

/// A log with its events, and when its run started.
struct Log {
    started: String,
    name: String,
    events: Vec<Event>,
}

/// The runs of a folder. A log that cannot be read is told and left out.
fn read(folder: &Path) -> Result<History, CommandError> {
    let listed = fs::read_dir(folder).map_err(|error| {
        CommandError::usage(format!("cannot read the folder {}: {error}", folder.display()))
    })?;
    let mut logs = Vec::new();
    for entry in listed.flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        match log(&path) {
            Ok(log) => logs.push(log),
            Err(error) => output::error_line(&format!(
                "warning: the event log {} {error}; it is left out",
                path.display()
            )),
        }
    }
    // RFC 3339 in UTC sorts as text; runs that started at once, by their names.
    logs.sort_by(|one, other| (&one.started, &one.name).cmp(&(&other.started, &other.name)));
    let mut history = History::default();
    for log in logs {
        history.add(&log.name, log.events);
    }
    if history.is_empty() {
        return Err(CommandError::usage(format!(
            "there is no event log of a run in {}",
            folder.display()
        )));
    }
    Ok(history)
}

fn log(path: &Path) -> Result<Log, LogError> {
    let file = File::open(path).map_err(LogError::Read)?;
    let (reader, started) = LogReader::open(BufReader::new(file))?;
    let mut log = Log {
        started: started.started.clone(),
        name: path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default(),
        events: vec![Event::RunStarted(Arc::new(started))],
    };
    for event in reader {
        log.events.push(event?);
    }
    Ok(log)
}

/// Writes a history as a kind of report, behind the mask, to a file or to stdout.
fn write(history: &History, kind: &str, path: Option<&Path>) -> io::Result<()> {
    let text = match kind {
        report::PAGE => history.page()?,
        report::DOCUMENT => history.document()?,
        _ => history.table(output::width()),
    };
    // A log is masked already; tokens that nobody declared are masked once more.
    let vault = Vault::new();
    let Some(path) = path else {
        let mut sink = vault.writer(io::stdout());
        sink.write_all(text.as_bytes())?;
        return sink.flush();
    };
    let (file, place) = Place::open(path)?;
    let mut sink = vault.writer(BufWriter::new(file));
    sink.write_all(text.as_bytes())?;
    sink.flush()?;
    // Dropped before the file gets its name, so that everything of it is written.
    drop(sink);
    place.keep()
}
