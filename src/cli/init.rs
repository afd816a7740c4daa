//! `callsheet init`: a new project that runs green at once.

use std::fs::{self, OpenOptions};
use std::io::Write;

use super::arguments::InitArguments;
use super::{CommandError, Exit, output};
use crate::schema;

/// Where the schema for editors lies in a new project; the first line of each of its files leads there.
const SCHEMA: &str = "schema/callsheet.schema.json";

/// The call sheets of a new project. `tests` run them, so they stay sound.
const FILES: [(&str, &str); 4] = [
    ("callsheet.yaml", include_str!("init/callsheet.yaml")),
    ("collections/items.yaml", include_str!("init/items.yaml")),
    (
        "collections/recipes/log-in.yaml",
        include_str!("init/log-in.yaml"),
    ),
    ("fixtures/items.mock.yaml", include_str!("init/items.mock.yaml")),
];

/// What git leaves alone: event logs and reports hold what servers said.
const IGNORED: (&str, &str) = (".gitignore", "/target/callsheet/\n");

pub(super) fn init(arguments: &InitArguments) -> Result<Exit, CommandError> {
    let folder = &arguments.folder;
    let schema = schema::text();
    let files: Vec<(&str, &str)> = FILES.into_iter().chain([(SCHEMA, schema.as_str())]).collect();
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let standing: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| folder.join(name).exists())
        .collect();
    if !standing.is_empty() {
        return Err(CommandError::usage(format!(
            "{} already has {}; nothing was written",
            folder.display(),
            standing.join(", ")
        )));
    }
    // One that stands already is its owner's.
    let has_own = folder.join(IGNORED.0).exists();
    let ignored = (!has_own).then_some(IGNORED);
    let names: Vec<&str> = names.into_iter().chain(ignored.map(|(name, _)| name)).collect();
    for (name, text) in files.into_iter().chain(ignored) {
        let path = folder.join(name);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
            // Never over a file that appeared in the meantime.
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&path)?
                .write_all(text.as_bytes())
        });
        written.map_err(|error| CommandError::output(&format!("cannot write {}", path.display()), &error))?;
    }
    let enter = match folder.to_str() {
        Some(".") => String::new(),
        _ => format!("cd {} && ", folder.display()),
    };
    let hint = match has_own {
        true => format!(
            "\nLet git ignore {} as well: logs and reports\n",
            IGNORED.1.trim_end()
        ),
        false => String::new(),
    };
    let text = format!("made {}\n{hint}\nNext  {enter}callsheet run\n", names.join(", "));
    output::print(text.as_bytes())
}
