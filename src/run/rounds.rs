//! The rounds of a step with `for`: each is a result of its own, and none sees what another captured.

use std::sync::{Arc, PoisonError};

use futures_util::StreamExt;
use serde_json::Value;

use super::case::{Course, Turn, stopped, went_wrong};
use super::deadline::Deadline;
use super::{Run, Sink, assemble};
use crate::collection::{Round, Rounds, Step};
use crate::outcome::{CheckState, ErrorKind, Event, Spot, Status, StepError, StepFinished};
use crate::plan::{Part, PlannedStep};
use crate::template::{Expression, Scope, Secrecy, Variable};

/// How a round ended.
struct Ended {
    /// Which of them it is, from 0.
    index: usize,
    status: Status,
    /// Its variables, where somebody will ask for them.
    scope: Option<Scope>,
}

impl<S: Sink> Run<'_, S> {
    /// Runs a step once for each of its rounds; true if one of them went wrong. `turn` is what is said of the step as a
    /// whole, and `deadline` that of the end of a case, for a step of it.
    ///
    /// Every round runs, whatever becomes of the others. Afterwards each name that the step sets holds the list of what
    /// the rounds that passed have set.
    pub(super) async fn rounds(
        &self,
        course: &mut Course<'_>,
        planned: Vec<PlannedStep>,
        rounds: &Rounds,
        turn: Turn,
        deadline: Option<&Deadline>,
    ) -> bool {
        let part = planned[0].part;
        let step = course.planned.step(part);
        let runs = matches!(turn, Turn::Run);
        let (planned, turn) = match (turn, &planned[0].round) {
            (Turn::Run, None) => match rounds.evaluate(&course.scope) {
                Ok(evaluated) if evaluated.is_empty() => (planned, Turn::Skip(nothing(rounds))),
                Ok(evaluated) => (self.unfold(course, part, &evaluated), Turn::Run),
                Err(error) => (planned, Turn::Broken(assemble::template_error(error))),
            },
            (turn, _) => (planned, turn),
        };
        let ended = self.each(course, &planned, step, rounds, &turn, deadline).await;
        if runs {
            for name in step.sets() {
                let of_rounds = ended.iter().filter(|ended| ended.status == Status::Passed);
                let values = of_rounds.filter_map(|ended| ended.scope.as_ref()?.get(name));
                let list = list(values);
                course.scope.set(name, list);
            }
        }
        for (planned, ended) in planned.iter().zip(&ended) {
            let scope = ended.scope.as_ref();
            course.ended(
                planned.number,
                &planned.name(&step.name),
                step,
                ended.status,
                scope,
            );
        }
        ended.iter().any(|ended| went_wrong(ended.status))
    }

    /// Runs the rounds, as many at the same time as the sheet says; their ends in the order of the plan.
    async fn each(
        &self,
        course: &Course<'_>,
        planned: &[PlannedStep],
        step: &Step,
        rounds: &Rounds,
        turn: &Turn,
        deadline: Option<&Deadline>,
    ) -> Vec<Ended> {
        let own_condition = match common_condition(step) {
            Some(_) => None,
            None => step.condition.as_ref(),
        };
        let is_asked_for = step.sets().next().is_some() || !step.cleanup.is_empty();
        let run = async |(index, planned): (usize, &PlannedStep)| {
            if deadline.is_none() && self.setting.interrupt.is_raised() {
                // Not told: it was not run.
                return Ended {
                    index,
                    status: Status::Skipped,
                    scope: None,
                };
            }
            let mut scope = match &planned.round {
                Some(round) => round.scope(&course.scope),
                None => course.scope.clone(),
            };
            let turn = match (turn, self.stop.why().filter(|_| deadline.is_none())) {
                (Turn::Run, Some(why)) => Turn::Skip(stopped(&why)),
                (Turn::Run, None) => self.turn(None, own_condition, &scope),
                (other, _) => other.clone(),
            };
            let lane = course.lane(planned);
            let run = async {
                let finished = match deadline {
                    Some(deadline) => self.within(step, turn, &mut scope, lane, deadline).await,
                    None => self.timely(step, turn, &mut scope, lane, course).await,
                };
                at_data(finished, planned.round.as_deref())
            };
            let status = self.told(planned.number, run).await;
            Ended {
                index,
                status,
                scope: is_asked_for.then_some(scope),
            }
        };
        let mut ended: Vec<Ended> = futures_util::stream::iter(planned.iter().enumerate())
            .map(run)
            .buffer_unordered(rounds.parallel.unwrap_or(1))
            .collect()
            .await;
        ended.sort_unstable_by_key(|ended| ended.index);
        ended
    }

    /// Puts the rounds in the place of their step, and those of its cleanups in theirs, from the last to the first.
    fn unfold(&self, course: &mut Course<'_>, part: Part, rounds: &[Arc<Round>]) -> Vec<PlannedStep> {
        let owner = course.steps.iter().find(|planned| planned.part == part);
        let owner = owner.map(|planned| planned.number);
        let own = self.put(course, part, rounds.iter().map(|round| (part, Arc::clone(round))));
        if let (Part::Step(index), Some(owner)) = (part, owner) {
            for cleanup in 0..course.planned.step(part).cleanup.len() {
                let of = |of: usize| Part::Cleanup {
                    step: index,
                    cleanup,
                    of,
                };
                let undone = own.iter().zip(rounds).rev();
                let undone = undone.map(|(planned, round)| (of(planned.number), Arc::clone(round)));
                self.put(course, of(owner), undone);
            }
        }
        own
    }

    /// Puts rounds in the place of one step of the plan, and tells of it.
    fn put(
        &self,
        course: &mut Course<'_>,
        place: Part,
        rounds: impl Iterator<Item = (Part, Arc<Round>)>,
    ) -> Vec<PlannedStep> {
        let Some(position) = course.steps.iter().position(|planned| planned.part == place) else {
            return Vec::new();
        };
        let collection = &course.planned.planned.collection;
        let step = course.planned.planned.step(place);
        let mut next = self.next_step.lock().unwrap_or_else(PoisonError::into_inner);
        let numbered = rounds.zip(*next..);
        let planned: Vec<PlannedStep> = numbered
            .map(|((part, round), number)| PlannedStep {
                number,
                part,
                round: Some(round),
            })
            .collect();
        *next += planned.len();
        self.sink.tell(Event::StepUnfolded {
            at: self.sink.now(),
            step: course.steps[position].number,
            rounds: planned
                .iter()
                .map(|planned| planned.describe(step, collection))
                .collect(),
        });
        course.steps.splice(position..=position, planned.iter().cloned());
        planned
    }
}

/// The steps of a case, each with its rounds beside each other.
pub(super) fn grouped(steps: &[PlannedStep]) -> impl Iterator<Item = &[PlannedStep]> {
    steps.chunk_by(|one, next| one.part == next.part)
}

/// The condition of a step that is asked once for all of its rounds: one that reads nothing a round sets.
pub(super) fn common_condition(step: &Step) -> Option<&Expression> {
    let reads_round = |condition: &&Expression| {
        let mut names = step.rounds.iter().flat_map(|rounds| rounds.names());
        names.any(|name| condition.reads(name))
    };
    step.condition
        .as_ref()
        .filter(|condition| !reads_round(condition))
}

/// Why what has no rounds is skipped.
pub(super) fn nothing(rounds: &Rounds) -> String {
    let names: Vec<&str> = rounds.names().collect();
    format!("`for: {}` has no rounds", names.join(", "))
}

/// A list of what rounds have set. What of one of them is secret makes all of it secret.
fn list<'v>(variables: impl Iterator<Item = &'v Variable>) -> Variable {
    let mut secrecy = Secrecy::None;
    let mut values = Vec::new();
    for variable in variables {
        let label = match variable.secrecy() {
            Secrecy::None => None,
            Secrecy::Whole(label) => Some(label),
            Secrecy::Fields(fields) => fields.values().next(),
        };
        if let (Secrecy::None, Some(label)) = (&secrecy, label) {
            secrecy = Secrecy::Whole(label.clone());
        }
        values.push(variable.value().clone());
    }
    Variable::new(Value::Array(values), secrecy)
}

/// Points at the data of a round that could not be run or judged with it.
fn at_data(mut finished: StepFinished, round: Option<&Round>) -> StepFinished {
    let Some(place) = round.and_then(|round| round.place.as_ref()) else {
        return finished;
    };
    let unjudged = finished.checks.iter().find_map(|check| match &check.state {
        CheckState::Errored(reason) => Some((&check.subject, reason)),
        CheckState::Held | CheckState::Failed(_) | CheckState::Skipped(_) => None,
    });
    match (&mut finished.error, unjudged) {
        (Some(error), _) if error.kind == ErrorKind::Request => {
            let read_at = error.place.replace(Spot::with_excerpt(place));
            let read_at = read_at.map(|spot| format!("this is the round's data; it is read at {spot}"));
            error.help = match (error.help.take(), read_at) {
                (Some(help), Some(read_at)) => Some(format!("{help} {read_at}")),
                (help, read_at) => help.or(read_at),
            };
        }
        (None, Some((subject, reason))) => {
            finished.error = Some(StepError {
                kind: ErrorKind::Request,
                message: format!("{subject}: {reason}"),
                help: Some("this is the round's data".to_owned()),
                place: Some(Spot::with_excerpt(place)),
            });
        }
        _ => {}
    }
    finished
}
