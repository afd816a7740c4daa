//! Runs every folder of `tests/cases`: `args`, a project's files, `expected.txt` and `expected.exit`.
//!
//! `UPDATE=1 cargo test --test it cases` writes what is expected anew; read the difference before you keep it.

use std::fs;
use std::path::Path;

use crate::support::{Project, Run, repository};

#[test]
fn every_case_says_what_is_expected() {
    let folder = repository().join("tests/cases");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("tests/cases")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert!(names.len() >= 70, "{} cases", names.len());
    let update = std::env::var_os("UPDATE").is_some();
    let wrong: Vec<String> = names
        .iter()
        .filter_map(|name| judge(&folder.join(name), update))
        .collect();
    assert!(
        wrong.is_empty(),
        "{}\nif this is better than before: UPDATE=1 cargo test --test it cases",
        wrong.join("\n")
    );
}

/// What is wrong with a case, if anything.
fn judge(folder: &Path, update: bool) -> Option<String> {
    let name = folder.file_name()?.to_string_lossy().into_owned();
    let arguments = fs::read_to_string(folder.join("args")).expect("a file `args`");
    let files: Vec<String> = fs::read_dir(folder)
        .expect("the case")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|file| file != "args" && !file.starts_with("expected."))
        .collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let project = Project::copy_of(&files, folder);
    let ran = Run::new(project.path(), arguments.lines()).ends();
    let said = normalise(&ran.all(), project.path());
    let exit = ran
        .exit
        .map_or_else(|| "killed\n".to_owned(), |code| format!("{code}\n"));
    if update {
        fs::write(folder.join("expected.txt"), &said).expect("expected.txt");
        fs::write(folder.join("expected.exit"), &exit).expect("expected.exit");
        return None;
    }
    let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap_or_default();
    let (expected, expected_exit) = (read("expected.txt"), read("expected.exit"));
    (said != expected || exit != expected_exit)
        .then(|| format!("== {name}: expected exit {expected_exit}{expected}\n-- found exit {exit}{said}"))
}

/// The text without what differs from run to run: the folder, ports, times.
fn normalise(text: &str, folder: &Path) -> String {
    let resolved = folder.canonicalize().expect("the folder");
    let mut text = text.to_owned();
    for path in [resolved.as_path(), folder] {
        text = text.replace(&*path.to_string_lossy(), "FOLDER");
    }
    for (pattern, by) in [
        (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
        (r"\[ +\d+\.\d{3}s\]", "[   0.000s]"),
    ] {
        let pattern = regex::Regex::new(pattern).expect("a pattern");
        text = pattern.replace_all(&text, by).into_owned();
    }
    text
}
