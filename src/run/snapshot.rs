//! The check of a snapshot, which comes after the other checks of its step.

use std::path::{Path, PathBuf};

use super::step::{Lane, Performed};
use super::{Run, Sink};
use crate::collection::{Round, SnapshotCheck, Step};
use crate::extract::Message;
use crate::outcome::{CheckResult, CheckState, Mismatch, Origin, SnapshotResult, SnapshotState, Spot};
use crate::snapshot::{self, Judged, Made, Part, Rules};

/// Where what is kept of a step's answers lies.
#[derive(Clone, Copy)]
pub(super) struct Shelf<'a> {
    /// The folder of the collection's, from the root.
    folder: &'a Path,
    /// The name of the step that uses the recipe the step stands in.
    above: Option<&'a str>,
    /// The rounds of the case and of the step: each has a snapshot of its own.
    rounds: [Option<&'a Round>; 2],
    /// The page of a list: so has each of these.
    page: Option<usize>,
}

impl<'a> Shelf<'a> {
    /// That of a collection's own steps.
    pub(super) fn of(folder: &'a Path, rounds: [Option<&'a Round>; 2]) -> Self {
        Shelf {
            folder,
            above: None,
            rounds,
            page: None,
        }
    }

    /// That of the steps of a session's login; the session has this name.
    pub(super) fn of_login(session: &'a str) -> Self {
        Shelf {
            folder: Path::new("sessions"),
            above: Some(session),
            rounds: [None, None],
            page: None,
        }
    }

    /// That of a recipe's steps, used by a step of this name.
    pub(super) fn below(self, above: &'a str) -> Self {
        let above = Some(above);
        Shelf { above, ..self }
    }

    /// That of a page of a list.
    pub(super) fn page(self, number: usize) -> Self {
        let page = Some(number);
        Shelf { page, ..self }
    }

    /// The path of what is kept of a step there, without endings.
    pub(super) fn path(self, step: &Step) -> PathBuf {
        self.folder.join(self.file(step))
    }

    /// The name of a step's snapshot there, which is that of its file without the ending.
    fn file(self, step: &Step) -> String {
        let name = step.snapshot_name(self.above);
        let rounds = self.rounds.into_iter().flatten();
        let name = rounds.fold(name, |name, round| snapshot::of_round(&name, &round.label));
        match self.page {
            Some(number) => snapshot::of_round(&name, &format!("page {number}")),
            None => name,
        }
    }

    /// The name of a step without its rounds, which that of a recipe's step starts with.
    pub(super) fn name(self, step: &Step) -> String {
        step.snapshot_name(self.above)
    }
}

impl Performed {
    /// Takes over the snapshot of a recipe's step. One that is not as accepted says more than those that are.
    pub(super) fn add_snapshot(&mut self, other: Option<SnapshotResult>) {
        let is_plain = |known: &SnapshotResult| known.state == SnapshotState::Matched;
        if self.snapshot.as_ref().is_none_or(is_plain) {
            self.snapshot = other.or(self.snapshot.take());
        }
    }
}

impl<S: Sink> Run<'_, S> {
    /// Keeps an answer under its step's rules, with its status, where answers are kept.
    fn keep_answer(&self, step: &Step, message: &Message<'_>, lane: Lane<'_>) {
        let (Some(answers), Origin::Step) = (&self.setting.answers, lane.origin) else {
            return;
        };
        let above = &lane.defaults.snapshot;
        let own = step.expect.snapshot().map(|check| check.rules.over(above));
        let mut rules = own.unwrap_or_else(|| above.clone());
        if !rules.with.contains(&Part::Status) {
            rules.with.push(Part::Status);
        }
        let made = Made::of(message, &rules, &Rules::default(), &self.setting.vault);
        answers.add(&lane.shelf.path(step), made);
    }

    /// Compares an answer with its step's snapshot, where there is one.
    pub(super) fn compare(
        &self,
        step: &Step,
        message: &Message<'_>,
        lane: Lane<'_>,
        performed: &mut Performed,
    ) {
        let (check, snapshot) = self.compared(step, message, lane, performed.is_good());
        performed.checks.extend(check);
        performed.snapshot = snapshot;
    }

    /// The check of a step's snapshot, and what became of it; `is_good` says that every other check holds.
    pub(super) fn compared(
        &self,
        step: &Step,
        message: &Message<'_>,
        lane: Lane<'_>,
        is_good: bool,
    ) -> (Option<CheckResult>, Option<SnapshotResult>) {
        self.keep_answer(step, message, lane);
        let (Some(check), Origin::Step) = (step.expect.snapshot(), lane.origin) else {
            // What a login answers is no step's, and nobody counts its checks.
            return (None, None);
        };
        let judged = Made::of(
            message,
            &check.rules,
            &lane.defaults.snapshot,
            &self.setting.vault,
        )
        .and_then(|made| {
            let path = lane.shelf.path(step);
            self.setting.snapshots.judge(&path, &made, is_good)
        });
        let (state, snapshot) = match judged {
            Ok(Judged { result, unlike }) => {
                let state = unlike.map_or(CheckState::Held, |unlike| {
                    CheckState::Failed(Box::new(Mismatch {
                        place: Spot::with_excerpt(&check.place),
                        subject: SnapshotCheck::SUBJECT.to_owned(),
                        expected: unlike.expected,
                        actual: unlike.actual,
                        diff: unlike.diff,
                        hint: Some(unlike.hint),
                    }))
                });
                (state, Some(result))
            }
            Err(reason) => (CheckState::Errored(reason), None),
        };
        let check = CheckResult {
            subject: SnapshotCheck::SUBJECT.to_owned(),
            expectation: SnapshotCheck::EXPECTATION.to_owned(),
            state,
        };
        (Some(check), snapshot)
    }
}
