//! Where a report is written: to stdout, to a file that gets its name when it is whole, to what others write to too.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::output;
use crate::outcome::Tally;
use crate::report::{self, Options, Report, ReportKind, Sink, Verbosity};
use crate::secret::Vault;

/// The columns of a report that goes to a file.
const FILE_WIDTH: usize = 100;

/// What every report of a run is told of how to show it.
pub(super) struct Shown {
    pub(super) verbosity: Verbosity,
    /// The file of the page for people, where one is written.
    pub(super) page: Option<String>,
}

impl Shown {
    fn in_file(&self) -> Options {
        Options {
            colour: false,
            width: FILE_WIDTH,
            live: false,
            folds: false,
            page: self.page.clone(),
            folder: folder_in_checkout().unwrap_or_default(),
            verbosity: self.verbosity,
        }
    }
}

/// Where the working folder lies in the checkout of GitHub Actions; none outside of it.
fn folder_in_checkout() -> Option<String> {
    let checkout = std::env::var_os("GITHUB_WORKSPACE").filter(|path| !path.is_empty())?;
    let checkout = fs::canonicalize(checkout).ok()?;
    let folder = fs::canonicalize(std::env::current_dir().ok()?).ok()?;
    let folder = folder.strip_prefix(checkout).ok()?;
    Some(folder.to_str()?.replace('\\', "/"))
}

/// A report and where it goes.
pub(super) struct Output {
    pub(super) kind: &'static str,
    /// What it is called in messages.
    pub(super) shown: String,
    /// The report, or what went wrong; it hears of nothing more then.
    pub(super) report: io::Result<Box<dyn Report>>,
    pub(super) place: Option<Place>,
}

impl Output {
    fn new(
        kind: &ReportKind,
        shown: String,
        writer: impl Write + Send + 'static,
        options: &Options,
        vault: &Vault,
    ) -> Output {
        let sink: Sink = Box::new(vault.writer(BufWriter::new(writer)));
        Output {
            kind: kind.entry.name,
            shown,
            report: Ok((kind.make)(sink, options)),
            place: None,
        }
    }

    /// A report that could not be begun.
    fn broken(kind: &ReportKind, shown: String, error: io::Error) -> Output {
        Output {
            kind: kind.entry.name,
            shown,
            report: Err(error),
            place: None,
        }
    }

    pub(super) fn on_stdout(kind: &ReportKind, shown: String, vault: &Vault, how: &Shown) -> Output {
        let stdout = io::stdout();
        let is_terminal_report = kind.entry.name == report::TERMINAL;
        let options = Options {
            colour: is_terminal_report && output::colour(&stdout),
            width: output::width(),
            live: is_terminal_report && output::is_live(),
            folds: is_terminal_report && std::env::var_os("GITLAB_CI").is_some_and(|value| value == "true"),
            ..how.in_file()
        };
        Output::new(kind, shown, stdout, &options, vault)
    }

    pub(super) fn in_file(
        kind: &ReportKind,
        shown: String,
        path: &Path,
        vault: &Vault,
        how: &Shown,
    ) -> Output {
        match Place::open(path) {
            Ok((file, place)) => Output {
                place: Some(place),
                ..Output::new(kind, shown, file, &how.in_file(), vault)
            },
            Err(error) => Output::broken(kind, shown, error),
        }
    }

    /// The annotations of GitHub Actions. Its runner reads them on stderr too, where they are in no document's way.
    pub(super) fn annotations(kind: &ReportKind, vault: &Vault) -> Output {
        let shown = "annotations".to_owned();
        Output::new(kind, shown, io::stderr(), &Output::OWN.in_file(), vault)
    }

    /// The summary of a step of GitHub Actions, added to what the step has written there before.
    pub(super) fn summary(kind: &ReportKind, path: &Path, vault: &Vault) -> Output {
        let shown = format!("step summary ({})", path.display());
        match File::options().append(true).create(true).open(path) {
            Ok(file) => Output::new(kind, shown, file, &Output::OWN.in_file(), vault),
            Err(error) => Output::broken(kind, shown, error),
        }
    }

    /// How a report is shown that a run makes by itself.
    const OWN: Shown = Shown {
        verbosity: Verbosity::Normal,
        page: None,
    };

    /// Whether it goes to a file of its own, where no other writes.
    pub(super) fn is_in_file(&self) -> bool {
        matches!(self.place, Some(Place::Renamed { .. }))
    }

    /// Tells the report something, unless it could not be written before.
    pub(super) fn tell(&mut self, what: impl FnOnce(&mut dyn Report) -> io::Result<()>) {
        if let Ok(report) = &mut self.report
            && let Err(error) = what(report.as_mut())
        {
            self.report = Err(error);
        }
    }

    /// Writes what is left, and gives the file its name.
    ///
    /// # Errors
    /// The report is not whole, for whatever reason there was first.
    pub(super) fn finish(&mut self, tally: &Tally) -> io::Result<()> {
        self.tell(|report| report.finish(tally));
        let report = std::mem::replace(&mut self.report, Err(io::Error::other("it is finished")));
        // Dropped before the file gets its name, so that everything of it is written.
        drop(report?);
        self.place.take().map_or(Ok(()), Place::keep)
    }
}

/// Where a file will be.
pub(super) enum Place {
    /// What is written so far, and the name it gets when it is whole.
    Renamed { written: TempPath, path: PathBuf },
    /// A pipe or a device: it cannot be replaced, and nobody would want it to be.
    Direct,
}

impl Place {
    pub(super) fn open(path: &Path) -> io::Result<(File, Place)> {
        // A link stays, and the file it leads to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&path) {
            Ok(known) if known.is_dir() => return Err(io::Error::from(io::ErrorKind::IsADirectory)),
            Ok(known) if !known.is_file() => {
                return Ok((File::options().write(true).open(&path)?, Place::Direct));
            }
            Ok(_) | Err(_) => {}
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder)?;
        let (file, written) = temporary(folder)?.into_parts();
        Ok((file, Place::Renamed { written, path }))
    }

    /// Gives a file that is whole its name.
    ///
    /// # Errors
    /// It cannot have it.
    pub(super) fn keep(self) -> io::Result<()> {
        match self {
            Place::Renamed { written, path } => written.persist(path).map_err(|error| error.error),
            Place::Direct => Ok(()),
        }
    }

    /// The same, unless another file has the name meanwhile.
    ///
    /// # Errors
    /// It cannot have it.
    pub(super) fn keep_new(self) -> io::Result<()> {
        match self {
            Place::Renamed { written, path } => written.persist_noclobber(path).map_err(|error| error.error),
            Place::Direct => Ok(()),
        }
    }
}

/// A file that goes with the process, readable to those the user lets read what they write.
fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;

    tempfile::Builder::new()
        .prefix(".callsheet-")
        .permissions(fs::Permissions::from_mode(0o666))
        .tempfile_in(folder)
}
