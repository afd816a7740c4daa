//! Every shell and YAML block of the README is true: the shell blocks run, the YAML blocks are a project that passes.
//!
//! * `sh` blocks run against the built binary, each in a copy of this repository's project and without the caller's
//!   environment.
//! * `sh no-run` blocks do not: they install and test this very package, need a real tenant and its key, or serve until
//!   somebody stops them.
//! * `yaml` blocks name their file in a comment on the first line. Together they are one project.
//! * `text` blocks show what is printed; times and ports differ from run to run, so nothing compares them.
//!
//! What the README says is not there yet, `check` says too.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A fenced block of a Markdown file.
struct Block {
    /// What stands behind the opening fence.
    info: String,
    text: String,
    /// The line of the opening fence, from 1.
    line: usize,
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn blocks() -> Vec<Block> {
    let readme = fs::read_to_string(repository().join("README.md")).expect("README.md is readable");
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in readme.lines().enumerate() {
        let fence = line.strip_prefix("```");
        match (open.as_mut(), fence) {
            (None, Some(info)) => {
                open = Some(Block {
                    info: info.to_owned(),
                    text: String::new(),
                    line: index + 1,
                });
            }
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "README.md leaves a block open");
    blocks
}

fn blocks_of(info: &str) -> Vec<Block> {
    let found: Vec<Block> = blocks().into_iter().filter(|block| block.info == info).collect();
    assert!(!found.is_empty(), "README.md has no `{info}` block");
    found
}

/// A command that sees nothing of the caller's environment but the tools on its `PATH`, the built binary first.
fn command(program: &str, folder: &Path) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_callsheet"));
    let mut path = vec![binary.parent().expect("a binary lies in a folder").to_owned()];
    path.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env_clear()
        .env(
            "PATH",
            std::env::join_paths(path).expect("a path without separators"),
        )
        .env("HOME", folder);
    command
}

fn assert_success(output: &Output, what: &str) {
    assert!(
        output.status.success(),
        "{what} ends with {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn copy(from: &Path, to: &Path) {
    if !from.is_dir() {
        fs::copy(from, to).expect("a file of the project is copied");
        return;
    }
    fs::create_dir_all(to).expect("a folder is made");
    for entry in fs::read_dir(from).expect("a folder is listed") {
        let entry = entry.expect("an entry is read");
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}

#[test]
fn every_kind_of_block_is_known() {
    for block in blocks() {
        assert!(
            ["sh", "sh no-run", "yaml", "text"].contains(&block.info.as_str()),
            "README.md:{}: no test knows `{}`",
            block.line,
            block.info
        );
    }
}

#[test]
fn every_shell_block_runs() {
    for block in blocks_of("sh") {
        let project = TempDir::new().expect("a temporary folder");
        for name in ["callsheet.yaml", "collections", "fixtures"] {
            copy(&repository().join(name), &project.path().join(name));
        }
        let output = command("sh", project.path())
            .args(["-e", "-u", "-c", &block.text])
            .output()
            .expect("sh starts");
        assert_success(&output, &format!("README.md:{}", block.line));
    }
}

#[test]
fn the_yaml_blocks_are_a_project_that_passes() {
    let project = TempDir::new().expect("a temporary folder");
    for block in blocks_of("yaml") {
        let first = block.text.lines().next().unwrap_or_default();
        let name = first
            .strip_prefix("# ")
            .unwrap_or_else(|| panic!("README.md:{}: the first line names no file", block.line));
        let path: PathBuf = project.path().join(name);
        assert!(!path.exists(), "README.md:{}: {name} is there twice", block.line);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder is made");
        fs::write(&path, &block.text).expect("a file is written");
    }
    for what in ["check", "run"] {
        let output = command("callsheet", project.path())
            .arg(what)
            .output()
            .expect("callsheet starts");
        assert_success(&output, &format!("callsheet {what} on the README's project"));
    }
}

/// A project that uses everything the README says is not there yet.
const NOT_THERE_YET: [(&str, &str); 2] = [
    (
        "callsheet.yaml",
        "project: p\ninputs: { key: { secret: true, keyring: key } }\n",
    ),
    (
        "collections/c.yaml",
        "collection: c
steps:
  - GET: /
    auth: { digest: {} }
    expect: { schema: openapi }
  - GET: /
    auth: { oauth2: {} }
",
    ),
];

#[test]
fn what_is_not_there_yet_is_not_there_yet() {
    let project = TempDir::new().expect("a temporary folder");
    for (name, text) in NOT_THERE_YET {
        let path = project.path().join(name);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder is made");
        fs::write(&path, text).expect("a file is written");
    }
    let output = command("callsheet", project.path())
        .arg("check")
        .output()
        .expect("callsheet starts");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    let readme = fs::read_to_string(repository().join("README.md")).expect("README.md is readable");
    let (_, section) = readme
        .split_once("## What is not there yet\n")
        .expect("README.md says what is not there yet");
    let (section, _) = section.split_once("\n## ").unwrap_or((section, ""));
    let words: Vec<&str> = section
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| !word.contains(' '))
        .collect();
    assert!(!words.is_empty(), "README.md names nothing that is not there yet");
    for word in words {
        assert!(
            said.contains(&format!("`{word}` is not there yet")),
            "README.md says that `{word}` is not there yet; `check` says\n{said}"
        );
    }
}
