//! The commands beside `run`, and what the program does when it cannot say what it has to say.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::support::{Answer, Project, Server};

#[test]
fn init_makes_a_project_that_runs_green() {
    let project = Project::empty();
    project.callsheet("init").exits(0).says("callsheet run");
    project.callsheet("check").exits(0);
    project.callsheet("run").exits(0).says("PASS");
}

#[test]
fn of_very_many_mistakes_the_first_are_shown_and_all_are_counted() {
    let slip = "  - GET: /\n    expct: 200\n";
    let sheet = format!("collection: a\nsteps:\n{}", slip.repeat(3_000));
    let project = Project::empty().file("a.yaml", &sheet);
    let ended = project.callsheet("check a.yaml").exits(2);
    assert_eq!(ended.stderr.matches("unknown key in a step").count(), 100);
    let summary =
        "3000 errors in 1 file; 2900 of them are not shown: mend these first, or check fewer files\n";
    assert!(ended.stderr.ends_with(summary), "{}", ended.stderr);
}

#[test]
fn init_overwrites_nothing() {
    let project = Project::empty().file("callsheet.yaml", "project: mine\n");
    project.callsheet("init").exits(2).says("nothing was written");
    let text = std::fs::read_to_string(project.path().join("callsheet.yaml")).expect("the file");
    assert_eq!(text, "project: mine\n");
    assert!(!project.path().join("collections").exists());
}

#[test]
fn init_makes_the_folder() {
    let project = Project::empty();
    project.callsheet("init made/here").exits(0);
    project.callsheet("run made/here/collections").exits(0);
}

#[test]
fn completions_and_the_man_page_are_printed() {
    let project = Project::empty();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        project
            .callsheet(&format!("completions {shell}"))
            .exits(0)
            .says("callsheet");
    }
    let man = project.callsheet("man").exits(0);
    man.says(".TH callsheet").says("shard\\-times");
    project
        .callsheet("--version")
        .exits(0)
        .says(env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_wrong_argument_is_a_usage_error() {
    let project = Project::empty();
    project.callsheet("run --keep-gong").exits(2).says("--keep-going");
    project
        .callsheet("run nowhere.yaml")
        .exits(2)
        .says("nowhere.yaml");
    project.callsheet("run --max-body 10").exits(2).says("10MiB");
}

#[cfg(unix)]
#[test]
fn a_mock_serves_until_it_is_interrupted() {
    let project = Project::empty().file(
        "m.mock.yaml",
        "mock: m\nroutes:\n  - GET: /hello\n    respond: { json: { hello: world } }\n",
    );
    let mut child = project.callsheet("mock m.mock.yaml --listen 127.0.0.1:0").spawn();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().expect("stdout"));
    // The address is on the first line that has one.
    while !line.contains("http://") {
        line.clear();
        assert_ne!(
            out.read_line(&mut line).expect("a line"),
            0,
            "no address was printed"
        );
    }
    let address = line.split("http://").nth(1).expect("an address");
    let address = address
        .trim()
        .split(|letter: char| letter != ':' && letter != '.' && !letter.is_ascii_digit())
        .next()
        .expect("an address");
    let mut stream = TcpStream::connect(address).expect("the mock answers");
    write!(
        stream,
        "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains(r#"{"hello":"world"}"#), "{answer}");
    interrupt(child.id());
    assert_eq!(child.wait().expect("an end").code(), Some(130));
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_says_so() {
    let (sender, arrived) = std::sync::mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let server = Server::start(move |_| {
        // The test may be over already.
        let _ = sender.lock().expect("the channel").send(());
        std::thread::sleep(std::time::Duration::from_secs(30));
        Answer::status(200)
    });
    let project = Project::against(&server, "collection: c\nsteps:\n  - GET: /x\n");
    let child = project.callsheet("run").spawn();
    arrived.recv().expect("a request");
    interrupt(child.id());
    let output = child.wait_with_output().expect("an end");
    assert_eq!(output.status.code(), Some(130));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.to_lowercase().contains("interrupted"), "{said}");
}

#[cfg(unix)]
fn interrupt(process: u32) {
    let status = Command::new("kill").args(["-INT", &process.to_string()]).status();
    assert!(status.expect("kill runs").success());
}

#[test]
fn the_outcome_is_one_versioned_document() {
    let server = Server::start(|_| Answer::status(500));
    let project = Project::against(&server, "collection: c\nsteps:\n  - GET: /x\n");
    let ran = project.callsheet("run --json").exits(1);
    let outcome = ran.json();
    assert_eq!(outcome["version"], 1);
    assert_eq!(outcome["verdict"], "failed");
    assert!(ran.stdout.ends_with("}\n"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_no_pass() {
    let server = Server::json("{}");
    let project = Project::against(&server, "collection: c\nsteps:\n  - GET: /x\n");
    for arguments in [
        "run",
        "run --json",
        "list",
        "check",
        "completions bash",
        "man",
        "--help",
    ] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("/dev/full");
        let ran = project.callsheet(arguments).stdout(full).ends();
        assert_eq!(ran.exit, Some(5), "{arguments}: {}", ran.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_went_away_is_no_pass() {
    let server = Server::json("{}");
    let project = Project::against(&server, "collection: c\nsteps:\n  - GET: /x\n");
    let mut child = Command::new("true")
        .stdin(Stdio::piped())
        .spawn()
        .expect("a reader");
    let pipe = child.stdin.take().expect("a pipe");
    child.wait().expect("the reader is gone");
    project.callsheet("run").stdout(pipe).exits(5);
}

#[test]
fn a_project_is_found_by_walking_up() {
    let server = Server::json("{}");
    let project = Project::against(&server, "collection: c\nsteps:\n  - GET: /x\n");
    let folder = project.path().join("collections");
    crate::support::Run::new(&folder, ["run", "c.yaml"].into_iter()).exits(0);
    assert_eq!(server.only().target, "/x");
}

#[test]
fn the_next_command_repeats_what_says_where_and_how() {
    let server = Server::start(|_| Answer::status(500));
    let project = Project::against(&server, "collection: c\nsteps:\n  - GET: /\n");
    let next = |arguments: &str| {
        let ran = project.callsheet(arguments).exits(1);
        let line = ran
            .stdout
            .lines()
            .find(|line| line.trim_start().starts_with("Next"));
        line.expect("a next command").trim().to_owned()
    };
    assert_eq!(
        next("run --max-body 1MiB --allow-host a.test --http 1.1 --case c collections/c.yaml"),
        "Next  callsheet run --failed --http 1.1 --max-body 1MiB --allow-host a.test collections/c.yaml"
    );
    // Without a log in its usual place nothing tells what failed.
    assert_eq!(next("run --no-log"), "Next  callsheet run --case c -v");
    project.callsheet("run --failed").exits(1).says("FAIL");
}

#[test]
fn init_lets_git_ignore_logs_and_changes_nobodys_rules() {
    let project = Project::empty();
    project.callsheet("init").exits(0).says(".gitignore");
    let ignored = || std::fs::read_to_string(project.path().join(".gitignore")).expect("the file");
    assert_eq!(ignored(), "/target/callsheet/\n");

    let project = Project::empty().file(".gitignore", "mine\n");
    project
        .callsheet("init")
        .exits(0)
        .says("Let git ignore /target/callsheet/ as well");
    let text = std::fs::read_to_string(project.path().join(".gitignore")).expect("the file");
    assert_eq!(text, "mine\n");
}

#[test]
fn a_list_says_what_runs_at_the_end_without_its_expressions() {
    let sheet = "\
collection: c
steps:
  - name: make
    POST: /things
    capture: { id: $.id }
    cleanup: { DELETE: \"/things/${{ id }}?a=${{ 1 }}\" }
finally:
  - GET: /end/${{ 1 }}
";
    let project = Project::empty()
        .file(
            "callsheet.yaml",
            "project: p\ndefaults: { base_url: http://a.test }\n",
        )
        .file("collections/c.yaml", sheet);
    project
        .callsheet("list")
        .exits(0)
        .says("  cleanup of make: DELETE /things/…?a=…  1 check")
        .says("  finally: GET /end/…  1 check")
        .does_not_say("${{");
}

#[test]
fn a_word_for_update_that_stands_apart_is_no_path() {
    let project = Project::empty()
        .file("callsheet.yaml", "project: p\n")
        .file("collections/c.yaml", "collection: c\nsteps: [{ wait: 1ms }]\n");
    project
        .callsheet("run --update new")
        .exits(2)
        .says("say --update=new");
}

#[test]
fn a_slip_in_the_name_of_a_secret_is_told_with_the_way_to_give_it() {
    let project = Project::empty()
        .file(
            "callsheet.yaml",
            "project: p\ninputs:\n  password: { secret: true, env: P }\n  tenant: acme\n",
        )
        .file("collections/c.yaml", "collection: c\nsteps: [{ wait: 1ms }]\n");
    project
        .callsheet("run --input pasword=x")
        .exits(2)
        .says("did you mean the secret `password`?")
        .says("--secret-env password=VARIABLE");
    project
        .callsheet("run --secret-env tennant=X")
        .env("X", "y")
        .exits(2)
        .says("did you mean `tenant`?")
        .says("--input tenant=VALUE");
}

#[test]
fn a_comparison_with_no_environment_of_the_project_is_warned_of() {
    let sheet = |condition: &str| format!("collection: c\nsteps:\n  - wait: 1ms\n    if: {condition}\n");
    let project = |condition: &str| {
        Project::empty()
            .file(
                "callsheet.yaml",
                "project: p\nenvironments:\n  mock: { inputs: {} }\n  live: { inputs: {} }\n",
            )
            .file("collections/c.yaml", &sheet(condition))
    };
    for condition in [
        "environment.name == 'mok'",
        "environment.name != \"mok\"",
        "\"'mok' == environment.name\"",
        "1 == 1 and environment.name=='mok'",
    ] {
        project(condition)
            .callsheet("check")
            .exits(0)
            .says("warning: no environment of this project is called `mok`")
            .says("did you mean `mock`?");
    }
    for condition in [
        "environment.name == 'mock'",
        "environment.name in ['mok']",
        "environment.protected",
    ] {
        project(condition)
            .callsheet("check")
            .exits(0)
            .does_not_say("warning");
    }
}

#[test]
fn a_recipe_that_is_not_there_is_looked_for_elsewhere() {
    let recipe = "recipe: log in\nsteps: [{ wait: 1ms }]\n";
    for (named, meant) in [
        ("recipes/log-in.yaml", "../recipes/log-in.yaml"),
        ("../recipes/login.yaml", "../recipes/log-in.yaml"),
        ("near.yml", "near.yaml"),
    ] {
        let project = Project::empty()
            .file("callsheet.yaml", "project: p\n")
            .file("recipes/log-in.yaml", recipe)
            .file("collections/near.yaml", recipe)
            .file(
                "collections/c.yaml",
                &format!("collection: c\nsteps:\n  - use: {named}\n"),
            );
        project
            .callsheet("check")
            .exits(2)
            .says(&format!("did you mean `{meant}`?"));
    }
}
