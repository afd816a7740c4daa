//! One case: its steps in order, over variables and cookies of its own.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};

use futures_util::future::poll_immediate;

use super::deadline::Deadline;
use super::snapshot::Shelf;
use super::step::{Lane, Performed, unevaluated};
use super::{Run, Sink, rounds};
use crate::collection::Step;
use crate::diagnostic::Diagnostic;
use crate::http::Jar;
use crate::outcome::{
    Attempt, AttemptKind, CheckResult, CheckState, ErrorKind, Mismatch, Origin, Role, Status, StepError,
    StepFinished,
};
use crate::plan::{OpenCase, PlannedCase, PlannedStep};
use crate::secret::Vault;
use crate::template::Scope;

/// Why a step is not run, or that it is.
#[derive(Clone)]
pub(super) enum Turn {
    Run,
    Skip(String),
    /// Its condition cannot be evaluated.
    Broken(StepError),
}

/// A case under way.
pub(super) struct Course<'a> {
    pub(super) planned: &'a OpenCase<'a>,
    /// Its steps, with those that rounds added while it ran.
    pub(super) steps: Vec<PlannedStep>,
    jar: Mutex<Jar>,
    /// Its variables.
    pub(super) scope: Scope,
    defaults_scope: Scope,
    /// When its steps have to be over: in its own time, and in that of the run.
    deadline: Option<Deadline>,
    /// The folder of its snapshots.
    snapshots: PathBuf,
    /// The variables as they were when a step succeeded, by its number: what its cleanups see.
    pub(super) armed: HashMap<usize, Scope>,
    /// The steps that did not do what they are there for, by number, each with why.
    pub(super) idle: HashMap<usize, String>,
    /// Those of them that were skipped.
    pub(super) skipped: HashSet<usize>,
}

impl<'r, S: Sink> Run<'r, S> {
    /// Runs a case to its end.
    pub(super) async fn case(&self, index: usize, planned: &'r PlannedCase) {
        let has_begun = self.has_begun(planned);
        if self.setting.interrupt.is_raised() && !(planned.case().closes && has_begun) {
            return;
        }
        let opened = {
            let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
            opened.open(planned)
        };
        let planned = &match opened {
            Ok(collection) => OpenCase { planned, collection },
            Err(error) => return self.unread(index, planned, &error).await,
        };
        let case = planned.case();
        let outer = match self.setting.collection_scopes.get(&planned.collection.file) {
            Some(scope) => scope,
            None => &self.setting.scope,
        };
        let scope = match &planned.planned.round {
            Some(round) => round.scope(outer),
            None => outer.layer(),
        };
        let own = case.timeout.as_ref();
        let own = own.map(|(time, place)| Deadline::of_case(*time, place));
        let mut course = Course {
            planned,
            steps: planned.planned.steps.clone(),
            jar: Mutex::new(Jar::default()),
            defaults_scope: scope.clone(),
            deadline: Deadline::first([own.as_ref(), self.stop.deadline.as_ref()]),
            snapshots: planned.collection.snapshot_folder(),
            scope,
            armed: HashMap::new(),
            idle: HashMap::new(),
            skipped: HashSet::new(),
        };
        self.sink.case_started(index);
        // What a stopped run has begun is brought to its end all the same.
        let stopped_before = self.stop.why().filter(|_| !(case.closes && has_begun));
        let whole = match (&case.rounds, &planned.planned.round, stopped_before) {
            (_, _, Some(why)) => Turn::Skip(stopped(&why)),
            (Some(rounds), None, None) if case.skip.is_none() => Turn::Skip(rounds::nothing(rounds)),
            _ => self.turn(case.skip.as_deref(), case.condition.as_ref(), &course.scope),
        };
        self.steps(&mut course, &whole).await;
        self.end(&mut course, &whole).await;
        self.sink.case_finished(index);
    }

    /// Tells of a case whose collection is not there any more as it was planned.
    async fn unread(&self, index: usize, planned: &PlannedCase, why: &Diagnostic) {
        self.sink.case_started(index);
        for part in &planned.steps {
            let step = planned.step(part.part);
            let checks = |state: &dyn Fn() -> CheckState| {
                let check = |number| CheckResult {
                    subject: format!("check {number} of {}", step.checks()),
                    expectation: "as planned".to_owned(),
                    state: state(),
                };
                (1..=step.checks()).map(check).collect()
            };
            let finished = match part.part.role() {
                Role::Step => StepFinished {
                    checks: checks(&|| CheckState::Errored(why.message.clone())),
                    error: Some(StepError {
                        kind: ErrorKind::Request,
                        message: why.message.clone(),
                        help: why.help.clone(),
                        place: None,
                    }),
                    ..StepFinished::new(part.number, Status::Errored)
                },
                Role::Cleanup | Role::Finally => StepFinished {
                    checks: checks(&|| CheckState::Skipped(why.message.clone())),
                    reason: Some(why.message.clone()),
                    ..StepFinished::new(part.number, Status::Skipped)
                },
            };
            self.told(part.number, async { finished }).await;
        }
        self.sink.case_finished(index);
    }

    /// Whether a case of the collection has begun before; takes note of this one unless it does not start.
    fn has_begun(&self, planned: &PlannedCase) -> bool {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let file = &planned.collection.file;
        let has_begun = begun.contains(file);
        if !has_begun && self.stop.why().is_none() && !self.setting.interrupt.is_raised() {
            begun.insert(file.clone());
        }
        has_begun
    }

    async fn steps(&self, course: &mut Course<'_>, whole: &Turn) {
        let mut waits: Option<String> = None;
        let parts: Vec<Vec<PlannedStep>> = rounds::grouped(&course.steps)
            .filter(|group| group[0].part.role() == Role::Step)
            .map(<[PlannedStep]>::to_vec)
            .collect();
        for group in parts {
            let step = course.planned.step(group[0].part);
            if self.setting.interrupt.is_raised() {
                // Not told: it was not run, which is neither an end nor a reason.
                for planned in &group {
                    let name = planned.name(&step.name);
                    course.ended(planned.number, &name, step, Status::Skipped, None);
                }
                continue;
            }
            let turn = match (
                whole,
                waits.clone().or_else(|| self.stop.why().map(|why| stopped(&why))),
            ) {
                (Turn::Skip(reason), _) => Turn::Skip(reason.clone()),
                (Turn::Broken(error), _) => Turn::Broken(error.clone()),
                (Turn::Run, Some(reason)) => Turn::Skip(reason),
                (Turn::Run, None) => self.turn(
                    step.skip.as_deref(),
                    rounds::common_condition(step),
                    &course.scope,
                ),
            };
            let went_wrong = match &step.rounds {
                Some(rounds) => self.rounds(course, group, rounds, turn, None).await,
                None => {
                    let number = group[0].number;
                    // Taken, not copied: the step is the only one that reads and sets the variables while it runs.
                    let mut scope = std::mem::take(&mut course.scope);
                    let lane = course.lane(&group[0]);
                    let run = self.timely(step, turn, &mut scope, lane, course);
                    let status = self.told(number, run).await;
                    course.ended(number, &step.name, step, status, Some(&scope));
                    course.scope = scope;
                    went_wrong(status)
                }
            };
            if went_wrong && !step.goes_on && !self.setting.keep_going && waits.is_none() {
                waits = Some(format!("`{}` went wrong", step.name));
            }
        }
    }

    /// Tells of a step from its start to its end.
    pub(super) async fn told(&self, number: usize, run: impl Future<Output = StepFinished>) -> Status {
        self.sink.step_started(number);
        let started = self.sink.now();
        let mut run = pin!(run);
        let (mut finished, has_waited) = match poll_immediate(run.as_mut()).await {
            Some(finished) => (finished, false),
            None => (run.await, true),
        };
        mask(&mut finished, &self.setting.vault);
        finished.at = self.sink.now();
        finished.duration = finished.at.saturating_sub(started);
        let status = finished.status;
        self.sink.step_finished(finished);
        self.stop.count(status);
        if !has_waited {
            // A row of steps that wait for nothing, such as skipped ones, must not keep signals and other cases waiting.
            tokio::task::yield_now().await;
        }
        status
    }

    /// Runs a step of a case, whose time and that of the run may be over before it is.
    pub(super) async fn timely(
        &self,
        step: &Step,
        turn: Turn,
        scope: &mut Scope,
        lane: Lane<'_>,
        course: &Course<'_>,
    ) -> StepFinished {
        let deadline = course.deadline.as_ref().filter(|_| matches!(turn, Turn::Run));
        let run = self.step(step, turn, scope, lane);
        let run = async {
            match deadline {
                Some(deadline) => deadline.keep(lane.number, step, run).await,
                None => run.await,
            }
        };
        let given_up = self.setting.interrupt.gives_up(!step.cleanup.is_empty());
        tokio::select! {
            biased;
            finished = run => finished,
            () = given_up => interrupted(lane.number, step),
        }
    }

    /// Runs a step whose turn it is, or says why not.
    pub(super) async fn step(
        &self,
        step: &Step,
        turn: Turn,
        scope: &mut Scope,
        lane: Lane<'_>,
    ) -> StepFinished {
        match turn {
            Turn::Skip(reason) => skipped(lane.number, step, reason),
            Turn::Broken(error) => broken(lane.number, step, error),
            Turn::Run => {
                let finished = judged(lane.number, step, self.perform(step, scope, lane).await);
                if lane.is_strict && self.setting.flaky_fails {
                    strict(finished)
                } else {
                    finished
                }
            }
        }
    }

    pub(super) fn turn(
        &self,
        skip: Option<&str>,
        condition: Option<&crate::template::Expression>,
        scope: &Scope,
    ) -> Turn {
        if let Some(reason) = skip {
            return Turn::Skip(reason.to_owned());
        }
        match condition.map(|condition| (condition, condition.holds(scope))) {
            None | Some((_, Ok(true))) => Turn::Run,
            Some((condition, Ok(false))) => Turn::Skip(format!("`{}` does not hold", condition.text())),
            Some((_, Err(error))) => Turn::Broken(super::assemble::template_error(error)),
        }
    }
}

impl Course<'_> {
    /// Where a step of the case, or a round of it, is run.
    pub(super) fn lane<'a>(&'a self, planned: &'a PlannedStep) -> Lane<'a> {
        let case = self.planned.case();
        let of_case = self.planned.planned.round.as_deref();
        let rounds = [of_case, planned.round.as_deref()];
        Lane {
            credentials: &[],
            number: planned.number,
            jar: &self.jar,
            session: &case.session,
            defaults: &case.defaults,
            defaults_scope: &self.defaults_scope,
            origin: Origin::Step,
            is_strict: true,
            shelf: Shelf::of(&self.snapshots, rounds),
            attempts: 0,
        }
    }

    /// Takes note of how a step, or a round of it, ended: its cleanups are armed if it succeeded.
    pub(super) fn ended(
        &mut self,
        number: usize,
        name: &str,
        step: &Step,
        status: Status,
        scope: Option<&Scope>,
    ) {
        match status {
            Status::Passed => {
                let scope = scope.filter(|_| !step.cleanup.is_empty());
                self.armed.extend(scope.map(|scope| (number, scope.clone())));
            }
            Status::Skipped => {
                self.idle.insert(number, format!("`{name}` was not run"));
                self.skipped.insert(number);
            }
            Status::Failed
            | Status::Errored
            | Status::ExpectedFailure
            | Status::Interrupted
            | Status::LeftOver => {
                self.idle.insert(number, format!("`{name}` did not succeed"));
            }
        }
    }
}

/// Why a step of a stopped run is not run.
pub(super) fn stopped(why: &str) -> String {
    format!("the run was stopped: {why}")
}

/// True if the rest of a case does not go on after a step that ended so.
pub(super) fn went_wrong(status: Status) -> bool {
    matches!(status, Status::Failed | Status::Errored | Status::LeftOver)
}

pub(super) fn skipped(number: usize, step: &Step, reason: String) -> StepFinished {
    let checks = unevaluated(step, &|| CheckState::Skipped(reason.clone()));
    StepFinished {
        reason: Some(reason),
        checks,
        ..StepFinished::new(number, Status::Skipped)
    }
}

/// A step that was under way when a signal came.
fn interrupted(number: usize, step: &Step) -> StepFinished {
    let reason = "the run was stopped by a signal";
    StepFinished {
        checks: unevaluated(step, &|| CheckState::Skipped(reason.to_owned())),
        ..StepFinished::new(number, Status::Interrupted)
    }
}

/// A step of which nothing could be evaluated.
pub(super) fn broken(number: usize, step: &Step, error: StepError) -> StepFinished {
    let reason = error.message.clone();
    let performed = Performed {
        checks: unevaluated(step, &|| CheckState::Errored(reason.clone())),
        error: Some(error),
        ..Performed::default()
    };
    judged(number, step, performed)
}

/// The status of a step that ran: its failure may be the expected one.
fn judged(number: usize, step: &Step, performed: Performed) -> StepFinished {
    let Performed {
        checks,
        error,
        exchanges,
        captures,
        attempts,
        snapshot,
        under_way: _,
    } = performed;
    let is = |wanted: fn(&CheckState) -> bool| checks.iter().any(|check| wanted(&check.state));
    let has_failed = is(|state| matches!(state, CheckState::Failed(_)));
    // An answer that is not as it should be often lacks what was to be captured, too: the failed check says more.
    let is_followed = error
        .as_ref()
        .is_none_or(|error| error.kind == ErrorKind::Capture);
    let skipped = error.is_none().then(|| all_skipped(&checks)).flatten();
    let (status, reason) = match (&step.xfail, skipped) {
        (_, Some(reason)) => (Status::Skipped, Some(reason)),
        (Some(reason), None) if has_failed && is_followed => (Status::ExpectedFailure, Some(reason.clone())),
        (None, None) if has_failed && is_followed => (Status::Failed, None),
        _ if error.is_some() || is(|state| matches!(state, CheckState::Errored(_))) => {
            (Status::Errored, None)
        }
        (Some(reason), None) => (
            Status::Failed,
            Some(format!("expected to fail ({reason}), and everything held")),
        ),
        (None, None) => (Status::Passed, None),
    };
    let is_bad_retry = |attempt: &Attempt| attempt.kind == AttemptKind::Retry && !attempt.good;
    // Where the last attempt was no better than those before it, the answer is steady, and may be the expected one.
    let came_right = attempts.iter().any(is_bad_retry) && !attempts.last().is_some_and(is_bad_retry);
    StepFinished {
        reason,
        checks,
        error,
        exchanges,
        captures,
        flaky: status == Status::Passed && came_right,
        attempts,
        snapshot,
        ..StepFinished::new(number, status)
    }
}

/// A step that passed only after a retry, as the failure that `--flaky fail` makes of it.
fn strict(finished: StepFinished) -> StepFinished {
    if !finished.flaky {
        return finished;
    }
    StepFinished {
        status: Status::Failed,
        reason: Some(format!(
            "passed at attempt {} only, and --flaky is fail",
            finished.attempts.len()
        )),
        ..finished
    }
}

/// The first reason, if no check of a step was evaluated because each was left out: a recipe whose steps did not run.
fn all_skipped(checks: &[CheckResult]) -> Option<String> {
    let reasons: Option<Vec<&String>> = checks
        .iter()
        .map(|check| match &check.state {
            CheckState::Skipped(reason) => Some(reason),
            CheckState::Held | CheckState::Failed(_) | CheckState::Errored(_) => None,
        })
        .collect();
    reasons?.first().map(|reason| (*reason).clone())
}

/// Masks what a step that went wrong says of it: addresses and answers may be quoted there.
fn mask(finished: &mut StepFinished, vault: &Vault) {
    let hide = |text: &mut String| *text = vault.mask_text(text).into_owned();
    if let Some(StepError {
        kind: _,
        message,
        help,
        place: _,
    }) = &mut finished.error
    {
        hide(message);
        help.iter_mut().for_each(hide);
    }
    finished.reason.iter_mut().for_each(hide);
    for check in &mut finished.checks {
        match &mut check.state {
            CheckState::Held => {}
            CheckState::Errored(reason) | CheckState::Skipped(reason) => hide(reason),
            CheckState::Failed(mismatch) => {
                let Mismatch {
                    place: _,
                    subject: _,
                    expected,
                    actual,
                    diff: _,
                    hint,
                } = mismatch.as_mut();
                hide(expected);
                hide(actual);
                hint.iter_mut().for_each(hide);
            }
        }
    }
}
