//! `watch`: what runs again when a file changes, and what stays.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use crate::support::{Answer, Project, Server};

/// Long enough for any machine; nothing waits for its end but a test that fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A watch under way, with what it says line by line.
struct Watch {
    process: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(project: &Project, arguments: &str) -> Watch {
        let mut process = project.callsheet(&format!("watch {arguments}")).spawn();
        let (sender, lines) = channel();
        let (out, err) = (
            process.stdout.take().expect("a pipe"),
            process.stderr.take().expect("a pipe"),
        );
        let errors = sender.clone();
        std::thread::spawn(move || {
            BufReader::new(out)
                .lines()
                .map_while(Result::ok)
                .all(|line| sender.send(line).is_ok())
        });
        std::thread::spawn(move || {
            BufReader::new(err)
                .lines()
                .map_while(Result::ok)
                .all(|line| errors.send(line).is_ok())
        });
        Watch { process, lines }
    }

    /// Reads until it waits for the next change, and a line said this.
    #[track_caller]
    fn says(&self, text: &str) {
        let (mut is_said, mut waits) = (false, false);
        let mut all = String::new();
        while !(is_said && waits) {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("expected to read {text:?} in\n{all}"));
            is_said |= line.contains(text);
            waits |= line.contains("end it with Ctrl-C");
            all = format!("{all}{line}\n");
        }
    }

    /// Ends it as Ctrl-C does.
    #[track_caller]
    fn ends(mut self) {
        let id = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-INT", &id])
                .status()
                .expect("kill")
                .success()
        );
        assert_eq!(self.process.wait().expect("an end").code(), Some(130));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // It is over already where the test went well.
        let _ = self.process.kill();
    }
}

fn write(project: &Project, name: &str, text: &str) {
    fs::write(project.path().join(name), text).expect("a file");
}

fn sheet(name: &str, path: &str) -> String {
    format!("collection: {name}\nsession: user\nsteps:\n  - GET: {path}\n")
}

const LOGIN: &str = "recipe: log in\nsteps:\n  - POST: /login\n    session: none\n    capture: { token: $.token }\n\
                     outputs: { token: '${{ token }}' }\n";

/// Two collections within one session.
fn project(server: &Server) -> Project {
    let head = format!("project: a test\ndefaults: {{ base_url: {} }}\n", server.url());
    let sessions = "sessions:\n  user:\n    login: { use: recipes/log-in.yaml }\n    headers: { X-Token: '${{ login.token }}' }\n";
    Project::empty()
        .file("callsheet.yaml", &(head + sessions))
        .file("recipes/log-in.yaml", LOGIN)
        .file("recipes/get.yaml", "recipe: get\nsteps:\n  - GET: /inner\n")
        .file("collections/a.yaml", &sheet("a", "/a"))
        .file(
            "collections/b.yaml",
            "collection: b\nsession: user\nsteps:\n  - GET: /b\n  - use: ../recipes/get.yaml\n",
        )
}

#[test]
fn what_a_changed_file_touches_runs_again_within_the_same_session() {
    let server = Server::start(|_| Answer::json(r#"{ "token": "a-token-of-some-length" }"#));
    let project = project(&server);
    let watch = Watch::start(&project, "");
    watch.says("3 passed");
    let counts = || ["/login", "/a", "/b", "/inner"].map(|path| server.count(path));
    assert_eq!(counts(), [1, 1, 1, 1]);
    // A collection, a recipe that one uses, a new collection.
    write(&project, "collections/a.yaml", &sheet("a", "/a?2"));
    watch.says("1 case left out by (not touched)");
    assert_eq!((counts(), server.count("/a?2")), ([1, 1, 1, 1], 1));
    write(
        &project,
        "recipes/get.yaml",
        "recipe: get\nsteps:\n  - GET: /inner\n  - GET: /inner\n",
    );
    watch.says("2 passed");
    assert_eq!(counts(), [1, 1, 2, 3]);
    fs::create_dir(project.path().join("collections/new")).expect("a folder");
    write(&project, "collections/new/c.yaml", &sheet("c", "/c"));
    watch.says("2 cases left out by (not touched)");
    assert_eq!((counts(), server.count("/c")), ([1, 1, 2, 3], 1));
    // What nobody uses; then what is wrong, and mended in another file than the one that changed before.
    write(&project, "collections/notes.txt", "nothing");
    write(&project, "collections/a.yaml", "collection: a\nstepps: []\n");
    watch.says("did you mean `steps`?");
    write(&project, "collections/a.yaml", &sheet("a", "/a?3"));
    watch.says("1 passed");
    assert_eq!((counts(), server.count("/a?3")), ([1, 1, 2, 3], 1));
    // Everything is made anew from the project file and what it names.
    write(&project, "recipes/log-in.yaml", &format!("{LOGIN}# changed\n"));
    watch.says("passed");
    assert_eq!(counts(), [2, 1, 3, 5]);
    watch.ends();
}

#[test]
fn the_mock_stays_with_its_data() {
    let steps = "collection: c\nsteps:\n  - POST: /tasks\n    json: {}\n";
    let project = Project::empty()
        .file(
            "callsheet.yaml",
            "project: a test\ndefault_environment: mock\ninputs: { base_url: {} }\n\
             environments: { mock: { mock: m.yaml } }\ndefaults: { base_url: '${{ base_url }}' }\n",
        )
        .file(
            "m.yaml",
            "mock: m\ndata: { tasks: [] }\nroutes:\n  - POST: /tasks\n    change: [{ insert: { into: tasks, value: 1 } }]\n    \
             respond: { status: 201 }\n  - GET: /tasks\n    respond: { json: \"${{ tasks }}\" }\n",
        )
        .file("collections/c.yaml", steps);
    let watch = Watch::start(&project, "");
    watch.says("1 passed");
    write(
        &project,
        "collections/c.yaml",
        &format!("{steps}  - GET: /tasks\n    expect: {{ $: {{ length: 2 }} }}\n"),
    );
    watch.says("2 passed");
    watch.ends();
}

#[test]
fn what_is_wrong_is_told_once_until_it_is_otherwise() {
    let server = Server::json("{}");
    let project = project(&server);
    let watch = Watch::start(&project, "");
    watch.says("Summary");
    write(
        &project,
        "collections/a.yaml",
        "collection: a\nsteps:\n  - GTE: /a\n",
    );
    watch.says("GTE");
    // Neither of these says anything, or the next would not be what is read.
    for number in 0..3 {
        write(&project, "collections/notes.txt", &format!("note {number}"));
        std::thread::sleep(Duration::from_millis(300));
    }
    assert_eq!(watch.lines.try_iter().count(), 0);
    write(
        &project,
        "collections/a.yaml",
        "collection: a\nsteps:\n  - GTE: /b\n",
    );
    watch.says("GTE: /b");
    watch.ends();
}

#[test]
fn a_wrong_argument_ends_it_at_once() {
    let server = Server::json("{}");
    let project = project(&server);
    for (arguments, message) in [
        ("--env nowhere", "unknown environment"),
        ("--list", "takes none of"),
        ("--shard 6/5", "--shard 6/5"),
    ] {
        let mut watch = Watch::start(&project, arguments);
        let said = watch.lines.recv_timeout(PATIENCE).expect("a message");
        assert!(said.contains(message), "{said}");
        // Nothing more is said: the pipes are closed.
        let more = watch.lines.recv_timeout(PATIENCE);
        assert_eq!(more, Err(RecvTimeoutError::Disconnected), "{arguments}");
        assert_eq!(watch.process.wait().expect("an end").code(), Some(2));
    }
    assert_eq!(server.connections(), 0);
}
