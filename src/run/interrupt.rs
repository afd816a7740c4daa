//! A signal that reached the process: nothing new starts, what has to be undone is undone in a short time.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// How long everything that undoes something may take once a signal has come.
const UNDOING: Duration = Duration::from_millis(5000);

/// How long a step may go on that is under way and has a cleanup: what it has made by now could not be undone without
/// its answer. This is part of the time for undoing.
const MAKING: Duration = Duration::from_millis(1500);

/// Raised once, by whoever hears of signals; everybody under way hears of it.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(watch::Sender<Option<Instant>>);

impl Interrupt {
    /// Lets the run come to its end. A second call changes nothing.
    pub fn raise(&self) {
        self.0.send_if_modified(|at| {
            let is_first = at.is_none();
            at.get_or_insert_with(Instant::now);
            is_first
        });
    }

    /// True once it was raised.
    pub(super) fn is_raised(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Waits until a step under way has to be given up.
    pub(super) async fn gives_up(&self, has_cleanup: bool) {
        self.passed(if has_cleanup { MAKING } else { Duration::ZERO })
            .await;
    }

    /// Waits until the time for undoing things is over.
    pub(super) async fn undone(&self) {
        self.passed(UNDOING).await;
    }

    /// What to say of what was not undone by then.
    pub(super) fn message() -> String {
        format!(
            "the {} which a run that is stopped by a signal has to undo things are over",
            humantime::format_duration(UNDOING)
        )
    }

    async fn passed(&self, time: Duration) {
        let mut raised = self.0.subscribe();
        // The sender lives as long as this does.
        let at = raised.wait_for(Option::is_some).await.map(|at| *at);
        match at {
            Ok(Some(at)) => tokio::time::sleep_until(at + time).await,
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }
}
