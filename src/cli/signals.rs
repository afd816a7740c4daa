//! The signals that ask a command to end: INT, TERM and HUP.

use std::pin::Pin;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, Sleep};

use crate::run::Interrupt;

/// How long after a signal a run is waited for; what undoes things has less. The rest is for the reports.
const PATIENCE: Duration = Duration::from_millis(5500);

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

    /// Hears of signals while a run goes on.
    pub(super) fn end<'a>(&'a mut self, interrupt: &'a Interrupt) -> Ending<'a> {
        Ending {
            signals: self,
            interrupt,
            first: None,
            patience: Box::pin(tokio::time::sleep(Duration::MAX)),
        }
    }
}

/// The end of a run that a signal asks for: the first stops it, and a second one, or too much time, gives it up.
pub(super) struct Ending<'a> {
    signals: &'a mut Signals,
    interrupt: &'a Interrupt,
    first: Option<i32>,
    patience: Pin<Box<Sleep>>,
}

impl Ending<'_> {
    /// Waits until the run is to be given up as it stands. Nothing is lost where the wait is broken off.
    pub(super) async fn is_due(&mut self) {
        loop {
            tokio::select! {
                number = self.signals.next() => {
                    // Somebody who asks twice has no time for what is left to undo; the report lists it.
                    if self.first.is_some() {
                        return;
                    }
                    self.first = Some(number);
                    self.interrupt.raise();
                    self.patience.as_mut().reset(Instant::now() + PATIENCE);
                }
                () = &mut self.patience => return,
            }
        }
    }

    /// The signal that came first.
    pub(super) fn signal(&self) -> Option<i32> {
        self.first
    }
}
