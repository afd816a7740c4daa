//! Select and order what will run; pure; fixes the set of checks a pass needs.

mod protect;
mod select;

use std::sync::Arc;

pub use protect::refused_writes;
pub use select::Selection;

use crate::collection::{Case, Collection, Step};
use crate::outcome::{self, LeftOut, Spot};

/// What will run, in order.
#[derive(Debug, Default)]
pub struct Plan {
    /// The cases.
    pub cases: Vec<PlannedCase>,
    /// What selection left out.
    pub left_out: LeftOut,
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
}

/// A step that will run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedStep {
    /// Its number in the plan, from 0.
    pub number: usize,
    /// Which of the case's steps it is.
    pub step: usize,
}

impl PlannedCase {
    /// The case.
    pub fn case(&self) -> &Case {
        &self.collection.cases[self.case]
    }

    /// Its steps with their numbers in the plan.
    pub fn steps(&self) -> impl Iterator<Item = (usize, &Step)> {
        self.steps
            .iter()
            .map(|planned| (planned.number, &self.case().steps[planned.step]))
    }
}

impl Plan {
    /// Plans what a selection chooses from the collections, in their order.
    pub fn new(collections: &[Arc<Collection>], selection: &Selection) -> Plan {
        let mut plan = Plan {
            left_out: LeftOut {
                by: selection.words(),
                ..LeftOut::default()
            },
            ..Plan::default()
        };
        let mut number = 0;
        for collection in collections {
            for (index, case) in collection.cases.iter().enumerate() {
                let chosen = selection.steps_of(case);
                if chosen.is_empty() {
                    plan.left_out.cases += 1;
                    continue;
                }
                plan.left_out.steps += case.steps.len() - chosen.len();
                let steps = chosen
                    .into_iter()
                    .map(|step| {
                        number += 1;
                        PlannedStep {
                            number: number - 1,
                            step,
                        }
                    })
                    .collect();
                plan.cases.push(PlannedCase {
                    collection: Arc::clone(collection),
                    case: index,
                    steps,
                });
            }
        }
        plan
    }

    /// The plan as events tell it.
    pub fn describe(&self) -> Vec<outcome::PlannedCase> {
        self.cases
            .iter()
            .map(|planned| outcome::PlannedCase {
                name: planned.case().name.clone(),
                collection: planned.collection.name.clone(),
                place: Spot::new(&planned.case().place),
                tags: planned.case().tags.clone(),
                steps: planned
                    .steps()
                    .map(|(number, step)| outcome::PlannedStep {
                        step: number,
                        name: step.name.clone(),
                        place: Spot::new(&step.place),
                        tags: step.tags.clone(),
                        checks: step.checks(),
                        role: outcome::Role::Step,
                        of: None,
                    })
                    .collect(),
            })
            .collect()
    }
}
