//! Lists the files below a folder that a project would call its own.

use std::io;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

/// The regular files below `start` with one of the extensions, relative to it, in no particular order.
///
/// What is left out is decided by files of the project alone, so that every machine finds the same: neither the
/// user's global ignore file nor the presence of a `.git` folder counts.
pub(super) fn files_below(start: &Path, extensions: &[&str]) -> io::Result<Vec<PathBuf>> {
    let walk = WalkBuilder::new(start)
        .follow_links(false)
        .git_global(false)
        .git_exclude(false)
        .require_git(false)
        .build();
    let mut found = Vec::new();
    for entry in walk {
        let entry = entry.map_err(|error| {
            error
                .into_io_error()
                .unwrap_or_else(|| io::Error::other("cannot be listed"))
        })?;
        let wanted = entry
            .path()
            .extension()
            .is_some_and(|extension| extensions.iter().any(|one| extension == *one));
        if wanted && entry.file_type().is_some_and(|kind| kind.is_file()) {
            found.push(
                entry
                    .path()
                    .strip_prefix(start)
                    .unwrap_or(entry.path())
                    .to_owned(),
            );
        }
    }
    Ok(found)
}
