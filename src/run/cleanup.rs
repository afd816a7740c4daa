//! The end of a case: its cleanups from the last to the first, and its `finally`, whatever happened before.

use std::time::Duration;

use super::case::{Course, Turn, broken, skipped};
use super::deadline::Deadline;
use super::step::Lane;
use super::{Interrupt, Run, Sink, rounds};
use crate::collection::Step;
use crate::outcome::{ErrorKind, Status, StepError, StepFinished};
use crate::plan::{OpenCase, Part, PlannedStep};
use crate::template::Scope;

/// How long the cleanups of a case may take, and its `finally` after them: the time of one request that is never
/// answered, so that the next one still has its turn.
const ENDING: Duration = Duration::from_secs(120);

impl<S: Sink> Run<'_, S> {
    /// Runs the cleanups that are armed and the `finally` of a case.
    pub(super) async fn end(&self, course: &mut Course<'_>, whole: &Turn) {
        let planned = course.planned;
        let mut deadline = Deadline::of_end(ENDING, "cleanups");
        let mut in_finally = false;
        let parts: Vec<Vec<PlannedStep>> = rounds::grouped(&course.steps)
            .map(<[PlannedStep]>::to_vec)
            .collect();
        for group in parts {
            let number = group[0].number;
            let step = planned.step(group[0].part);
            match group[0].part {
                Part::Step(_) => {}
                Part::Cleanup { of, .. } => {
                    // Each cleanup goes on from what the one before it captured, where both belong to one step.
                    match course.armed.remove(&of) {
                        Some(mut scope) => {
                            self.ending(step, &mut scope, course.lane(&group[0]), &deadline)
                                .await;
                            course.armed.insert(of, scope);
                        }
                        // Of a step that a signal kept from running nothing is told, nor of its cleanup.
                        None if self.setting.interrupt.is_raised() => {}
                        None => {
                            let reason = course.idle.get(&of).cloned().unwrap_or_default();
                            self.told(number, async { skipped(number, step, reason) }).await;
                        }
                    }
                }
                Part::Finally(_) => {
                    if !in_finally {
                        in_finally = true;
                        deadline = Deadline::of_end(ENDING, "`finally`");
                    }
                    let reason = match whole {
                        Turn::Skip(reason) => Some(reason.clone()),
                        Turn::Broken(error) => Some(error.message.clone()),
                        Turn::Run => course.unset(planned, step),
                    };
                    if let Some(rounds) = &step.rounds {
                        let turn = match reason {
                            Some(reason) => Turn::Skip(reason),
                            None => self.turn(
                                step.skip.as_deref(),
                                rounds::common_condition(step),
                                &course.scope,
                            ),
                        };
                        self.rounds(course, group, rounds, turn, Some(&deadline)).await;
                        continue;
                    }
                    if let Some(reason) = reason {
                        self.told(number, async { skipped(number, step, reason) }).await;
                        continue;
                    }
                    let mut scope = std::mem::take(&mut course.scope);
                    self.ending(step, &mut scope, course.lane(&group[0]), &deadline)
                        .await;
                    course.scope = scope;
                }
            }
        }
    }

    /// Runs a step of the end. What goes wrong here leaves something over.
    async fn ending(&self, step: &Step, scope: &mut Scope, lane: Lane<'_>, deadline: &Deadline) -> Status {
        let turn = self.turn(step.skip.as_deref(), step.condition.as_ref(), scope);
        self.told(lane.number, self.within(step, turn, scope, lane, deadline))
            .await
    }

    /// A step of the end, or a round of it, within the end's time.
    pub(super) async fn within(
        &self,
        step: &Step,
        turn: Turn,
        scope: &mut Scope,
        lane: Lane<'_>,
        deadline: &Deadline,
    ) -> StepFinished {
        let number = lane.number;
        // What passed after a retry left nothing over.
        let lane = Lane {
            is_strict: false,
            ..lane
        };
        let run = self.step(step, turn, scope, lane);
        let finished = tokio::select! {
            // Asked first: once the time is over nothing more is sent.
            biased;
            () = self.setting.interrupt.undone() => broken(number, step, out_of_time()),
            finished = deadline.keep(number, step, run) => finished,
        };
        let status = match finished.status {
            Status::Failed | Status::Errored => Status::LeftOver,
            other => other,
        };
        StepFinished { status, ..finished }
    }
}

fn out_of_time() -> StepError {
    StepError {
        kind: ErrorKind::Timeout,
        message: Interrupt::message(),
        help: None,
        place: None,
    }
}

impl Course<'_> {
    /// Why a `finally` step has nothing to do: it reads what a step would have set that was left out or did not run.
    fn unset(&self, planned: &OpenCase<'_>, step: &Step) -> Option<String> {
        let reads = step
            .uses
            .iter()
            .chain(&step.judged_uses)
            .chain(step.rounds.iter().flat_map(|rounds| &rounds.uses))
            .filter(|used| !used.optional);
        for name in reads.filter_map(|used| used.path.first()) {
            let is_of_round = step
                .rounds
                .iter()
                .flat_map(|rounds| rounds.names())
                .any(|own| own == name);
            if is_of_round || self.scope.get(name).is_some() {
                continue;
            }
            let sets = |step: &Step| step.sets().any(|set| set == name);
            let ran = self.steps.iter().any(|part| {
                matches!(part.part, Part::Step(_))
                    && sets(planned.step(part.part))
                    && !self.skipped.contains(&part.number)
            });
            let setter = planned.case().steps.iter().find(|step| sets(step));
            if let (false, Some(setter)) = (ran, setter) {
                return Some(format!("`{name}` is not there: `{}` was not run", setter.name));
            }
        }
        None
    }
}
