//! The deadlines of one request, kept with a single timer.

use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, Sleep};

use super::{Phase, Timeouts};

/// The timer of a request.
pub(super) struct Clock<'request> {
    timeouts: &'request Timeouts,
    /// The end of the request's whole time.
    end: Instant,
    sleep: Pin<Box<Sleep>>,
}

/// A deadline that passed.
pub(super) struct Passed {
    /// The phase it passed in.
    pub(super) phase: Phase,
    /// How long it was.
    pub(super) limit: Duration,
    /// It was the whole request's, not the phase's.
    pub(super) in_all: bool,
}

impl Clock<'_> {
    /// A clock for a request that begins now.
    pub(super) fn new(timeouts: &Timeouts, now: Instant) -> Clock<'_> {
        let end = now + timeouts.total;
        Clock {
            timeouts,
            end,
            sleep: Box::pin(tokio::time::sleep_until(end)),
        }
    }

    /// Waits for a future for no longer than its phase may take. `phase` is asked each time the future has been
    /// polled, for the phase it is in and when that began.
    pub(super) async fn within<F: Future>(
        &mut self,
        future: F,
        mut phase: impl FnMut() -> (Phase, Instant),
    ) -> Result<F::Output, Passed> {
        let mut future = pin!(future);
        std::future::poll_fn(|context| {
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                return Poll::Ready(Ok(output));
            }
            let (phase, since) = phase();
            let limit = self.limit(phase);
            let phase_end = since + limit;
            let end = phase_end.min(self.end);
            if self.sleep.deadline() != end {
                self.sleep.as_mut().reset(end);
            }
            self.sleep.as_mut().poll(context).map(|()| {
                let in_all = self.end <= phase_end;
                Err(Passed {
                    phase,
                    limit: if in_all { self.timeouts.total } else { limit },
                    in_all,
                })
            })
        })
        .await
    }

    fn limit(&self, phase: Phase) -> Duration {
        match phase {
            Phase::Dns | Phase::Connect => self.timeouts.connect,
            Phase::Tls => self.timeouts.tls,
            Phase::Prepare | Phase::FirstByte => self.timeouts.first_byte,
            Phase::Body => self.timeouts.idle,
        }
    }
}
