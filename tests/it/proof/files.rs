//! No key that names a file leads out of the project, by whatever way, and nothing that is no file is waited for.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::support::{Project, Received, Server};

/// What stands in the files outside.
const OUTSIDE: &str = "what-is-outside-of-the-project";

/// Names of what must not be opened, made by [`project`]; `OUTSIDE` is the folder outside.
const NAMES: [&str; 10] = [
    "../outside/secret.txt",
    "sub/../../outside/secret.txt",
    "OUTSIDE/secret.txt",
    "/proc/self/environ",
    "link.txt",
    "linked/secret.txt",
    "environ",
    "zero",
    "pipe",
    "sub",
];

/// The keys that name a file, each in a project of its own: what `callsheet.yaml` has more, and a step.
const KEYS: [(&str, &str, &str); 10] = [
    ("a body", "", "POST: /a\n    file: NAME"),
    ("a part", "", "POST: /a\n    multipart: { a: { file: NAME } }"),
    ("a recipe", "", "use: NAME"),
    ("rows of CSV", "", "GET: /a\n    for: { a: { csv: NAME } }"),
    ("rows of JSON", "", "GET: /a\n    for: { a: { json: NAME } }"),
    ("a schema", "", "GET: /a\n    expect: { schema: NAME }"),
    (
        "a schema in a schema",
        "",
        "GET: /a\n    expect: { schema: schema.json }",
    ),
    (
        "an input",
        "inputs: { a: { file: NAME } }\n",
        "GET: \"/${{ a }}\"",
    ),
    (
        "a secret",
        "inputs: { a: { secret: true, file: NAME } }\n",
        "GET: \"/${{ a }}\"",
    ),
    (
        "a login",
        "sessions: { s: { login: { use: NAME }, headers: { A: \"${{ login.a }}\" } } }\n",
        "GET: /a\n    session: s",
    ),
];

/// A project beside a folder that is none of its business, with every way there.
fn project(server: &Server, name: &str, more: &str, step: &str) -> Project {
    let folder = Project::empty()
        .file("outside/secret.txt", OUTSIDE)
        .file("project/sub/inside.txt", "inside");
    let name = name.replace("OUTSIDE", &folder.path().join("outside").display().to_string());
    let put = |text: &str| text.replace("NAME", &name);
    let folder = folder
        .file(
            "project/callsheet.yaml",
            &format!(
                "project: p\ndefaults: {{ base_url: \"{}\" }}\n{}",
                server.url(),
                put(more)
            ),
        )
        .file(
            "project/c.yaml",
            &format!("collection: c\nsteps:\n  - {}\n", put(step)),
        )
        .file("project/schema.json", &format!("{{ \"$ref\": \"{name}\" }}"));
    let within = |name: &str| folder.path().join("project").join(name);
    symlink(folder.path().join("outside/secret.txt"), within("link.txt")).expect("a link");
    symlink("../outside", within("linked")).expect("a link");
    symlink("/proc/self/environ", within("environ")).expect("a link");
    symlink("/dev/zero", within("zero")).expect("a link");
    pipe(&within("pipe"));
    folder
}

fn pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().expect("mkfifo");
    assert!(made.success());
}

#[test]
fn no_key_opens_what_is_outside_or_no_file() {
    let server = Server::json("{}");
    for (key, more, step) in KEYS {
        for name in NAMES {
            let folder = project(&server, name, more, step);
            let ran = folder
                .callsheet("run c.yaml")
                .within("project")
                .env("SECRET", OUTSIDE)
                .ends_soon();
            assert_eq!(ran.exit, Some(2), "{key}: {name}: {}", ran.all());
            assert!(!ran.all().contains(OUTSIDE), "{key}: {name}: {}", ran.all());
            assert!(!ran.all().contains("SECRET="), "{key}: {name}: {}", ran.all());
        }
    }
    assert_eq!(server.connections(), 0);
    // The control: a name that stays inside is read and sent, also by way of a link.
    let folder = project(&server, "within.txt", "", KEYS[0].2);
    symlink("sub/inside.txt", folder.path().join("project/within.txt")).expect("a link");
    folder.callsheet("run c.yaml").within("project").exits(0);
    assert_eq!(server.only().text(), "inside");
}

#[test]
fn a_mock_opens_nothing_outside() {
    for name in NAMES {
        for text in [
            "mock: m\ndata: { d: { json: NAME } }\nroutes: [ { GET: /a, respond: { status: 200 } } ]\n",
            "mock: m\nroutes: [ { GET: /a, respond: { file: NAME } } ]\n",
        ] {
            let server = Server::json("{}");
            let folder = project(&server, name, "", "GET: /a");
            let outside = folder.path().join("outside").display().to_string();
            let text = text.replace("NAME", &name.replace("OUTSIDE", &outside));
            let folder = folder.file("project/m.yaml", &text);
            let ran = folder
                .callsheet("mock m.yaml --listen 127.0.0.1:0")
                .within("project")
                .ends_soon();
            assert_eq!(ran.exit, Some(2), "{name}: {}", ran.all());
            assert!(!ran.all().contains(OUTSIDE), "{name}: {}", ran.all());
        }
    }
}

#[test]
fn a_file_swapped_for_a_link_or_a_pipe_meanwhile_gives_nothing_away() {
    let server = Server::json("{}");
    let folder = project(&server, "swapped.txt", "", KEYS[0].2);
    let path = folder.path().join("project/swapped.txt");
    let (next, outside) = (
        path.with_extension("next"),
        folder.path().join("outside/secret.txt"),
    );
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            // Each takes the place of the one before at once, so that there is always something.
            while !over.load(Ordering::SeqCst) {
                fs::write(&next, "inside").expect("a file");
                fs::rename(&next, &path).expect("a swap");
                symlink(&outside, &next).expect("a link");
                fs::rename(&next, &path).expect("a swap");
                pipe(&next);
                fs::rename(&next, &path).expect("a swap");
            }
        });
        for _ in 0..40 {
            let ran = folder
                .callsheet("run c.yaml --no-log -q")
                .within("project")
                .ends_soon();
            let code = ran.exit;
            assert!([Some(0), Some(2)].contains(&code), "{code:?}");
        }
        over.store(true, Ordering::SeqCst);
    });
    let sent: String = server.received().iter().map(Received::all).collect();
    assert!(!sent.contains(OUTSIDE), "{sent}");
}
