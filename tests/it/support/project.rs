//! Given: a folder of its own with files in it.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Run, Server};

/// A folder of one test; it goes when the test ends.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// An empty folder.
    pub(crate) fn empty() -> Project {
        Project {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// A folder with a `callsheet.yaml` whose base URL is the server's, and `collections/c.yaml`.
    pub(crate) fn against(server: &Server, collection: &str) -> Project {
        Project::empty()
            .file(
                "callsheet.yaml",
                &format!("project: a test\ndefaults:\n  base_url: {}\n", server.url()),
            )
            .file("collections/c.yaml", collection)
    }

    /// A copy of a folder.
    pub(crate) fn copy_of(names: &[&str], from: &Path) -> Project {
        let project = Project::empty();
        for name in names {
            copy(&from.join(name), &project.path().join(name));
        }
        project
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, with its folders.
    pub(crate) fn file(self, name: &str, text: &str) -> Project {
        self.bytes(name, text.as_bytes())
    }

    /// Writes a file of bytes.
    pub(crate) fn bytes(self, name: &str, bytes: &[u8]) -> Project {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
        self
    }

    /// When: the program runs in this folder with these arguments, separated by blanks.
    pub(crate) fn callsheet(&self, arguments: &str) -> Run {
        Run::new(self.path(), arguments.split_whitespace())
    }
}

fn copy(from: &PathBuf, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("a folder");
        for entry in fs::read_dir(from).expect("a folder to copy") {
            let entry = entry.expect("an entry");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).expect("a copy");
    }
}
