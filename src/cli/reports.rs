//! The reports of a run: which, where each goes, and that one that fails stops no other.

use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::arguments::ShownArguments;
use super::written::{Output, Shown};
use super::{CommandError, desktop, output};
use crate::outcome::{Event, Tally};
use crate::registry;
use crate::report::{self, Report, ReportKind, Verbosity};
use crate::secret::Vault;

/// Where the page for people is written that `--open` shows and nobody gave a path, beneath the project's folder.
const PAGE: &str = "target/callsheet/report.html";

/// The reports that the arguments ask for, each behind the mask. One of them is on stdout: the one that is asked for
/// without a path, or the terminal's. `root` is the project's folder.
///
/// # Errors
/// An argument is wrong, or there is no desktop to show a page on. A file that cannot be written is told when the
/// reports are finished.
pub(super) fn make(arguments: &ShownArguments, root: &Path, vault: &Vault) -> Result<Reports, CommandError> {
    let mut wanted = Vec::new();
    for text in &arguments.reports {
        wanted.push(Wanted::parse(text)?);
    }
    if arguments.json {
        wanted.push(Wanted::parse("json")?);
    }
    if arguments.open {
        desktop::require()?;
        if page(&wanted).is_none() {
            let path = root.join(PAGE);
            // As somebody who stands here would name it.
            let near = std::env::current_dir()
                .ok()
                .and_then(|folder| path.strip_prefix(folder).ok().map(Path::to_owned));
            wanted.push(Wanted {
                kind: kind(report::PAGE),
                path: Some(near.unwrap_or(path)),
            });
        }
    }
    if wanted.iter().all(|wanted| wanted.path.is_some()) {
        wanted.insert(0, Wanted::parse("terminal")?);
    }
    refuse_twice(&wanted)?;
    let page = page(&wanted).map(Path::to_owned);
    let shown = Shown {
        verbosity: verbosity(arguments),
        page: page.as_ref().map(|path| path.display().to_string()),
    };
    Ok(Reports {
        outputs: wanted
            .into_iter()
            .map(|wanted| wanted.open(vault, &shown))
            .collect(),
        opens: page.filter(|_| arguments.open),
    })
}

/// The reports of a run: those that the arguments ask for, and in GitHub Actions its annotations and its step summary.
///
/// # Errors
/// As [`make`].
pub(super) fn make_for_run(
    arguments: &ShownArguments,
    root: &Path,
    vault: &Vault,
) -> Result<Reports, CommandError> {
    let mut reports = make(arguments, root, vault)?;
    if std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
        let outputs = &mut reports.outputs;
        if !outputs.iter().any(|output| output.kind == report::ANNOTATIONS) {
            outputs.push(Output::annotations(kind(report::ANNOTATIONS), vault));
        }
        let summary = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
        outputs.extend(summary.map(|path| Output::summary(kind(report::COMMENT), Path::new(&path), vault)));
    }
    Ok(reports)
}

/// The kind of a name that is in the list.
fn kind(name: &str) -> &'static ReportKind {
    registry::find(report::KINDS, name).expect("a kind of the list")
}

/// The file of the page for people.
fn page(wanted: &[Wanted]) -> Option<&Path> {
    wanted
        .iter()
        .filter(|wanted| wanted.kind.entry.name == report::PAGE)
        .find_map(|wanted| wanted.path.as_deref())
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

    /// Opens the place it goes to.
    fn open(&self, vault: &Vault, shown: &Shown) -> Output {
        match &self.path {
            None => Output::on_stdout(self.kind, self.shown(), vault, shown),
            Some(path) => Output::in_file(self.kind, self.shown(), path, vault, shown),
        }
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

/// Finishes each, and gives what came of it, in order. Those in files are finished beside each other, on as many threads
/// as there are processors: the longest of them make up most of what all of them take. What goes to a stream, where
/// another one may go too, keeps its turn.
fn finish_all(outputs: &mut [Output], tally: &Tally) -> Vec<io::Result<()>> {
    let mut finished: Vec<io::Result<()>> = outputs.iter().map(|_| Ok(())).collect();
    let (files, streams): (Vec<_>, Vec<_>) = outputs
        .iter_mut()
        .zip(&mut finished)
        .partition(|(output, _)| output.is_in_file());
    finish_beside(files, tally, || {
        for (output, finished) in streams {
            *finished = output.finish(tally);
        }
    });
    finished
}

fn finish_beside(files: Vec<(&mut Output, &mut io::Result<()>)>, tally: &Tally, first: impl FnOnce()) {
    let threads = match files.len() {
        // Asking for the processors takes some thirty system calls.
        0 | 1 => 0,
        // This one is a thread too.
        files => thread::available_parallelism().map_or(1, NonZero::get).min(files) - 1,
    };
    let files = Mutex::new(files.into_iter());
    let next = || files.lock().unwrap_or_else(PoisonError::into_inner).next();
    let finish_files = || {
        while let Some((output, finished)) = next() {
            *finished = output.finish(tally);
        }
    };
    thread::scope(|scope| {
        for _ in 0..threads {
            // Where there can be no more threads, fewer do.
            let _ = thread::Builder::new().spawn_scoped(scope, finish_files);
        }
        first();
        finish_files();
    });
}

/// Several reports as one.
pub(super) struct Reports {
    outputs: Vec<Output>,
    /// The file that is shown on the desktop when it is whole.
    opens: Option<PathBuf>,
}

impl Reports {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.outputs.len()
    }
}

impl Report for Reports {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        for output in &mut self.outputs {
            output.tell(|report| report.event(event));
        }
        Ok(())
    }

    fn settle(&mut self) -> io::Result<()> {
        // A file has no name before it is whole: nobody reads along.
        for output in self.outputs.iter_mut().filter(|output| !output.is_in_file()) {
            output.tell(|report| report.settle());
        }
        Ok(())
    }

    fn tick(&mut self, now: u64) -> io::Result<()> {
        for output in &mut self.outputs {
            output.tell(|report| report.tick(now));
        }
        Ok(())
    }

    /// The error names every report that is not whole.
    fn finish(&mut self, tally: &Tally) -> io::Result<()> {
        let mut failures = Vec::new();
        let finished = finish_all(&mut self.outputs, tally);
        for (output, finished) in self.outputs.iter_mut().zip(finished) {
            match finished {
                Err(error) => failures.push(format!("cannot write the {} whole: {error}", output.shown)),
                Ok(()) if output.kind == report::PAGE => {
                    if let Some(path) = self.opens.take()
                        && let Err(error) = desktop::open(&path)
                    {
                        output::error_line(&format!("warning: cannot open {}: {error}", path.display()));
                    }
                }
                Ok(()) => {}
            }
        }
        if failures.is_empty() {
            Ok(())
        } else {
            Err(io::Error::other(failures.join("\nerror: ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::cli::written::Place;

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
        let shown = Shown {
            verbosity: Verbosity::Normal,
            page: None,
        };
        let whole = Wanted::parse(&text).unwrap().open(&Vault::new(), &shown);
        let (_, place) = Place::open(&folder.path().join("broken.xml")).unwrap();
        let broken = Output {
            kind: "broken",
            shown: "report broken".to_owned(),
            report: Ok(Box::new(Broken)),
            place: Some(place),
        };
        let mut reports = Reports {
            outputs: vec![broken, whole],
            opens: None,
        };
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
