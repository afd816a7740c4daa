//! Which files changed since a revision, asked of `git`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::CommandError;

/// The files below a folder that differ from a revision, those that git does not know among them, relative to it.
///
/// # Errors
/// There is no `git`, the folder is in no repository, or the revision is not known.
pub(super) fn since(folder: &Path, revision: &str) -> Result<HashSet<PathBuf>, CommandError> {
    let commit = format!("{revision}^{{commit}}");
    git(folder, &["rev-parse", "--is-inside-work-tree"])?;
    let verify = ["rev-parse", "--verify", "--quiet", "--end-of-options", &commit];
    let commit = git(folder, &verify)
        .map_err(|_| CommandError::usage(format!("--changed {revision}: git knows no such revision")))?;
    let commit = commit.trim();
    // Names as they are: no quoting, no renames, no program of the user's.
    let differ = [
        "diff",
        "--name-only",
        "--relative",
        "--no-renames",
        "--no-ext-diff",
        "-z",
        commit,
        "--",
    ];
    let unknown = ["ls-files", "--others", "--exclude-standard", "-z"];
    let mut changed = HashSet::new();
    for listed in [git(folder, &differ)?, git(folder, &unknown)?] {
        changed.extend(
            listed
                .split('\0')
                .filter(|name| !name.is_empty())
                .map(PathBuf::from),
        );
    }
    Ok(changed)
}

/// The files below a folder that git keeps, relative to it. What it ignores is not among them.
///
/// # Errors
/// As [`since`].
pub(super) fn kept(folder: &Path) -> Result<HashSet<PathBuf>, CommandError> {
    let listed = git(folder, &["ls-files", "-z"])?;
    let names = listed.split('\0').filter(|name| !name.is_empty());
    Ok(names.map(PathBuf::from).collect())
}

/// What git prints.
fn git(folder: &Path, arguments: &[&str]) -> Result<String, CommandError> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| {
            CommandError::usage(format!("--changed asks git, and it cannot be started: {error}"))
        })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let first = said.lines().next().unwrap_or("it gave no reason");
        return Err(CommandError::usage(format!("--changed asks git: {first}")));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
