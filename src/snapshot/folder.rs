//! The folder of a collection's snapshots: what is wrong in it, and what nobody uses.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use super::content::Content;
use super::name;
use super::store::{ENDINGS, PENDING, conflict, read};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Place, Root};

/// A file in a folder of snapshots, by the parts of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its path from the root.
    pub path: PathBuf,
    /// Its name without endings.
    pub name: String,
    /// `json` or `txt`.
    pub ending: &'static str,
    /// True if it waits for review.
    pub is_pending: bool,
}

impl Stored {
    /// The name of its step's snapshot, whichever round it is of.
    pub fn of_step(&self) -> &str {
        name::without_rounds(&self.name)
    }
}

/// The snapshots in a folder, sorted by name.
///
/// # Errors
/// The folder cannot be listed.
pub fn stored(root: &Root, folder: &Path) -> io::Result<Vec<Stored>> {
    let files = root.entries(folder)?.files;
    Ok(files.into_iter().filter_map(parts).collect())
}

fn parts(path: PathBuf) -> Option<Stored> {
    let whole = path.file_name()?.to_str()?;
    let (accepted, is_pending) = match whole.strip_suffix(PENDING) {
        Some(accepted) => (accepted, true),
        None => (whole, false),
    };
    let (name, ending) = accepted.rsplit_once('.')?;
    let ending = ENDINGS.into_iter().find(|known| *known == ending)?;
    let name = name.to_owned();
    Some(Stored {
        path,
        name,
        ending,
        is_pending,
    })
}

/// Notes the accepted snapshots of a folder that no run could compare with: left in a merge conflict, or not JSON.
pub fn verify(root: &Root, folder: &Path, diagnostics: &mut Diagnostics) {
    let stored = match stored(root, folder) {
        Ok(stored) => stored,
        Err(error) => {
            let message = format!("cannot list {}: {error}", root.shown(folder));
            return diagnostics.push(Diagnostic::error(message));
        }
    };
    for file in stored.iter().filter(|file| !file.is_pending) {
        let source = match read(root, &file.path) {
            Ok(source) => source,
            Err(error) => {
                diagnostics.push(Diagnostic::error(error.to_string()));
                continue;
            }
        };
        let at = |line: usize| {
            let lines = source.text.split_inclusive('\n');
            let start: usize = lines.clone().take(line - 1).map(str::len).sum();
            let length = source.text[start..].lines().next().map_or(0, str::len);
            Place::new(&source, start..start + length)
        };
        if let Some(line) = conflict(file.ending, &source.text) {
            diagnostics.push(
                Diagnostic::error("this snapshot holds an unresolved merge conflict")
                    .at(&at(line))
                    .help("resolve it, or remove the file and run with `--update=new`"),
            );
        } else if let Err(error) = Content::read(file.ending, &source.text) {
            diagnostics.push(
                Diagnostic::error(format!("this snapshot cannot be read: {}", error.message))
                    .at(&at(error.line))
                    .help("mend it, or remove the file and run with `--update=new`"),
            );
        }
    }
}

/// The files of a folder that belong to none of these names.
///
/// # Errors
/// The folder cannot be listed.
pub fn unused(root: &Root, folder: &Path, names: &HashSet<String>) -> io::Result<Vec<PathBuf>> {
    let stored = stored(root, folder)?.into_iter();
    Ok(stored
        .filter(|file| !names.contains(file.of_step()))
        .map(|file| file.path)
        .collect())
}
