//! The project's folder, opened once; everything else is opened beneath it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, OpenOptions, OpenOptionsExt as _};
use rustix::fs::OFlags;

use super::{Source, SourceError, find, path};

mod write;

pub use write::Entries;

/// The project's folder. What it opens lies beneath it: `..`, absolute paths and links that lead out are refused
/// by the operating system or by cap-std, never by looking at names alone.
#[derive(Debug)]
pub struct Root {
    folder: Dir,
    path: PathBuf,
    shown_prefix: PathBuf,
    /// The files that each file names, so far as they were asked for. Shared with the roots made of this one.
    named: Arc<Mutex<BTreeMap<PathBuf, BTreeSet<PathBuf>>>>,
}

impl Root {
    /// Opens a folder that the command line or the search for the project file has named.
    pub fn open(dir: &Path) -> Result<Root, SourceError> {
        let failed = |error| SourceError::from_io(path::shown(dir), error);
        let canonical = dir.canonicalize().map_err(failed)?;
        if !canonical.is_dir() {
            return Err(SourceError::NotAFolder {
                path: path::shown(dir),
            });
        }
        let folder = Dir::open_ambient_dir(&canonical, ambient_authority()).map_err(failed)?;
        Ok(Root {
            folder,
            path: canonical,
            shown_prefix: PathBuf::new(),
            named: Arc::default(),
        })
    }

    /// Shows every path behind this prefix: the root as seen from where the command runs.
    pub fn with_shown_prefix(mut self, prefix: impl Into<PathBuf>) -> Root {
        self.shown_prefix = prefix.into();
        self
    }

    /// The absolute path of the folder, without links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How a path relative to the root is shown to people.
    pub fn shown(&self, relative: &Path) -> String {
        path::shown(&self.shown_prefix.join(relative))
    }

    /// Reads a text file of at most `limit` bytes. A byte-order mark is dropped.
    pub fn read_text(&self, relative: &Path, limit: u64) -> Result<Arc<Source>, SourceError> {
        let bytes = self.read_bytes(relative, limit)?;
        let mut text = String::from_utf8(bytes).map_err(|error| SourceError::NotUtf8 {
            path: self.shown(relative),
            byte: error.utf8_error().valid_up_to(),
        })?;
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        Ok(Source::new(self.shown(relative), text))
    }

    /// Reads a regular file of at most `limit` bytes; reading stops at the limit whatever the file claims to be.
    pub fn read_bytes(&self, relative: &Path, limit: u64) -> Result<Vec<u8>, SourceError> {
        let file = self.open_regular(relative)?;
        let failed = |error| SourceError::from_io(self.shown(relative), error);
        let expected = file.metadata().map_err(failed)?.len().min(limit);
        let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or(0));
        file.take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length > limit) {
            return Err(SourceError::TooLarge {
                path: self.shown(relative),
                limit,
            });
        }
        Ok(bytes)
    }

    /// The path, relative to the root, of what a file names: joined to that file's folder, `.` and `..` taken out.
    ///
    /// Nothing is opened; that the file is named is remembered for [`uses`](Self::uses). A name that is absolute or
    /// climbs above the root is refused.
    pub fn resolve(&self, from: &Path, name: &str) -> Result<PathBuf, SourceError> {
        let folder = from.parent().unwrap_or(Path::new(""));
        let path = path::join_beneath(folder, Path::new(name)).ok_or_else(|| SourceError::LeavesProject {
            path: name.to_owned(),
        })?;
        self.note_use(from, &path);
        Ok(path)
    }

    /// Remembers that a file names another.
    pub fn note_use(&self, from: &Path, to: &Path) {
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        named.entry(from.to_owned()).or_default().insert(to.to_owned());
    }

    /// A file, the files it names, those they name, and so on, so far as they were asked for.
    pub fn uses(&self, file: &Path) -> BTreeSet<PathBuf> {
        let named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = BTreeSet::from([file.to_owned()]);
        let mut open = vec![file];
        while let Some(file) = open.pop() {
            for next in named.get(file).into_iter().flatten() {
                if found.insert(next.clone()) {
                    open.push(next);
                }
            }
        }
        found
    }

    /// The same folder once more, for somebody who wants to own it.
    pub fn again(&self) -> Result<Root, SourceError> {
        let mut again = Root::open(&self.path)?.with_shown_prefix(&self.shown_prefix);
        again.named = Arc::clone(&self.named);
        Ok(again)
    }

    /// The files below a folder that end in one of these extensions (without the dot), sorted, relative to the
    /// root. Hidden files and what `.gitignore` and `.ignore` files name are left out; links are not followed.
    pub fn find(&self, folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, SourceError> {
        let leaves = || SourceError::LeavesProject {
            path: self.shown(folder),
        };
        let folder = path::join_beneath(folder, Path::new("")).ok_or_else(leaves)?;
        let failed = |error| SourceError::from_io(self.shown(&folder), error);
        // Asked through the open folder, so that a link that leads out is refused before anything is listed.
        if !folder.as_os_str().is_empty() && !self.folder.metadata(&folder).map_err(failed)?.is_dir() {
            return Err(SourceError::NotAFolder {
                path: self.shown(&folder),
            });
        }
        // The walk needs a path without links. The open folder could tell it as well, and reads the whole of `/proc` for it.
        let start = self.path.join(&folder).canonicalize().map_err(failed)?;
        if !start.starts_with(&self.path) {
            return Err(leaves());
        }
        let mut found = find::files_below(&start, extensions).map_err(failed)?;
        for file in &mut found {
            *file = folder.join(&*file);
        }
        found.sort();
        Ok(found)
    }

    /// Opens a regular file. Its kind is asked before opening, because opening a pipe would wait for its writer,
    /// and again on what was opened, because the name may have changed hands in between.
    fn open_regular(&self, relative: &Path) -> Result<File, SourceError> {
        let failed = |error| SourceError::from_io(self.shown(relative), error);
        if !self.folder.metadata(relative).map_err(failed)?.is_file() {
            return Err(self.irregular(relative));
        }
        self.open_at_once(relative)
    }

    /// Opens what stands there now, if it is a regular file. A pipe that took the file's place since that was asked is not
    /// waited for.
    fn open_at_once(&self, relative: &Path) -> Result<File, SourceError> {
        let failed = |error| SourceError::from_io(self.shown(relative), error);
        let mut options = OpenOptions::new();
        options
            .read(true)
            .custom_flags(OFlags::NONBLOCK.bits().cast_signed());
        let file = self.folder.open_with(relative, &options).map_err(failed)?;
        if !file.metadata().map_err(failed)?.is_file() {
            return Err(self.irregular(relative));
        }
        Ok(file)
    }

    fn irregular(&self, relative: &Path) -> SourceError {
        SourceError::NotARegularFile {
            path: self.shown(relative),
        }
    }
}

#[cfg(test)]
mod tests;
