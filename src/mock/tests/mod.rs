//! Mocks served on loopback and asked by a client that sees every byte.

mod decoding;
mod failing;
mod revio;
mod routing;

use std::path::Path;

use serde_json::{Map, Value};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Mock, Running, serve};
use crate::decode::testing::decode;
use crate::diagnostic::Diagnostics;
use crate::source::Root;

/// An answer as its bytes came.
#[derive(Debug)]
struct Reply {
    /// None if the connection was closed before a status line.
    status: Option<u16>,
    head: String,
    body: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }
}

/// Serves a mock that is written in the test.
async fn mock(text: &str) -> Running {
    start(decode(text, Mock::decode).expect("a sound mock"), Map::new()).await
}

/// Serves one of the fixtures.
async fn fixture(name: &str, inputs: Map<String, Value>) -> Running {
    let root = Root::open(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the project");
    let mut diagnostics = Diagnostics::default();
    let mock = Mock::load(&root, &Path::new("fixtures").join(name), &mut diagnostics);
    start(mock.unwrap_or_else(|| panic!("{diagnostics:?}")), inputs).await
}

async fn start(mock: Mock, inputs: Map<String, Value>) -> Running {
    serve(mock, inputs, ([127, 0, 0, 1], 0).into())
        .await
        .expect("a free port")
}

/// Asks for a target with headers, one a line, and a body, on a connection of its own.
async fn ask(mock: &Running, request: &str, headers: &[&str], body: &str) -> Reply {
    let address = mock.url.socket_addrs(|| None).expect("an address")[0];
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    let mut head = format!("{request} HTTP/1.1\r\nhost: mock\r\nconnection: close\r\n");
    for line in headers {
        head += &format!("{line}\r\n");
    }
    let length = body.len();
    let sent = format!("{head}content-length: {length}\r\n\r\n{body}");
    socket.write_all(sent.as_bytes()).await.expect("sent");
    let mut received = Vec::new();
    // A connection that is reset has given what it gave.
    socket.read_to_end(&mut received).await.ok();
    let text = String::from_utf8_lossy(&received).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Reply {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

async fn get(mock: &Running, target: &str) -> Reply {
    ask(mock, &format!("GET {target}"), &[], "").await
}

async fn status(mock: &Running, request: &str) -> Option<u16> {
    ask(mock, request, &[], "").await.status
}
