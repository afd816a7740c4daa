//! `callsheet review`: the snapshots that wait, shown one by one, accepted or rejected.

mod show;
mod walk;

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

use super::arguments::ReviewArguments;
use super::select::SelectArguments;
use super::{CommandError, Exit, output, prepare, snapshots};
use crate::collection::{Addition, Collection, Defaults, Library, Snapshot, amend};
use crate::outcome::Differences;
use crate::secret::Vault;
use crate::snapshot::{self, Pending, Stored};
use crate::source::Root;

use super::changes::{Page, count};

/// The largest sheet that is edited, in bytes.
const SHEET_LIMIT: u64 = 4 * 1024 * 1024;

/// A snapshot that waits, and the step it belongs to.
struct Waiting<'c> {
    snapshot: Snapshot<'c>,
    pending: Pending,
}

impl Waiting<'_> {
    fn differences(&self) -> Option<Differences> {
        self.pending.differences(&self.snapshot.rules)
    }

    /// Its file, once accepted.
    fn file(&self) -> String {
        snapshot::from_root(&self.pending.target)
    }
}

pub(super) fn review(arguments: &ReviewArguments) -> Result<Exit, CommandError> {
    let select = SelectArguments {
        paths: arguments.paths.clone(),
        ..SelectArguments::default()
    };
    let mut loaded = prepare::load(&select)?;
    if let Some(exit) = loaded.complain(&Vault::new()) {
        return Ok(exit);
    }
    let root = Arc::clone(&loaded.workspace.root);
    let collections = with_snapshots(&loaded.library())?;
    let waiting = waiting(&root, &collections, &loaded.suite.project.defaults)?;
    let stdout = io::stdout();
    let page = Page {
        colour: output::colour(&stdout),
        width: output::width(),
    };
    let mut out = stdout.lock();
    let unused = || snapshots::unused(&loaded, &select);
    let done = if arguments.prune {
        prune(&root, &unused(), &mut out)
    } else if arguments.list {
        show::list(&waiting, &unused(), page, &mut out)
    } else if arguments.accept_all {
        each(&waiting, "accepted", |pending| pending.accept(&root), &mut out)
    } else if arguments.reject_all {
        each(&waiting, "rejected", |pending| pending.reject(&root), &mut out)
    } else if waiting.is_empty() {
        writeln!(out, "nothing waits for review")
    } else if io::stdin().is_terminal() && io::stdout().is_terminal() {
        walk::walk(waiting, &root, page, &mut io::stdin().lock(), &mut out)
    } else {
        return Err(CommandError::usage(format!(
            "{} for review, and there is no terminal to ask in; --list shows, --accept-all accepts, --reject-all rejects",
            show::wait(waiting.len())
        )));
    };
    done.and_then(|()| out.flush())
        .map(|()| Exit::Passed)
        .map_err(|error| CommandError::output("the review is not at its end", &error))
}

/// The collections that have snapshots.
fn with_snapshots(library: &Library<'_>) -> Result<Vec<Arc<Collection>>, CommandError> {
    let outlines = library.suite.collections.iter();
    outlines
        .filter(|outline| !outline.snapshots.is_empty())
        .map(|outline| library.open(outline))
        .collect::<Result<_, _>>()
        .map_err(|error| CommandError::usage(error.message))
}

/// What waits in the folders of the collections, in the order of their files.
fn waiting<'c>(
    root: &Root,
    collections: &'c [Arc<Collection>],
    project: &Defaults,
) -> Result<Vec<Waiting<'c>>, CommandError> {
    let mut waiting = Vec::new();
    for collection in collections {
        let folder = collection.snapshot_folder();
        let stored = snapshot::stored(root, &folder)
            .map_err(|error| CommandError::usage(format!("cannot list {}: {error}", root.shown(&folder))))?;
        for snapshot in collection.snapshots(project) {
            // Each round of a step has a snapshot of its own.
            let of_it = |file: &&Stored| file.is_pending && file.of_step() == snapshot.name;
            for file in stored.iter().filter(of_it) {
                let pending = Pending::read(root, file).map_err(CommandError::usage)?;
                let snapshot = snapshot.clone();
                waiting.push(Waiting { snapshot, pending });
            }
        }
    }
    Ok(waiting)
}

/// Does one thing to all that wait, and says so.
fn each(
    waiting: &[Waiting<'_>],
    done: &str,
    act: impl Fn(&Pending) -> io::Result<()>,
    out: &mut impl Write,
) -> io::Result<()> {
    for one in waiting {
        act(&one.pending).map_err(|error| at(&one.file(), &error))?;
        writeln!(out, "{done}  {}", one.file())?;
    }
    writeln!(out, "{done} {}", count(waiting.len(), "snapshot"))
}

fn prune(root: &Root, unused: &[String], out: &mut impl Write) -> io::Result<()> {
    for file in unused {
        root.remove(Path::new(file)).map_err(|error| at(file, &error))?;
        writeln!(out, "removed  {}", crate::untrusted::line(file))?;
    }
    writeln!(out, "removed {}", count(unused.len(), "unused snapshot"))
}

fn at(file: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{file}: {error}"))
}

/// Writes rules into the sheet of a snapshot. Nothing is changed where one of them cannot be added.
///
/// # Errors
/// The sheet cannot be read or written, or a rule cannot be added to it safely; in words.
fn write_rules(root: &Root, snapshot: &Snapshot<'_>, additions: &[Addition]) -> Result<(), String> {
    let read = || root.read_text(snapshot.file, SHEET_LIMIT);
    let mut source = read().map_err(|error| error.to_string())?;
    for addition in additions {
        let Some(text) = amend(&source, &snapshot.check.place, addition) else {
            return Err(format!(
                "the `snapshot` at {} is not written so that a rule could be added safely; add there:\n  {}",
                snapshot.check.place,
                additions
                    .iter()
                    .map(Addition::written)
                    .collect::<Vec<_>>()
                    .join("\n  ")
            ));
        };
        source = crate::source::Source::new(source.path.clone(), text);
    }
    root.write(snapshot.file, source.text.as_bytes())
        .map_err(|error| format!("cannot write {}: {error}", source.path))
}
