//! A secret in every place of a request, which goes to a foreign server at once or by a redirect: nothing is sent there.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::support::forms::found;
use crate::support::{Answer, Project, Received, Server};

const KEY: &str = "Zq7+/w\"x& s3cr3t=K\u{f6}ln";

/// Where a secret can stand in a request: the keys of a step beside its action, or the end of its path.
const POSITIONS: [(&str, &str, &str); 14] = [
    ("a path", "/${{ key | url_encode }}", ""),
    ("a query", "", "query: { a: \"${{ key }}\" }"),
    ("a query of the address", "?a=${{ key | url_encode }}&b=1", ""),
    ("a header", "", "headers: { X-Key: \"${{ key | url_encode }}\" }"),
    (
        "a header, encoded",
        "",
        "headers: { X-Key: \"${{ base64('u:' ~ key) }}\" }",
    ),
    (
        "a cookie",
        "",
        "headers: { Cookie: \"a=${{ key | url_encode }}\" }",
    ),
    (
        "a bearer token",
        "",
        "auth: { bearer: \"${{ key | url_encode }}\" }",
    ),
    (
        "a password",
        "",
        "auth: { basic: { username: u, password: \"${{ key }}\" } }",
    ),
    (
        "an API key",
        "",
        "auth: { api_key: { header: X-Api-Key, value: \"${{ base64(key) }}\" } }",
    ),
    ("JSON", "", "json: { list: [1, { a: \"x ${{ key }} y\" }] }"),
    ("a form", "", "form: { a: \"${{ key }}\" }"),
    ("a part", "", "multipart: { a: \"${{ key }}\" }"),
    ("a text", "", "text: \"x ${{ key }} y\""),
    (
        "a variable of GraphQL",
        "",
        "graphql: { query: \"{ a }\", variables: { a: \"${{ key }}\" } }",
    ),
];

/// A foreign server: it takes whatever comes, byte for byte, whether or not that is HTTP.
struct Foreign {
    port: u16,
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl Foreign {
    fn start() -> Foreign {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let foreign = Foreign {
            port: listener.local_addr().expect("an address").port(),
            bytes: Arc::default(),
        };
        let bytes = Arc::clone(&foreign.bytes);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (mut stream, bytes) = (stream, Arc::clone(&bytes));
                thread::spawn(move || {
                    let mut buffer = [0; 4096];
                    while let Ok(length @ 1..) = stream.read(&mut buffer) {
                        bytes
                            .lock()
                            .expect("the log")
                            .extend_from_slice(&buffer[..length]);
                        // One that went away is the test's business.
                        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
                    }
                });
            }
        });
        foreign
    }

    /// As another name of this machine than the environment's.
    fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().expect("the log")).into_owned()
    }
}

/// A project whose environment, and so its secret, is bound to one server; a step that calls `address`.
fn project(server: &Server, address: &str, keys: &str) -> Project {
    let sheet = format!(
        "project: p\ndefault_environment: here\ninputs:\n  base_url: {{ description: where }}\n  \
         key: {{ secret: true, env: KEY }}\nenvironments:\n  here: {{ inputs: {{ base_url: \"{}\" }} }}\n\
         defaults: {{ base_url: \"${{{{ base_url }}}}\" }}\n",
        server.url()
    );
    let keys = if keys.is_empty() {
        String::new()
    } else {
        format!("    {keys}\n")
    };
    Project::empty().file("callsheet.yaml", &sheet).file(
        "collections/c.yaml",
        &format!("collection: c\nsteps:\n  - POST: {address}\n    redirects: 5\n{keys}"),
    )
}

#[test]
fn a_secret_in_any_place_of_a_request_stays_here() {
    let foreign = Foreign::start();
    let server = Server::json("{}");
    for (position, end, keys) in POSITIONS {
        project(&server, &format!("{}/taken{end}", foreign.url()), keys)
            .callsheet("run -vv")
            .env("KEY", KEY)
            .exits(6)
            .says("localhost");
        assert_eq!(foreign.text(), "", "{position}");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_redirect_takes_a_secret_nowhere_from_any_place_of_a_request() {
    let foreign = Foreign::start();
    for status in [301, 302, 303, 307, 308] {
        for (position, end, keys) in POSITIONS {
            // What came is said again in the address, as a server would that wants to have it elsewhere.
            let to = foreign.url();
            let server = Server::start(move |request| {
                let back = url::form_urlencoded::byte_serialize(request.all().as_bytes()).collect::<String>();
                Answer::status(status).header("location", &format!("{to}/taken{}?all={back}", request.target))
            });
            project(&server, &format!("/start{end}"), keys)
                .callsheet("run -vv")
                .env("KEY", KEY)
                .exits(6)
                .says("localhost");
            assert_eq!(foreign.text(), "", "{position} by {status}");
            let sent: String = server.received().iter().map(Received::all).collect();
            assert!(
                !found(&sent, KEY).is_empty(),
                "{position}: the control finds it in\n{sent}"
            );
        }
    }
}
