//! The peer: HTTP/1.1 with connections that stay open. Its path says which of the answers is wanted.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// How large the big answer is, in bytes, at least.
const BIG: usize = 50_000_000;

/// How long a slow answer takes.
const SLOW: Duration = Duration::from_millis(200);

const CONTACT: &str = r#"{"data":{"id":4711,"kind":"contact","name":"Grace Hopper","email":"grace@example.com","active":true},"meta":{"page":1,"pages":1}}"#;

const TOKEN: &str = r#"{"token":"a-token-of-the-exchange"}"#;

/// A server on a free port of this machine, for as long as the process lives.
pub(crate) struct Server {
    base_url: String,
}

impl Server {
    /// Binds and begins to answer.
    pub(crate) fn start() -> io::Result<Server> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let big: Arc<str> = big().into();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let big = Arc::clone(&big);
                // A client that hangs up ends its connection's thread and nothing else.
                thread::spawn(move || serve(stream, &big));
            }
        });
        Ok(Server { base_url })
    }

    /// Where it answers.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }
}

/// A list of records with a total behind it.
fn big() -> String {
    let mut text = String::with_capacity(BIG + 1_000);
    text.push_str(r#"{"data":{"items":["#);
    let mut records = 0;
    while text.len() < BIG {
        let comma = if records == 0 { "" } else { "," };
        let written = write!(
            text,
            r#"{comma}{{"id":{records},"name":"record {records}","price":{}.50,"tags":["a","b"],"active":true,"address":{{"city":"New York","zip":"10001"}}}}"#,
            records % 100
        );
        written.expect("a text takes what is written to it");
        records += 1;
    }
    text.push_str(r#"]},"total":4711,"kind":"list"}"#);
    text
}

/// Answers each header section that ends; requests here have no body.
fn serve(mut stream: TcpStream, big: &str) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut waiting = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = stream.read(&mut chunk)?;
        if read == 0 {
            return Ok(());
        }
        waiting.extend_from_slice(&chunk[..read]);
        while let Some(end) = waiting.windows(4).position(|window| window == b"\r\n\r\n") {
            let request: Vec<u8> = waiting.drain(..end + 4).collect();
            let path = request.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
            let body = match path {
                b"/big" => big,
                b"/token" => TOKEN,
                b"/slow" => {
                    thread::sleep(SLOW);
                    CONTACT
                }
                _ => CONTACT,
            };
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            if body.len() < 4096 {
                stream.write_all(format!("{head}{body}").as_bytes())?;
            } else {
                stream.write_all(head.as_bytes())?;
                stream.write_all(body.as_bytes())?;
            }
        }
    }
}
