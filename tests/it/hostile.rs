//! What a careless or hostile author writes: never a pass for nothing, never a key in an output, never a second opinion
//! on the framing.

use crate::support::{Answer, Project, Server};

/// A project with a secret `key` from `$KEY`, whose environment is the server, and one collection.
fn with_key(server: &Server, more: &str, collection: &str) -> Project {
    let project = format!(
        "project: p\ndefault_environment: here\ninputs:\n  base_url: {{ description: where }}\n  \
         key: {{ secret: true, env: KEY }}\nenvironments:\n  here: {{ inputs: {{ base_url: \"{}\" }} }}\n\
         defaults: {{ base_url: \"${{{{ base_url }}}}\" }}\n{more}",
        server.url()
    );
    Project::empty()
        .file("callsheet.yaml", &project)
        .file("collections/c.yaml", collection)
}

#[test]
fn a_recipe_may_leave_a_step_out_but_not_all_of_them() {
    let server = Server::json("{}");
    let using = "collection: c\nsteps:\n  - use: r.yaml\n";
    let some = "recipe: r\nsteps:\n  - GET: /a\n    skip: later\n  - GET: /b\n";
    Project::against(&server, using)
        .file("collections/r.yaml", some)
        .callsheet("run")
        .exits(0);
    assert_eq!(server.count("/a"), 0);
    let none = "recipe: r\nsteps:\n  - GET: /a\n    skip: later\n";
    Project::against(&server, using)
        .file("collections/r.yaml", none)
        .callsheet("run")
        .exits(4)
        .says("later");
}

#[test]
fn an_expected_failure_cannot_hide_in_a_recipe() {
    let server = Server::json("{}");
    Project::against(&server, "collection: c\nsteps:\n  - use: r.yaml\n")
        .file(
            "collections/r.yaml",
            "recipe: r\nsteps:\n  - GET: /a\n    xfail: known\n",
        )
        .callsheet("run")
        .exits(2)
        .says("`xfail` cannot stand in a recipe");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_login_that_checks_nothing_is_none() {
    let server = Server::json("{}");
    let session = "sessions:\n  s: { login: { use: collections/r.yaml }, headers: { X-Token: \"${{ login.token }}\" } }\n";
    let recipe =
        "recipe: r\nsteps:\n  - POST: /login\n    skip: not today\noutputs: { token: always-the-same }\n";
    with_key(
        &server,
        session,
        "collection: c\nsession: s\nsteps:\n  - GET: /a\n",
    )
    .file("collections/r.yaml", recipe)
    .callsheet("run")
    .env("KEY", "key-of-this-test")
    .exits(3)
    .says("could not log in");
    assert_eq!(server.count("/a"), 0);
}

#[test]
fn framing_is_not_a_steps_to_set() {
    let server = Server::json("{}");
    let headers = "Content-Length: 3, transfer-encoding: chunked, Connection: close, Host: evil.test";
    let steps =
        format!("collection: c\nsteps:\n  - POST: /a\n    json: {{}}\n    headers: {{ {headers} }}\n");
    let ran = Project::against(&server, &steps).callsheet("run").exits(2);
    for name in ["Content-Length", "transfer-encoding", "Connection", "Host"] {
        assert!(
            ran.all().contains(&format!("`{name}` is not a step's to set")),
            "{}",
            ran.all()
        );
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_key_in_a_file_is_refused_without_being_shown() {
    let text = "project: p\ninputs:\n  key: { secret: true, default: key-in-a-shared-file }\n";
    Project::empty()
        .file("callsheet.yaml", text)
        .file(
            "collections/c.yaml",
            "collection: c\nsteps:\n  - GET: http://127.0.0.1:1/\n",
        )
        .callsheet("run")
        .exits(2)
        .says("has its value in a file that is shared")
        .does_not_say("key-in-a-shared-file");
}

#[test]
fn a_key_given_instead_of_a_variables_name_is_not_repeated() {
    let server = Server::json("{}");
    with_key(&server, "", "collection: c\nsteps:\n  - GET: /a\n")
        .callsheet("run --secret-env key=the-key-itself")
        .exits(2)
        .does_not_say("the-key-itself");
}

#[test]
fn credentials_nobody_declared_are_masked_in_an_answer_that_repeats_them() {
    let server = Server::start(|request| {
        Answer::json(&format!("{{\"seen\": \"{}\"}}", request.header("authorization")))
    });
    let steps = "collection: c\nsteps:\n  - GET: /a\n    headers: { Authorization: Bearer undeclared-literal-1 }\n    \
                 expect: { $.seen: nothing }\n";
    let ran = Project::against(&server, steps).callsheet("run --json").exits(1);
    assert!(!ran.all().contains("undeclared-literal-1"), "{}", ran.all());
    assert!(server.only().all().contains("undeclared-literal-1"));
}

#[test]
fn a_secret_goes_to_no_program_that_is_not_named() {
    let server = Server::json("{}");
    let project = "project: p\ninputs:\n  key: { secret: true, env: KEY }\n";
    let steps = format!(
        "collection: c\nsteps:\n  - GET: {}/a\n    headers: {{ X-Key: \"${{{{ key }}}}\" }}\n",
        server.url()
    );
    let project = Project::empty()
        .file("callsheet.yaml", project)
        .file("collections/c.yaml", &steps);
    project.callsheet("run").env("KEY", "key-of-this-test").exits(6);
    assert_eq!(server.connections(), 0);
    project
        .callsheet("run --allow-host 127.0.0.1")
        .env("KEY", "key-of-this-test")
        .exits(0);
}

#[test]
fn a_secret_is_masked_before_a_text_is_cut() {
    let server = Server::start(|request| {
        Answer::json(&format!(
            "{{\"text\": \"{}{}\"}}",
            "p".repeat(185),
            request.header("x-key")
        ))
    });
    let steps = "collection: c\nsteps:\n  - GET: /a\n    headers: { X-Key: \"${{ key }}\" }\n    \
                 expect: { body: nothing, $.text: other, that: text == 'x' }\n    capture: { t: $.text }\n";
    for arguments in ["run", "run -vv", "run --json"] {
        let key = "alpha-bravo-charlie-delta-echo";
        with_key(&server, "", steps)
            .callsheet(arguments)
            .env("KEY", key)
            .exits(1)
            .does_not_say("alpha-b");
    }
}

#[test]
fn half_a_secret_is_not_what_is_left_of_a_body_that_is_cut() {
    let key = "alpha-bravo-charlie-delta-echo";
    // What is kept of a body ends within the key, whichever of these it is.
    for before in [65_515, 65_520, 65_525, 65_530] {
        let server = Server::start(move |request| {
            Answer::status(200).body(format!("{}{}", "p".repeat(before), request.header("x-key")))
        });
        let steps = "collection: c\nsteps:\n  - GET: /a\n    headers: { X-Key: \"${{ key }}\" }\n    \
                     expect: { status: 201 }\n";
        let project = with_key(&server, "", steps);
        project
            .callsheet("run --json --log=log.jsonl")
            .env("KEY", key)
            .exits(1)
            .does_not_say("alpha");
        let log = std::fs::read_to_string(project.path().join("log.jsonl")).expect("a log");
        assert!(log.contains("ppp") && !log.contains("alpha"), "{before}");
    }
}

#[test]
fn a_name_that_matches_nothing_is_not_passed_over() {
    let server = Server::json("{}");
    let cases = "collection: c\ncases:\n  - name: one\n    steps: [ { GET: /a } ]\n";
    Project::against(&server, cases)
        .callsheet("run --case one --case on")
        .exits(2)
        .says("--case on matches nothing; did you mean `one`?");
    assert_eq!(server.connections(), 0);
}
