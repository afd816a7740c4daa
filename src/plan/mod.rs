//! Select and order what will run; pure; fixes the set of checks a pass needs.

mod fingerprint;
mod order;
mod pattern;
mod protect;
mod rounds;
mod select;
mod tags;

use std::fmt;
use std::sync::Arc;

pub use order::{CaseTime, Dealing, Order, Shard};
pub use pattern::Pattern;
pub use protect::refused_writes;
pub use rounds::CaseRounds;
pub use select::{CaseSet, Selection, Target};
pub use tags::TagExpression;

use crate::collection::{Case, CaseOutline, Collection, Outline, Round, Rounds, Step, StepOutline};
use crate::outcome::{self, LeftOut, Role};
use order::{Chosen, Unit};

/// The most cases of a plan, each round and repeat counted.
pub const MOST_CASES: usize = 100_000;

/// A plan would have so many cases, each round and repeat counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyCases(pub usize);

impl fmt::Display for TooManyCases {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "the plan would have {} cases, and at most {MOST_CASES} can run at a time; `for` and --repeat count",
            self.0
        )
    }
}

impl std::error::Error for TooManyCases {}

/// What will run, in order.
#[derive(Debug, Default)]
pub struct Plan {
    /// The cases.
    pub cases: Vec<PlannedCase>,
    /// What selection left out.
    pub left_out: LeftOut,
    /// Which part of which whole this is, where it is a part.
    pub shard: Option<outcome::Shard>,
}

/// A case with the steps of it that will run.
#[derive(Debug, Clone)]
pub struct PlannedCase {
    /// Where it comes from.
    pub collection: Arc<Outline>,
    /// Which of the collection's cases it is.
    pub case: usize,
    /// Which of the case's rounds; none if it is not repeated, and if there is no round or none is known.
    pub round: Option<Arc<Round>>,
    /// Its steps, in order.
    pub steps: Vec<PlannedStep>,
    /// Which of how many repeats it is, from 1, where there is more than one.
    pub repeat: Option<(usize, usize)>,
}

/// A step that will run.
#[derive(Debug, Clone)]
pub struct PlannedStep {
    /// Its number in the plan, from 0.
    pub number: usize,
    /// Which of the case's steps it is.
    pub part: Part,
    /// Which of its rounds; none if it is not repeated, if there is no round, and while none is known.
    pub round: Option<Arc<Round>>,
}

impl PlannedStep {
    /// The name it has in reports: that of its step, with its round.
    pub fn name(&self, step: &str) -> String {
        title(step, self.round.as_deref())
    }

    /// The step of a collection as events tell it.
    pub fn describe(&self, step: &StepOutline, collection: &Outline) -> outcome::PlannedStep {
        outcome::PlannedStep {
            step: self.number,
            name: match &self.round {
                // Of a plan without rounds the names are there once.
                None => Arc::clone(&step.name),
                Some(round) => round.title(&step.name).into(),
            },
            place: collection.spot(step.mark),
            tags: step.tags().to_vec(),
            checks: step.checks(),
            role: self.part.role(),
            of: self.part.of(),
        }
    }
}

fn title(name: &str, round: Option<&Round>) -> String {
    match round {
        Some(round) => round.title(name),
        None => name.to_owned(),
    }
}

/// Where in a case a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// One of its steps, by index.
    Step(usize),
    /// One of the cleanups of a step.
    Cleanup {
        /// The index of the step that arms it.
        step: usize,
        /// Which of that step's cleanups.
        cleanup: usize,
        /// The number in the plan of the step that arms it.
        of: usize,
    },
    /// One of the steps of its `finally`, by index.
    Finally(usize),
}

impl Part {
    /// What a step there is for.
    pub fn role(self) -> Role {
        match self {
            Part::Step(_) => Role::Step,
            Part::Cleanup { .. } => Role::Cleanup,
            Part::Finally(_) => Role::Finally,
        }
    }

    fn of(self) -> Option<usize> {
        match self {
            Part::Cleanup { of, .. } => Some(of),
            Part::Step(_) | Part::Finally(_) => None,
        }
    }
}

impl PlannedCase {
    /// The case.
    pub fn case(&self) -> &CaseOutline {
        &self.collection.cases[self.case]
    }

    /// The name it has in reports: that of the case, with its round, and which of its repeats it is.
    pub fn name(&self) -> String {
        let name = title(&self.case().name, self.round.as_deref());
        match self.repeat {
            Some((number, times)) => format!("{name} [{number} of {times}]"),
            None => name,
        }
    }

    /// Its steps, cleanups and `finally` steps among them, each with its number and where in the case it stands.
    pub fn parts(&self) -> impl Iterator<Item = (&PlannedStep, &StepOutline)> {
        self.steps
            .iter()
            .map(|planned| (planned, self.step(planned.part)))
    }

    /// What stands at a place of the case.
    pub fn step(&self, part: Part) -> &StepOutline {
        let case = self.case();
        match part {
            Part::Step(step) => &case.steps[step],
            Part::Cleanup { step, cleanup, of: _ } => &case.steps[step].cleanup()[cleanup],
            Part::Finally(step) => &case.finally[step],
        }
    }
}

/// A case of the plan with all of its collection.
#[derive(Debug, Clone)]
pub struct OpenCase<'p> {
    /// The case as planned.
    pub planned: &'p PlannedCase,
    /// Its collection, made from the same text as the outline it was planned from.
    pub collection: Arc<Collection>,
}

impl OpenCase<'_> {
    /// The case.
    pub fn case(&self) -> &Case {
        &self.collection.cases[self.planned.case]
    }

    /// Its steps, cleanups and `finally` steps among them, each with its number and where in the case it stands.
    pub fn parts(&self) -> impl Iterator<Item = (&PlannedStep, &Step)> {
        self.planned
            .steps
            .iter()
            .map(|planned| (planned, self.step(planned.part)))
    }

    /// What stands at a place of the case.
    pub fn step(&self, part: Part) -> &Step {
        let case = self.case();
        match part {
            Part::Step(step) => &case.steps[step],
            Part::Cleanup { step, cleanup, of: _ } => &case.steps[step].cleanup[cleanup],
            Part::Finally(step) => &case.finally[step],
        }
    }
}

/// The steps of a case in the order they run: the chosen ones, their cleanups from the last to the first, and its
/// `finally`; each with its rounds in its place, where they are known. Cleanups of rounds go from the last to the first
/// as well.
fn parts(case: &CaseOutline, chosen: &[usize], selection: &Selection, first: usize) -> Vec<PlannedStep> {
    let mut parts: Vec<PlannedStep> = Vec::new();
    let mut add = |part, round| {
        let number = first + parts.len();
        parts.push(PlannedStep { number, part, round });
        number
    };
    let mut arming = Vec::new();
    for step in chosen {
        let rounds = taken(&case.steps[*step], selection);
        let numbers: Vec<usize> = rounds
            .iter()
            .map(|round| add(Part::Step(*step), round.clone()))
            .collect();
        arming.push((*step, numbers, rounds));
    }
    for (step, numbers, rounds) in arming.iter().rev() {
        for cleanup in 0..case.steps[*step].cleanup().len() {
            for (of, round) in numbers.iter().zip(rounds).rev() {
                let part = Part::Cleanup {
                    step: *step,
                    cleanup,
                    of: *of,
                };
                add(part, round.clone());
            }
        }
    }
    for (index, step) in case.finally.iter().enumerate() {
        for round in rounds_of(step.rounds().map(Arc::as_ref)) {
            add(Part::Finally(index), round);
        }
    }
    parts.shrink_to_fit();
    parts
}

/// The rounds of a step that are meant, as far as they are known.
fn taken(step: &StepOutline, selection: &Selection) -> Vec<Option<Arc<Round>>> {
    let mut rounds = rounds_of(step.rounds().map(Arc::as_ref));
    rounds.retain(|round| selection.takes_round_of(step, round.as_deref()));
    rounds
}

/// How many steps of a case do not run, the rounds of each counted.
fn left_out(case: &CaseOutline, chosen: &[usize], selection: &Selection) -> usize {
    let steps = case.steps.iter().enumerate().map(|(index, step)| {
        let all = rounds_of(step.rounds().map(Arc::as_ref)).len();
        match chosen.contains(&index) {
            true => all - taken(step, selection).len(),
            false => all,
        }
    });
    steps.sum()
}

/// The rounds that are known before the run; one without a round, where there are none.
fn rounds_of(rounds: Option<&Rounds>) -> Vec<Option<Arc<Round>>> {
    one_at_least(rounds.and_then(Rounds::known))
}

fn one_at_least(rounds: Option<&[Arc<Round>]>) -> Vec<Option<Arc<Round>>> {
    match rounds {
        None | Some([]) => vec![None],
        Some(rounds) => rounds.iter().cloned().map(Some).collect(),
    }
}

impl Plan {
    /// Plans what a selection chooses from the collections: chosen in their order, repeated, shuffled, cut down to a
    /// shard, and numbered last. Of cases whose `for` is an expression, each round is planned that `rounds` knows.
    ///
    /// # Errors
    /// It would have more than [`MOST_CASES`].
    pub fn new(
        collections: &[Arc<Outline>],
        selection: &Selection,
        rounds: &CaseRounds,
        order: &Order,
    ) -> Result<Plan, TooManyCases> {
        let mut plan = Plan {
            left_out: LeftOut {
                by: selection.words(),
                ..LeftOut::default()
            },
            ..Plan::default()
        };
        let mut units: Vec<Unit> = collections
            .iter()
            .flat_map(|collection| plan.choose(collection, selection, rounds))
            .collect();
        // Counted before they are made: a slip of the finger is not to take all memory.
        let chosen: usize = units.iter().map(Vec::len).sum();
        let cases = chosen.saturating_mul(order.repeat.unwrap_or(1));
        if cases > MOST_CASES {
            return Err(TooManyCases(cases));
        }
        if let Some(times) = order.repeat {
            units = order::repeat(units, times);
        }
        if let Some(seed) = order.shuffle {
            order::shuffle(&mut units, seed);
        }
        if let Some(shard) = &order.shard {
            let (mine, told) = order::shard(units, shard);
            units = mine;
            plan.shard = Some(told);
        }
        plan.number(units, selection);
        Ok(plan)
    }

    /// The cases of a collection that are chosen. Those that its end waits for stay together with it.
    fn choose(&mut self, collection: &Arc<Outline>, selection: &Selection, rounds: &CaseRounds) -> Vec<Unit> {
        let mut cases: Vec<Chosen> = Vec::new();
        for (index, case) in collection.cases.iter().enumerate() {
            let steps = selection.steps_of(collection, index);
            let rounds = one_at_least(rounds.of(&collection.file, index, case));
            if case.closes {
                // The end of a collection comes with whatever of it runs, and not without.
                if cases.is_empty() {
                    continue;
                }
            } else if steps.is_empty() {
                self.left_out.cases += rounds.len();
                continue;
            }
            for round in rounds {
                if !selection.takes_round(case, round.as_deref()) {
                    self.left_out.cases += 1;
                    continue;
                }
                self.left_out.steps += left_out(case, &steps, selection);
                cases.push(Chosen {
                    collection: Arc::clone(collection),
                    case: index,
                    round,
                    steps: steps.clone(),
                    repeat: None,
                });
            }
        }
        if cases.iter().any(Chosen::closes) {
            return vec![cases];
        }
        cases.into_iter().map(|case| vec![case]).collect()
    }

    fn number(&mut self, units: Vec<Unit>, selection: &Selection) {
        let mut number = 0;
        for chosen in units.into_iter().flatten() {
            let steps = parts(
                &chosen.collection.cases[chosen.case],
                &chosen.steps,
                selection,
                number,
            );
            number += steps.len();
            self.cases.push(PlannedCase {
                collection: chosen.collection,
                case: chosen.case,
                round: chosen.round,
                steps,
                repeat: chosen.repeat,
            });
        }
    }

    /// Makes what the parts of the plan have in common beside its cases count for its fingerprint, each thing with its
    /// name; nothing, where this is the whole.
    pub fn seal(&mut self, common: &[(String, Vec<u8>)]) {
        if let Some(shard) = &mut self.shard {
            shard.plan = fingerprint::with(&shard.plan, common);
        }
    }

    /// True if nothing was chosen: a shard that has no part in its plan is not empty.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty() && self.shard.as_ref().is_none_or(|shard| shard.cases == 0)
    }

    /// The plan as events tell it.
    pub fn describe(&self) -> Vec<outcome::PlannedCase> {
        self.cases
            .iter()
            .map(|planned| outcome::PlannedCase {
                name: planned.name(),
                collection: planned.collection.name.clone(),
                place: planned.collection.spot(planned.case().mark),
                tags: planned.case().tags.clone(),
                steps: planned
                    .parts()
                    .map(|(step, outline)| step.describe(outline, &planned.collection))
                    .collect(),
            })
            .collect()
    }
}
