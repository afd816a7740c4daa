//! What one hop's wish for a connection went through, written by the connector and read by whoever waits.
//!
//! The pool may hand a hop a connection that another hop opened, and may finish a connection in the background whose
//! hop has gone ahead on another. So an attempt notes the connection it opened by its two addresses, and its times
//! count only when the answer came over that very connection.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper_util::client::legacy::connect::HttpInfo;
use tokio::time::Instant;

use super::{Phase, Timeouts};

tokio::task_local! {
    /// The attempt of the hop that this task is sending.
    static SENDING: Arc<Attempt>;
    /// The attempt whose connection is being opened: kept by the connection's own future, also in the background.
    static CONNECTING: Arc<Attempt>;
}

/// One hop's attempt to be sent.
pub(super) struct Attempt {
    /// The port that addresses are wanted for: the URL's, or the proxy's.
    pub(super) port: u16,
    /// How long a connection may take to be opened when nobody waits for it any more.
    pub(super) ceiling: Duration,
    state: Mutex<State>,
}

struct State {
    phase: Phase,
    /// When the deadline of the phase began to run.
    since: Instant,
    connection: Connection,
}

/// When the connection of an attempt came to its stations.
#[derive(Clone, Copy, Default)]
pub(super) struct Connection {
    started: Option<Instant>,
    dns: Option<Duration>,
    tls_started: Option<Instant>,
    ended: Option<Instant>,
    addresses: Option<Addresses>,
}

/// Both ends of a connection, which no two open connections share.
type Addresses = (SocketAddr, SocketAddr);

impl Attempt {
    pub(super) fn new(port: u16, timeouts: &Timeouts) -> Arc<Attempt> {
        let state = State {
            // Until the connector is asked, the pool is believed to have a connection.
            phase: Phase::FirstByte,
            since: Instant::now(),
            connection: Connection::default(),
        };
        Arc::new(Attempt {
            port,
            ceiling: timeouts.connect + timeouts.tls,
            state: Mutex::new(state),
        })
    }

    /// Runs the sending of a hop, so that a connector called within finds the attempt.
    pub(super) fn sending<F: Future>(
        self: &Arc<Attempt>,
        future: F,
    ) -> impl Future<Output = F::Output> + use<F> {
        SENDING.scope(Arc::clone(self), future)
    }

    /// Runs the opening of a connection, so that the resolver and TLS find the attempt.
    pub(super) fn connecting<F: Future>(
        self: &Arc<Attempt>,
        future: F,
    ) -> impl Future<Output = F::Output> + use<F> {
        CONNECTING.scope(Arc::clone(self), future)
    }

    /// The attempt of the hop this task is sending.
    pub(super) fn of_sender() -> Option<Arc<Attempt>> {
        SENDING.try_with(Arc::clone).ok()
    }

    /// The attempt whose connection is being opened here.
    pub(super) fn of_connection() -> Option<Arc<Attempt>> {
        CONNECTING.try_with(Arc::clone).ok()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The phase the hop is in, and when its deadline began to run.
    pub(super) fn phase(&self) -> (Phase, Instant) {
        let state = self.state();
        (state.phase, state.since)
    }

    /// A connection begins to be opened.
    pub(super) fn connect_began(&self) {
        let now = Instant::now();
        let mut state = self.state();
        state.phase = Phase::Connect;
        state.since = now;
        state.connection = Connection {
            started: Some(now),
            ..Connection::default()
        };
    }

    /// A name begins to be looked up. The deadline is the connection's and runs on.
    pub(super) fn dns_began(&self) {
        self.state().phase = Phase::Dns;
    }

    /// The look-up came to its end, with addresses.
    pub(super) fn dns_ended(&self, took: Duration) {
        let mut state = self.state();
        state.phase = Phase::Connect;
        state.connection.dns = Some(state.connection.dns.unwrap_or_default() + took);
    }

    /// A TLS handshake begins; through a proxy that speaks TLS itself, the first of two.
    pub(super) fn tls_began(&self) {
        let now = Instant::now();
        let mut state = self.state();
        if state.connection.tls_started.is_none() {
            state.phase = Phase::Tls;
            state.since = now;
            state.connection.tls_started = Some(now);
        }
    }

    /// The connection is open.
    pub(super) fn connect_ended(self: &Arc<Attempt>, info: Option<&HttpInfo>) {
        let waited_for = SENDING
            .try_with(|sender| Arc::ptr_eq(sender, self))
            .unwrap_or(false);
        let now = Instant::now();
        let mut state = self.state();
        state.connection.ended = Some(now);
        state.connection.addresses = info.map(addresses);
        if waited_for {
            state.phase = Phase::FirstByte;
            state.since = now;
        } else {
            // The hop went ahead on another connection: this one is not its own.
            state.connection.ended = None;
        }
    }

    /// The connection the hop opened, if the one with these addresses is that.
    pub(super) fn own_connection(&self, served_by: Option<&HttpInfo>) -> Option<Connection> {
        let connection = self.state().connection;
        (connection.ended.is_some() && connection.addresses == served_by.map(addresses)).then_some(connection)
    }

    /// Whether the hop opened a connection and no answer says over which one it was sent.
    pub(super) fn opened_connection(&self) -> bool {
        self.state().connection.ended.is_some()
    }
}

impl Connection {
    /// How long the address look-up took.
    pub(super) fn dns(&self) -> Option<Duration> {
        self.dns
    }

    /// How long opening took, without look-up and TLS.
    pub(super) fn connect(&self) -> Option<Duration> {
        let end = self.tls_started.or(self.ended)?;
        Some(
            end.duration_since(self.started?)
                .saturating_sub(self.dns.unwrap_or_default()),
        )
    }

    /// How long TLS took.
    pub(super) fn tls(&self) -> Option<Duration> {
        Some(self.ended?.duration_since(self.tls_started?))
    }

    /// When the connection was open.
    pub(super) fn ended(&self) -> Option<Instant> {
        self.ended
    }
}

fn addresses(info: &HttpInfo) -> Addresses {
    (info.local_addr(), info.remote_addr())
}
