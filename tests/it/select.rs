//! Which of what there is runs, how often and in which order.

use std::fs;
use std::process::Command;

use crate::support::{Answer, Project, Server};

const SHEET: &str = "\
collection: tasks
tags: [api]
cases:
  - name: read tasks
    tags: [smoke]
    steps:
      - name: list
        GET: /list
        capture: { first: $.id }
      # The one that is most often wrong.
      - GET: /first/${{ first }}
        name: read the first
        tags: [slow]
        expect:
          status: 200

      - name: read none
        GET: /none
  - name: write tasks
    tags: [slow, 'two words']
    steps:
      - name: write
        POST: /write
";

fn server() -> Server {
    Server::json(r#"{ "id": 7 }"#)
}

/// The targets that a run asked for, sorted.
#[track_caller]
fn asked(sheet: &str, arguments: &[&str]) -> Vec<String> {
    let server = server();
    let project = Project::against(&server, sheet);
    let run = project.callsheet("run --jobs 1");
    arguments
        .iter()
        .fold(run, |run, argument| run.argument(argument))
        .exits(0);
    let mut targets: Vec<String> = server.received().into_iter().map(|it| it.target).collect();
    targets.sort();
    targets
}

#[test]
fn a_line_chooses_the_step_that_stands_there() {
    for (line, targets) in [
        // The collection's head, the case's, a step's first and last, the comment above a step.
        (1, &["/first/7", "/list", "/none", "/write"][..]),
        (4, &["/first/7", "/list", "/none"]),
        (7, &["/list"]),
        (9, &["/list"]),
        (10, &["/first/7", "/list"]),
        (11, &["/first/7", "/list"]),
        (15, &["/first/7", "/list"]),
        (16, &["/none"]),
        (18, &["/none"]),
        (19, &["/write"]),
        (23, &["/write"]),
    ] {
        assert_eq!(
            asked(SHEET, &[&format!("collections/c.yaml:{line}")]),
            targets,
            "line {line}"
        );
    }
    let server = server();
    let project = Project::against(&server, SHEET);
    project
        .callsheet("run collections/c.yaml:7")
        .exits(0)
        .says("1 case and 2 steps left out by collections/c.yaml:7");
    let both = ["collections/c.yaml:7", "collections/c.yaml:23"];
    assert_eq!(asked(SHEET, &both), ["/list", "/write"]);
    let whole = ["collections/c.yaml:7", "collections"];
    assert_eq!(
        asked(SHEET, &whole).len(),
        4,
        "what is meant as a whole runs as a whole"
    );
}

#[test]
fn a_line_that_is_not_there_is_told() {
    let server = server();
    let project = Project::against(&server, SHEET).file("m.yaml", "mock: m\nroutes: []\n");
    let run = |path: &str| project.callsheet(&format!("run {path}"));
    run("collections/c.yaml:99")
        .exits(2)
        .says("collections/c.yaml has no line 99; its last is 23");
    run("collections/c.yaml:0").exits(2).says("has no line 0");
    run("collections/d.yaml:3").exits(2).says("d.yaml");
    assert_eq!(server.received().len(), 0);
}

#[test]
fn names_may_have_signs_for_what_is_left_open() {
    assert_eq!(asked(SHEET, &["--case", "write*"]), ["/write"]);
    assert_eq!(
        asked(SHEET, &["--case", "* tasks", "--step", "read n?ne"]),
        ["/none"]
    );
    assert_eq!(asked(SHEET, &["--step", "*first"]), ["/first/7", "/list"]);
    let server = server();
    let project = Project::against(&server, SHEET);
    project
        .callsheet("run --case rite*")
        .exits(4)
        .says("--case rite* matches nothing");
    project
        .callsheet("run --case reed --case write*")
        .exits(2)
        .says("--case reed matches nothing");
}

#[test]
fn tags_may_be_combined() {
    for (tags, targets) in [
        (&["--tag", "slow"][..], &["/first/7", "/list", "/write"][..]),
        (&["--tag", "smoke and not slow"], &["/list", "/none"]),
        (&["--tag", "two words"], &["/write"]),
        (&["--tag", "smoke and slow"], &["/first/7", "/list"]),
        (
            &["--not-tag", "smoke and slow", "--tag", "api"],
            &["/list", "/none", "/write"],
        ),
        (&["--not-tag", "smoke"], &["/write"]),
        (&["--not-tag", "slow", "--not-tag", "absent"], &["/list", "/none"]),
    ] {
        assert_eq!(asked(SHEET, tags), targets, "{tags:?}");
    }
    let server = server();
    let project = Project::against(&server, SHEET);
    let run = |tags: &str| project.callsheet("run --tag").argument(tags);
    run("not (smoke or slow)").exits(4).says("nothing is left");
    run("smoke and").exits(2).says("a tag is missing after `and`");
    run("(smoke").exits(2).says("a `(` is not closed");
    run("smoke and slwo")
        .exits(4)
        .says("--tag slwo matches nothing")
        .says("did you mean `slow`?");
    assert_eq!(server.received().len(), 0);
}

#[test]
fn a_list_shows_what_would_run_and_sends_nothing() {
    let server = server();
    let project = Project::against(&server, SHEET);
    let listed = project.callsheet("run --list --step *first").exits(0);
    let listed = listed
        .says("list")
        .says("read the first")
        .does_not_say("read none");
    assert_eq!(
        listed.stdout,
        project.callsheet("list --step *first").exits(0).stdout
    );
    let json = project
        .callsheet("run --list --json --repeat 2 --case write*")
        .exits(0)
        .json();
    assert_eq!(json["cases"][1]["name"], "write tasks [2 of 2]");
    project
        .callsheet("run --list --tag absent --tag smoke")
        .exits(2)
        .says("--tag absent matches nothing");
    assert_eq!(server.connections(), 0);
    assert!(!project.path().join("target").exists(), "no log is left");
}

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
    let server = server();
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
    let server = server();
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
    let server = server();
    let project = Project::against(&server, SHEET);
    project
        .callsheet("run --changed HEAD")
        .env("GIT_CEILING_DIRECTORIES", "/")
        .exits(2)
        .says("--changed asks git: fatal: not a git repository");
    assert_eq!(server.connections(), 0);
}

#[test]
fn cases_repeat_and_the_end_of_their_collection_does_not() {
    let server = server();
    let sheet = "collection: c\ncases:\n  - name: a\n    steps: [{ GET: /a }]\n  - name: b\n    steps: [{ GET: /b }]\n\
                 finally:\n  - GET: /end\n";
    let project =
        Project::against(&server, sheet).file("collections/d.yaml", "collection: d\nsteps: [{ GET: /d }]\n");
    let json = project
        .callsheet("run --jobs 1 --repeat 3 --json")
        .exits(0)
        .json();
    let names: Vec<&str> = json["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .filter_map(|it| it["name"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "a [1 of 3]",
            "b [1 of 3]",
            "a [2 of 3]",
            "b [2 of 3]",
            "a [3 of 3]",
            "b [3 of 3]",
            "finally",
            "d [1 of 3]",
            "d [2 of 3]",
            "d [3 of 3]"
        ]
    );
    assert_eq!(server.count("/end"), 1);
    assert_eq!(server.received()[6].target, "/end", "when all rounds are over");
    project.callsheet("run --repeat 0").exits(2);
}

#[test]
fn a_plan_beyond_all_measure_is_refused_before_it_is_made() {
    let server = server();
    let project = Project::against(&server, "collection: c\nsteps: [{ GET: /a }]\n");
    for command in ["run", "run --list", "list"] {
        project
            .callsheet(&format!("{command} --repeat 4294967295"))
            .exits(2)
            .says("the plan would have 4294967295 cases, and at most 100000");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn an_order_is_that_of_its_number() {
    let server = server();
    let case = |name: usize| format!("  - name: case {name}\n    steps: [{{ GET: /{name} }}]\n");
    let cases: String = (0..9).map(case).collect();
    let project = Project::against(
        &server,
        &format!("collection: c\ncases:\n{cases}finally: [{{ GET: /end }}]\n"),
    );
    let listed = |arguments: &str| project.callsheet(&format!("list {arguments}")).exits(0).stdout;
    let first = listed("--shuffle 1");
    assert_eq!(first, listed("--shuffle 1"));
    assert_ne!(first, listed("--shuffle 2"));
    assert_ne!(first, listed(""));
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&first), sorted(&listed("")));
    assert!(first.rfind("finally") > first.rfind("case "), "{first}");
    project.callsheet("run --jobs 1 --shuffle 1").exits(0);
    assert_eq!(server.received().last().expect("requests").target, "/end");
}

#[test]
fn a_run_repeats_until_it_fails() {
    let count = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |_| {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Answer::json(if number == 3 {
            r#"{ "id": 8 }"#
        } else {
            r#"{ "id": 7 }"#
        })
    });
    let project = Project::against(
        &server,
        "collection: c\nsteps: [{ GET: /, expect: { $.id: 7 } }]\n",
    );
    project.callsheet("run --until-fails --repeat 2").exits(0);
    assert_eq!(server.received().len(), 2);
    project.callsheet("run --until-fails").exits(1).says("FAIL");
    assert_eq!(server.received().len(), 4);
    project.callsheet("report").exits(1);
    project
        .callsheet("run --until-fails --json")
        .exits(2)
        .says("--until-fails");
}

#[test]
fn a_changed_snapshot_is_a_change_of_its_collection() {
    let server = server();
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

#[test]
fn a_round_of_a_step_is_chosen_by_its_name() {
    let sheet = "\
collection: c
steps:
  - name: make
    for: { n: [1, 2] }
    GET: /make/${{ n }}
    capture: { made: $.id }
  - name: read
    for: { id: [7, 8, 9] }
    GET: /read/${{ id }}
  - name: use
    GET: /use/${{ made[0] }}
";
    assert_eq!(asked(sheet, &["--step", "read [2: id=8]"]), ["/read/8"]);
    assert_eq!(asked(sheet, &["--step", "read [*: id=9]"]), ["/read/9"]);
    assert_eq!(
        asked(sheet, &["--step", "read"]),
        ["/read/7", "/read/8", "/read/9"]
    );
    // What another step needs has all its rounds.
    assert_eq!(
        asked(sheet, &["--step", "use", "--step", "read [1: id=7]"]),
        ["/make/1", "/make/2", "/read/7", "/use/7"]
    );
    let server = server();
    let project = Project::against(&server, sheet);
    let run = project
        .callsheet("run")
        .argument("--step")
        .argument("read [1: id=7]");
    // Two rounds of the first step, two of this one, and the last.
    run.exits(0).says("5 steps left out");
    let run = project
        .callsheet("run")
        .argument("--step")
        .argument("read [4: id=10]");
    run.exits(4);
}

#[test]
fn cases_that_are_left_out_are_counted_with_their_rounds() {
    let sheet = "\
collection: c
cases:
  - name: each
    for: { id: [7, 8, 9] }
    steps: [{ GET: \"/${{ id }}\" }]
  - name: once
    steps: [{ GET: /once }]
";
    let server = server();
    let project = Project::against(&server, sheet);
    project
        .callsheet("run --case once")
        .exits(0)
        .says("3 cases left out by --case once");
}

#[test]
fn what_chooses_nothing_says_what_would() {
    let server = server();
    let project = Project::against(&server, SHEET);
    for (option, name, help) in [
        ("--case", "read", "--case '*read*' matches `read tasks`"),
        (
            "--case",
            "TASKS",
            "--case '*TASKS*' matches `read tasks`, `write tasks`",
        ),
        (
            "--step",
            "the first",
            "--step '*the first*' matches `read the first`",
        ),
        ("--case", "reed tasks", "did you mean `read tasks`?"),
        ("--tag", "smoke,slow", "--tag 'smoke or slow'"),
        ("--tag", "smoke &&", "--tag 'smoke and …'"),
        ("--tag", "smoke && slow", "--tag 'smoke and slow'"),
        ("--tag", "smoke||slow", "--tag 'smoke or slow'"),
        ("--tag", "!smoke", "--tag 'not smoke'"),
        ("--tag", "smok", "did you mean `smoke`?"),
    ] {
        let list = project.callsheet("list").argument(option).argument(name);
        list.exits(4).says("matches nothing").says(help);
    }
}
