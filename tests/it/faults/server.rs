//! A peer that misbehaves as it is told: one script for each connection, raw bytes both ways, and gates in the place of
//! the clock.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpSocket;
use tokio::runtime::Runtime;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// One thing to do on a connection. After the last of a script the connection is closed with an end, and what still
/// comes is read, so that the end does not turn into a reset.
#[derive(Clone)]
pub(super) enum Act {
    /// Read one request with its body.
    Read,
    /// Read the head of a request, and leave the rest.
    ReadHead,
    /// Write these bytes.
    Write(Vec<u8>),
    /// Write these bytes one by one, with a pause before each.
    Drip(Vec<u8>, Duration),
    /// Write these bytes so many times, or until the other side has enough.
    Repeat(Vec<u8>, usize),
    /// Do nothing for a while.
    Sleep(Duration),
    /// Let everyone through who waits at the gate.
    Open(Gate),
    /// Wait until the gate is open.
    Wait(Gate),
    /// Send an end, and go on with the script.
    HalfClose,
    /// Close with a reset.
    Reset,
    /// Keep the connection open until the other side closes it.
    Hold,
    /// Answer a TLS handshake; what follows is inside of it.
    Tls(Arc<ServerConfig>),
    /// Read requests, and do what each calls for, until the other side ends.
    Answer(Respond),
}

pub(super) use Act::{Drip, HalfClose, Hold, Open, Read, ReadHead, Repeat, Reset, Sleep, Wait};

/// What a request calls for.
pub(super) type Respond = Arc<dyn Fn(&Asked) -> Vec<Act> + Send + Sync>;

/// What a connection does, by its number.
pub(super) type Script = Arc<dyn Fn(usize) -> Vec<Act> + Send + Sync>;

/// Writes these bytes.
pub(super) fn write(bytes: impl Into<Vec<u8>>) -> Act {
    Act::Write(bytes.into())
}

/// Writes a whole answer with its length: a status line with headers, and a body.
pub(super) fn answer(head: &str, body: impl AsRef<[u8]>) -> Act {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    Act::Write(bytes)
}

/// Every connection does for each of its requests what it calls for.
pub(super) fn by_request(respond: impl Fn(&Asked) -> Vec<Act> + Send + Sync + 'static) -> Script {
    let respond: Respond = Arc::new(respond);
    Arc::new(move |_| vec![Act::Answer(Arc::clone(&respond))])
}

/// Closed until it is opened, then open for good.
#[derive(Clone)]
pub(super) struct Gate(Arc<watch::Sender<bool>>);

impl Gate {
    pub(super) fn new() -> Gate {
        Gate(Arc::new(watch::Sender::new(false)))
    }

    fn open(&self) {
        self.0.send_replace(true);
    }

    async fn passed(&self) {
        // The sender is kept here, so waiting ends with an open gate alone.
        let _ = self.0.subscribe().wait_for(|open| *open).await;
    }
}

/// A request, as far as a script looks at it.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    /// Path and query, as on the request line.
    pub(super) target: String,
    /// The request as it came, from its method to the end of its body.
    pub(super) text: String,
    /// How many requests asked for this target before.
    pub(super) before: usize,
}

impl Asked {
    /// The value of `Host`.
    pub(super) fn host(&self) -> &str {
        header(&self.text, "host").unwrap_or_default()
    }
}

/// What came in.
#[derive(Default)]
struct Log {
    /// What was read of each connection, inside of TLS where there is TLS.
    received: Vec<Vec<u8>>,
    requests: Vec<Asked>,
}

/// The peer, with a thread of its own, so that the flood of one does not hold up another. It ends, with its
/// connections, when it is dropped.
pub(super) struct Peer {
    address: SocketAddr,
    log: Arc<Mutex<Log>>,
    _running: oneshot::Sender<()>,
}

impl Peer {
    /// Listens on a free port of this machine.
    pub(super) fn start(script: Script) -> Peer {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        listener.set_nonblocking(true).expect("a listener for tokio");
        let address = listener.local_addr().expect("an address");
        let log: Arc<Mutex<Log>> = Arc::default();
        let (running, ended) = oneshot::channel();
        let shared = Arc::clone(&log);
        thread::spawn(move || {
            runtime().block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                tokio::select! {
                    () = listen(listener, script, shared) => {}
                    _ = ended => {}
                }
            });
        });
        Peer {
            address,
            log,
            _running: running,
        }
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections came.
    pub(super) fn connections(&self) -> usize {
        self.log.lock().expect("the log").received.len()
    }

    /// The whole requests, in the order they came.
    pub(super) fn requests(&self) -> Vec<Asked> {
        self.log.lock().expect("the log").requests.clone()
    }

    /// All bytes that came, connection after connection.
    pub(super) fn received(&self) -> Vec<u8> {
        self.log.lock().expect("the log").received.concat()
    }
}

/// Plays the script of each connection, for as long as this is polled.
async fn listen(listener: tokio::net::TcpListener, script: Script, log: Arc<Mutex<Log>>) {
    let mut connections = JoinSet::new();
    for number in 0.. {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        stream.set_nodelay(true).ok();
        log.lock().expect("the log").received.push(Vec::new());
        let connection = Connection {
            stream: Stream::Plain(stream),
            number,
            unread: Vec::new(),
            log: Arc::clone(&log),
        };
        connections.spawn(connection.play(script(number)));
    }
}

/// An address at which nobody answers a wish for a connection: its queue is full, and stays so while this is kept.
pub(super) struct Deaf {
    address: SocketAddr,
    _listener: tokio::net::TcpListener,
    _queued: Vec<TcpStream>,
    _runtime: Runtime,
}

impl Deaf {
    pub(super) fn new() -> Deaf {
        let runtime = runtime();
        let entered = runtime.enter();
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        let listener = socket.listen(1).expect("a listener");
        let address = listener.local_addr().expect("an address");
        // Nobody accepts, so the queue fills up; the first that is not taken shows that it has.
        let queued = (0..64)
            .map_while(|_| TcpStream::connect_timeout(&address, Duration::from_millis(500)).ok())
            .collect();
        drop(entered);
        Deaf {
            address,
            _listener: listener,
            _queued: queued,
            _runtime: runtime,
        }
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }
}

/// A port that is taken, and refuses every connection while this is kept.
pub(super) struct Refusing {
    socket: TcpSocket,
}

impl Refusing {
    pub(super) fn new() -> Refusing {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        Refusing { socket }
    }

    pub(super) fn port(&self) -> u16 {
        self.socket.local_addr().expect("an address").port()
    }
}

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("a runtime")
}

/// A connection in the clear, or inside of TLS.
enum Stream {
    Plain(tokio::net::TcpStream),
    Tls(Box<tokio_rustls::server::TlsStream<tokio::net::TcpStream>>),
}

impl Stream {
    fn reader(&mut self) -> &mut (dyn AsyncRead + Unpin + Send) {
        match self {
            Stream::Plain(stream) => stream,
            Stream::Tls(stream) => stream,
        }
    }

    fn writer(&mut self) -> &mut (dyn AsyncWrite + Unpin + Send) {
        match self {
            Stream::Plain(stream) => stream,
            Stream::Tls(stream) => stream,
        }
    }

    fn socket(&self) -> &tokio::net::TcpStream {
        match self {
            Stream::Plain(stream) => stream,
            Stream::Tls(stream) => stream.get_ref().0,
        }
    }
}

struct Connection {
    stream: Stream,
    number: usize,
    /// What came after the last request that was read.
    unread: Vec<u8>,
    log: Arc<Mutex<Log>>,
}

impl Connection {
    /// Does what the script says, then closes. A side that went away ends the script.
    async fn play(mut self, script: Vec<Act>) {
        let mut acts = script;
        acts.reverse();
        while let Some(act) = acts.pop() {
            let done = match act {
                Act::Read => self.request().await.is_some(),
                Act::ReadHead => self.head().await.is_some(),
                Act::Write(bytes) => self.write(&bytes).await,
                Act::Drip(bytes, pause) => self.drip(&bytes, pause).await,
                Act::Repeat(bytes, times) => self.repeat(&bytes, times).await,
                Act::Sleep(pause) => {
                    tokio::time::sleep(pause).await;
                    true
                }
                Act::Open(gate) => {
                    gate.open();
                    true
                }
                Act::Wait(gate) => {
                    gate.passed().await;
                    true
                }
                Act::HalfClose => self.stream.writer().shutdown().await.is_ok(),
                Act::Reset => {
                    self.stream.socket().set_zero_linger().ok();
                    return;
                }
                Act::Hold => {
                    self.drain().await;
                    return;
                }
                Act::Tls(config) => match self.encrypted(config).await {
                    Some(connection) => {
                        self = connection;
                        true
                    }
                    None => return,
                },
                Act::Answer(respond) => match self.request().await {
                    Some(asked) => {
                        acts.push(Act::Answer(Arc::clone(&respond)));
                        acts.extend(respond(&asked).into_iter().rev());
                        true
                    }
                    None => false,
                },
            };
            if !done {
                break;
            }
        }
        self.stream.writer().shutdown().await.ok();
        self.drain().await;
    }

    async fn encrypted(self, config: Arc<ServerConfig>) -> Option<Connection> {
        let Stream::Plain(stream) = self.stream else {
            panic!("TLS within TLS");
        };
        // A refused certificate ends the handshake, and the script with it.
        let stream = TlsAcceptor::from(config).accept(stream).await.ok()?;
        Some(Connection {
            stream: Stream::Tls(Box::new(stream)),
            ..self
        })
    }

    async fn write(&mut self, bytes: &[u8]) -> bool {
        let writer = self.stream.writer();
        writer.write_all(bytes).await.is_ok() && writer.flush().await.is_ok()
    }

    async fn drip(&mut self, bytes: &[u8], pause: Duration) -> bool {
        for byte in bytes {
            tokio::time::sleep(pause).await;
            if !self.write(&[*byte]).await {
                return false;
            }
        }
        true
    }

    async fn repeat(&mut self, bytes: &[u8], times: usize) -> bool {
        for _ in 0..times {
            if !self.write(bytes).await {
                return false;
            }
            // A flood leaves the other connections their turns.
            tokio::task::yield_now().await;
        }
        true
    }

    /// Takes what comes, until nothing more does.
    async fn drain(&mut self) {
        while self.more().await {
            self.unread.clear();
        }
    }

    /// Receives some bytes; false at the end.
    async fn more(&mut self) -> bool {
        let mut piece = [0; 8 * 1024];
        match self.stream.reader().read(&mut piece).await {
            Ok(0) | Err(_) => false,
            Ok(length) => {
                self.unread.extend_from_slice(&piece[..length]);
                let mut log = self.log.lock().expect("the log");
                log.received[self.number].extend_from_slice(&piece[..length]);
                true
            }
        }
    }

    /// Where the head of a request ends, once it is here.
    async fn head(&mut self) -> Option<usize> {
        loop {
            if let Some(at) = find(&self.unread, b"\r\n\r\n") {
                return Some(at + 4);
            }
            if !self.more().await {
                return None;
            }
        }
    }

    /// One request, once it is here with its body.
    async fn request(&mut self) -> Option<Asked> {
        let end = self.head().await?;
        let head = String::from_utf8_lossy(&self.unread[..end]).into_owned();
        let length = header(&head, "content-length");
        let length: usize = length.map_or(0, |length| length.parse().expect("a length"));
        while self.unread.len() < end + length {
            if !self.more().await {
                return None;
            }
        }
        let text = String::from_utf8_lossy(&self.unread[..end + length]).into_owned();
        self.unread.drain(..end + length);
        let mut words = head.split_whitespace();
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut log = self.log.lock().expect("the log");
        let before = log.requests.iter().filter(|asked| asked.target == target).count();
        let asked = Asked {
            method,
            target,
            text,
            before,
        };
        log.requests.push(asked.clone());
        Some(asked)
    }
}

/// The value of a header of a request.
fn header<'head>(head: &'head str, name: &str) -> Option<&'head str> {
    let mut lines = head.lines().take_while(|line| !line.is_empty());
    lines.find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// Where these bytes begin in others.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
