//! Answers whose framing says two things: an error, and never a pass.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use crate::support::{Project, Ran, Server};

/// Runs one `GET` against a peer that answers each connection with these bytes.
fn answered(raw: &'static str) -> Ran {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut request = [0; 4096];
            // A peer that went away needs no answer.
            if stream.read(&mut request).is_ok_and(|length| length > 0) {
                stream.write_all(raw.as_bytes()).ok();
            }
        }
    });
    Project::empty()
        .file(
            "callsheet.yaml",
            &format!("project: p\ndefaults: {{ base_url: \"http://{address}\" }}\n"),
        )
        .file("collections/c.yaml", "collection: c\nsteps:\n  - GET: /a\n")
        .callsheet("run")
        .ends()
}

#[test]
fn an_answer_with_two_lengths_is_never_a_pass() {
    for raw in [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
        "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n{} ",
    ] {
        let ran = answered(raw);
        assert_eq!(ran.exit, Some(3), "{raw:?}\n{}", ran.all());
        ran.says("cannot tell where the body from 127.0.0.1 ends");
    }
}

#[test]
fn one_length_is_a_pass() {
    let ran = answered("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
    assert_eq!(ran.exit, Some(0), "{}", ran.all());
}

#[test]
fn a_proxy_of_the_environment_hears_nothing() {
    let (proxy, server) = (Server::json("{}"), Server::json("{}"));
    let project = Project::against(&server, "collection: c\nsteps:\n  - GET: /a\n");
    let mut run = project.callsheet("run");
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        run = run.env(name, &proxy.url());
    }
    run.exits(0);
    assert_eq!((proxy.connections(), server.count("/a")), (0, 1));
}
