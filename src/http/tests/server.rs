//! A peer that does what it is told: one script per connection number, raw bytes, no clock.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use url::Url;

/// One thing to do on a connection.
#[derive(Clone)]
pub(super) enum Act {
    /// Read one request, with the body its `Content-Length` announces.
    Read,
    /// Write these bytes, with `{port}` standing for the peer's own.
    Send(Vec<u8>),
    /// Keep the connection open and do nothing more.
    Stall,
    /// Close with a reset and not with an end.
    Reset,
}

impl Act {
    fn at(&self, port: u16) -> Act {
        match self {
            Act::Send(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => send(text.replace("{port}", &port.to_string())),
                Err(_) => self.clone(),
            },
            Read | Stall | Reset => self.clone(),
        }
    }
}

pub(super) use Act::{Read, Reset, Stall};

pub(super) fn send(bytes: impl Into<Vec<u8>>) -> Act {
    Act::Send(bytes.into())
}

/// A whole answer without a body, or with one.
pub(super) fn answer(head: &str, body: &[u8]) -> Act {
    let mut bytes = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    send(bytes)
}

/// A listening peer and what it was sent. Ends when dropped.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    scheme: &'static str,
    received: Arc<Mutex<Vec<(usize, String)>>>,
    listening: JoinHandle<()>,
}

impl Server {
    /// A peer whose first connection does what the first script says, and so on; others are closed at once.
    pub(super) async fn start(scripts: Vec<Vec<Act>>) -> Server {
        Server::listen(scripts, None).await
    }

    /// The same behind TLS.
    pub(super) async fn start_tls(scripts: Vec<Vec<Act>>, tls: ServerConfig) -> Server {
        Server::listen(scripts, Some(TlsAcceptor::from(Arc::new(tls)))).await
    }

    async fn listen(scripts: Vec<Vec<Act>>, tls: Option<TlsAcceptor>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let scheme = if tls.is_some() { "https" } else { "http" };
        let log = Arc::clone(&received);
        let listening = tokio::spawn(async move {
            let mut connections = Vec::new();
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let script: Vec<Act> = scripts
                    .get(number)
                    .into_iter()
                    .flatten()
                    .map(|act| act.at(address.port()))
                    .collect();
                let (log, tls) = (Arc::clone(&log), tls.clone());
                connections.push(tokio::spawn(async move {
                    match tls {
                        None => {
                            if let Some(stream) = play(stream, &script, number, &log).await {
                                reset(&stream);
                            }
                        }
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                play(stream, &script, number, &log).await;
                            }
                        }
                    }
                }));
            }
        });
        Server {
            address,
            scheme,
            received,
            listening,
        }
    }

    pub(super) fn url(&self, path: &str) -> Url {
        self.url_at("127.0.0.1", path)
    }

    /// The peer's URL by another name.
    pub(super) fn url_at(&self, host: &str, path: &str) -> Url {
        Url::parse(&format!("{}://{host}:{}{path}", self.scheme, self.address.port())).unwrap()
    }

    /// The requests, each with the number of the connection it came over.
    pub(super) fn received(&self) -> Vec<(usize, String)> {
        self.received.lock().unwrap().clone()
    }

    /// The text of a request.
    pub(super) fn request(&self, number: usize) -> String {
        self.received()[number].1.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Closes with a reset.
fn reset(stream: &TcpStream) {
    stream.set_zero_linger().unwrap();
}

/// Does what a script says; gives the stream back when it is to be reset.
async fn play<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    script: &[Act],
    number: usize,
    log: &Mutex<Vec<(usize, String)>>,
) -> Option<S> {
    for act in script {
        match act {
            Read => {
                let request = read_request(&mut stream).await?;
                log.lock().unwrap().push((number, request));
            }
            Act::Send(bytes) => {
                stream.write_all(bytes).await.ok()?;
                stream.flush().await.ok()?;
            }
            Stall => std::future::pending().await,
            Reset => return Some(stream),
        }
    }
    let _ = stream.shutdown().await;
    None
}

async fn read_request<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        bytes.push(stream.read_u8().await.ok()?);
        if bytes.ends_with(b"\r\n\r\n") {
            break;
        }
    }
    let head = String::from_utf8(bytes).unwrap().to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(head + &String::from_utf8(body).unwrap())
}
