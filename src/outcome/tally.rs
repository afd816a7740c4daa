//! The verdict: a fold over events, judged against the plan the run started with.

use serde::{Deserialize, Serialize};

use super::{
    CheckState, ErrorKind, Event, PlannedStep, Role, RunStarted, SnapshotState, Status, StepFinished,
};

/// What a run comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every planned check was evaluated once and held, and there was at least one; or the run is a shard that has no
    /// part in a plan that is not empty.
    Passed,
    /// A check does not hold.
    Failed,
    /// Something could not be evaluated.
    Errored,
    /// No check of a case's own steps was evaluated.
    Empty,
    /// Policy stopped something.
    Refused,
    /// A signal of that number stopped the run.
    Interrupted(i32),
    /// Everything held, but a cleanup or a `finally` did not come to a good end.
    LeftOver,
    /// The end of the run was not seen: so many steps are not known to have ended.
    Incomplete(usize),
    /// The events do not add up: our bug, said in words.
    Inconsistent(String),
}

/// How many steps ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepCounts {
    /// In the plan.
    pub planned: usize,
    /// Everything held.
    pub passed: usize,
    /// A check does not hold.
    pub failed: usize,
    /// Something could not be evaluated.
    pub errored: usize,
    /// Not run, for a reason.
    pub skipped: usize,
    /// Failed as expected.
    pub expected_failures: usize,
    /// Under way when the run was stopped.
    pub interrupted: usize,
    /// Cleanups and `finally` steps without a good end.
    pub left_over: usize,
    /// Of those that passed: not at the first attempt.
    pub flaky: usize,
}

impl StepCounts {
    /// How many steps ended, in whatever way.
    pub fn ended(&self) -> usize {
        let StepCounts {
            planned: _,
            passed,
            failed,
            errored,
            skipped,
            expected_failures,
            interrupted,
            left_over,
            flaky: _,
        } = self;
        passed + failed + errored + skipped + expected_failures + interrupted + left_over
    }
}

/// How many checks ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckCounts {
    /// In the plan.
    pub planned: usize,
    /// Evaluated, and it holds.
    pub held: usize,
    /// Evaluated, and it does not hold.
    pub failed: usize,
    /// Could not be evaluated.
    pub errored: usize,
    /// Not evaluated, for a reason.
    pub skipped: usize,
}

/// What a step of the plan owes until it is over. A plan may be very long, so its numbers take four bytes.
#[derive(Debug, Clone, Copy)]
struct Owed {
    checks: u32,
    role: Role,
    /// The step it undoes, for a cleanup.
    of: Option<u32>,
}

/// Folds events into counts and a verdict. A lost, doubled or changed event never gives a pass.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Steps so far.
    pub steps: StepCounts,
    /// Checks so far.
    pub checks: CheckCounts,
    /// What each step of the plan owes; none once the step is over.
    owed: Vec<Option<Owed>>,
    /// Which steps passed.
    passed: Vec<bool>,
    /// How many checks of the cases' own steps were evaluated: what runs at their end makes no pass by itself.
    judged: usize,
    started: bool,
    /// True for a shard of a plan with cases, of which it has none.
    has_no_part: bool,
    finished: bool,
    signal: Option<i32>,
    stopped: Option<String>,
    refused: bool,
    is_unwritten: bool,
    faults: Vec<String>,
}

impl Tally {
    /// Takes the next event into account.
    pub fn add(&mut self, event: &Event) {
        if self.finished {
            self.faults.push("the run went on after its end".to_owned());
        }
        match event {
            Event::RunStarted(started) => self.start(started),
            Event::StepFinished(finished) => self.finish_step(finished),
            Event::RunFinished(finished) => {
                self.finished = true;
                self.signal = finished.signal;
                self.stopped.clone_from(&finished.stopped);
            }
            Event::StepUnfolded { step, rounds, .. } => self.unfold(*step, rounds),
            Event::CaseStarted { .. }
            | Event::AttemptFinished { .. }
            | Event::StepStarted { .. }
            | Event::StepWaits { .. }
            | Event::SessionRenewed { .. }
            | Event::CaseFinished { .. } => {}
        }
    }

    fn start(&mut self, started: &RunStarted) {
        if self.started {
            self.faults.push("the run started twice".to_owned());
            return;
        }
        self.started = true;
        let shard = started.shard.as_ref();
        self.has_no_part = started.cases.is_empty() && shard.is_some_and(|shard| shard.cases > 0);
        let steps = started.cases.iter().map(|case| case.steps.len()).sum();
        self.owed.reserve_exact(steps);
        self.passed.reserve_exact(steps);
        for step in started.cases.iter().flat_map(|case| &case.steps) {
            self.plan(step);
        }
    }

    fn plan(&mut self, step: &PlannedStep) {
        if step.step != self.owed.len() {
            self.faults.push(format!(
                "step {} stands in the plan's place {}",
                step.step,
                self.owed.len()
            ));
        }
        // No plan has numbers beyond these; a log that says so does not add up.
        let checks = u32::try_from(step.checks);
        let of = step.of.map(u32::try_from).transpose();
        if checks.is_err() || of.is_err() {
            self.faults
                .push(format!("step {} has numbers no plan has", step.step));
        }
        let checks = checks.unwrap_or(u32::MAX);
        self.owed.push(Some(Owed {
            checks,
            role: step.role,
            of: of.unwrap_or(None),
        }));
        self.passed.push(false);
        self.steps.planned += 1;
        self.checks.planned += checks as usize;
    }

    /// The rounds of a `for` owe what its step owed; without rounds it still has to end by itself, with a reason.
    fn unfold(&mut self, step: usize, rounds: &[PlannedStep]) {
        if rounds.is_empty() {
            self.faults.push(format!("step {step} unfolds to nothing"));
            return;
        }
        match self.owed.get_mut(step).map(Option::take) {
            None => self.faults.push(format!("step {step} is not in the plan")),
            Some(None) => self.faults.push(format!("step {step} unfolds after it ended")),
            Some(Some(owed)) => {
                self.steps.planned -= 1;
                self.checks.planned -= owed.checks as usize;
            }
        }
        rounds.iter().for_each(|round| self.plan(round));
    }

    fn finish_step(&mut self, finished: &StepFinished) {
        let owed = self.owed.get_mut(finished.step).map(Option::take);
        match owed {
            None => self
                .faults
                .push(format!("step {} is not in the plan", finished.step)),
            Some(None) => self.faults.push(format!("step {} ended twice", finished.step)),
            Some(Some(owed)) if owed.checks as usize != finished.checks.len() => self.faults.push(format!(
                "step {} owed {} checks and reports {}",
                finished.step,
                owed.checks,
                finished.checks.len()
            )),
            Some(Some(_)) => {}
        }
        let before = self.checks;
        for check in &finished.checks {
            match &check.state {
                CheckState::Held => self.checks.held += 1,
                CheckState::Failed(_) => self.checks.failed += 1,
                CheckState::Errored(_) => self.checks.errored += 1,
                CheckState::Skipped(_) => self.checks.skipped += 1,
            }
        }
        if owed.flatten().is_some_and(|owed| owed.role.is_step()) {
            self.judged += self.checks.held + self.checks.failed - before.held - before.failed;
        }
        let failed = self.checks.failed > before.failed;
        let errored = finished.error.is_some() || self.checks.errored > before.errored;
        let skipped = self.checks.skipped > before.skipped;
        match finished.status {
            Status::Passed => {
                self.steps.passed += 1;
                if let Some(passed) = self.passed.get_mut(finished.step) {
                    *passed = true;
                }
                self.steps.flaky += usize::from(finished.flaky);
                // A recipe may leave some of its steps out; a step of which everything was left out is skipped.
                let nothing_held = skipped && self.checks.held == before.held;
                if failed || errored || nothing_held {
                    self.faults.push(format!(
                        "step {} passed with checks that do not hold",
                        finished.step
                    ));
                }
            }
            Status::Failed => self.steps.failed += 1,
            Status::Errored => self.steps.errored += 1,
            Status::Skipped => {
                self.steps.skipped += 1;
                if failed || errored || finished.reason.is_none() {
                    self.faults
                        .push(format!("step {} was skipped without a reason", finished.step));
                }
            }
            Status::ExpectedFailure => self.steps.expected_failures += 1,
            Status::Interrupted => self.steps.interrupted += 1,
            Status::LeftOver => self.steps.left_over += 1,
        }
        // An answer that was accepted and is still not the snapshot: the file could not be written.
        let state = finished.snapshot.as_ref().map(|snapshot| snapshot.state);
        let is_unlike = matches!(state, Some(SnapshotState::Missing | SnapshotState::Changed));
        self.is_unwritten |= is_unlike && finished.status == Status::Passed;
        self.refused |= finished
            .error
            .as_ref()
            .is_some_and(|error| error.kind == ErrorKind::Policy);
    }

    /// The cleanups that did not come to an end though their step succeeded: what they undo is left over.
    pub fn not_undone(&self) -> Vec<usize> {
        let owed = self.owed.iter().enumerate();
        owed.filter_map(|(step, owed)| {
            let of = owed.as_ref()?.of? as usize;
            self.passed.get(of)?.then_some(step)
        })
        .collect()
    }

    /// True once the run's end was seen.
    pub fn is_complete(&self) -> bool {
        self.finished
    }

    /// True if a snapshot was accepted and could not be written.
    pub fn is_unwritten(&self) -> bool {
        self.is_unwritten
    }

    /// Why the run ended before its plan did, where it did.
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// The verdict over what was seen. Where several apply, the gravest: our bug, policy, a signal, an end that was
    /// not seen, a failed check, something left over, an error, nothing evaluated.
    pub fn verdict(&self) -> Verdict {
        let missing = self.owed.iter().filter(|owed| owed.is_some()).count();
        if let Some(fault) = self.faults.first() {
            return Verdict::Inconsistent(fault.clone());
        }
        if !self.started || !self.finished {
            return Verdict::Incomplete(missing);
        }
        if self.refused {
            return Verdict::Refused;
        }
        if let Some(signal) = self.signal {
            return Verdict::Interrupted(signal);
        }
        if missing > 0 || self.steps.interrupted > 0 {
            return Verdict::Inconsistent(format!("{missing} of {} steps never ended", self.owed.len()));
        }
        if self.steps.failed > 0 {
            return Verdict::Failed;
        }
        if self.steps.left_over > 0 {
            return Verdict::LeftOver;
        }
        // What was not run because of it cannot be evaluated any more.
        if self.steps.errored > 0 || self.stopped.is_some() {
            return Verdict::Errored;
        }
        if self.judged == 0 && !self.has_no_part {
            return Verdict::Empty;
        }
        Verdict::Passed
    }
}

#[cfg(test)]
mod tests;
