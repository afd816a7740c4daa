//! Where `$ref` may lead: to other files of the project, and nowhere else.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use jsonschema::{Retrieve, Uri};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::json;
use crate::source::Root;

/// What stands in front of a path beneath the root; a scheme of its own, so that no other URI is taken for a file.
pub(super) const PREFIX: &str = "callsheet:///";
/// The largest file of a schema, in bytes.
const LIMIT: u64 = 10 * 1024 * 1024;

/// The URI of a file, whose path is relative to the root.
pub(super) fn uri(path: &Path) -> String {
    let mut uri = String::from(PREFIX);
    for (index, component) in path.components().enumerate() {
        if index > 0 {
            uri.push('/');
        }
        let Component::Normal(name) = component else {
            continue;
        };
        for byte in name.to_string_lossy().bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                uri.push(char::from(byte));
            } else {
                // Writing to a string does not fail.
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

/// Reads the files of the project.
pub(super) struct ProjectFiles {
    root: Root,
    /// The schema that leads to them.
    from: PathBuf,
}

impl ProjectFiles {
    pub(super) fn new(root: Root, from: &Path) -> Self {
        let from = from.to_owned();
        ProjectFiles { root, from }
    }
}

impl Retrieve for ProjectFiles {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let Some(name) = uri.as_str().strip_prefix(PREFIX) else {
            return Err("it leads only to files of the project, by a relative path".into());
        };
        let name = percent_decode_str(name).decode_utf8()?;
        let path = self.root.resolve(Path::new(""), &name)?;
        self.root.note_use(&self.from, &path);
        Ok(json::parse(&self.root.read_bytes(&path, LIMIT)?)?)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::uri;

    #[test]
    fn names_are_encoded() {
        assert_eq!(uri(Path::new("a b/c#d.json")), "callsheet:///a%20b/c%23d.json");
    }
}
