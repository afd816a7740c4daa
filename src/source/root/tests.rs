//! Reading beneath the root, and every way out of it that is refused.

use std::fs;

use super::*;

const LIMIT: u64 = 1024;

/// A project in a folder of its own, with something outside that nobody may reach.
struct Project {
    _outside: tempfile::TempDir,
    root: Root,
}

fn project() -> Project {
    let outside = tempfile::tempdir().expect("a temporary folder");
    let inside = outside.path().join("project");
    fs::create_dir_all(inside.join("cases/deep")).expect("folders");
    fs::write(outside.path().join("secret.yaml"), "secret").expect("a file outside");
    fs::write(inside.join("cases/a.yaml"), "a: 1\n").expect("a file");
    let root = Root::open(&inside).expect("the root opens");
    Project {
        _outside: outside,
        root,
    }
}

impl Project {
    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.root.path().join(name), bytes).expect("a file");
    }

    fn error(&self, name: &str) -> String {
        self.root
            .read_text(Path::new(name), LIMIT)
            .expect_err("is refused")
            .to_string()
    }
}

#[test]
fn a_text_is_read_and_shown_under_its_path() {
    let project = project();
    let source = project
        .root
        .read_text(Path::new("cases/a.yaml"), LIMIT)
        .expect("is read");
    assert_eq!(
        (source.path.as_str(), source.text.as_str()),
        ("cases/a.yaml", "a: 1\n")
    );
    let root = Root::open(project.root.path())
        .expect("opens")
        .with_shown_prefix("../there");
    let source = root.read_text(Path::new("cases/a.yaml"), LIMIT).expect("is read");
    assert_eq!(source.path, "../there/cases/a.yaml");
}

#[test]
fn a_byte_order_mark_is_dropped() {
    let project = project();
    project.write("bom.yaml", b"\xef\xbb\xbfa: 1");
    assert_eq!(
        project
            .root
            .read_text(Path::new("bom.yaml"), LIMIT)
            .expect("is read")
            .text,
        "a: 1"
    );
}

#[test]
fn what_cannot_be_read_says_why() {
    let project = project();
    assert_eq!(project.error("none.yaml"), "cannot read none.yaml: not found");
    assert_eq!(
        project.error("cases/a.yaml/b"),
        "cannot read cases/a.yaml/b: not found"
    );
    assert_eq!(project.error("cases"), "cannot read cases: not a regular file");
    project.write("latin1.yaml", b"name: caf\xe9");
    assert_eq!(
        project.error("latin1.yaml"),
        "cannot read latin1.yaml: not UTF-8 (byte 9)"
    );
}

#[test]
fn the_limit_is_the_last_length_that_is_read() {
    let project = project();
    project.write("full.txt", &[b'x'; 1024]);
    project.write("over.txt", &[b'x'; 1025]);
    assert_eq!(
        project
            .root
            .read_bytes(Path::new("full.txt"), LIMIT)
            .expect("is read")
            .len(),
        1024
    );
    assert_eq!(
        project.error("over.txt"),
        "cannot read over.txt: over the limit of 1 KiB"
    );
}

#[test]
fn paths_that_lead_out_are_refused() {
    let project = project();
    for name in ["../secret.yaml", "cases/../../secret.yaml", "/etc/passwd"] {
        assert_eq!(
            project.error(name),
            format!("cannot read {name}: leaves the project folder")
        );
    }
}

#[cfg(unix)]
#[test]
fn links_may_stay_inside_and_never_lead_out() {
    let project = project();
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(target, project.root.path().join(name)).expect("a link")
    };
    link("cases/a.yaml", "inside.yaml");
    link("../secret.yaml", "outside.yaml");
    link("/etc", "etc");
    assert_eq!(
        project
            .root
            .read_text(Path::new("inside.yaml"), LIMIT)
            .expect("is read")
            .text,
        "a: 1\n"
    );
    assert_eq!(
        project.error("outside.yaml"),
        "cannot read outside.yaml: leaves the project folder"
    );
    assert_eq!(
        project.error("etc/passwd"),
        "cannot read etc/passwd: leaves the project folder"
    );
    let refused = project
        .root
        .find(Path::new("etc"), &["conf"])
        .expect_err("is refused")
        .to_string();
    assert_eq!(refused, "cannot read etc: leaves the project folder");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_without_waiting_for_its_writer() {
    let project = project();
    let made = std::process::Command::new("mkfifo")
        .arg(project.root.path().join("pipe"))
        .status();
    assert!(made.expect("mkfifo runs").success());
    assert_eq!(project.error("pipe"), "cannot read pipe: not a regular file");

    // The same where it took the place of a file between the look at it and the opening.
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let opened = project.root.open_at_once(Path::new("pipe"));
        sender.send(opened.map(drop).map_err(|error| error.to_string()))
    });
    let opened = receiver.recv_timeout(std::time::Duration::from_secs(60));
    let refused = Err("cannot read pipe: not a regular file".to_owned());
    assert_eq!(opened.expect("it does not wait"), refused);
}

#[test]
fn names_resolve_from_the_file_that_says_them() {
    let root = project().root;
    let resolve = |name| root.resolve(Path::new("cases/deep/a.yaml"), name);
    assert_eq!(
        resolve("../data.csv").expect("resolves"),
        Path::new("cases/data.csv")
    );
    assert_eq!(
        resolve("../../../x").expect_err("is refused").to_string(),
        "cannot read ../../../x: leaves the project folder"
    );
}

#[test]
fn files_are_found_sorted_without_hidden_and_ignored_ones() {
    let project = project();
    for name in [
        "cases/z.yml",
        "cases/deep/b.yaml",
        "cases/.hidden.yaml",
        "cases/left-out.yaml",
        "cases/n.txt",
    ] {
        project.write(name, b"");
    }
    project.write(".gitignore", b"left-out.yaml\n");
    let found = project
        .root
        .find(Path::new("cases"), &["yaml", "yml"])
        .expect("is listed");
    let found: Vec<_> = found.iter().map(|path| project.root.shown(path)).collect();
    assert_eq!(found, ["cases/a.yaml", "cases/deep/b.yaml", "cases/z.yml"]);
    assert_eq!(
        project
            .root
            .find(Path::new(""), &["yml"])
            .expect("is listed")
            .len(),
        1
    );
    let error = |folder: &str| {
        project
            .root
            .find(Path::new(folder), &[])
            .expect_err("is refused")
            .to_string()
    };
    assert_eq!(error("cases/a.yaml"), "cannot read cases/a.yaml: not a folder");
    assert_eq!(error("../"), "cannot read ../: leaves the project folder");
    assert_eq!(error("none"), "cannot read none: not found");
}

#[test]
fn a_file_uses_what_it_names_and_what_that_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = Root::open(folder.path()).expect("a root");
    let again = root.again().expect("the same root");
    root.resolve(Path::new("a/one.yaml"), "two.yaml").expect("a path");
    again
        .resolve(Path::new("a/two.yaml"), "../b/three.json")
        .expect("a path");
    // In a circle, as schemas may.
    again.note_use(Path::new("b/three.json"), Path::new("a/two.yaml"));
    let names = |file: &str| -> Vec<String> {
        let used = root.uses(Path::new(file));
        used.iter().map(|path| path.display().to_string()).collect()
    };
    assert_eq!(names("a/one.yaml"), ["a/one.yaml", "a/two.yaml", "b/three.json"]);
    assert_eq!(names("b/three.json"), ["a/two.yaml", "b/three.json"]);
    assert_eq!(names("other"), ["other"]);
}
