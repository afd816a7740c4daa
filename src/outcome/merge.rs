//! The logs of shards as the events of one run.

use std::collections::HashMap;
use std::fmt;
use std::io::BufRead;
use std::sync::Arc;

use super::{Event, LogError, LogReader, PlannedCase, PlannedStep, RunFinished, RunStarted, Shard};

/// The log of a shard.
pub struct ShardLog<R> {
    /// What it is called in messages.
    pub name: String,
    /// The rest of its events.
    pub reader: LogReader<R>,
    /// How it began.
    pub started: RunStarted,
}

/// Reads the logs of all shards of a plan side by side: one plan in the order of the whole, one number for each step,
/// and the events in the order of their times, each from the start of its own shard. Only one event of each log is in
/// memory.
///
/// The run's end comes only if every shard told its own, so that a run with a shard that was killed is incomplete.
pub struct Merge<R> {
    parts: Vec<Part<R>>,
    /// The next number of a round of a `for`.
    next: usize,
    ends: Vec<RunFinished>,
    is_over: bool,
}

/// A log being read.
struct Part<R> {
    log: ShardLog<R>,
    positions: Vec<usize>,
    /// The number in the whole of each step.
    numbers: HashMap<usize, usize>,
    /// What comes next; none at the end.
    next: Option<Event>,
    is_finished: bool,
}

impl<R: BufRead> Merge<R> {
    /// Begins with what the shards set out to do, as one plan.
    ///
    /// # Errors
    /// One of the logs is not a shard's, or they are not exactly the shards of one plan.
    pub fn new(logs: Vec<ShardLog<R>>) -> Result<(Merge<R>, RunStarted), MergeError> {
        check(&logs)?;
        let mut started = head(&logs);
        let mut parts: Vec<Part<R>> = logs.into_iter().map(Part::new).collect();
        // The cases of the whole in its order, each with the part it is of.
        let mut whole: Vec<(usize, usize, PlannedCase)> = Vec::new();
        for (index, part) in parts.iter_mut().enumerate() {
            let cases = std::mem::take(&mut part.log.started.cases);
            let placed = part.positions.iter().zip(cases);
            whole.extend(placed.map(|(position, case)| (*position, index, case)));
        }
        whole.sort_by_key(|(position, ..)| *position);
        let mut next = 0;
        for (_, index, mut case) in whole {
            parts[index].renumber(&mut case.steps, &mut next)?;
            started.cases.push(case);
        }
        for part in &mut parts {
            part.advance()?;
        }
        let merge = Merge {
            parts,
            next,
            ends: Vec::new(),
            is_over: false,
        };
        Ok((merge, started))
    }

    /// The logs that did not tell the end of their run, so far as they were read.
    pub fn unfinished(&self) -> impl Iterator<Item = &str> {
        let open = self.parts.iter().filter(|part| !part.is_finished);
        open.map(|part| part.log.name.as_str())
    }

    fn step(&mut self) -> Result<Option<Event>, MergeError> {
        loop {
            let times = self.parts.iter().enumerate();
            let earliest = times
                .filter_map(|(index, part)| Some((part.next.as_ref()?.at(), index)))
                .min();
            let Some((_, index)) = earliest else {
                return Ok(self.end());
            };
            let part = &mut self.parts[index];
            let Some(event) = part.next.take() else { continue };
            part.advance()?;
            match event {
                Event::RunFinished(finished) => {
                    part.is_finished = true;
                    self.ends.push(finished);
                }
                event => return part.translate(event, &mut self.next).map(Some),
            }
        }
    }

    /// The end of the whole, if every part has one.
    fn end(&mut self) -> Option<Event> {
        if self.is_over || self.parts.iter().any(|part| !part.is_finished) {
            return None;
        }
        self.is_over = true;
        let snapshots = self.ends.first().map(|end| end.unused_snapshots.clone());
        let unused = |file: &String| self.ends.iter().all(|end| end.unused_snapshots.contains(file));
        Some(Event::RunFinished(RunFinished {
            at: self.ends.iter().map(|end| end.at).max().unwrap_or_default(),
            signal: self.ends.iter().find_map(|end| end.signal),
            stopped: self.ends.iter().find_map(|end| end.stopped.clone()),
            // What a step of any shard uses is used.
            unused_snapshots: snapshots.into_iter().flatten().filter(unused).collect(),
        }))
    }
}

impl<R: BufRead> Iterator for Merge<R> {
    type Item = Result<Event, MergeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}

impl<R: BufRead> Part<R> {
    fn new(log: ShardLog<R>) -> Part<R> {
        let positions = log.started.shard.as_ref().map(|shard| shard.positions.clone());
        Part {
            log,
            positions: positions.unwrap_or_default(),
            numbers: HashMap::new(),
            next: None,
            is_finished: false,
        }
    }

    fn advance(&mut self) -> Result<(), MergeError> {
        self.next = self
            .log
            .reader
            .next()
            .transpose()
            .map_err(|error| MergeError::Log(self.log.name.clone(), error))?;
        Ok(())
    }

    /// Gives steps their numbers in the whole.
    fn renumber(&mut self, steps: &mut [PlannedStep], next: &mut usize) -> Result<(), MergeError> {
        for step in &mut *steps {
            self.numbers.insert(step.step, *next);
            step.step = *next;
            *next += 1;
        }
        for of in steps.iter_mut().filter_map(|step| step.of.as_mut()) {
            *of = self.number(*of)?;
        }
        Ok(())
    }

    fn number(&self, step: usize) -> Result<usize, MergeError> {
        let number = self.numbers.get(&step).copied();
        number.ok_or_else(|| MergeError::Unknown(self.log.name.clone(), format!("step {step}")))
    }

    fn case(&self, case: usize) -> Result<usize, MergeError> {
        let position = self.positions.get(case).copied();
        position.ok_or_else(|| MergeError::Unknown(self.log.name.clone(), format!("case {case}")))
    }

    /// The event with the numbers of the whole.
    fn translate(&mut self, mut event: Event, next: &mut usize) -> Result<Event, MergeError> {
        match &mut event {
            Event::CaseStarted { case, .. } | Event::CaseFinished { case, .. } => *case = self.case(*case)?,
            Event::StepStarted { step, .. }
            | Event::StepWaits { step, .. }
            | Event::AttemptFinished { step, .. }
            | Event::SessionRenewed { step, .. } => *step = self.number(*step)?,
            Event::StepUnfolded { step, rounds, .. } => {
                *step = self.number(*step)?;
                self.renumber(rounds, next)?;
            }
            Event::StepFinished(finished) => {
                Arc::make_mut(finished).step = self.number(finished.step)?;
            }
            Event::RunStarted(_) | Event::RunFinished(_) => {}
        }
        Ok(event)
    }
}

/// What the whole has in common, without its cases.
fn head<R>(logs: &[ShardLog<R>]) -> RunStarted {
    let all = || logs.iter().map(|log| &log.started);
    let mut started = RunStarted {
        cases: Vec::new(),
        shard: None,
        ..logs[0].started.clone()
    };
    // Where the logs are merged no run has left one of its own.
    started.again.retain(|word| word != "--failed");
    // Times of one form and zone compare as texts.
    started.started = all().map(|it| it.started.clone()).min().unwrap_or_default();
    started.jobs = all().map(|it| it.jobs).max().unwrap_or_default();
    started
        .inputs
        .retain(|name, value| all().all(|it| it.inputs.get(name) == Some(value)));
    started
}

/// Judges whether the logs are exactly the shards of one plan, each once.
fn check<R>(logs: &[ShardLog<R>]) -> Result<(), MergeError> {
    let mut shards: Vec<(&ShardLog<R>, &Shard)> = Vec::new();
    for log in logs {
        match &log.started.shard {
            Some(shard) => shards.push((log, shard)),
            None => return Err(MergeError::NotAShard(log.name.clone())),
        }
    }
    let Some((first_log, first)) = shards.first().copied() else {
        return Err(MergeError::Nothing);
    };
    for (log, shard) in &shards {
        let names = || (first_log.name.clone(), log.name.clone());
        // The plan tells the environment too; this says which of the two it is.
        if log.started.environment != first_log.started.environment {
            return Err(MergeError::EnvironmentsDiffer(names()));
        }
        if (shard.total, &shard.plan, shard.cases) != (first.total, &first.plan, first.cases) {
            return Err(MergeError::PlansDiffer(names()));
        }
    }
    for (index, (log, shard)) in shards.iter().enumerate() {
        let before = shards[..index]
            .iter()
            .find(|(_, other)| other.index == shard.index);
        if let Some((other, _)) = before {
            let names = (other.name.clone(), log.name.clone());
            return Err(MergeError::Doubled(shard.index, names));
        }
    }
    let missing: Vec<usize> = (1..=first.total)
        .filter(|index| shards.iter().all(|(_, shard)| shard.index != *index))
        .collect();
    if !missing.is_empty() {
        return Err(MergeError::Missing(missing, first.total));
    }
    // The shards agree on the plan; a log that was changed by hand may still not.
    let mut places: Vec<usize> = Vec::new();
    for (log, shard) in &shards {
        if shard.positions.len() != log.started.cases.len() {
            return Err(MergeError::Places(log.name.clone()));
        }
        places.extend(&shard.positions);
    }
    places.sort_unstable();
    if !places.iter().copied().eq(0..first.cases) {
        return Err(MergeError::Places(first_log.name.clone()));
    }
    Ok(())
}

/// Why logs are not the shards of one run.
#[derive(Debug)]
pub enum MergeError {
    /// There are none.
    Nothing,
    /// The log of this name is that of a whole run.
    NotAShard(String),
    /// Two logs have different plans.
    PlansDiffer((String, String)),
    /// Two logs are of different environments.
    EnvironmentsDiffer((String, String)),
    /// Two logs are of the same shard.
    Doubled(usize, (String, String)),
    /// There is no log of these shards, of so many.
    Missing(Vec<usize>, usize),
    /// The cases of this log do not fit into the whole plan.
    Places(String),
    /// The log of this name speaks of something that is not in its plan.
    Unknown(String, String),
    /// The log of this name cannot be read.
    Log(String, LogError),
}

impl fmt::Display for MergeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MergeError::Nothing => formatter.write_str("there is no event log to merge"),
            MergeError::NotAShard(name) => {
                write!(
                    formatter,
                    "the event log {name} is that of a whole run, not of a shard"
                )
            }
            MergeError::PlansDiffer((first, second)) => write!(
                formatter,
                "the event logs {first} and {second} are parts of different plans: other files, inputs, options or shards"
            ),
            MergeError::EnvironmentsDiffer((first, second)) => write!(
                formatter,
                "the event logs {first} and {second} are of different environments"
            ),
            MergeError::Doubled(index, (first, second)) => write!(
                formatter,
                "the event logs {first} and {second} are both of shard {index}"
            ),
            MergeError::Missing(missing, total) => {
                let list: Vec<String> = missing.iter().map(usize::to_string).collect();
                let noun = if missing.len() == 1 { "shard" } else { "shards" };
                write!(
                    formatter,
                    "there is no event log of {noun} {} of {total}",
                    list.join(", ")
                )
            }
            MergeError::Places(name) => write!(
                formatter,
                "the cases of the event log {name} do not fit into the whole plan"
            ),
            MergeError::Unknown(name, what) => {
                write!(
                    formatter,
                    "the event log {name} tells of {what}, which is not in its plan"
                )
            }
            MergeError::Log(name, error) => write!(formatter, "the event log {name} {error}"),
        }
    }
}

impl std::error::Error for MergeError {}

#[cfg(test)]
mod tests;
