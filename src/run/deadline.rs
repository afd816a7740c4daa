//! A time that has to be kept: by a case, by its end, or by the whole run.

use std::time::Duration;

use tokio::time::Instant;

use super::case::broken;
use crate::collection::Step;
use crate::outcome::{ErrorKind, Spot, StepError, StepFinished};
use crate::source::Place;

/// When something has to be over, and what to say when it is not.
#[derive(Debug, Clone)]
pub(super) struct Deadline {
    at: Instant,
    message: String,
    place: Option<Place>,
}

impl Deadline {
    /// The time of the cleanups or the `finally` of a case, from now on.
    pub(super) fn of_end(time: Duration, what: &str) -> Deadline {
        let time_shown = humantime::format_duration(time);
        Deadline {
            at: Instant::now() + time,
            message: format!("the {time_shown} which {what} have at the end of a case are over"),
            place: None,
        }
    }

    /// The time of a case's steps, from now on; `place` is where the sheet says it.
    pub(super) fn of_case(time: Duration, place: &Place) -> Deadline {
        Deadline {
            at: Instant::now() + time,
            message: format!("the case's time of {} is over", humantime::format_duration(time)),
            place: Some(place.clone()),
        }
    }

    /// The time of the run, from now on.
    pub(super) fn of_run(time: Duration) -> Deadline {
        Deadline {
            at: Instant::now() + time,
            message: format!("the run's time of {} is over", humantime::format_duration(time)),
            place: None,
        }
    }

    /// The one that comes first.
    pub(super) fn first(deadlines: [Option<&Deadline>; 2]) -> Option<Deadline> {
        let deadlines = deadlines.into_iter().flatten();
        deadlines.min_by_key(|deadline| deadline.at).cloned()
    }

    /// What to say once it has passed; nothing before.
    pub(super) fn passed(&self) -> Option<&str> {
        (Instant::now() >= self.at).then_some(self.message.as_str())
    }

    /// A step within the time that is left: cut off where it does not come to its end.
    pub(super) async fn keep(
        &self,
        number: usize,
        step: &Step,
        run: impl Future<Output = StepFinished>,
    ) -> StepFinished {
        // Asked first: what is at hand at once would be done even after the deadline.
        if self.passed().is_none()
            && let Ok(finished) = tokio::time::timeout_at(self.at, run).await
        {
            return finished;
        }
        let error = StepError {
            kind: ErrorKind::Timeout,
            message: self.message.clone(),
            help: None,
            place: self.place.as_ref().map(Spot::with_excerpt),
        };
        broken(number, step, error)
    }
}
