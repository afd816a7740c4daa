//! The signals that ask a command to end: INT, TERM and HUP.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Hears of signals from when it is made on; until then they end the process as they always do.
pub(super) struct Signals(Option<Streams>);

struct Streams {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    /// Takes the signals over. Where that cannot be, they go on ending the process.
    pub(super) fn new() -> Signals {
        let streams = || {
            Some(Streams {
                interrupt: signal(SignalKind::interrupt()).ok()?,
                terminate: signal(SignalKind::terminate()).ok()?,
                hangup: signal(SignalKind::hangup()).ok()?,
            })
        };
        Signals(streams())
    }

    /// The number of the next signal.
    pub(super) async fn next(&mut self) -> i32 {
        let Some(streams) = &mut self.0 else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = streams.interrupt.recv() => 2,
            _ = streams.terminate.recv() => 15,
            _ = streams.hangup.recv() => 1,
        }
    }
}
