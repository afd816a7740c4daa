//! Where what happens is told, with the time it happened.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;

use crate::outcome::{Attempt, Event, StepFinished};

/// Takes what happens in a run.
pub trait Sink {
    /// Microseconds since the run started.
    fn now(&self) -> u64;
    /// Takes an event.
    fn tell(&self, event: Event);

    /// A case starts.
    fn case_started(&self, case: usize) {
        self.tell(Event::CaseStarted { at: self.now(), case });
    }

    /// A step starts.
    fn step_started(&self, step: usize) {
        self.tell(Event::StepStarted { at: self.now(), step });
    }

    /// A step waits for something else than before.
    fn waits(&self, step: usize, what: impl Into<Cow<'static, str>>) {
        self.tell(Event::StepWaits {
            at: self.now(),
            step,
            what: what.into(),
        });
    }

    /// One of several attempts of a step is over.
    fn attempt_finished(&self, step: usize, attempt: Attempt) {
        self.tell(Event::AttemptFinished {
            at: self.now(),
            step,
            attempt,
        });
    }

    /// A session logs in again.
    fn renewed(&self, session: &str, step: usize, reason: &str) {
        self.tell(Event::SessionRenewed {
            at: self.now(),
            session: session.to_owned(),
            step,
            reason: reason.to_owned(),
        });
    }

    /// A step is over.
    fn step_finished(&self, finished: StepFinished) {
        self.tell(Event::StepFinished(Arc::new(finished)));
    }

    /// A case is over.
    fn case_finished(&self, case: usize) {
        self.tell(Event::CaseFinished { at: self.now(), case });
    }
}

/// The one channel: workers only send, one consumer puts events in a line.
#[derive(Debug, Clone)]
pub struct Events {
    started: Instant,
    sender: UnboundedSender<Event>,
}

impl Events {
    /// A sink that sends into a channel; its clock starts now.
    pub fn new(sender: UnboundedSender<Event>) -> Self {
        Events {
            started: Instant::now(),
            sender,
        }
    }
}

impl Sink for Events {
    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn tell(&self, event: Event) {
        // Without a consumer the run is being given up, and nobody is left to be told.
        let _ = self.sender.send(event);
    }
}
