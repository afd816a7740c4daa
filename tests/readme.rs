//! Every shell and YAML block of the README and of the guides is true.
//!
//! * `sh` blocks run against the built binary, without the caller's environment: those of the README each in a copy of
//!   this repository's project, those of a guide one after another in the guide's own folder.
//! * `sh exit=1` blocks end with that exit code.
//! * `sh no-run` blocks do not run: they install and test this very package, need a real tenant and its key, or serve
//!   until somebody stops them.
//! * `yaml` blocks name their file in a comment on the first line. Those of the README are together one project that
//!   passes; a guide's are written in their turn, so that a later one may change an earlier. A guide without any works
//!   on a copy of this repository's project.
//! * `yaml ci` blocks are of an engine that starts Callsheet, or a part of a file: they are YAML, and their commands are
//!   sound.
//! * `text` blocks show what is printed. Those of the README are lines of real runs, but for their times and ports; those
//!   of the guides nothing compares.
//! * `hurl` and `js` blocks are of other tools.
//!
//! What the README says is not there yet, `check` says too.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A fenced block of a Markdown file.
struct Block {
    /// The file, from the repository's folder.
    page: String,
    /// What stands behind the opening fence.
    info: String,
    text: String,
    /// The line of the opening fence, from 1.
    line: usize,
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The blocks of a page, whose path starts at the repository's folder.
fn blocks(page: &str) -> Vec<Block> {
    let text = fs::read_to_string(repository().join(page)).expect("the page is readable");
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        let fence = line.strip_prefix("```");
        match (open.as_mut(), fence) {
            (None, Some(info)) => {
                open = Some(Block {
                    page: page.to_owned(),
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
    assert!(open.is_none(), "{page} leaves a block open");
    blocks
}

/// The blocks of the README of one kind.
fn blocks_of(info: &str) -> Vec<Block> {
    let found: Vec<Block> = blocks("README.md")
        .into_iter()
        .filter(|block| block.info == info)
        .collect();
    assert!(!found.is_empty(), "README.md has no `{info}` block");
    found
}

/// The guides, by their paths from the repository's folder.
fn guides() -> Vec<String> {
    let folder = fs::read_dir(repository().join("docs/guide")).expect("docs/guide");
    let mut guides: Vec<String> = folder
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| format!("docs/guide/{}", name.to_string_lossy()))
        .collect();
    guides.sort();
    guides
}

impl Block {
    fn place(&self) -> String {
        format!("{}:{}", self.page, self.line)
    }

    /// The file that a `yaml` block is.
    fn file(&self) -> &str {
        let first = self.text.lines().next().unwrap_or_default();
        first
            .strip_prefix("# ")
            .unwrap_or_else(|| panic!("{}: the first line names no file", self.place()))
    }

    /// The exit code that a shell block ends with; none for blocks that do not run.
    fn exit_code(&self) -> Option<i32> {
        match self.info.strip_prefix("sh exit=") {
            Some(code) => Some(code.parse().expect("an exit code")),
            None => (self.info == "sh").then_some(0),
        }
    }

    /// Runs a shell block in a folder.
    fn run(&self, code: i32, folder: &Path) {
        let output = command("sh", folder)
            .args(["-e", "-u", "-c", &self.text])
            .output()
            .expect("sh starts");
        assert_exit(&output, code, &self.place());
    }

    /// Writes a `yaml` block as its file below a folder.
    fn write(&self, folder: &Path) {
        let path = folder.join(self.file());
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder is made");
        fs::write(&path, &self.text).expect("a file is written");
    }
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

#[track_caller]
fn assert_exit(output: &Output, code: i32, what: &str) {
    assert!(
        output.status.code() == Some(code),
        "{what} ends with {}, not with {code}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A copy of this repository's project.
fn project() -> TempDir {
    let project = TempDir::new().expect("a temporary folder");
    for name in ["callsheet.yaml", "collections", "fixtures"] {
        copy(&repository().join(name), &project.path().join(name));
    }
    project
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
    let known = ["sh", "sh no-run", "yaml", "text"];
    let of_guides = ["yaml ci", "hurl", "js"];
    for block in blocks("README.md") {
        assert!(
            known.contains(&block.info.as_str()),
            "{}: `{}`",
            block.place(),
            block.info
        );
    }
    for block in guides().iter().flat_map(|guide| blocks(guide)) {
        assert!(
            known.contains(&block.info.as_str())
                || of_guides.contains(&block.info.as_str())
                || block.exit_code().is_some(),
            "{}: no test knows `{}`",
            block.place(),
            block.info
        );
    }
}

#[test]
fn every_shell_block_of_the_readme_runs() {
    for block in blocks_of("sh") {
        block.run(0, project().path());
    }
}

#[test]
fn the_yaml_blocks_of_the_readme_are_a_project_that_passes() {
    let project = TempDir::new().expect("a temporary folder");
    for block in blocks_of("yaml") {
        let path: PathBuf = project.path().join(block.file());
        assert!(!path.exists(), "{}: it is there twice", block.place());
        block.write(project.path());
    }
    for what in ["check", "run"] {
        let output = command("callsheet", project.path())
            .arg(what)
            .output()
            .expect("callsheet starts");
        assert_exit(&output, 0, &format!("callsheet {what} on the README's project"));
    }
}

/// A project in which one text of one file is another, run with these arguments: what it prints, line by line.
fn printed(file: &str, before: &str, after: &str, arguments: &[&str]) -> Vec<String> {
    let project = project();
    let path = project.path().join(file);
    let text = fs::read_to_string(&path).expect("a file of the project");
    assert!(text.contains(before), "{file} does not hold {before}");
    fs::write(&path, text.replacen(before, after, 1)).expect("a file is written");
    let output = command("callsheet", project.path())
        .arg("run")
        .args(arguments)
        .output()
        .expect("callsheet starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.lines().map(without_what_differs).collect()
}

/// A line without times and ports.
fn without_what_differs(line: &str) -> String {
    let time = regex::Regex::new(r"\[ *\d+\.\d{3}s\]").expect("a pattern");
    let port = regex::Regex::new(r"127\.0\.0\.1:\d+").expect("a pattern");
    let line = time.replace_all(line.trim_end(), "[TIME]");
    port.replace_all(&line, "127.0.0.1:PORT").into_owned()
}

#[test]
fn what_the_readme_shows_is_printed() {
    let customers = "collections/revio/customers.yaml";
    let runs = [
        printed("callsheet.yaml", "", "", &[]),
        printed(
            customers,
            "$.data.name: ${{ customer_name }}",
            "$.data.name: { starts_with: Acme }",
            &["--case", "customers"],
        ),
        printed(
            "fixtures/revio/customers.json",
            "+47 22 55 01 00",
            "+47 22 55 01 99",
            &["--step", "the customer is as accepted"],
        ),
    ];
    let blocks = blocks_of("text");
    assert_eq!(blocks.len(), runs.len());
    for (block, lines) in blocks.iter().zip(runs) {
        for line in block.text.lines().map(without_what_differs) {
            // Lines left out, and a line that says which of the cases met the expired token, which is another each time.
            if line.trim() == "…" || line.trim_start().starts_with("RENEW") {
                continue;
            }
            assert!(
                lines.contains(&line),
                "{}: not printed: {line}\n{}",
                block.place(),
                lines.join("\n")
            );
        }
    }
}

#[test]
fn what_a_guide_does_works() {
    for guide in guides() {
        let blocks = blocks(&guide);
        let has_files = blocks.iter().any(|block| block.info == "yaml");
        let folder = if has_files {
            TempDir::new().expect("a temporary folder")
        } else {
            project()
        };
        for block in &blocks {
            if block.info == "yaml" {
                block.write(folder.path());
            } else if let Some(code) = block.exit_code() {
                block.run(code, folder.path());
            }
        }
    }
}

#[test]
fn what_a_guide_lets_an_engine_run_is_sound() {
    /// Every text of a YAML value.
    fn texts(value: &serde_yaml::Value, found: &mut Vec<String>) {
        match value {
            serde_yaml::Value::String(text) => found.push(text.clone()),
            serde_yaml::Value::Sequence(items) => items.iter().for_each(|item| texts(item, found)),
            serde_yaml::Value::Mapping(map) => map.values().for_each(|item| texts(item, found)),
            _ => {}
        }
    }
    // What an engine fills in.
    let hole = regex::Regex::new(r"\$\{\{.*?\}\}|\$[A-Z_]+").expect("a pattern");
    let folder = project();
    let mut tried = 0;
    for block in guides().iter().flat_map(|guide| blocks(guide)) {
        if block.info != "yaml ci" {
            continue;
        }
        let value: serde_yaml::Value =
            serde_yaml::from_str(&block.text).unwrap_or_else(|error| panic!("{}: {error}", block.place()));
        let mut found = Vec::new();
        texts(&value, &mut found);
        for line in found.iter().flat_map(|text| text.lines()) {
            let line = hole.replace_all(line, "1");
            let line = line.split("||").next().unwrap_or_default().trim();
            if !line.starts_with("callsheet ") {
                continue;
            }
            // The arguments in front of `--help` are read, and nothing is run.
            let output = command("sh", folder.path())
                .args(["-c", &format!("{line} --help")])
                .output()
                .expect("sh starts");
            assert_exit(&output, 0, &format!("{}: {line}", block.place()));
            tried += 1;
        }
    }
    assert!(tried >= 8, "{tried} commands");
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
