//! What the arguments and the environment say of snapshots, and what is said of them at the end of a run.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use super::arguments::{RunArguments, Update};
use super::prepare::Loaded;
use super::select::SelectArguments;
use super::{Exit, output};
use crate::collection::Suite;
use crate::diagnostic::Diagnostics;
use crate::snapshot::{self, Mode};
use crate::source::Root;

/// What a run does with an answer that is not as accepted. What is said on the command line goes before what the
/// environment says.
pub(super) fn mode(arguments: &RunArguments) -> Mode {
    match arguments.update {
        Some(update) => Mode::Update {
            new: matches!(update, Update::All | Update::New),
            changed: matches!(update, Update::All | Update::Changed),
        },
        None if arguments.ci || is_ci() => Mode::ReadOnly,
        None => Mode::Review,
    }
}

/// True where `CI` is set, and not to `false`.
fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

/// Notes what is wrong with the snapshots of the collections.
pub(super) fn verify(root: &Root, suite: &Suite, diagnostics: &mut Diagnostics) {
    for (folder, names) in folders(suite) {
        if !names.is_empty() {
            snapshot::verify(root, &folder, diagnostics);
        }
    }
}

/// The folders of the collections' snapshots, each with the names in use there.
pub(super) fn folders(suite: &Suite) -> BTreeMap<PathBuf, HashSet<String>> {
    let mut folders: BTreeMap<PathBuf, HashSet<String>> = BTreeMap::new();
    for collection in &suite.collections {
        let names = folders.entry(collection.snapshot_folder()).or_default();
        names.extend(collection.snapshots.iter().cloned());
    }
    folders
}

/// The files that no step uses, from the root; nothing is said where a selection left something out.
pub(super) fn unused(loaded: &Loaded, select: &SelectArguments) -> Vec<String> {
    if select.narrows() {
        return Vec::new();
    }
    let root = &loaded.workspace.root;
    let mut folders = folders(&loaded.suite);
    if select.paths.is_empty() {
        // Every collection was read, so a folder of another name is that of one that is gone.
        let parents: HashSet<PathBuf> = folders
            .keys()
            .filter_map(|folder| folder.parent().map(Path::to_owned))
            .collect();
        for parent in parents {
            for folder in root.entries(&parent).map(|it| it.folders).unwrap_or_default() {
                folders.entry(folder).or_default();
            }
        }
    }
    folders
        .iter()
        .flat_map(|(folder, names)| snapshot::unused(root, folder, names).unwrap_or_default())
        .map(|path| snapshot::from_root(&path))
        .collect()
}

/// Says what could not be written; the exit is then that an output is not whole, where nothing graver is.
pub(super) fn told(unwritten: &[String], exit: Exit) -> Exit {
    for complaint in unwritten {
        output::error_line(&format!("error: {complaint}"));
    }
    match exit {
        Exit::Passed | Exit::Empty if !unwritten.is_empty() => Exit::Output,
        other => other,
    }
}
