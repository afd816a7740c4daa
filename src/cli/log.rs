//! Where the event logs of runs lie, and the report that writes one.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::arguments::RunArguments;
use super::workspace::Workspace;
use super::{CommandError, Exit};
use crate::outcome::{Event, LogError, LogReader, LogWriter, PastCase, RunStarted, Tally, history};
use crate::report::{Report, Sink};
use crate::secret::Vault;

/// The folder of logs, beneath the project's.
const FOLDER: &str = "target/callsheet";

/// How many logs are kept there.
const KEPT: usize = 20;

/// A report that leaves an event log as well, unless the arguments ask for none.
///
/// # Errors
/// The log cannot be made. It is so before anything is sent: a run that nothing will be known of is not begun.
pub(super) fn recording(
    report: Box<dyn Report>,
    arguments: &RunArguments,
    workspace: &Workspace,
    vault: &Vault,
) -> Result<Box<dyn Report>, CommandError> {
    if arguments.no_log {
        return Ok(report);
    }
    let made = match &arguments.log {
        Some(path) => create(path).map(|file| (path.clone(), file)),
        None => make(workspace.root.path()),
    };
    let (path, file) = made.map_err(|error| {
        let path = arguments.log.as_deref().unwrap_or(Path::new(FOLDER));
        let attempted = format!("cannot write the event log {}", path.display());
        let mut error = CommandError::output(&attempted, &error);
        error
            .message
            .push_str("; --log names another place, --no-log none");
        error
    })?;
    Ok(Box::new(Recording {
        report,
        log: LogWriter::new(Box::new(vault.writer(file))),
        path,
        shown: Ok(()),
        logged: Ok(()),
    }))
}

/// Makes a log where the caller wants it, with the folders on the way.
fn create(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    File::create(path)
}

/// The logs beneath a project's folder, oldest first: their names begin with the time.
pub(super) fn logs(root: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(root.join(FOLDER))
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().map(|name| name.to_string_lossy());
            name.is_some_and(|name| name.starts_with("run-") && name.ends_with(".jsonl"))
        })
        .collect();
    // By their letters: all lie in one folder, and paths are compared part by part.
    found.sort_unstable_by(|one, other| one.as_os_str().cmp(other.as_os_str()));
    found
}

/// Tells what became of the cases of each run that left a log here, the newest first, until `take` has seen enough.
/// Runs of other environments are passed over, and so are replays, which tell nothing of what would be sent, and logs of other versions and those without a whole line.
///
/// # Errors
/// A log cannot be read.
pub(super) fn each_run(
    root: &Path,
    environment: Option<&str>,
    mut take: impl FnMut(&[PastCase]) -> bool,
) -> Result<(), CommandError> {
    for path in logs(root).iter().rev() {
        let mut log = match Log::open(path) {
            Ok(log) => log,
            Err(Unread::Log(LogError::Empty | LogError::NotALog | LogError::Version(_))) => continue,
            Err(error) => return Err(error.into_command_error(path)),
        };
        if log.started.replayed || log.started.environment.as_deref() != environment {
            continue;
        }
        let past = log.history().map_err(|error| unreadable(path, &error))?;
        if !take(&past) {
            break;
        }
    }
    Ok(())
}

/// What became of the cases of a log's run.
pub(super) fn past_of(path: &Path) -> Result<Vec<PastCase>, CommandError> {
    let mut log = Log::open(path).map_err(|error| error.into_command_error(path))?;
    log.history().map_err(|error| unreadable(path, &error))
}

/// A log that was opened.
pub(super) struct Log {
    pub(super) path: PathBuf,
    pub(super) reader: LogReader<io::BufReader<File>>,
    pub(super) started: RunStarted,
}

/// Why a log could not be opened.
pub(super) enum Unread {
    File(io::Error),
    Log(LogError),
}

impl Log {
    pub(super) fn open(path: &Path) -> Result<Log, Unread> {
        let file = File::open(path).map_err(Unread::File)?;
        let (reader, started) = LogReader::open(io::BufReader::new(file)).map_err(Unread::Log)?;
        Ok(Log {
            path: path.to_owned(),
            reader,
            started,
        })
    }

    fn history(&mut self) -> Result<Vec<PastCase>, LogError> {
        history(&mut self.reader, &self.started)
    }
}

impl Unread {
    pub(super) fn into_command_error(self, path: &Path) -> CommandError {
        match self {
            Unread::File(error) => {
                CommandError::usage(format!("cannot open the event log {}: {error}", path.display()))
            }
            Unread::Log(error) => unreadable(path, &error),
        }
    }
}

/// What a log that cannot be read leads to: a file that is none is the caller's mistake, a broken one tells nothing.
pub(super) fn unreadable(path: &Path, error: &LogError) -> CommandError {
    let exit = match error {
        LogError::Read(_) | LogError::NotALog => Exit::Usage,
        LogError::Empty | LogError::Version(_) | LogError::Line(..) => Exit::Errored,
    };
    CommandError {
        message: format!("the event log {} {error}", path.display()),
        exit,
    }
}

/// Makes a new log in the folder of logs, and room for it.
fn make(root: &Path) -> io::Result<(PathBuf, File)> {
    let folder = root.join(FOLDER);
    // A repository may bring a link along: nothing is written, and nothing taken away, where it leads.
    let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|entry| entry.is_symlink());
    let mut on_the_way = folder.ancestors().take_while(|path| *path != root);
    if on_the_way.any(is_link) {
        return Err(io::Error::other("a link on the way leads elsewhere"));
    }
    fs::create_dir_all(&folder)?;
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        fs::write(&ignore, "*\n")?;
    }
    let known = logs(root);
    for old in &known[..(known.len() + 1).saturating_sub(KEPT)] {
        // Another run may have taken it away already; one too many harms nobody.
        let _ = fs::remove_file(old);
    }
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%.6fZ");
    let path = folder.join(format!("run-{now}-{}.jsonl", std::process::id()));
    let file = File::options().write(true).create_new(true).open(&path)?;
    Ok((path, file))
}

/// Tells a report and a log alike: one that cannot be written does not keep the other from being whole.
struct Recording {
    report: Box<dyn Report>,
    log: LogWriter<Sink>,
    path: PathBuf,
    shown: io::Result<()>,
    logged: io::Result<()>,
}

impl Report for Recording {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        // The log first: it is what is left of a process that is killed.
        if self.logged.is_ok() {
            self.logged = self.log.write(event);
        }
        if self.shown.is_ok() {
            self.shown = self.report.event(event);
        }
        Ok(())
    }

    fn settle(&mut self) -> io::Result<()> {
        if self.logged.is_ok() {
            self.logged = self.log.flush();
        }
        if self.shown.is_ok() {
            self.shown = self.report.settle();
        }
        Ok(())
    }

    fn tick(&mut self, now: u64) -> io::Result<()> {
        if self.shown.is_ok() {
            self.shown = self.report.tick(now);
        }
        Ok(())
    }

    fn finish(&mut self, tally: &Tally) -> io::Result<()> {
        let shown = std::mem::replace(&mut self.shown, Ok(()));
        let shown = shown.and_then(|()| self.report.finish(tally));
        let logged = std::mem::replace(&mut self.logged, Ok(()));
        let logged = logged.and_then(|()| self.log.flush());
        let logged = logged.map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("the event log {}: {error}", self.path.display()),
            )
        });
        shown.and(logged)
    }
}
