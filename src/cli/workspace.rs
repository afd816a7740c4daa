//! Where the command runs: the project's folder, and which files are meant.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

use super::CommandError;
use super::select::at_line;
use crate::collection::{PROJECT_FILE, SuiteFile, find_project};
use crate::source::Root;

/// The folder that collections are found in when none is named.
const COLLECTIONS: &str = "collections";

/// The project's folder, or the working folder where there is no project.
#[derive(Debug)]
pub(super) struct Workspace {
    pub(super) root: Arc<Root>,
    pub(super) has_project: bool,
    current: PathBuf,
}

impl Workspace {
    /// Finds the project by walking up, from the first path that is named or from the working folder.
    pub(super) fn find(paths: &[PathBuf]) -> Result<Workspace, CommandError> {
        let current = std::env::current_dir()
            .and_then(|folder| folder.canonicalize())
            .map_err(|error| CommandError::usage(format!("cannot tell the working folder: {error}")))?;
        let from_path = paths.first().map(|path| normalise(&current.join(path)));
        let project = find_project(&current).or_else(|| from_path.as_deref().and_then(find_project));
        let folder = project.unwrap_or(&current);
        let root = Root::open(folder).map_err(|error| CommandError::usage(error.to_string()))?;
        let root = root.with_shown_prefix(relative(folder, &current));
        Ok(Workspace {
            root: Arc::new(root),
            has_project: project.is_some(),
            current,
        })
    }

    /// A path of the command line, relative to the project's folder.
    pub(super) fn within(&self, path: &Path) -> Result<PathBuf, CommandError> {
        let absolute = normalise(&self.current.join(path));
        // The folder's own name may go through links; what it resolves to is what the root is.
        let resolved = absolute.canonicalize().unwrap_or(absolute);
        resolved
            .strip_prefix(self.root.path())
            .map(Path::to_owned)
            .map_err(|_| {
                CommandError::usage(format!(
                    "{} is outside of the project {}",
                    path.display(),
                    self.root.path().display()
                ))
            })
    }

    /// The files that are meant: those named, and the call sheets in the folders named.
    pub(super) fn files(&self, paths: &[PathBuf]) -> Result<Vec<SuiteFile>, CommandError> {
        // Whether each was named itself, in the order they were met.
        let mut files: IndexMap<PathBuf, bool> = IndexMap::new();
        let mut add = |file: SuiteFile| *files.entry(file.path).or_default() |= file.named;
        if paths.is_empty() {
            self.folder(self.usual_folder())?.into_iter().for_each(&mut add);
        }
        for path in paths {
            let relative = self.within(&at_line(path).0)?;
            if self.root.path().join(&relative).is_dir() {
                self.folder(&relative)?.into_iter().for_each(&mut add);
            } else {
                add(SuiteFile {
                    path: relative,
                    named: true,
                });
            }
        }
        let files = files.into_iter();
        Ok(files.map(|(path, named)| SuiteFile { path, named }).collect())
    }

    /// The folders in which files are looked for.
    pub(super) fn folders(&self, paths: &[PathBuf]) -> Result<Vec<PathBuf>, CommandError> {
        if paths.is_empty() {
            return Ok(vec![self.usual_folder().to_owned()]);
        }
        let within = |path: &PathBuf| self.within(&at_line(path).0);
        let mut folders = paths.iter().map(within).collect::<Result<Vec<_>, _>>()?;
        folders.retain(|folder| self.root.path().join(folder).is_dir());
        Ok(folders)
    }

    /// Where collections are when no path is named.
    fn usual_folder(&self) -> &'static Path {
        match self.root.path().join(COLLECTIONS).is_dir() {
            true => Path::new(COLLECTIONS),
            false => Path::new(""),
        }
    }

    fn folder(&self, folder: &Path) -> Result<Vec<SuiteFile>, CommandError> {
        let found = self
            .root
            .find(folder, &["yaml", "yml"])
            .map_err(|error| CommandError::usage(error.to_string()))?;
        Ok(found
            .into_iter()
            .filter(|path| path != Path::new(PROJECT_FILE))
            .map(|path| SuiteFile { path, named: false })
            .collect())
    }
}

/// A path without `.` and `..`, by its text.
fn normalise(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(component),
        }
    }
    plain
}

/// How `folder` is reached from `current`, which it contains or not.
fn relative(folder: &Path, current: &Path) -> PathBuf {
    let common = folder
        .components()
        .zip(current.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = current.components().count() - common;
    let mut path: PathBuf = std::iter::repeat_n("..", up).collect();
    path.extend(folder.components().skip(common));
    path
}
