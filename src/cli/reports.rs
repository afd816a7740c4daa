//! The reports of a run: which, where each goes, and that one that fails stops no other.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::arguments::ShownArguments;
use super::{CommandError, output};
use crate::outcome::{Event, Tally};
use crate::registry;
use crate::report::{self, Options, Report, ReportKind, Sink, Verbosity};
use crate::secret::Vault;

/// The columns of a report that goes to a file.
const FILE_WIDTH: usize = 100;

/// The reports that the arguments ask for, each behind the mask. One of them is on stdout: the one that is asked for
/// without a path, or the terminal's.
///
/// # Errors
/// An argument is wrong. A file that cannot be written is told when the reports are finished.
pub(super) fn make(arguments: &ShownArguments, vault: &Vault) -> Result<Box<dyn Report>, CommandError> {
    let mut wanted = Vec::new();
    for text in &arguments.reports {
        wanted.push(Wanted::parse(text)?);
    }
    if arguments.json {
        wanted.push(Wanted::parse("json")?);
    }
    if wanted.iter().all(|wanted| wanted.path.is_some()) {
        wanted.insert(0, Wanted::parse("terminal")?);
    }
    refuse_twice(&wanted)?;
    let verbosity = verbosity(arguments);
    Ok(Box::new(Reports(
        wanted
            .into_iter()
            .map(|wanted| Output::open(wanted, vault, verbosity))
            .collect(),
    )))
}

fn verbosity(arguments: &ShownArguments) -> Verbosity {
    match (arguments.quiet, arguments.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, 0) => Verbosity::Normal,
        (false, 1) => Verbosity::Verbose,
        (false, _) => Verbosity::VeryVerbose,
    }
}

/// A report as it was asked for: `NAME` or `NAME=PATH`.
struct Wanted {
    kind: &'static ReportKind,
    /// None for stdout.
    path: Option<PathBuf>,
}

impl Wanted {
    fn parse(text: &str) -> Result<Wanted, CommandError> {
        let (name, path) = match text.split_once('=') {
            Some((name, path)) => (name, Some(path)),
            None => (text, None),
        };
        let kind = registry::find(report::KINDS, name).ok_or_else(|| {
            let names = registry::names(report::KINDS);
            let help = registry::suggestion(name, names.iter().copied())
                .unwrap_or_else(|| format!("there are {}", names.join(", ")));
            CommandError::usage(format!("unknown report `{name}`; {help}"))
        })?;
        if path == Some("") {
            return Err(CommandError::usage(format!(
                "--report {text} names no file; write --report {name} for stdout"
            )));
        }
        Ok(Wanted {
            kind,
            path: path.map(PathBuf::from),
        })
    }

    /// What it is called in messages.
    fn shown(&self) -> String {
        let name = self.kind.entry.name;
        match &self.path {
            Some(path) => format!("report {name} ({})", path.display()),
            None => format!("report {name}"),
        }
    }
}

/// Refuses two reports in one place, of which one would destroy the other.
fn refuse_twice(wanted: &[Wanted]) -> Result<(), CommandError> {
    for (index, second) in wanted.iter().enumerate() {
        let Some(first) = wanted[..index].iter().find(|first| first.path == second.path) else {
            continue;
        };
        let place = match &second.path {
            Some(path) => path.display().to_string(),
            None => "stdout".to_owned(),
        };
        return Err(CommandError::usage(format!(
            "the reports {} and {} would both be written to {place}",
            first.kind.entry.name, second.kind.entry.name
        )));
    }
    Ok(())
}

/// Several reports as one.
struct Reports(Vec<Output>);

impl Report for Reports {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        for output in &mut self.0 {
            output.tell(|report| report.event(event));
        }
        Ok(())
    }

    fn tick(&mut self, now: u64) -> io::Result<()> {
        for output in &mut self.0 {
            output.tell(|report| report.tick(now));
        }
        Ok(())
    }

    /// The error names every report that is not whole.
    fn finish(&mut self, tally: &Tally) -> io::Result<()> {
        let failures: Vec<String> = self
            .0
            .iter_mut()
            .filter_map(|output| {
                let error = output.finish(tally).err()?;
                Some(format!("cannot write the {} whole: {error}", output.shown))
            })
            .collect();
        if failures.is_empty() {
            Ok(())
        } else {
            Err(io::Error::other(failures.join("\nerror: ")))
        }
    }
}

/// A report and where it goes.
struct Output {
    shown: String,
    /// The report, or what went wrong; it hears of nothing more then.
    report: io::Result<Box<dyn Report>>,
    place: Option<Place>,
}

impl Output {
    fn open(wanted: Wanted, vault: &Vault, verbosity: Verbosity) -> Output {
        let shown = wanted.shown();
        let Some(path) = &wanted.path else {
            let stdout = io::stdout();
            let is_terminal_report = wanted.kind.entry.name == report::TERMINAL;
            let options = Options {
                colour: is_terminal_report && output::colour(&stdout),
                width: output::width(),
                live: is_terminal_report && output::is_live(),
                verbosity,
            };
            let sink: Sink = Box::new(vault.writer(BufWriter::new(stdout)));
            return Output {
                shown,
                report: Ok((wanted.kind.make)(sink, &options)),
                place: None,
            };
        };
        let options = Options {
            colour: false,
            width: FILE_WIDTH,
            live: false,
            verbosity,
        };
        match Place::open(path) {
            Ok((file, place)) => {
                let sink: Sink = Box::new(vault.writer(BufWriter::new(file)));
                Output {
                    shown,
                    report: Ok((wanted.kind.make)(sink, &options)),
                    place: Some(place),
                }
            }
            Err(error) => Output {
                shown,
                report: Err(error),
                place: None,
            },
        }
    }

    fn tell(&mut self, what: impl FnOnce(&mut dyn Report) -> io::Result<()>) {
        if let Ok(report) = &mut self.report
            && let Err(error) = what(report.as_mut())
        {
            self.report = Err(error);
        }
    }

    fn finish(&mut self, tally: &Tally) -> io::Result<()> {
        self.tell(|report| report.finish(tally));
        let report = std::mem::replace(&mut self.report, Err(io::Error::other("it is finished")));
        // Dropped before the file gets its name, so that everything of it is written.
        drop(report?);
        self.place.take().map_or(Ok(()), Place::keep)
    }
}

/// Where a file will be.
enum Place {
    /// What is written so far, and the name it gets when it is whole.
    Renamed { written: TempPath, path: PathBuf },
    /// A pipe or a device: it cannot be replaced, and nobody would want it to be.
    Direct,
}

impl Place {
    fn open(path: &Path) -> io::Result<(File, Place)> {
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

    fn keep(self) -> io::Result<()> {
        match self {
            Place::Renamed { written, path } => written.persist(path).map_err(|error| error.error),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A report that cannot write.
    struct Broken;

    impl Report for Broken {
        fn event(&mut self, _: &Event) -> io::Result<()> {
            Err(io::Error::other("no space left"))
        }

        fn finish(&mut self, _: &Tally) -> io::Result<()> {
            panic!("a report that failed hears of nothing more")
        }
    }

    fn wanted(texts: &[&str]) -> Vec<Wanted> {
        texts.iter().map(|text| Wanted::parse(text).unwrap()).collect()
    }

    #[test]
    fn a_name_that_is_none_is_answered_with_the_nearest() {
        let error = Wanted::parse("jsn=a.json").err().unwrap();
        assert!(
            error.message.contains("unknown report `jsn`"),
            "{}",
            error.message
        );
        assert!(error.message.contains("json"), "{}", error.message);
        assert!(Wanted::parse("json=").is_err());
    }

    #[test]
    fn two_reports_in_one_place_are_refused() {
        assert!(refuse_twice(&wanted(&["json=a", "terminal=b", "json"])).is_ok());
        assert!(refuse_twice(&wanted(&["json=a", "terminal=a"])).is_err());
        assert!(refuse_twice(&wanted(&["json", "terminal"])).is_err());
    }

    #[test]
    fn a_report_that_fails_stops_no_other_and_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/outcome.json");
        let text = format!("json={}", path.display());
        let whole = Output::open(Wanted::parse(&text).unwrap(), &Vault::new(), Verbosity::Normal);
        let (_, place) = Place::open(&folder.path().join("broken.xml")).unwrap();
        let broken = Output {
            shown: "report broken".to_owned(),
            report: Ok(Box::new(Broken)),
            place: Some(place),
        };
        let mut reports = Reports(vec![broken, whole]);
        reports.event(&Event::CaseFinished { at: 0, case: 0 }).unwrap();
        assert!(!path.exists(), "it has its name when it is whole");
        let error = reports.finish(&Tally::default()).unwrap_err().to_string();
        assert_eq!(error, "cannot write the report broken whole: no space left");
        assert!(fs::read_to_string(&path).unwrap().contains("\"incomplete\""));
        drop(reports);
        assert!(!folder.path().join("broken.xml").exists());
        let left = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 1, "nothing but the folder `new` is left");
    }
}
