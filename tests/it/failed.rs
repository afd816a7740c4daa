//! `--failed`: what failed, was interrupted or is new since the last run.

use std::fs;

use crate::support::{Answer, Project, Server};

/// Two files; what `/wrong` answers is told by the file `answer`.
fn two_files(server: &Server) -> Project {
    let sheet = |name: &str, path: &str| {
        format!(
            "collection: {name}\ncases:\n  - name: only\n    steps: [{{ GET: {path}, expect: {{ $.id: 7 }} }}]\n"
        )
    };
    Project::against(server, &sheet("first", "/right")).file("collections/d.yaml", &sheet("second", "/wrong"))
}

#[test]
fn what_failed_last_runs_again_until_it_is_well() {
    let is_mended = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let mended = std::sync::Arc::clone(&is_mended);
    let server = Server::start(move |request| {
        let is_wrong = request.target == "/wrong" && !mended.load(std::sync::atomic::Ordering::SeqCst);
        Answer::json(if is_wrong {
            r#"{ "id": 8 }"#
        } else {
            r#"{ "id": 7 }"#
        })
    });
    let project = two_files(&server);
    // Nothing is known yet, so everything is new.
    project.callsheet("run --failed").exits(1);
    assert_eq!((server.count("/right"), server.count("/wrong")), (1, 1));
    project
        .callsheet("run --failed")
        .exits(1)
        .says("1 case left out by --failed");
    assert_eq!((server.count("/right"), server.count("/wrong")), (1, 2));
    // A run of something else in between changes nothing; a new file is one more.
    project.callsheet("run collections/c.yaml").exits(0);
    let project = project.file(
        "collections/e.yaml",
        "collection: third\nsteps: [{ GET: /new }]\n",
    );
    is_mended.store(true, std::sync::atomic::Ordering::SeqCst);
    project.callsheet("run --failed").exits(0);
    let counts = ["/right", "/wrong", "/new"].map(|path| server.count(path));
    assert_eq!(counts, [2, 3, 1]);
    // Seen from another folder the files are the same.
    project
        .callsheet("run --failed")
        .exits(4)
        .says("nothing failed, was interrupted or is new since the last run");
}

#[test]
fn what_ran_in_part_or_was_not_come_to_is_not_settled() {
    let server = Server::json(r#"{ "id": 7 }"#);
    let case = |name: &str, expect: u16| {
        format!(
            "  - name: {name}\n    steps:\n      - {{ GET: /{name}/1 }}\n      - {{ GET: /{name}/2, expect: {{ status: {expect} }} }}\n"
        )
    };
    let sheet = |first: u16| format!("collection: c\ncases:\n{}{}", case("a", first), case("b", 200));
    let project = Project::against(&server, &sheet(201));
    // The second case is left out by the first's failure.
    project.callsheet("run --jobs 1 --max-fail 1").exits(1);
    // Steps alone that go well say nothing of the others.
    project.callsheet("run --step GET*1").exits(0);
    let listed = project.callsheet("run --list --failed").exits(0).stdout;
    assert!(listed.contains("a  ") && listed.contains("b  "), "{listed}");
    // What failed in part has failed.
    project.callsheet("run").exits(1);
    project.callsheet("run --step GET*/b/1").exits(0);
    let listed = project.callsheet("run --list --failed").exits(0).stdout;
    assert!(listed.contains("a  ") && !listed.contains("b  "), "{listed}");
    let project = project.file("collections/c.yaml", &sheet(200));
    project
        .callsheet("run --failed")
        .exits(0)
        .says("1 case left out by --failed");
    project.callsheet("run --failed").exits(4);
}

#[test]
fn a_run_settles_the_rounds_it_had_and_no_others() {
    let server = Server::start(|request| match request.target.as_str() {
        "/row/1" => Answer::status(500),
        _ => Answer::json("{}"),
    });
    let rows = |rows: &str| {
        format!(
            "collection: c\ncases:\n  - name: rows\n    for: {{ id: [{rows}] }}\n    \
             steps: [{{ GET: '/row/${{{{ id }}}}' }}]\n"
        )
    };
    let project = Project::against(&server, &rows("1, 2"));
    let failed = |project: &Project| project.callsheet("run --list --failed").ends().exit;
    project.callsheet("run --shard 1/2").exits(1);
    // The other shard has the other row only, and it is the newest.
    project.callsheet("run --shard 2/2").exits(0);
    assert_eq!(failed(&project), Some(0), "the first row failed");
    project.callsheet("run --repeat 2 --shard 1/4").exits(1);
    let project = project.file("collections/c.yaml", &rows("2, 3"));
    project.callsheet("run").exits(0);
    assert_eq!(failed(&project), Some(4));
    // Two shards may settle it together, also of repeats.
    for shard in 1..=4 {
        project
            .callsheet(&format!("run --repeat 2 --shard {shard}/4"))
            .exits(0);
    }
    assert_eq!(failed(&project), Some(4));
    let project = project.file("collections/c.yaml", &rows("2, 3, 4"));
    assert_eq!(failed(&project), Some(0), "a new row never ran");
}

#[test]
fn what_evaluated_nothing_settles_nothing() {
    let server = Server::start(|request| match request.target.as_str() {
        "/a" => Answer::status(500),
        _ => Answer::json("{}"),
    });
    let sheet = |skip: &str| {
        format!(
            "collection: c\ncases:\n  - name: a\n    steps: [{{ GET: /a{skip} }}]\n  \
             - name: b\n    steps: [{{ GET: /b }}]\n"
        )
    };
    let project = Project::against(&server, &sheet(""));
    project.callsheet("run").exits(1);
    let project = project.file("collections/c.yaml", &sheet(", skip: not now"));
    project.callsheet("run").exits(0);
    project.callsheet("run --case a").exits(4);
    let project = project.file("collections/c.yaml", &sheet(""));
    let listed = project.callsheet("run --list --failed").exits(0);
    listed.says("a  collections").does_not_say("b  ");
}

#[test]
fn a_replay_says_nothing_of_live_runs() {
    let is_well = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let answers = std::sync::Arc::clone(&is_well);
    let server = Server::start(move |_| match answers.load(std::sync::atomic::Ordering::SeqCst) {
        true => Answer::json("{}"),
        false => Answer::status(500),
    });
    let project = Project::against(&server, "collection: c\nsteps: [{ GET: /a }]\n");
    project.callsheet("run --record kept").exits(0);
    is_well.store(false, std::sync::atomic::Ordering::SeqCst);
    project.callsheet("run").exits(1);
    project.callsheet("run --replay kept").exits(0);
    project.callsheet("run --failed").exits(1);
}

#[test]
fn a_collection_is_told_from_one_whose_path_ends_alike() {
    let server = Server::start(|request| match request.target.as_str() {
        "/outer" => Answer::status(500),
        _ => Answer::json("{}"),
    });
    let sheet = |path: &str| format!("collection: c\nsteps: [{{ GET: {path} }}]\n");
    let project = Project::against(&server, &sheet("/outer"))
        .file("collections/sub/collections/c.yaml", &sheet("/inner"));
    project.callsheet("run collections/c.yaml").exits(1);
    project
        .callsheet("run collections/sub/collections/c.yaml")
        .exits(0);
    project.callsheet("run --failed").exits(1);
    assert_eq!((server.count("/outer"), server.count("/inner")), (2, 1));
}

#[test]
fn a_collection_whose_end_went_wrong_runs_again() {
    let server = Server::start(|request| match request.target.as_str() {
        "/end" => Answer::status(500),
        _ => Answer::json("{}"),
    });
    let sheet = "collection: c\ncases:\n  - name: a\n    steps: [{ GET: /a }]\nfinally: [{ GET: /end }]\n";
    let project =
        Project::against(&server, sheet).file("collections/d.yaml", "collection: d\nsteps: [{ GET: /d }]\n");
    project.callsheet("run").exits(7);
    project.callsheet("run --failed").exits(7);
    assert_eq!(["/a", "/end", "/d"].map(|path| server.count(path)), [2, 2, 1]);
}

#[test]
fn what_was_interrupted_runs_again() {
    let server = Server::json(r#"{ "id": 7 }"#);
    let project = two_files(&server);
    project.callsheet("run --jobs 1").exits(0);
    let folder = project.path().join("target/callsheet");
    let logs = fs::read_dir(folder)
        .expect("the logs")
        .map(|entry| entry.expect("an entry").path());
    let log = logs
        .into_iter()
        .find(|path| path.extension().is_some_and(|it| it == "jsonl"))
        .expect("a log");
    let text = fs::read_to_string(&log).expect("the log");
    // As if the process had been killed after the first case.
    let end = text.find("case_finished").expect("the first case's end");
    let end = end + text[end..].find('\n').expect("a line's end") + 1;
    fs::write(&log, &text[..end]).expect("a cut log");
    project.callsheet("run --failed").exits(0);
    assert_eq!((server.count("/right"), server.count("/wrong")), (1, 2));
}
