//! Paths beneath the root, worked out from their letters alone.

use std::path::{Component, Path, PathBuf};

/// Joins `name` to `folder` and takes out `.` and `..`. `None` when the result is absolute or above the root.
pub(super) fn join_beneath(folder: &Path, name: &Path) -> Option<PathBuf> {
    let mut joined = PathBuf::new();
    for component in folder.components().chain(name.components()) {
        match component {
            Component::CurDir => {}
            Component::Normal(part) => joined.push(part),
            Component::ParentDir => {
                if !joined.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(joined)
}

/// A path with forward slashes, as it is shown.
pub(super) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace('\\', "/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_join_to_the_folder_and_never_climb_above_the_root() {
        let join = |folder: &str, name: &str| {
            join_beneath(Path::new(folder), Path::new(name)).map(|path| shown(&path))
        };
        assert_eq!(join("a/b", "c.yaml").as_deref(), Some("a/b/c.yaml"));
        assert_eq!(join("a/b", "./../c.yaml").as_deref(), Some("a/c.yaml"));
        assert_eq!(join("a/b", "../../c.yaml").as_deref(), Some("c.yaml"));
        assert_eq!(join("", "c/./d").as_deref(), Some("c/d"));
        assert_eq!(join("a/b", "../../../c.yaml"), None);
        assert_eq!(join("a", "/etc/passwd"), None);
        assert_eq!(join("", ".."), None);
        assert_eq!(join("a", "b/../../../a/c"), None, "not even in passing");
    }
}
