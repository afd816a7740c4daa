//! `--changed`: what a revision of git tells of.

use std::fs;
use std::process::Command;

use crate::support::{Project, Server};

fn git(project: &Project, arguments: &str) {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example.test",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments.split_whitespace())
        .current_dir(project.path())
        .env("HOME", project.path())
        .output()
        .expect("git");
    assert!(
        output.status.success(),
        "{arguments}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn what_changed_runs_and_what_uses_it() {
    let server = Server::json(r#"{ "id": 7 }"#);
    let uses = |name: &str, more: &str| format!("collection: {name}\nsteps:\n  - {more}\n");
    let project = Project::against(&server, &uses("plain", "GET: /plain"))
        .file("collections/d.yaml", &uses("deep", "use: recipes/outer.yaml"))
        .file(
            "collections/e.yaml",
            &uses(
                "schema",
                "{ GET: /schema, expect: { $: { schema: ../schemas/a.json } } }",
            ),
        )
        .file(
            "collections/f.yaml",
            &uses("file", "{ POST: /file, file: data.json }"),
        )
        .file("collections/data.json", "{}")
        .file(
            "collections/recipes/outer.yaml",
            "recipe: outer\nsteps:\n  - use: inner.yaml\n",
        )
        .file(
            "collections/recipes/inner.yaml",
            "recipe: inner\nsteps:\n  - GET: /deep\n",
        )
        .file("schemas/a.json", r#"{ "$ref": "b.json" }"#)
        .file("schemas/b.json", r#"{ "type": "object" }"#)
        .file(
            "collections/g.yaml",
            &uses(
                "rounds",
                "{ for: { row: { csv: rows.csv } }, GET: '/row/${{ row.id }}' }",
            ),
        )
        .file("collections/rows.csv", "id\n1\n")
        .file(".gitignore", "target/\n");
    git(&project, "init -q -b main");
    git(&project, "add -A");
    git(&project, "commit -q -m one");
    let run = |project: &Project, exit: i32| {
        let before = server.received().len();
        project.callsheet("run --jobs 1 --changed HEAD").exits(exit);
        let mut asked: Vec<String> = server.received()[before..]
            .iter()
            .map(|it| it.target.clone())
            .collect();
        asked.sort();
        asked
    };
    assert_eq!(run(&project, 4), [""; 0]);
    let project = project.file(
        "collections/recipes/inner.yaml",
        "recipe: inner\nsteps:\n  - GET: /deeper\n",
    );
    assert_eq!(run(&project, 0), ["/deeper"]);
    let project = project.file("schemas/b.json", r#"{ "type": ["object"] }"#);
    assert_eq!(run(&project, 0), ["/deeper", "/schema"]);
    let project = project.file("collections/data.json", "[]");
    let project = project.file("collections/new ä.yaml", &uses("new", "GET: /new"));
    assert_eq!(run(&project, 0), ["/deeper", "/file", "/new", "/schema"]);
    let project = project.file("collections/rows.csv", "id\n2\n");
    assert_eq!(
        run(&project, 0),
        ["/deeper", "/file", "/new", "/row/2", "/schema"]
    );
    // What was accepted is a part of what is expected, what waits for review is not.
    let project = project.file("collections/snapshots/c/plain.get-plain.json.new", "{}");
    assert_eq!(run(&project, 0).len(), 5);
    let project = project.file("collections/snapshots/c/plain.get-plain.json", "{}");
    assert_eq!(
        run(&project, 0),
        ["/deeper", "/file", "/new", "/plain", "/row/2", "/schema"]
    );
    git(&project, "add -A");
    git(&project, "commit -q -m two");
    assert_eq!(run(&project, 4), [""; 0]);
    // Everything uses the project file.
    let text = fs::read_to_string(project.path().join("callsheet.yaml")).expect("the project");
    let project = project.file("callsheet.yaml", &format!("{text}  timeout: 9s\n"));
    assert_eq!(run(&project, 0).len(), 6);
    project
        .callsheet("run --changed nowhere")
        .exits(2)
        .says("--changed nowhere: git knows no such revision");
    project
        .callsheet("run --changed=--output=x")
        .exits(2)
        .says("git knows no such revision");
    project
        .callsheet("run --changed HEAD")
        .env("PATH", "")
        .exits(2)
        .says("--changed asks git, and it cannot be started");
}

#[test]
fn a_file_that_git_ignores_counts_as_changed_where_it_is_named() {
    let server = Server::json(r#"{ "id": 7 }"#);
    let sheet = "collection: c\nsteps:\n  - { for: { row: { csv: rows.csv } }, GET: '/row/${{ row.id }}' }\n";
    let project = Project::against(&server, sheet)
        .file("collections/d.yaml", "collection: d\nsteps: [{ GET: /d }]\n")
        .file("collections/rows.csv", "id\n1\n")
        .file("collections/unnamed.csv", "id\n1\n")
        .file(".gitignore", "target/\n*.csv\n");
    git(&project, "init -q -b main");
    git(&project, "add -A");
    git(&project, "commit -q -m one");
    project.callsheet("run --changed HEAD").exits(0);
    assert_eq!((server.count("/row/1"), server.count("/d")), (1, 0));
}

#[test]
fn without_a_repository_nothing_is_known_of_changes() {
    let server = Server::json(r#"{ "id": 7 }"#);
    let project = Project::against(&server, "collection: c\nsteps:\n  - GET: /\n");
    project
        .callsheet("run --changed HEAD")
        .env("GIT_CEILING_DIRECTORIES", "/")
        .exits(2)
        .says("--changed asks git: fatal: not a git repository");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_changed_snapshot_is_a_change_of_its_collection() {
    let server = Server::json(r#"{ "id": 7 }"#);
    let project = Project::against(&server, "collection: plain\nsteps:\n  - GET: /plain\n")
        .file(
            "collections/d.yaml",
            "collection: other\nsteps:\n  - GET: /other\n",
        )
        .file("collections/snapshots/c/plain.get-plain.json", "{}")
        .file(".gitignore", "target/\n");
    git(&project, "init -q -b main");
    git(&project, "add -A");
    git(&project, "commit -q -m one");
    project.callsheet("run --changed HEAD").exits(4);
    let project = project.file("collections/snapshots/c/plain.get-plain.json", "[]");
    project.callsheet("run --changed HEAD").exits(0);
    assert_eq!((server.count("/plain"), server.count("/other")), (1, 0));
}
