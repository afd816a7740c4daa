//! Why a run ends before its plan does: too many failures, or its time is over.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::case::went_wrong;
use super::deadline::Deadline;
use crate::outcome::Status;

/// What may stop a run. Once stopped, no further step of a case starts; what is under way comes to its end, and so do
/// cleanups and `finally`.
#[derive(Debug, Default)]
pub(super) struct Stop {
    /// How many steps may go wrong.
    max_fail: Option<usize>,
    gone_wrong: AtomicUsize,
    pub(super) deadline: Option<Deadline>,
    stopped: OnceLock<String>,
}

impl Stop {
    pub(super) fn new(max_fail: Option<usize>, deadline: Option<Deadline>) -> Stop {
        Stop {
            max_fail,
            deadline,
            ..Stop::default()
        }
    }

    /// Takes note of how a step ended.
    pub(super) fn count(&self, status: Status) {
        if went_wrong(status) {
            self.gone_wrong.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Why nothing more starts, if so. Asked before each start, so that what it says is what did not start.
    pub(super) fn why(&self) -> Option<String> {
        let why = self.reason();
        if let Some(why) = &why {
            // The first reason stays.
            self.stopped.get_or_init(|| why.clone());
        }
        why
    }

    /// Why something did not start, if so.
    pub(super) fn told(&self) -> Option<String> {
        self.stopped.get().cloned()
    }

    fn reason(&self) -> Option<String> {
        if let Some(most) = self.max_fail
            && self.gone_wrong.load(Ordering::Relaxed) >= most
        {
            return Some(format!("--max-fail {most}"));
        }
        let passed = self.deadline.as_ref().and_then(Deadline::passed);
        passed.map(str::to_owned)
    }
}
