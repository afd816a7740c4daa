//! One step: its request, the use of a recipe, or a wait.

use std::sync::Mutex;

use super::exchange::Requested;
use super::snapshot::Shelf;
use super::{Run, Sink};
use crate::collection::{Action, CaptureSpec, Defaults, RequestSpec, SessionChoice, Step};
use crate::extract::{Extraction, Message};
use crate::http::Jar;
use crate::json;
use crate::outcome::{
    Attempt, Capture, CheckResult, CheckState, ErrorKind, Exchange, Origin, SnapshotResult, Spot, StepError,
};
use crate::secret::Label;
use crate::template::{Scope, Secrecy, Variable};

/// Where a step is run: what is the case's own, and what its requests have in common.
#[derive(Clone, Copy)]
pub(super) struct Lane<'a> {
    /// The step's number in the plan.
    pub(super) number: usize,
    pub(super) jar: &'a Mutex<Jar>,
    pub(super) session: &'a SessionChoice,
    pub(super) defaults: &'a Defaults,
    pub(super) defaults_scope: &'a Scope,
    /// What its exchanges are for. A login's requests are never sent within a session.
    pub(super) origin: Origin,
    /// True if what passed only after a retry may be told as a failure. What is left over is told by other means.
    pub(super) is_strict: bool,
    /// Where the snapshots of its answers lie; a login has none.
    pub(super) snapshots: Option<Shelf<'a>>,
}

/// What came of a step.
#[derive(Default)]
pub(super) struct Performed {
    pub(super) checks: Vec<CheckResult>,
    pub(super) error: Option<StepError>,
    pub(super) exchanges: Vec<Exchange>,
    pub(super) captures: Vec<Capture>,
    /// The attempts, where there was more than one.
    pub(super) attempts: Vec<Attempt>,
    pub(super) snapshot: Option<SnapshotResult>,
}

impl Performed {
    /// True if everything was evaluated and held.
    pub(super) fn is_good(&self) -> bool {
        self.error.is_none()
            && self
                .checks
                .iter()
                .all(|check| matches!(check.state, CheckState::Held | CheckState::Skipped(_)))
    }
}

/// Every check of a step, in the order they are counted, none of them evaluated.
pub(super) fn unevaluated(step: &Step, state: &dyn Fn() -> CheckState) -> Vec<CheckResult> {
    match &step.action {
        Action::Request(_) | Action::Wait(_) => step.expect.unevaluated(state),
        Action::Use(call) => call
            .recipe
            .steps
            .iter()
            .flat_map(|step| unevaluated(step, state))
            .collect(),
    }
}

impl<S: Sink> Run<'_, S> {
    /// Runs a step's action and judges it. What it captures goes into the scope.
    pub(super) async fn perform(&self, step: &Step, scope: &mut Scope, lane: Lane<'_>) -> Performed {
        match &step.action {
            Action::Wait(duration) => {
                self.sink.waits(lane.number, "its time to pass");
                tokio::time::sleep(*duration).await;
                Performed::default()
            }
            Action::Request(spec) => self.request(step, spec, scope, lane).await,
            Action::Use(call) => {
                let name = lane.snapshots.map(|shelf| shelf.name(step));
                let lane = Lane {
                    snapshots: lane.snapshots.map(|shelf| shelf.below(name.as_deref())),
                    ..lane
                };
                let (mut performed, outputs) = Box::pin(self.call(call, scope, lane)).await;
                match outputs {
                    Ok(outputs) => {
                        if let Some(alias) = &call.alias {
                            scope.set(alias.clone(), outputs);
                        }
                    }
                    Err(error) => performed.error = performed.error.or(error),
                }
                performed
            }
        }
    }

    async fn request(&self, step: &Step, spec: &RequestSpec, scope: &mut Scope, lane: Lane<'_>) -> Performed {
        let mut performed = Performed::default();
        let session = match step.session.as_ref().unwrap_or(lane.session) {
            SessionChoice::Named(name, _) if lane.origin == Origin::Step => self.sessions.get(name),
            SessionChoice::Named(..) | SessionChoice::None => None,
        };
        let requested = Requested {
            step,
            spec,
            scope,
            lane,
            session,
        };
        let response = match self.answer(requested, &mut performed).await {
            Ok(response) => response,
            Err(error) => {
                let reason = error.message.clone();
                performed.checks = step.expect.unevaluated(|| CheckState::Errored(reason.clone()));
                performed.error = Some(error);
                return performed;
            }
        };
        let message = Message::response(&response.0);
        let mut own = scope.clone();
        for capture in &step.captures {
            match self.capture(capture, &message, &own) {
                Ok((variable, shown)) => {
                    own.set(capture.name.clone(), variable);
                    performed.captures.push(Capture {
                        name: capture.name.clone(),
                        value: shown,
                    });
                }
                Err(error) => performed.error = performed.error.or(Some(error)),
            }
        }
        performed.checks = step.expect.judge(&message, &own);
        self.compare(step, &message, lane, &mut performed);
        // The record is made last: a token captured just now is masked in it.
        performed.exchanges.push(
            response
                .1
                .exchange(lane.origin, Some(&response.0), &self.setting.vault),
        );
        *scope = own;
        performed
    }

    fn capture(
        &self,
        capture: &CaptureSpec,
        message: &Message<'_>,
        scope: &Scope,
    ) -> Result<(Variable, String), StepError> {
        let value = match capture.extractor.extract(message, scope) {
            Extraction::Value(value) => value.into_owned(),
            Extraction::Missing(missing) => match &capture.default {
                Some(default) => default.clone(),
                None => return Err(capture_error(capture, &missing.reason)),
            },
            Extraction::Unreadable(reason) | Extraction::Failed(reason) => {
                return Err(capture_error(capture, &reason));
            }
        };
        if !capture.secret {
            let shown = json::short(&scope.masked(&value), 200);
            return Ok((Variable::new(value, Secrecy::None), shown));
        }
        let label = Label::new(&capture.name);
        scope.remember_secret(&value, &label);
        let shown = label.to_string();
        Ok((Variable::new(value, Secrecy::Whole(label)), shown))
    }
}

fn capture_error(capture: &CaptureSpec, reason: &str) -> StepError {
    StepError {
        kind: ErrorKind::Capture,
        message: format!("nothing to capture as `{}`: {reason}", capture.name),
        help: None,
        place: Some(Spot::with_excerpt(&capture.place)),
    }
}
