//! Requests as a server receives them, and answers as they are read.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::{Answer, Project, Received, Server};

/// Sends one step and tells what came.
#[track_caller]
fn sent(step: &str) -> Received {
    let server = Server::json("{}");
    Project::against(&server, &format!("collection: c\nsteps:\n{step}"))
        .file("collections/data.csv", "a,b\n1,2\n")
        .callsheet("run")
        .exits(0);
    server.only()
}

#[test]
fn json() {
    let received =
        sent("  - POST: /x\n    json: { b: 1, a: [true, null, \"NO\"], big: 12345678901234567890.10 }\n");
    assert_eq!(received.header("content-type"), "application/json");
    assert_eq!(
        received.text(),
        r#"{"b":1,"a":[true,null,"NO"],"big":12345678901234567890.10}"#
    );
}

#[test]
fn form() {
    let received = sent("  - POST: /x\n    form: { a: \"1 + 1\", b: [x, y], c: \"ä&=\" }\n");
    assert_eq!(
        received.header("content-type"),
        "application/x-www-form-urlencoded"
    );
    assert_eq!(received.text(), "a=1+%2B+1&b=x&b=y&c=%C3%A4%26%3D");
}

#[test]
fn multipart() {
    let received = sent("  - POST: /x\n    multipart:\n      note: hello\n      rows: { file: data.csv }\n");
    let kind = received.header("content-type");
    let boundary = kind
        .strip_prefix("multipart/form-data; boundary=")
        .expect("a boundary");
    let boundary = boundary.trim_matches('"');
    let text = received.text();
    assert!(text.starts_with(&format!("--{boundary}\r\n")), "{text}");
    assert!(text.ends_with(&format!("--{boundary}--\r\n")), "{text}");
    assert!(text.contains("name=\"note\"\r\n"), "{text}");
    assert!(text.contains("\r\n\r\nhello\r\n"), "{text}");
    assert!(text.contains("name=\"rows\"; filename=\"data.csv\""), "{text}");
    assert!(text.contains("text/csv"), "{text}");
    assert!(text.contains("\r\n\r\na,b\n1,2\n\r\n"), "{text}");
}

#[test]
fn text() {
    let received = sent("  - POST: /x\n    text: \"plain { not: json }\"\n");
    assert!(received.header("content-type").starts_with("text/plain"));
    assert_eq!(received.text(), "plain { not: json }");
}

#[test]
fn graphql() {
    let received = sent(
        "  - POST: /x\n    graphql:\n      query: |\n        query Q($id: ID!) { one(id: $id) { name } }\n      variables: { id: 7 }\n",
    );
    assert_eq!(received.header("content-type"), "application/json");
    let body: serde_json::Value = serde_json::from_slice(&received.body).expect("JSON");
    assert_eq!(body["query"], "query Q($id: ID!) { one(id: $id) { name } }\n");
    assert_eq!(body["variables"], serde_json::json!({ "id": 7 }));
}

#[test]
fn xml() {
    let received = sent("  - POST: /x\n    xml: <a b=\"1\">ä</a>\n");
    assert!(received.header("content-type").starts_with("application/xml"));
    assert_eq!(received.text(), "<a b=\"1\">ä</a>");
}

#[test]
fn file() {
    let received = sent("  - PUT: /x\n    file: data.csv\n");
    assert_eq!(received.header("content-type"), "text/csv");
    assert_eq!(received.text(), "a,b\n1,2\n");
}

#[test]
fn a_content_type_of_ones_own_stands() {
    let received = sent(
        "  - PATCH: /x\n    headers: { Content-Type: application/merge-patch+json }\n    json: { a: 1 }\n",
    );
    let kinds = received.headers.iter().filter(|(name, _)| name == "content-type");
    assert_eq!(kinds.count(), 1);
    assert_eq!(received.header("content-type"), "application/merge-patch+json");
}

#[test]
fn query_lists_repeat_the_key() {
    let received = sent("  - GET: /x?z=0\n    query: { a: [1, two], b: \"x y&z\", c: true }\n");
    assert!(
        matches!(
            received.target.as_str(),
            "/x?z=0&a=1&a=two&b=x+y%26z&c=true" | "/x?z=0&a=1&a=two&b=x%20y%26z&c=true"
        ),
        "{}",
        received.target
    );
}

#[test]
fn cookies_of_a_step_and_of_the_server() {
    let server = Server::start(|_| Answer::json("{}").header("set-cookie", "sid=from-the-server; Path=/"));
    let collection = "collection: c\nsteps:\n  - GET: /a\n    cookies: { mine: \"1\" }\n  - GET: /b\n";
    Project::against(&server, collection).callsheet("run").exits(0);
    let received = server.received();
    assert_eq!(received[0].header("cookie"), "mine=1");
    assert_eq!(received[1].header("cookie"), "sid=from-the-server");
}

#[test]
fn auth() {
    let basic = sent("  - GET: /x\n    auth: { basic: { username: jo, password: \"p:w ä\" } }\n");
    let expected = format!("Basic {}", STANDARD.encode("jo:p:w ä"));
    assert_eq!(basic.header("authorization"), expected);
    let bearer = sent("  - GET: /x\n    auth: { bearer: some-token }\n");
    assert_eq!(bearer.header("authorization"), "Bearer some-token");
    let key = sent("  - GET: /x\n    auth: { api_key: { header: X-Key, value: some-value } }\n");
    assert_eq!(key.header("x-key"), "some-value");
}

#[test]
fn every_method_arrives_as_written() {
    for method in [
        "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY",
    ] {
        assert_eq!(sent(&format!("  - {method}: /x\n")).method, method);
    }
    let own = sent("  - request: { method: PURGE, url: /x }\n");
    assert_eq!(own.method, "PURGE");
}

#[test]
fn a_redirect_is_followed_only_where_a_step_says_so() {
    let server = Server::start(|request| match request.target.as_str() {
        "/start" => Answer::status(302).header("location", "/end"),
        _ => Answer::json(r#"{"end": true}"#),
    });
    let follows = "collection: c\nsteps:\n  - GET: /start\n    redirects: 3\n    expect: { status: 200, $.end: true }\n";
    Project::against(&server, follows).callsheet("run").exits(0);
    assert_eq!(server.count("/end"), 1);
    let stays = "collection: c\nsteps:\n  - GET: /start\n    redirects: 0\n    expect: { status: 302 }\n";
    Project::against(&server, stays).callsheet("run").exits(0);
    assert_eq!(server.count("/end"), 1);
}

#[test]
fn a_redirect_without_end_is_an_error() {
    let server = Server::start(|_| Answer::status(302).header("location", "/again"));
    let collection =
        "collection: c\nsteps:\n  - GET: /again\n    redirects: 4\n    expect: { status: 302 }\n";
    Project::against(&server, collection)
        .callsheet("run")
        .exits(3)
        .says("redirect");
    assert!(server.received().len() <= 5, "{}", server.received().len());
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).expect("compressed");
    encoder.finish().expect("compressed")
}

#[test]
fn a_compressed_body_is_read() {
    let server = Server::start(|_| {
        Answer::json("")
            .header("content-encoding", "gzip")
            .body(gzip(br#"{"a": 1}"#))
    });
    let collection = "collection: c\nsteps:\n  - GET: /x\n    expect: { $.a: 1 }\n";
    Project::against(&server, collection).callsheet("run").exits(0);
}

#[test]
fn half_a_compressed_body_is_an_error() {
    let server = Server::start(|_| {
        let whole = gzip(br#"{"a": 1}"#);
        Answer::json("")
            .header("content-encoding", "gzip")
            .body(&whole[..whole.len() - 6])
    });
    let collection = "collection: c\nsteps:\n  - GET: /x\n    expect: { status: 200 }\n";
    Project::against(&server, collection).callsheet("run").exits(3);
}

#[test]
fn a_body_over_the_limit_is_an_error() {
    let server = Server::start(|_| {
        Answer::json("")
            .header("content-encoding", "gzip")
            .body(gzip(&vec![b'a'; 3_000_000]))
    });
    let collection = "collection: c\nsteps:\n  - GET: /x\n    expect: { status: 200 }\n";
    let project = Project::against(&server, collection);
    project.callsheet("run --max-body 1MiB").exits(3);
    project.callsheet("run").exits(0);
}
