//! Snapshots: written, compared, and left alone.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use crate::support::{Answer, Project, Server};

const FILE: &str = "collections/snapshots/c/tasks.read.json";

/// A server whose answer can be changed, and a project that compares it with a snapshot.
struct Bench {
    answer: Arc<Mutex<Answer>>,
    project: Project,
}

fn bench(snapshot: &str, body: &str) -> Bench {
    steps(
        &format!("  - {{ name: read, GET: /, expect: {{ snapshot: {snapshot} }} }}\n"),
        body,
    )
}

fn steps(steps: &str, body: &str) -> Bench {
    let answer = Arc::new(Mutex::new(Answer::json(body)));
    let given = Arc::clone(&answer);
    let server = Server::start(move |_| given.lock().expect("an answer").clone());
    let project = Project::against(&server, &format!("collection: tasks\nsteps:\n{steps}"));
    Bench { answer, project }
}

/// An answer in plain text.
fn text(body: &str) -> Answer {
    Answer::status(200)
        .header("content-type", "text/plain")
        .body(body)
}

impl Bench {
    fn answers(&self, body: &str) {
        *self.answer.lock().expect("an answer") = Answer::json(body);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.project.path().join(name)
    }

    fn reads(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path(name)).ok()
    }

    /// The files of the collection's snapshots.
    fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.path("collections/snapshots/c"))
            .into_iter()
            .flatten()
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }
}

#[test]
fn an_accepted_answer_holds_and_a_changed_one_waits_for_review() {
    let bench = bench("true", r#"{"b": 1.50, "a": {"id": 7}}"#);
    bench.project.callsheet("run").exits(1).says("1 new");
    assert_eq!(bench.files(), ["tasks.read.json.new"]);
    bench.project.callsheet("run --update").exits(0).says("1 added");
    let accepted = "{\n  \"a\": {\n    \"id\": 7\n  },\n  \"b\": 1.50\n}\n";
    assert_eq!(bench.reads(FILE).as_deref(), Some(accepted));
    assert_eq!(bench.files(), ["tasks.read.json"], "nothing is left beside it");
    bench.project.callsheet("run").exits(0);

    bench.answers(r#"{"a": {"id": 8}, "b": 1.5}"#);
    bench
        .project
        .callsheet("run")
        .exits(1)
        .says("found 1 difference\n")
        .says("    $.a\n      - id: 7\n      + id: 8\n");
    assert_eq!(bench.reads(FILE).as_deref(), Some(accepted));
    let pending = bench.reads(&format!("{FILE}.new")).expect("what waits");
    assert!(pending.contains("\"id\": 8"));

    bench.answers(r#"{"a": {"id": 7}, "b": 1.5}"#);
    bench.project.callsheet("run").exits(0);
    assert_eq!(bench.files(), ["tasks.read.json"], "what waited is out of date");
}

#[test]
fn an_update_takes_what_it_says_alone() {
    let two = "  - { name: read, GET: /, expect: { snapshot: true } }\n  - { name: again, GET: /, expect: { snapshot: true } }\n";
    let bench = steps(two, r#"{"id": 1}"#);
    let other = "collections/snapshots/c/tasks.again.json";
    bench.project.callsheet("run --update --step read").exits(0);
    bench.answers(r#"{"id": 2}"#);
    bench
        .project
        .callsheet("run --update=new --keep-going")
        .exits(1)
        .says("1 added, 1 changed");
    assert!(bench.reads(FILE).expect("kept").contains('1'));
    fs::remove_file(bench.path(other)).expect("removed");
    bench
        .project
        .callsheet("run --update=changed")
        .exits(1)
        .says("1 updated, 1 new");
    assert_eq!(bench.reads(other), None);
    bench.project.callsheet("run --update=some").exits(2);
}

#[test]
fn nothing_is_written_in_ci() {
    for run in ["run --ci", "run"] {
        let bench = bench("true", r#"{"id": 1}"#);
        let ci = || bench.project.callsheet(run).env("CI", "true");
        ci().exits(1).says("1 missing").says("--ci");
        assert!(!bench.path("collections/snapshots").exists());
        bench.project.callsheet("run --update").exits(0);
        bench.answers(r#"{"id": 2}"#);
        ci().exits(1).says("- id: 1");
        assert_eq!(bench.files(), ["tasks.read.json"]);
    }
    let bench = bench("true", r#"{"id": 1}"#);
    bench.project.callsheet("run").env("CI", "false").exits(1);
    assert_eq!(bench.files(), ["tasks.read.json.new"], "`CI=false` is no CI");
    bench.project.callsheet("run --update").env("CI", "1").exits(0);
    bench.project.callsheet("run --ci --update").exits(2);
}

#[test]
fn rules_decide_what_counts() {
    let rules = "{ ignore: [$.at, $.gone], replace: { $.token: <token> }, types_only: $.count, \
                 unordered: $.tags, sort_by: { $.list: id } }";
    let bench = bench(
        rules,
        r#"{"at": 1, "token": "a", "count": 5, "tags": ["x", "y"], "list": [{"id": 2}, {"id": 1}]}"#,
    );
    bench
        .project
        .callsheet("run --update")
        .exits(0)
        .says("WARN `ignore: $.gone` matches nothing in this answer");
    let accepted = bench.reads(FILE).expect("accepted");
    assert!(!accepted.contains("\"at\""));
    assert!(accepted.contains("\"<token>\"") && accepted.contains("\"<number>\""));
    bench.answers(
        r#"{"at": 2, "token": "b", "count": 6, "tags": ["y", "x"], "list": [{"id": 1}, {"id": 2}]}"#,
    );
    bench.project.callsheet("run").exits(0);
    bench.answers(
        r#"{"at": 2, "token": "b", "count": "6", "tags": ["a", "y"], "list": [{"id": 1}, {"id": 2}]}"#,
    );
    bench
        .project
        .callsheet("run")
        .exits(1)
        .says("found 2 differences\n")
        .says("- count: \"<number>\"");
}

#[test]
fn defaults_come_behind_what_a_step_says() {
    let bench = bench("{ types_only: $.at }", r#"{"at": 1, "etag": "a", "id": 7}"#);
    let project = bench.path("callsheet.yaml");
    let text = fs::read_to_string(&project).expect("a project");
    let more = "  snapshot: { ignore: [$.at, $.etag, $.other], with: [status, headers.content-type] }\n";
    fs::write(&project, text + more).expect("written");
    bench
        .project
        .callsheet("run --update")
        .exits(0)
        .does_not_say("WARN");
    let accepted: serde_json::Value =
        serde_json::from_str(&bench.reads(FILE).expect("accepted")).expect("JSON");
    assert_eq!(
        accepted,
        serde_json::json!({
            "body": {"at": "<number>", "id": 7},
            "headers": {"content-type": "application/json"},
            "status": 200,
        })
    );
}

#[test]
fn text_is_stored_as_text_and_may_turn_to_json() {
    let bench = bench("true", "{}");
    *bench.answer.lock().expect("an answer") = text("one\ntwo\n");
    bench.project.callsheet("run --update").exits(0);
    let stored = "collections/snapshots/c/tasks.read.txt";
    assert_eq!(bench.reads(stored).as_deref(), Some("one\ntwo\n"));
    *bench.answer.lock().expect("an answer") = text("one\n2\n");
    bench.project.callsheet("run").exits(1).says("- two").says("+ 2");
    bench.answers(r#"{"id": 1}"#);
    bench.project.callsheet("run --update").exits(0).says("1 updated");
    assert_eq!(bench.files(), ["tasks.read.json"]);
}

#[test]
fn no_secret_is_stored() {
    let step = "  - name: read\n    GET: /\n    capture: { key: { json: $.key, secret: true }, pin: { json: $.pin, secret: true } }\n    expect: { snapshot: { with: [headers.set-cookie, headers.x-key] } }\n";
    let body =
        r#"{"key": "correct horse battery", "pin": 4711081522, "again": ["Bearer correct horse battery"]}"#;
    let bench = steps(step, body);
    *bench.answer.lock().expect("an answer") = Answer::json(body)
        .header("x-key", "correct horse battery")
        .header("set-cookie", "sid=abcdefgh12345678; Path=/");
    bench.project.callsheet("run").exits(1);
    let pending = bench.reads(&format!("{FILE}.new")).expect("what waits");
    for secret in ["correct horse", "4711081522", "abcdefgh12345678"] {
        assert!(!pending.contains(secret), "{pending}");
    }
    assert!(
        pending.contains("‹key›") && pending.contains("‹pin›"),
        "{pending}"
    );
}

#[test]
fn an_answer_that_is_wrong_otherwise_is_not_accepted() {
    let bench = steps(
        "  - { name: read, GET: /, expect: { $.id: 1, snapshot: true } }\n",
        r#"{"id": 2}"#,
    );
    bench
        .project
        .callsheet("run --update")
        .exits(1)
        .says("1 missing")
        .says("nothing was written");
    assert!(!bench.path("collections/snapshots").exists());
}

#[test]
fn a_merge_conflict_is_an_error_at_its_line_and_is_never_overwritten() {
    let bench = bench("true", r#"{"id": 1}"#);
    let conflict = "{\n<<<<<<< ours\n  \"id\": 1\n=======\n  \"id\": 2\n>>>>>>> theirs\n}\n";
    fs::create_dir_all(bench.path("collections/snapshots/c")).expect("a folder");
    fs::write(bench.path(FILE), conflict).expect("written");
    for arguments in ["run", "run --update", "check"] {
        bench
            .project
            .callsheet(arguments)
            .exits(2)
            .says("unresolved merge conflict")
            .says("collections/snapshots/c/tasks.read.json:2:1");
    }
    assert_eq!(bench.reads(FILE).as_deref(), Some(conflict));
    fs::write(bench.path(FILE), "{\n  \"id\": \n}\n").expect("written");
    bench
        .project
        .callsheet("run --update")
        .exits(2)
        .says("tasks.read.json:3:1");
}

#[test]
fn unused_snapshots_are_listed_where_nothing_was_left_out() {
    let bench = bench("true", r#"{"id": 1}"#);
    bench.project.callsheet("run --update").exits(0);
    for old in [
        "c/tasks.old.json",
        "c/tasks.old.txt.new",
        "gone/x.y.json",
        "c/notes.md",
    ] {
        let path = bench.path("collections/snapshots").join(old);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, "{}").expect("written");
    }
    let whole = bench.project.callsheet("run").exits(0).says("3 snapshots");
    for old in ["c/tasks.old.json", "c/tasks.old.txt.new", "gone/x.y.json"] {
        assert!(whole.stdout.contains(&format!("collections/snapshots/{old}")));
    }
    assert!(!whole.stdout.contains("notes.md"));
    bench
        .project
        .callsheet("run collections/c.yaml")
        .exits(0)
        .says("c/tasks.old.json")
        .does_not_say("gone/");
    for narrowed in ["run --case tasks", "run --step read"] {
        bench.project.callsheet(narrowed).exits(0).does_not_say("Unused");
    }
    let document = bench.project.callsheet("run --json").exits(0).json();
    assert_eq!(document["unused_snapshots"].as_array().map(Vec::len), Some(3));
}

#[test]
fn steps_of_one_name_have_files_of_their_own() {
    let recipe = "recipe: r\nsteps:\n  - { name: get, GET: /, expect: { snapshot: true } }\n  - { name: get, GET: /, expect: { snapshot: { name: second } } }\n";
    let bench = steps(
        "  - { name: ../Read!, GET: /, expect: { snapshot: true } }\n  - { name: read, GET: /, expect: { snapshot: true } }\n  - { name: named, GET: /, expect: { snapshot: { name: mine } } }\n  - { name: used, use: r.yaml }\n",
        "{}",
    );
    fs::write(bench.path("collections/r.yaml"), recipe).expect("written");
    bench.project.callsheet("run --update").exits(0).says("4 added");
    assert_eq!(
        bench.files(),
        [
            "mine.json",
            "tasks.read-2.json",
            "tasks.read.json",
            "tasks.used.get.json",
            "tasks.used.second.json"
        ]
    );
    bench.project.callsheet("run").exits(0).does_not_say("Unused");
    // A run of a part of the sheet looks at the same files.
    bench.project.callsheet("run --ci --step read").exits(0);
}

#[test]
fn rounds_have_files_of_their_own() {
    let bench = steps(
        "  - { name: read, for: { id: [16, 17] }, GET: \"/${{ id }}\", expect: { snapshot: true } }\n",
        "{}",
    );
    bench.project.callsheet("run --update").exits(0).says("2 added");
    assert_eq!(
        bench.files(),
        ["tasks.read@1-id-16.json", "tasks.read@2-id-17.json"]
    );
    bench
        .project
        .callsheet("run --ci")
        .exits(0)
        .does_not_say("Unused");
}

#[cfg(unix)]
#[test]
fn a_snapshot_that_cannot_be_written_is_exit_5() {
    let bench = bench("true", r#"{"id": 1}"#);
    fs::write(bench.path("collections/snapshots"), "in the way").expect("written");
    bench
        .project
        .callsheet("run --update")
        .exits(5)
        .says("cannot write collections/snapshots/c/tasks.read.json");
    // The log tells it as well.
    bench.project.callsheet("report").exits(5);
    bench
        .project
        .callsheet("run --update --shard 1/1 --log 1.jsonl")
        .exits(5);
    bench.project.callsheet("report --merge 1.jsonl").exits(5);
    fs::remove_file(bench.path("collections/snapshots")).expect("removed");
    let outside = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(outside.path(), bench.path("collections/snapshots")).expect("a link");
    bench.project.callsheet("run --update").exits(2);
    assert_eq!(fs::read_dir(outside.path()).expect("listed").count(), 0);
}

#[test]
fn two_runs_at_once_leave_whole_files() {
    let long = format!(r#"{{"list": [{}]}}"#, vec!["\"some text\""; 20_000].join(","));
    let bench = bench("true", &long);
    let runs: Vec<_> = (0..4)
        .map(|_| bench.project.callsheet("run --update --no-log").spawn())
        .collect();
    for mut run in runs {
        assert!(run.wait().expect("it ends").success());
    }
    bench.project.callsheet("run").exits(0);
    assert_eq!(bench.files(), ["tasks.read.json"]);
}

#[test]
fn mistakes_are_told_before_anything_is_sent() {
    let rules =
        "{ ignroe: [$.a], ignore: ['$.b[', 3], replace: [$.c], with: [body], name: Ü, sort_by: { $.d: [] } }";
    let bench = bench(rules, "{}");
    let ran = bench.project.callsheet("check").exits(2);
    for said in [
        "did you mean `ignore`?",
        "JSONPath",
        "a mapping of paths",
        "`body`",
        "snapshot's name",
        "sort_by",
    ] {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
}

#[test]
fn a_long_answer_with_three_changes_is_told_in_few_lines() {
    let list = |changed: &[usize]| {
        let elements: Vec<String> = (0..500)
            .map(|index| {
                let name = if changed.contains(&index) { "other" } else { "name" };
                format!(r#"{{"id": {index}, "name": "{name} {index}"}}"#)
            })
            .collect();
        format!(r#"{{"data": [{}]}}"#, elements.join(","))
    };
    let bench = bench("true", &list(&[]));
    bench.project.callsheet("run --update").exits(0);
    assert!(bench.reads(FILE).expect("accepted").lines().count() > 2000);
    bench.answers(&list(&[3, 250, 499]));
    let ran = bench
        .project
        .callsheet("run")
        .exits(1)
        .says("found 3 differences");
    assert_eq!(ran.stdout.matches("+ name: ").count(), 3, "{}", ran.stdout);
    assert!(ran.stdout.lines().count() < 40, "{}", ran.stdout);
}

#[test]
fn a_review_without_a_terminal_lists_accepts_and_rejects() {
    let bench = bench("true", r#"{"id": 1, "at": "2026-01-01T00:00:00Z"}"#);
    let review = |how: &str| bench.project.callsheet(&format!("review {how}"));
    review("").exits(0).says("nothing waits for review");
    bench.project.callsheet("run").exits(1);
    review("")
        .exits(2)
        .says("1 snapshot waits for review")
        .says("--list");
    review("--list")
        .exits(0)
        .says("new      collections/snapshots/c/tasks.read.json  tasks › read\n")
        .says("    {\n      \"at\"");
    review("--accept-all").exits(0).says("accepted 1 snapshot\n");
    bench.project.callsheet("run").exits(0);

    bench.answers(r#"{"id": 2, "at": "2026-01-02T00:00:00Z"}"#);
    bench.project.callsheet("run").exits(1);
    review("--list")
        .exits(0)
        .says("- id: 1")
        .says("$.at looks like a time: `ignore` it, or `replace` it by <time>");
    review("--reject-all").exits(0).says("rejected 1 snapshot\n");
    assert!(bench.reads(FILE).expect("kept").contains("\"id\": 1"));
    assert_eq!(bench.files(), ["tasks.read.json"]);
    review("--list --prune").exits(2);
}

#[test]
fn a_review_removes_what_no_step_uses_and_nothing_else() {
    let bench = bench("true", r#"{"id": 1}"#);
    bench.project.callsheet("run --update").exits(0);
    bench.answers(r#"{"id": 2}"#);
    bench.project.callsheet("run").exits(1);
    fs::write(bench.path("collections/snapshots/c/old.json"), "{}").expect("written");
    fs::write(bench.path("collections/snapshots/c/README.md"), "notes").expect("written");
    bench
        .project
        .callsheet("review --list")
        .exits(0)
        .says("unused   collections/snapshots/c/old.json\n")
        .says("1 snapshot waits for review, 1 unused");
    bench
        .project
        .callsheet("review --prune")
        .exits(0)
        .says("removed 1 unused snapshot\n");
    assert_eq!(
        bench.files(),
        ["README.md", "tasks.read.json", "tasks.read.json.new"]
    );
}

#[test]
fn an_update_names_what_changes_every_time() {
    let bench = bench("true", r#"{"id": 7, "at": "2026-01-01T00:00:00Z", "n": "a"}"#);
    bench
        .project
        .callsheet("run --update")
        .exits(0)
        .does_not_say("WARN");
    bench.answers(r#"{"id": 7, "at": "2026-01-01T00:00:09Z", "n": "b"}"#);
    bench
        .project
        .callsheet("run --update")
        .exits(0)
        .says("WARN $.at looks like a time that differs with every answer")
        .does_not_say("$.n looks");
}

#[test]
fn each_round_is_reviewed_by_itself() {
    let bench = steps(
        "  - { name: read, GET: '/${{ id }}', for: { id: [1, 2] }, expect: { snapshot: true } }\n",
        r#"{"id": 1}"#,
    );
    bench.project.callsheet("run --keep-going").exits(1).says("2 new");
    bench
        .project
        .callsheet("review --list")
        .exits(0)
        .says("2 snapshots wait");
    bench
        .project
        .callsheet("review --accept-all")
        .exits(0)
        .says("accepted 2 snapshots\n");
    bench
        .project
        .callsheet("run --ci")
        .exits(0)
        .does_not_say("Unused");
}

#[test]
fn each_page_of_a_list_has_a_snapshot_of_its_own() {
    let second = Arc::new(Mutex::new(3));
    let given = Arc::clone(&second);
    let server = Server::start(move |request| match request.target.as_str() {
        "/l" => Answer::json(r#"{"items": [1, 2], "next": "/l?page=2"}"#),
        _ => Answer::json(&format!(r#"{{"items": [{}]}}"#, given.lock().expect("a number"))),
    });
    let project = Project::against(
        &server,
        "collection: c\nsteps:\n  - { name: list, GET: /l, paginate: { next: $.next }, expect: { snapshot: true } }\n",
    );
    project.callsheet("run --update").exits(0).says("added");
    for page in [1, 2] {
        let file = format!("collections/snapshots/c/c.list@page-{page}.json");
        assert!(project.path().join(file).is_file());
    }
    project.callsheet("run --ci").exits(0).does_not_say("Unused");
    *second.lock().expect("a number") = 4;
    project
        .callsheet("run")
        .exits(1)
        .says("c.list@page-2.json")
        .says("- [0]: 3\n");
    project
        .callsheet("review --accept-all")
        .exits(0)
        .says("accepted 1 snapshot\n");
    project.callsheet("run --record r").exits(0);
    project.callsheet("run --replay r").exits(0);
}
