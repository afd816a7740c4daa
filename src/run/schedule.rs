//! Which case starts when: as many at the same time as there are jobs, and never beside what it must not overlap.

use std::collections::{HashMap, VecDeque};
use std::path::Path;

use indexmap::IndexMap;

use crate::plan::Plan;

/// What a case asks for before it starts.
#[derive(Debug, Clone, Default)]
struct Demand {
    /// Its collection, as a number.
    collection: usize,
    /// True if nothing else may be under way.
    serial: bool,
    /// True if the other cases of its collection have to be over.
    closes: bool,
    /// The places it takes, each in one of the limits.
    limits: Vec<usize>,
}

/// How many cases of a kind may be under way.
#[derive(Debug, Clone)]
struct Limit {
    most: usize,
    taken: usize,
}

/// The cases that wait and those under way. Of those that may start, the first in the plan's order does.
#[derive(Debug)]
pub(super) struct Schedule {
    demands: Vec<Demand>,
    limits: Vec<Limit>,
    waiting: VecDeque<usize>,
    /// By collection, how many cases are not over; its end is not counted.
    unfinished: Vec<usize>,
    jobs: usize,
    under_way: usize,
    /// True while a serial case is under way.
    is_alone: bool,
}

impl Schedule {
    /// The cases of a plan under the limits of the project's groups, `jobs` at the same time.
    pub(super) fn new(plan: &Plan, groups: &IndexMap<String, usize>, jobs: usize) -> Schedule {
        let mut limits: Vec<Limit> = groups
            .values()
            .map(|most| Limit {
                most: *most,
                taken: 0,
            })
            .collect();
        let mut collections: HashMap<&Path, usize> = HashMap::new();
        let mut rounds: HashMap<(usize, usize), usize> = HashMap::new();
        let mut demands = Vec::with_capacity(plan.cases.len());
        for planned in &plan.cases {
            let count = collections.len();
            let collection = *collections.entry(&planned.collection.file).or_insert(count);
            let case = planned.case();
            let group = case.group.as_ref();
            let mut taken: Vec<usize> = group
                .and_then(|name| groups.get_index_of(name))
                .into_iter()
                .collect();
            if let Some(most) = case.rounds.as_ref().and_then(|rounds| rounds.parallel) {
                taken.push(*rounds.entry((collection, planned.case)).or_insert_with(|| {
                    limits.push(Limit { most, taken: 0 });
                    limits.len() - 1
                }));
            }
            demands.push(Demand {
                collection,
                serial: case.serial,
                closes: case.closes,
                limits: taken,
            });
        }
        Schedule::of(demands, limits, jobs)
    }

    fn of(demands: Vec<Demand>, limits: Vec<Limit>, jobs: usize) -> Schedule {
        let collections = demands.iter().map(|demand| demand.collection + 1).max();
        let mut unfinished = vec![0; collections.unwrap_or_default()];
        for demand in demands.iter().filter(|demand| !demand.closes) {
            unfinished[demand.collection] += 1;
        }
        Schedule {
            waiting: (0..demands.len()).collect(),
            demands,
            limits,
            unfinished,
            jobs: jobs.max(1),
            under_way: 0,
            is_alone: false,
        }
    }

    /// A case that starts now, by its place in the plan. While none is under way there is one, until none waits.
    pub(super) fn start(&mut self) -> Option<usize> {
        if self.under_way == self.jobs || self.is_alone {
            return None;
        }
        let position = self.waiting.iter().position(|case| self.may_start(*case))?;
        let case = self.waiting.remove(position)?;
        let demand = &self.demands[case];
        self.under_way += 1;
        self.is_alone = demand.serial;
        for limit in &demand.limits {
            self.limits[*limit].taken += 1;
        }
        Some(case)
    }

    fn may_start(&self, case: usize) -> bool {
        let demand = &self.demands[case];
        let has_room = |limit: &usize| self.limits[*limit].taken < self.limits[*limit].most;
        (!demand.serial || self.under_way == 0)
            && (!demand.closes || self.unfinished[demand.collection] == 0)
            && demand.limits.iter().all(has_room)
    }

    /// Takes note that a case is over.
    pub(super) fn end(&mut self, case: usize) {
        let demand = &self.demands[case];
        self.under_way -= 1;
        self.is_alone = false;
        if !demand.closes {
            self.unfinished[demand.collection] -= 1;
        }
        for limit in &demand.limits {
            self.limits[*limit].taken -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Demand, Limit, Schedule};

    fn started(schedule: &mut Schedule) -> Vec<usize> {
        std::iter::from_fn(|| schedule.start()).collect()
    }

    fn limits(most: &[usize]) -> Vec<Limit> {
        most.iter()
            .map(|most| Limit {
                most: *most,
                taken: 0,
            })
            .collect()
    }

    #[test]
    fn as_many_start_as_there_are_jobs() {
        let mut schedule = Schedule::of(vec![Demand::default(); 5], Vec::new(), 2);
        assert_eq!(started(&mut schedule), [0, 1]);
        schedule.end(1);
        assert_eq!(started(&mut schedule), [2]);
    }

    #[test]
    fn a_serial_case_runs_alone_and_keeps_nobody_waiting_for_it() {
        let serial = Demand {
            serial: true,
            ..Demand::default()
        };
        let demands = vec![Demand::default(), serial.clone(), serial, Demand::default()];
        let mut schedule = Schedule::of(demands, Vec::new(), 16);
        assert_eq!(started(&mut schedule), [0, 3]);
        schedule.end(0);
        assert_eq!(started(&mut schedule), [0; 0]);
        schedule.end(3);
        assert_eq!(started(&mut schedule), [1]);
        schedule.end(1);
        assert_eq!(started(&mut schedule), [2]);
    }

    #[test]
    fn a_full_group_takes_no_job_from_others() {
        let grouped = Demand {
            limits: vec![0],
            ..Demand::default()
        };
        let demands = vec![grouped.clone(), grouped.clone(), grouped, Demand::default()];
        let mut schedule = Schedule::of(demands, limits(&[1]), 2);
        assert_eq!(started(&mut schedule), [0, 3]);
        schedule.end(0);
        assert_eq!(started(&mut schedule), [1]);
    }

    #[test]
    fn an_end_waits_for_its_own_collection() {
        let case = |collection, closes| Demand {
            collection,
            closes,
            ..Demand::default()
        };
        let demands = vec![case(0, false), case(0, true), case(1, false), case(1, true)];
        let mut schedule = Schedule::of(demands, Vec::new(), 16);
        assert_eq!(started(&mut schedule), [0, 2]);
        schedule.end(2);
        assert_eq!(started(&mut schedule), [3]);
        schedule.end(0);
        assert_eq!(started(&mut schedule), [1]);
    }

    #[test]
    fn every_case_has_its_turn() {
        let demand = |index: usize| Demand {
            collection: index % 3,
            serial: index.is_multiple_of(5),
            closes: index >= 60,
            limits: (0..index % 4).collect(),
        };
        let mut schedule = Schedule::of((0..63).map(demand).collect(), limits(&[3, 2, 1]), 4);
        let mut under_way: Vec<usize> = Vec::new();
        let mut over = 0;
        loop {
            under_way.extend(started(&mut schedule));
            // The last to start is the first to end.
            let Some(case) = under_way.pop() else { break };
            schedule.end(case);
            over += 1;
        }
        assert_eq!(over, 63);
    }
}
