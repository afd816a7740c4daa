//! One step: its request, the use of a recipe, or a wait.

use std::sync::Mutex;

use super::capture::{self, Gathered};
use super::exchange::{Requested, UnderWay};
use super::pages::Page;
use super::snapshot::Shelf;
use super::{Run, Sink};
use crate::collection::{Action, Defaults, Output, Repeat, RequestSpec, SessionChoice, Step};
use crate::extract::{Message, Picked};
use crate::http::{Jar, Response};
use crate::outcome::{
    Attempt, Capture, CheckResult, CheckState, Exchange, Origin, SnapshotResult, StepError,
};
use crate::template::Scope;

/// How many exchanges of a poll or a list are kept.
const MANY: usize = 100;

/// How many of them are kept with their bodies.
const WITH_BODIES: usize = 10;

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
    /// What the recipe of a login gives: secret as soon as an answer holds it. Empty elsewhere.
    pub(super) credentials: &'a [Output],
    /// True if what passed only after a retry may be told as a failure. What is left over is told by other means.
    pub(super) is_strict: bool,
    /// Where what is kept of its answers lies.
    pub(super) shelf: Shelf<'a>,
    /// How many attempts the step has told of before, in the steps of a recipe that came first.
    pub(super) attempts: usize,
}

impl Lane<'_> {
    /// The number of the next attempt, from 1.
    pub(super) fn next_attempt(&self, performed: &Performed) -> usize {
        self.attempts + performed.attempts.len() + 1
    }
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
    /// What is sent and not yet answered.
    pub(super) under_way: Option<UnderWay>,
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

    /// Keeps one of many exchanges: only the last ones, and of these the last ones with their bodies, so that a long
    /// row of them takes little memory. All of them are told as attempts.
    pub(super) fn keep_of_many(&mut self, exchange: Exchange) {
        self.exchanges.push(exchange);
        if self.exchanges.len() > MANY {
            self.exchanges.remove(0);
        }
        let Some(old) = self.exchanges.len().checked_sub(WITH_BODIES + 1) else {
            return;
        };
        let old = &mut self.exchanges[old];
        let bodies = [
            old.request.body.as_mut(),
            old.response.as_mut().and_then(|response| response.body.as_mut()),
        ];
        for body in bodies.into_iter().flatten() {
            body.text = String::new();
            body.cut = true;
        }
    }
}

/// The values that a step's captures and checks will ask of its answer, read in one walk over the body.
pub(super) fn read_ahead(step: &Step, response: &Response) -> Picked {
    if step.expect.reads_whole_json() {
        return Picked::default();
    }
    let of_captures = step.captures.iter().map(|capture| &capture.extractor);
    Picked::read(&response.body, of_captures.chain(step.expect.extractors()))
}

/// Every check of a step, in the order they are counted, none of them evaluated.
pub(super) fn unevaluated(step: &Step, state: &dyn Fn() -> CheckState) -> Vec<CheckResult> {
    match &step.action {
        Action::Request(spec) => {
            let mut checks = match &spec.repeat {
                Repeat::Poll(poll) => poll.until.unevaluated(state),
                Repeat::Once | Repeat::Pages(_) => Vec::new(),
            };
            checks.extend(step.expect.unevaluated(state));
            checks
        }
        Action::Wait(_) => step.expect.unevaluated(state),
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
            // Boxed here, where it is largest: what is around it stays small enough to be moved for each step.
            Action::Request(spec) => Box::pin(self.request(step, spec, scope, lane)).await,
            Action::Use(call) => {
                let name = lane.shelf.name(step);
                let lane = Lane {
                    shelf: lane.shelf.below(&name),
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
            page: &Page::First,
        };
        let answer = match &spec.repeat {
            Repeat::Once => self
                .answer(requested, &mut performed)
                .await
                .map(|(response, shown)| (response, shown, Vec::new())),
            Repeat::Poll(poll) => self
                .poll(poll, requested, &mut performed)
                .await
                .map(|polled| (polled.response, polled.shown, polled.until)),
            Repeat::Pages(pages) => {
                if let Some(own) = self.pages(pages, requested, &mut performed).await {
                    *scope = own;
                }
                return performed;
            }
        };
        let (response, shown, until) = match answer {
            Ok(answer) => answer,
            Err(error) => {
                let reason = error.message.clone();
                performed.checks = unevaluated(step, &|| CheckState::Errored(reason.clone()));
                performed.error = Some(error);
                return performed;
            }
        };
        let picked = read_ahead(step, &response);
        let message = Message::response(&response).with_picked(&picked);
        let taken = capture::take(&step.captures, &message, scope, &mut Gathered::default(), true);
        performed.checks = until;
        performed.checks.extend(step.expect.judge(&message, scope));
        performed.captures = taken.shown(scope);
        performed.error = taken.error;
        self.compare(step, &message, lane, &mut performed);
        // The record is made last: a token captured just now is masked in it.
        let exchange = shown.exchange(lane.origin, Some(&response), &self.setting.vault);
        performed.exchanges.push(exchange);
        performed
    }
}
