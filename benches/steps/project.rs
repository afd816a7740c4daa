//! The call sheets that are run: written into a folder that goes with the value.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::server::KIND;

/// A project with one call sheet for each size.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// Writes the project and its call sheets of so many steps.
    pub(crate) fn write(base_url: &str, sizes: &[usize]) -> io::Result<Project> {
        let folder = tempfile::tempdir()?;
        std::fs::write(
            folder.path().join("callsheet.yaml"),
            format!(
                "project: steps\n\
                 inputs:\n  base_url: {{ default: \"{base_url}\" }}\n\
                 defaults:\n  base_url: ${{{{ base_url }}}}\n"
            ),
        )?;
        for &steps in sizes {
            std::fs::write(folder.path().join(file(steps)), sheet(steps))?;
        }
        Ok(Project { folder })
    }

    /// The project's folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// The name of the call sheet of so many steps.
pub(crate) fn file(steps: usize) -> PathBuf {
    format!("{steps}.yaml").into()
}

/// GET steps with three checks each: the status, a header, and a value of the body.
fn sheet(steps: usize) -> String {
    let mut sheet = format!("collection: {steps} steps\ncases:\n  - name: all\n    steps:\n");
    for step in 1..=steps {
        let written = write!(
            sheet,
            "      - name: contact {step}\n        GET: /contacts/{step}\n        expect:\n          status: 200\n          \
             headers: {{ content-type: application/json }}\n          $.data.kind: {KIND}\n"
        );
        written.expect("a text takes what is written to it");
    }
    sheet
}
