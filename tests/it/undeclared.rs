//! What nobody declared is in no output either: credentials in headers and cookies that an answer repeats.

use std::fs;
use std::path::Path;

use callsheet::registry::Kind as _;
use callsheet::report::KINDS;

use crate::support::{Answer, Project, Server};

/// Everything a run leaves: its streams, every report, its log and every file beside the sheets.
fn left_by(project: &Project, exit: i32) -> String {
    let reports = KINDS.iter().map(|kind| {
        let name = kind.entry().name;
        format!(" --report {name}=out/{name}")
    });
    let reports: String = reports.collect();
    let arguments = format!("run -vv --allow-host 127.0.0.1 --log out/log.jsonl{reports}");
    let ran = project.callsheet(&arguments).exits(exit);
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
        for (at, _) in left.match_indices(secret) {
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
