//! Snapshots on disk: what was accepted, and beside it what waits for review.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::content::{Content, Made};
use super::volatile::{Proposal, proposals};
use crate::diff::Diff;
use crate::outcome::{Differences, SnapshotResult, SnapshotState};
use crate::source::{Root, Source, SourceError};

/// The endings of snapshots.
pub(super) const ENDINGS: [&str; 2] = ["json", "txt"];

/// What stands behind the name of one that waits for review.
pub(super) const PENDING: &str = ".new";

/// The largest snapshot that is read, in bytes.
const LIMIT: u64 = 64 * 1024 * 1024;

/// What a run does with an answer that is not as accepted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// It is written beside the accepted one and waits for review; the check does not hold.
    #[default]
    Review,
    /// Nothing is written; the check does not hold.
    ReadOnly,
    /// It is accepted at once.
    Update {
        /// Where there was none before.
        new: bool,
        /// Where there was another one.
        changed: bool,
    },
}

/// The snapshots beneath a project's root.
#[derive(Debug)]
pub struct Store {
    root: Arc<Root>,
    mode: Mode,
    /// What could not be written, in words.
    unwritten: Mutex<Vec<String>>,
}

/// What was accepted, beside an answer.
enum Accepted {
    /// It is stored as the answer would be.
    Same,
    /// It is stored otherwise, which need not be a difference.
    Other(Content),
}

/// What became of one snapshot, and why its check does not hold.
#[derive(Debug)]
pub struct Judged {
    /// For the event.
    pub result: SnapshotResult,
    /// Why the check does not hold; nothing if it does.
    pub unlike: Option<Unlike>,
}

/// How an answer is not as accepted.
#[derive(Debug, PartialEq)]
pub struct Unlike {
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub actual: String,
    /// The differences.
    pub diff: Option<Differences>,
    /// What to do about it.
    pub hint: String,
}

impl Store {
    /// The snapshots beneath this root.
    pub fn new(root: Arc<Root>, mode: Mode) -> Store {
        Store {
            root,
            mode,
            unwritten: Mutex::default(),
        }
    }

    /// What could not be written so far, each in words.
    pub fn unwritten(&self) -> Vec<String> {
        self.unwritten
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Compares an answer with the snapshot of this name (a path from the root, without its ending), and writes what
    /// the mode says. Where another check of its step does not hold, `is_good` is false: such an answer is compared,
    /// and nothing is written.
    ///
    /// # Errors
    /// The accepted snapshot cannot be read, in words.
    pub fn judge(&self, name: &Path, made: &Made, is_good: bool) -> Result<Judged, String> {
        let content = &made.content;
        let path = with_ending(name, content.ending());
        let accepted = self.accepted(name, content)?;
        let (adds, updates) = match self.mode {
            Mode::Update { new, changed } => (new && is_good, changed && is_good),
            Mode::Review | Mode::ReadOnly => (false, false),
        };
        let mut warnings: Vec<String> = made
            .unmatched
            .iter()
            .map(|path| format!("`ignore: {path}` matches nothing in this answer"))
            .collect();
        let (file, diff, is_new) = match accepted {
            None => (path.clone(), None, true),
            Some((file, Accepted::Same)) => (file, None, false),
            // Dropped once it is compared: what holds a large answer takes many times its room.
            Some((file, Accepted::Other(accepted))) => (file, made.differences(&accepted), false),
        };
        let shown = from_root(&file);
        if !is_new && diff.is_none() {
            if self.mode != Mode::ReadOnly && is_good {
                self.forget_pending(name, &mut warnings);
            }
            return Ok(Judged {
                result: result(shown, SnapshotState::Matched, warnings),
                unlike: None,
            });
        }
        if if is_new { adds } else { updates } {
            if let Some(Differences::Json(diff)) = &diff {
                warnings.extend(changing(diff, made.within));
            }
            let written = self.accept(&path, content, &mut warnings);
            let state = match (is_new, written) {
                (true, true) => SnapshotState::Added,
                (false, true) => SnapshotState::Updated,
                (true, false) => SnapshotState::Missing,
                (false, false) => SnapshotState::Changed,
            };
            return Ok(Judged {
                result: result(from_root(&path), state, warnings),
                unlike: None,
            });
        }
        let hint = match (self.mode, is_good) {
            (_, false) => "nothing was written, for another check of this step does not hold".to_owned(),
            (Mode::ReadOnly, true) => {
                "nothing is written with --ci: run without it, look at the change and accept it".to_owned()
            }
            (Mode::Review | Mode::Update { .. }, true) => {
                self.put_aside(&path, content, &mut warnings);
                "accept it with `callsheet review`, or with `callsheet run --update`".to_owned()
            }
        };
        let waits = is_good && self.mode != Mode::ReadOnly;
        let (state, expected, actual) = match &diff {
            None if waits => (SnapshotState::New, format!("a snapshot in {shown}"), "none yet"),
            None => (SnapshotState::Missing, format!("a snapshot in {shown}"), "none"),
            Some(_) => (SnapshotState::Changed, format!("what {shown} holds"), ""),
        };
        let actual = diff.as_ref().map_or_else(|| actual.to_owned(), counted);
        Ok(Judged {
            result: result(shown, state, warnings),
            unlike: Some(Unlike {
                expected,
                actual,
                diff,
                hint,
            }),
        })
    }

    /// The accepted snapshot of a name, with its path. One of the other kind counts as well: an answer may turn from
    /// text to JSON.
    fn accepted(&self, name: &Path, content: &Content) -> Result<Option<(PathBuf, Accepted)>, String> {
        let ending = content.ending();
        let others = ENDINGS.into_iter().filter(|other| *other != ending);
        for ending in std::iter::once(ending).chain(others) {
            let path = with_ending(name, ending);
            match self.root.read_text(&path, LIMIT) {
                Ok(source) => {
                    // Nearly all are like this, and need not be read into values then.
                    if ending == content.ending() && content.is_json_stored_as(&source.text) {
                        return Ok(Some((path, Accepted::Same)));
                    }
                    if let Some(line) = conflict(ending, &source.text) {
                        return Err(format!(
                            "{}:{line}: the snapshot holds an unresolved merge conflict",
                            source.path
                        ));
                    }
                    let accepted = Content::read(ending, &source.text)
                        .map_err(|error| format!("{}: {error}", source.path))?;
                    return Ok(Some((path, Accepted::Other(accepted))));
                }
                Err(SourceError::NotFound { .. }) => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(None)
    }

    /// Writes an accepted snapshot, in the place of one of the other kind too; true if it is written.
    fn accept(&self, path: &Path, content: &Content, warnings: &mut Vec<String>) -> bool {
        let name = path.with_extension("");
        if !self.written(path, self.root.write(path, content.text().as_bytes()), warnings) {
            return false;
        }
        for ending in ENDINGS.into_iter().filter(|ending| *ending != content.ending()) {
            let other = with_ending(&name, ending);
            let removed = self.root.remove(&other).map(drop);
            self.written(&other, removed, warnings);
        }
        self.forget_pending(&name, warnings);
        true
    }

    /// Writes what waits for review.
    fn put_aside(&self, path: &Path, content: &Content, warnings: &mut Vec<String>) {
        let pending = pending(path);
        let written = self.root.write(&pending, content.text().as_bytes());
        self.written(&pending, written, warnings);
    }

    /// Removes what waited for review: the answer is as accepted now.
    fn forget_pending(&self, name: &Path, warnings: &mut Vec<String>) {
        for ending in ENDINGS {
            let pending = pending(&with_ending(name, ending));
            let removed = self.root.remove(&pending).map(drop);
            self.written(&pending, removed, warnings);
        }
    }

    /// Takes note of what could not be written.
    fn written(&self, path: &Path, outcome: io::Result<()>, warnings: &mut Vec<String>) -> bool {
        let Err(error) = outcome else { return true };
        let complaint = format!("cannot write {}: {error}", self.root.shown(path));
        warnings.push(complaint.clone());
        self.unwritten
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(complaint);
        false
    }
}

fn result(file: String, state: SnapshotState, warnings: Vec<String>) -> SnapshotResult {
    SnapshotResult {
        file,
        state,
        warnings,
    }
}

/// The values of an updated snapshot that the next answer will have others of, it seems.
fn changing(diff: &Diff, within: bool) -> impl Iterator<Item = String> {
    proposals(diff, within).into_iter().filter_map(|proposal| {
        let Proposal { path, volatile } = proposal;
        let words = volatile?.words();
        Some(format!(
            "{path} looks like {words} that differs with every answer: `ignore` it, or `replace` it"
        ))
    })
}

/// `3 differences`.
fn counted(differences: &Differences) -> String {
    match differences {
        Differences::Json(diff) => match diff.differences.len() + diff.omitted {
            1 => "1 difference".to_owned(),
            count => format!("{count} differences"),
        },
        Differences::Text(_) => "another text".to_owned(),
    }
}

/// A path from the root, with forward slashes.
pub fn from_root(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// A name with an ending behind it: dots in the name stay.
pub(super) fn with_ending(name: &Path, ending: &str) -> PathBuf {
    let mut path = name.as_os_str().to_owned();
    path.push(".");
    path.push(ending);
    PathBuf::from(path)
}

/// Where what waits for review lies.
pub(super) fn pending(path: &Path) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(PENDING);
    PathBuf::from(path)
}

/// Reads a snapshot.
pub(super) fn read(root: &Root, path: &Path) -> Result<Arc<Source>, SourceError> {
    root.read_text(path, LIMIT)
}

/// The line, from 1, of the first mark that a merge left in a snapshot. JSON never has such a line; a text has all three
/// in their order.
pub(super) fn conflict(ending: &str, text: &str) -> Option<usize> {
    const MARKS: [&str; 3] = ["<<<<<<<", "=======", ">>>>>>>"];
    let mark = |line: &str, mark: &str| {
        line.strip_prefix(mark)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\r']))
    };
    let mut lines = text.lines().enumerate();
    if ending == "json" {
        return lines
            .find(|(_, line)| MARKS.iter().any(|it| mark(line, it)))
            .map(|(index, _)| index + 1);
    }
    let (first, _) = lines.find(|(_, line)| mark(line, MARKS[0]))?;
    lines.find(|(_, line)| mark(line, MARKS[1]))?;
    lines.find(|(_, line)| mark(line, MARKS[2]))?;
    Some(first + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_a_merge_are_found_at_their_line() {
        let three = "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> main\n";
        assert_eq!(conflict("json", three), Some(2));
        assert_eq!(conflict("txt", three), Some(2));
        assert_eq!(conflict("json", "{\n=======\n"), Some(2), "half resolved");
        assert_eq!(conflict("txt", "Title\n=======\ntext\n"), None, "a heading");
        assert_eq!(conflict("json", "{\n  \"a\": \"<<<<<<< x\"\n}\n"), None);
        assert_eq!(conflict("txt", "<<<<<<<<<< no mark\n=======\n>>>>>>>\n"), None);
        assert_eq!(conflict("json", "<<<<<<< a\r\n"), Some(1));
    }
}
