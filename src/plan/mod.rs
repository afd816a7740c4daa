//! Select and order what will run; pure; fixes the set of checks a pass needs.

mod fingerprint;
mod order;
mod pattern;
mod protect;
mod select;
mod tags;

use std::sync::Arc;

pub use order::{CaseTime, Dealing, Order, Shard};
pub use pattern::Pattern;
pub use protect::refused_writes;
pub use select::{CaseSet, Selection, Target};
pub use tags::TagExpression;

use crate::collection::{Case, Collection, Step};
use crate::outcome::{self, LeftOut, Role, Spot};
use order::{Chosen, Unit};

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
    pub collection: Arc<Collection>,
    /// Which of the collection's cases it is.
    pub case: usize,
    /// Its steps, in order.
    pub steps: Vec<PlannedStep>,
    /// Which of how many repeats it is, from 1, where there is more than one.
    pub repeat: Option<(usize, usize)>,
}

/// A step that will run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedStep {
    /// Its number in the plan, from 0.
    pub number: usize,
    /// Which of the case's steps it is.
    pub part: Part,
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
    pub fn case(&self) -> &Case {
        &self.collection.cases[self.case]
    }

    /// Its name, by which it differs from its repeats.
    pub fn name(&self) -> String {
        let name = &self.case().name;
        match self.repeat {
            Some((number, times)) => format!("{name} [{number} of {times}]"),
            None => name.clone(),
        }
    }

    /// Its steps with their numbers in the plan, cleanups and `finally` steps among them.
    pub fn steps(&self) -> impl Iterator<Item = (usize, &Step)> {
        self.parts().map(|(planned, step)| (planned.number, step))
    }

    /// The same with where in the case each stands.
    pub fn parts(&self) -> impl Iterator<Item = (PlannedStep, &Step)> {
        let case = self.case();
        self.steps.iter().map(|planned| {
            let step = match planned.part {
                Part::Step(step) => &case.steps[step],
                Part::Cleanup { step, cleanup, of: _ } => &case.steps[step].cleanup[cleanup],
                Part::Finally(step) => &case.finally[step],
            };
            (*planned, step)
        })
    }
}

/// The steps of a case in the order they run: the chosen ones, their cleanups from the last to the first, and its
/// `finally`.
fn parts(case: &Case, chosen: &[usize], first: usize) -> Vec<PlannedStep> {
    let mut parts: Vec<Part> = chosen.iter().map(|step| Part::Step(*step)).collect();
    for (position, step) in chosen.iter().enumerate().rev() {
        let cleanups = 0..case.steps[*step].cleanup.len();
        parts.extend(cleanups.map(|cleanup| Part::Cleanup {
            step: *step,
            cleanup,
            of: first + position,
        }));
    }
    parts.extend((0..case.finally.len()).map(Part::Finally));
    let numbered = parts.into_iter().enumerate();
    numbered
        .map(|(index, part)| PlannedStep {
            number: first + index,
            part,
        })
        .collect()
}

impl Plan {
    /// Plans what a selection chooses from the collections: chosen in their order, repeated, shuffled, cut down to a
    /// shard, and numbered last.
    pub fn new(collections: &[Arc<Collection>], selection: &Selection, order: &Order) -> Plan {
        let mut plan = Plan {
            left_out: LeftOut {
                by: selection.words(),
                ..LeftOut::default()
            },
            ..Plan::default()
        };
        let mut units: Vec<Unit> = collections
            .iter()
            .flat_map(|collection| plan.choose(collection, selection))
            .collect();
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
        plan.number(units);
        plan
    }

    /// The cases of a collection that are chosen. Those that its end waits for stay together with it.
    fn choose(&mut self, collection: &Arc<Collection>, selection: &Selection) -> Vec<Unit> {
        let mut cases: Vec<Chosen> = Vec::new();
        for (index, case) in collection.cases.iter().enumerate() {
            let steps = selection.steps_of(collection, index);
            if case.closes {
                // The end of a collection comes with whatever of it runs, and not without.
                if cases.is_empty() {
                    continue;
                }
            } else if steps.is_empty() {
                self.left_out.cases += 1;
                continue;
            }
            self.left_out.steps += case.steps.len() - steps.len();
            cases.push(Chosen {
                collection: Arc::clone(collection),
                case: index,
                steps,
                repeat: None,
            });
        }
        if cases.iter().any(Chosen::closes) {
            return vec![cases];
        }
        cases.into_iter().map(|case| vec![case]).collect()
    }

    fn number(&mut self, units: Vec<Unit>) {
        let mut number = 0;
        for chosen in units.into_iter().flatten() {
            let steps = parts(&chosen.collection.cases[chosen.case], &chosen.steps, number);
            number += steps.len();
            self.cases.push(PlannedCase {
                collection: chosen.collection,
                case: chosen.case,
                steps,
                repeat: chosen.repeat,
            });
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
                place: Spot::new(&planned.case().place),
                tags: planned.case().tags.clone(),
                steps: planned
                    .parts()
                    .map(|(planned, step)| outcome::PlannedStep {
                        step: planned.number,
                        name: step.name.clone(),
                        place: Spot::new(&step.place),
                        tags: step.tags.clone(),
                        checks: step.checks(),
                        role: planned.part.role(),
                        of: planned.part.of(),
                    })
                    .collect(),
            })
            .collect()
    }
}
