//! The peer: HTTP/1.1 with connections that stay open, and an answer that is ready before it is asked for.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

/// What the answers' `kind` is.
pub(crate) const KIND: &str = "contact";

/// A body of some 300 bytes, as an API's single resource is.
const BODY: &str = concat!(
    r#"{"data":{"id":4711,"kind":"contact","name":"Grace Hopper","email":"grace@example.com","active":true,"#,
    r#""address":{"street":"Arlington Road 1","city":"New York","zip":"10001","country":"US"},"#,
    r#""tags":["navy","compilers","cobol"],"balance":1250.75},"meta":{"request":"b6f1c9d2","page":1,"pages":1}}"#,
);

/// A server on a free port of this machine, for as long as the process lives.
pub(crate) struct Server {
    base_url: String,
}

impl Server {
    /// Binds and begins to answer.
    pub(crate) fn start() -> io::Result<Server> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let base_url = format!("http://{}", listener.local_addr()?);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that hangs up ends its connection's thread and nothing else.
                thread::spawn(move || serve(stream));
            }
        });
        Ok(Server { base_url })
    }

    /// Where it answers.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }
}

/// Answers each header section that ends; requests without a body need no more.
fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let mut waiting = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = stream.read(&mut chunk)?;
        if read == 0 {
            return Ok(());
        }
        waiting.extend_from_slice(&chunk[..read]);
        while let Some(end) = waiting.windows(4).position(|window| window == b"\r\n\r\n") {
            waiting.drain(..end + 4);
            stream.write_all(answer.as_bytes())?;
        }
    }
}
