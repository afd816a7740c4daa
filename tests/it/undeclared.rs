//! What nobody declared, or what is declared only by a later answer, is in no output either: credentials in headers and
//! cookies that an answer repeats, and what a secret capture would have taken from an answer before the last.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use callsheet::registry::Kind as _;
use callsheet::report::KINDS;

use crate::support::{Answer, Project, Server};

const KEY: &str = "Alpha.BRAVO_charlie&Delta";

/// Everything a run leaves: its streams, every report, its log and every file beside the sheets.
fn left_by(project: &Project, exit: i32) -> String {
    let reports = KINDS.iter().map(|kind| {
        let name = kind.entry().name;
        format!(" --report {name}=out/{name}")
    });
    let reports: String = reports.collect();
    let arguments = format!("run -vv --allow-host 127.0.0.1 --log out/log.jsonl{reports}");
    let ran = project.callsheet(&arguments).env("KEY", KEY).exits(exit);
    let mut left = ran.all();
    add_files(project.path(), &mut left);
    left
}

fn add_files(folder: &Path, left: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            add_files(&path, left);
        } else if path.extension().is_none_or(|extension| extension != "yaml") {
            let bytes = fs::read(&path).expect("a file");
            left.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
}

#[track_caller]
fn holds_none(left: &str, secrets: &[&str]) {
    for secret in secrets {
        if let Some(at) = left.find(secret) {
            let start = left.floor_char_boundary(at.saturating_sub(200));
            let end = left.ceil_char_boundary((at + 200).min(left.len()));
            panic!("{secret} in …{}…", &left[start..end]);
        }
    }
}

#[test]
fn the_parts_of_an_authorization_are_masked_in_an_answer_that_repeats_them() {
    let server = Server::start(|request| {
        let header = request.header("authorization");
        let inner = header.replace(['"', ','], " ");
        Answer::json(&serde_json::json!({ "seen": header, "parts": inner }).to_string())
    });
    let collection = r#"
collection: c
steps:
  - name: digest
    GET: /digest
    headers:
      Authorization: >-
        Digest username="a-public-name", realm="a-public-realm", nonce="nonce-0f3c9a17",
        uri="/digest-of-all", qop=auth, nc=00000001, cnonce="cnonce-77aa01",
        response="6629fae49393a05397450978507c4ef1", opaque="opaque-5ccc069c", algorithm=SHA-256
    expect: { $.seen: nothing, $.parts: "6629fae4" }
    continue: true
  - name: oauth
    GET: /oauth
    headers: { Authorization: 'OAuth oauth_token="token-9f1b%2Fcc", oauth_signature="sig%2Bnature-31"' }
    expect: { $.seen: nothing, $.parts: nothing }
    continue: true
  - name: basic
    GET: /basic
    headers: { Authorization: "Basic c29tZW9uZTpwYXNzd29yZC00MQ==" }
    expect: { $.seen: nothing, $.parts: { contains: password-41 } }
"#;
    let left = left_by(&Project::against(&server, collection), 1);
    holds_none(
        &left,
        &[
            "nonce-0f3c9a17",
            "cnonce-77aa01",
            "6629fae49393a05397450978507c4ef1",
            "opaque-5ccc069c",
            "token-9f1b",
            "nature-31",
            "c29tZW9uZTpwYXNzd29yZC00MQ",
        ],
    );
    assert!(
        left.contains("a-public-name") && left.contains("/digest-of-all"),
        "{left}"
    );
}

#[test]
fn cookies_are_masked_in_an_answer_that_repeats_them() {
    let server = Server::start(|request| match request.target.as_str() {
        "/login" => Answer::json(r#"{"sid": "session-4f1e77", "other": "elsewhere-55d1"}"#)
            .header("set-cookie", "sid=session-4f1e77; Path=/; HttpOnly")
            .header(
                "set-cookie",
                "b=elsewhere-55d1; Path=/; Domain=not-this-host.test",
            ),
        "/away" => Answer::status(302)
            .header("location", "/landed")
            .header("set-cookie", "gone=passing-by-90c2; Path=/nowhere"),
        "/landed" => Answer::json(r#"{"seen": "passing-by-90c2"}"#),
        _ => Answer::json(&serde_json::json!({ "seen": request.header("cookie") }).to_string()),
    });
    let collection = r#"
collection: c
steps:
  - GET: /login
    expect: { $.sid: nothing, $.other: nothing }
    continue: true
  - GET: /echo
    cookies: { own: literal-cookie-63b0, theme: dark }
    expect: { $.seen: nothing }
    continue: true
  - GET: /away
    expect: { $.seen: nothing }
"#;
    let left = left_by(&Project::against(&server, collection), 1);
    holds_none(
        &left,
        &[
            "session-4f1e77",
            "elsewhere-55d1",
            "literal-cookie-63b0",
            "passing-by-90c2",
        ],
    );
    assert!(left.contains("theme=dark"), "a short value is left alone: {left}");
    let echo = server.received();
    assert!(echo[1].header("cookie").contains("session-4f1e77"), "{echo:?}");
}

#[test]
fn a_cookie_in_the_url_of_the_next_page_is_no_declared_secret() {
    let server = Server::start(|request| {
        if request.target.contains("page") {
            return Answer::json(r#"{"items": [2]}"#);
        }
        Answer::json(r#"{"items": [1], "next": "/list?page=2&region=us-east-1"}"#)
            .header("set-cookie", "region=us-east-1; Path=/")
    });
    let collection = "collection: c\nsteps:\n  - GET: /list\n    paginate: { next: $.next }\n    expect: { status: 200 }\n";
    Project::against(&server, collection).callsheet("run").exits(0);
}

/// A server that gives another token with each answer, and is ready at the third.
fn tokens(path: &'static str, busy: u16) -> Server {
    let count = AtomicUsize::new(0);
    Server::start(move |request| {
        if request.target != path {
            return Answer::json("{}");
        }
        let at = count.fetch_add(1, Ordering::SeqCst) + 1;
        let state = if at < 3 { "busy" } else { "ready" };
        let body =
            format!(r#"{{"state": "{state}", "token": "token-number-{at}", "said": "token-number-{at}!"}}"#);
        let answer = Answer::status(if at < 3 { busy } else { 200 });
        answer.header("content-type", "application/json").body(body)
    })
}

const TOKENS: [&str; 3] = ["token-number-1", "token-number-2", "token-number-3"];

#[test]
fn what_a_secret_capture_names_is_masked_in_every_answer_of_a_poll() {
    let server = tokens("/job", 200);
    let collection = "collection: c
steps:
  - GET: /job
    poll: { until: { $.state: ready, $.said: { ends_with: \"3!\" } }, every: 1ms, within: 20s }
    capture: { token: { json: $.token, secret: true } }
    expect: { $.said: nothing }
";
    let left = left_by(&Project::against(&server, collection), 1);
    assert_eq!(server.count("/job"), 3);
    holds_none(&left, &TOKENS);
}

#[test]
fn what_a_secret_capture_names_is_masked_in_every_answer_that_is_tried_again() {
    let server = tokens("/job", 503);
    let collection = "collection: c
steps:
  - GET: /job
    retry: { attempts: 3, status: [503], backoff: 1ms }
    capture:
      plain: $.token
      token: { expr: \"plain ~ ''\", secret: true }
    expect: { $.said: nothing }
";
    let left = left_by(&Project::against(&server, collection), 1);
    assert_eq!(server.count("/job"), 3);
    holds_none(&left, &TOKENS);
}

#[test]
fn what_a_login_gives_is_masked_in_every_answer_it_takes() {
    let retried = "retry: { attempts: 3, status: [503], backoff: 1ms }";
    let polled = "poll: { until: { $.state: ready }, every: 1ms, within: 20s }";
    for (busy, again) in [(503, retried), (200, polled)] {
        let server = tokens("/login", busy);
        let project = format!(
            "project: p\ndefaults: {{ base_url: {} }}\nsessions:\n  s:\n    login: {{ use: recipes/r.yaml }}\n    headers: \
             {{ X-Token: \"${{{{ login.token }}}}\" }}\n",
            server.url()
        );
        let recipe = format!(
            "recipe: r\noutputs: {{ token: \"${{{{ token }}}}\" }}\nsteps:\n  - GET: /login\n    {again}\n    \
             capture: {{ token: $.token }}\n    expect: {{ status: 200 }}\n"
        );
        let project = Project::empty()
            .file("callsheet.yaml", &project)
            .file("recipes/r.yaml", &recipe)
            .file(
                "collections/c.yaml",
                "collection: c\nsession: s\nsteps:\n  - GET: /a\n    expect: { status: 200 }\n",
            );
        let left = left_by(&project, 0);
        assert_eq!(server.count("/login"), 3);
        holds_none(&left, &TOKENS);
    }
}

#[test]
fn a_secret_in_the_name_of_a_header_is_masked() {
    let server = Server::start(|request| {
        let name = format!("X-Echo-{}", request.header("x-key"));
        Answer::json("{}").header(&name, "1")
    });
    let project = format!(
        "project: p\ninputs:\n  key: {{ secret: true, env: KEY }}\ndefaults: {{ base_url: {} }}\n",
        server.url()
    );
    let project = Project::empty().file("callsheet.yaml", &project).file(
        "collections/c.yaml",
        "collection: c\nsteps:\n  - GET: /a\n    headers: { X-Key: \"${{ key }}\" }\n    expect: { $.a: 1 }\n",
    );
    let left = left_by(&project, 1);
    let small = KEY.to_ascii_lowercase();
    holds_none(&left, &[KEY, &small, "charlie"]);
    assert_eq!(server.only().header("x-key"), KEY);
}
