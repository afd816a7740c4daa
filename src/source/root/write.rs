//! Files beneath the root that are written whole, removed and listed.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use cap_std::fs::OpenOptions;

use super::Root;

/// Tells the temporary files of one process apart.
static COUNTER: AtomicU64 = AtomicU64::new(0);

impl Root {
    /// Writes a file whole, with the folders it lies in: to a temporary file beside it, which then takes its name. A
    /// reader sees the old text or the new one, and of two writers the last. Who may read it stays as it was.
    ///
    /// # Errors
    /// The operating system refuses, or the path leads out of the root. Nothing of the file is changed then.
    pub fn write(&self, relative: &Path, bytes: &[u8]) -> io::Result<()> {
        let name = relative.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let folder = relative.parent().unwrap_or(Path::new(""));
        if !folder.as_os_str().is_empty() {
            self.folder.create_dir_all(folder)?;
        }
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let mut temporary = std::ffi::OsString::from(".");
        temporary.push(name);
        temporary.push(format!(".{}-{number}.tmp", std::process::id()));
        let temporary = folder.join(temporary);
        let written = self
            .folder
            .open_with(&temporary, OpenOptions::new().write(true).create_new(true))
            .and_then(|mut file| {
                if let Ok(replaced) = self.folder.metadata(relative) {
                    file.set_permissions(replaced.permissions())?;
                }
                file.write_all(bytes)
            })
            .and_then(|()| self.folder.rename(&temporary, &self.folder, relative));
        if written.is_err() {
            // Without it there is nothing to take away; what went wrong before is what is told.
            let _ = self.folder.remove_file(&temporary);
        }
        written
    }

    /// Gives a file another name, whether or not one of that name is there.
    ///
    /// # Errors
    /// As those of [`Root::write`].
    pub fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.folder.rename(from, &self.folder, to)
    }

    /// Removes a file; true if it was there.
    ///
    /// # Errors
    /// As those of [`Root::write`].
    pub fn remove(&self, relative: &Path) -> io::Result<bool> {
        match self.folder.remove_file(relative) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The regular files in a folder and the folders in it, sorted, each relative to the root; none where there is no
    /// such folder. Nothing is left out by ignore files.
    ///
    /// # Errors
    /// As those of [`Root::write`].
    pub fn entries(&self, folder: &Path) -> io::Result<Entries> {
        let listed = match self.folder.read_dir(if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        }) {
            Ok(listed) => listed,
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                return Ok(Entries::default());
            }
            Err(error) => return Err(error),
        };
        let mut entries = Entries::default();
        for entry in listed {
            let entry = entry?;
            let kind = entry.file_type()?;
            let path = folder.join(entry.file_name());
            if kind.is_dir() {
                entries.folders.push(path);
            } else if kind.is_file() {
                entries.files.push(path);
            }
        }
        entries.files.sort();
        entries.folders.sort();
        Ok(entries)
    }
}

/// What lies in a folder; links are left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Entries {
    /// Its regular files.
    pub files: Vec<PathBuf>,
    /// Its folders.
    pub folders: Vec<PathBuf>,
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn root() -> (tempfile::TempDir, Root) {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Root::open(folder.path()).expect("a root");
        (folder, root)
    }

    #[test]
    fn a_file_is_written_with_its_folders_and_leaves_nothing_beside_it() {
        let (_folder, root) = root();
        let path = Path::new("a/b/c.json");
        root.write(path, b"one").expect("written");
        root.write(path, b"two").expect("written again");
        assert_eq!(root.read_bytes(path, 10).expect("read"), b"two");
        let entries = root.entries(Path::new("a/b")).expect("listed");
        assert_eq!(entries.files, [path]);
        assert_eq!(
            root.entries(Path::new("")).expect("listed").folders,
            [Path::new("a")]
        );
        assert_eq!(root.entries(Path::new("no")).expect("none"), Entries::default());
        assert!(root.remove(path).expect("removed"));
        assert!(!root.remove(path).expect("was not there"));
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_out_of_the_root() {
        let (folder, root) = root();
        let outside = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink(outside.path(), folder.path().join("link")).expect("a link");
        assert!(root.write(Path::new("link/x"), b"x").is_err());
        assert!(root.write(Path::new("../x"), b"x").is_err());
        assert!(root.remove(Path::new("link/x")).is_err());
        assert_eq!(fs::read_dir(outside.path()).expect("listed").count(), 0);
        // A link of the file's own name is replaced, and what it leads to is left alone.
        fs::write(outside.path().join("kept"), "kept").expect("written");
        std::os::unix::fs::symlink(outside.path().join("kept"), folder.path().join("y")).expect("a link");
        root.write(Path::new("y"), b"new").expect("written");
        assert_eq!(fs::read(outside.path().join("kept")).expect("read"), b"kept");
    }
}
