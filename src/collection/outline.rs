//! What is known of a collection while its steps are not in memory: enough to choose, order and name what runs.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::case::{Case, Collection};
use super::defaults::Defaults;
use super::input::Input;
use super::recipe::Recipe;
use super::rounds::Rounds;
use super::step::{Action, Step};
use crate::outcome::Spot;
use crate::snapshot;
use crate::source::{Place, Source};
use crate::template::Use;

/// A collection without what its steps do.
#[derive(Debug)]
pub struct Outline {
    /// Its name.
    pub name: String,
    /// Its file, relative to the root.
    pub file: PathBuf,
    /// The same as it is shown.
    pub shown: Arc<str>,
    /// How many lines its file has.
    pub lines: usize,
    /// What its file held.
    pub digest: Digest,
    /// Its inputs.
    pub inputs: Vec<Input>,
    /// Its cases.
    pub cases: Vec<CaseOutline>,
    /// The recipes its steps use, each once; those that these use are not among them.
    pub recipes: Vec<Arc<Recipe>>,
    /// The names of its snapshots' files, without endings.
    pub snapshots: Vec<String>,
}

/// A case without what its steps do.
#[derive(Debug)]
pub struct CaseOutline {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub mark: Mark,
    /// Its tags and its collection's.
    pub tags: Vec<String>,
    /// What it is repeated over.
    pub rounds: Option<Arc<Rounds>>,
    /// Its steps.
    pub steps: Vec<StepOutline>,
    /// What runs at its end.
    pub finally: Vec<StepOutline>,
    /// True if nothing else may run beside it.
    pub serial: bool,
    /// The project's group it belongs to.
    pub group: Option<String>,
    /// True if it is the end of its collection.
    pub closes: bool,
}

/// A step without what it does. There are very many of these at a time, so each is kept small.
#[derive(Debug)]
pub struct StepOutline {
    /// Its name, as written or made from its action.
    pub name: Arc<str>,
    /// Where it stands.
    pub mark: Mark,
    /// The names of the variables its templates and checks read, each once.
    pub reads: Reads,
    /// What most steps have nothing of.
    extras: Option<Box<Extras>>,
    lines: (u32, u32),
    checks: u32,
}

/// What only some steps have.
#[derive(Debug, Default)]
struct Extras {
    tags: Vec<String>,
    rounds: Option<Arc<Rounds>>,
    cleanup: Vec<StepOutline>,
    sets: Vec<String>,
}

impl Extras {
    fn of(step: &Step, reads: &mut Reads) -> Option<Box<Extras>> {
        let extras = Extras {
            tags: step.tags.clone(),
            rounds: step.rounds.clone(),
            cleanup: step
                .cleanup
                .iter()
                .map(|step| StepOutline::of(step, reads))
                .collect(),
            sets: step.sets().map(str::to_owned).collect(),
        };
        let Extras {
            tags,
            rounds,
            cleanup,
            sets,
        } = &extras;
        let has_any = !tags.is_empty() || rounds.is_some() || !cleanup.is_empty() || !sets.is_empty();
        has_any.then(|| Box::new(extras))
    }
}

/// Names of variables, one list for steps that read the same.
type Reads = Arc<[Box<str>]>;

/// A place in the file of a collection, without the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mark {
    line: u32,
    column: u32,
    length: u32,
}

/// What a file held: equal for equal texts only.
pub type Digest = [u8; 32];

/// The digest of a file's text.
pub(super) fn digest(source: &Source) -> Digest {
    Sha256::digest(&source.text).into()
}

impl Outline {
    /// The outline of a collection. `project` are the defaults of every recipe's requests.
    pub(super) fn of(collection: &Collection, project: &Defaults) -> Outline {
        let Collection {
            name,
            file,
            place,
            inputs,
            cases,
        } = collection;
        Outline {
            name: name.clone(),
            file: file.clone(),
            shown: place.source.path.as_str().into(),
            lines: place.source.text.lines().count(),
            digest: digest(&place.source),
            inputs: inputs.clone(),
            cases: {
                let mut reads = Reads::default();
                cases
                    .iter()
                    .map(|case| CaseOutline::of(case, &mut reads))
                    .collect()
            },
            recipes: recipes(cases),
            snapshots: collection
                .snapshots(project)
                .into_iter()
                .map(|snapshot| snapshot.name)
                .collect(),
        }
    }

    /// The folder of its snapshots, from the root.
    pub fn snapshot_folder(&self) -> PathBuf {
        snapshot::folder(&self.file)
    }

    /// How many steps its cases have, their ends included.
    pub fn length(&self) -> usize {
        let of_case = |case: &CaseOutline| case.steps.len() + case.finally.len();
        self.cases.iter().map(of_case).sum()
    }

    /// A place in it as events tell it.
    pub fn spot(&self, mark: Mark) -> Spot {
        Spot {
            file: Arc::clone(&self.shown),
            line: mark.line(),
            column: mark.column as usize,
            length: mark.length as usize,
            excerpt: None,
        }
    }

    /// The data files that its rounds are read from, relative to the root.
    pub fn data_files(&self) -> impl Iterator<Item = &Path> {
        self.cases.iter().flat_map(|case| {
            let steps = case.steps.iter().chain(&case.finally);
            let rounds = case.rounds.iter().chain(steps.filter_map(StepOutline::rounds));
            rounds.flat_map(|rounds| rounds.files())
        })
    }
}

impl CaseOutline {
    fn of(case: &Case, reads: &mut Reads) -> CaseOutline {
        let mut outlines = |steps: &[Step]| steps.iter().map(|step| StepOutline::of(step, reads)).collect();
        CaseOutline {
            name: case.name.clone(),
            mark: Mark::of(&case.place),
            tags: case.tags.clone(),
            rounds: case.rounds.clone(),
            steps: outlines(&case.steps),
            finally: outlines(&case.finally),
            serial: case.serial,
            group: case.group.as_ref().map(|(name, _)| name.clone()),
            closes: case.closes,
        }
    }
}

impl StepOutline {
    /// The outline of a step; `reads` is what the step before it reads, which is mostly the same.
    fn of(step: &Step, reads: &mut Reads) -> StepOutline {
        let own = roots(step.uses.iter().chain(&step.judged_uses));
        if **reads != *own {
            *reads = own.into();
        }
        let shared = Arc::clone(reads);
        StepOutline {
            name: step.name.as_str().into(),
            mark: Mark::of(&step.place),
            reads: shared,
            extras: Extras::of(step, reads),
            lines: (small(*step.lines.start()), small(*step.lines.end())),
            checks: small(step.checks()),
        }
    }

    /// Its tags.
    pub fn tags(&self) -> &[String] {
        self.extras.as_ref().map_or(&[], |extras| &extras.tags)
    }

    /// What it is repeated over.
    pub fn rounds(&self) -> Option<&Arc<Rounds>> {
        self.extras.as_ref()?.rounds.as_ref()
    }

    /// What undoes it.
    pub fn cleanup(&self) -> &[StepOutline] {
        self.extras.as_ref().map_or(&[], |extras| &extras.cleanup)
    }

    /// The names of the variables it sets.
    pub fn sets(&self) -> &[String] {
        self.extras.as_ref().map_or(&[], |extras| &extras.sets)
    }

    /// How many checks a pass needs of it, or of one of its rounds.
    pub fn checks(&self) -> usize {
        self.checks as usize
    }

    /// The lines of its file from its first key to its last value, from 1.
    pub fn lines(&self) -> RangeInclusive<usize> {
        self.lines.0 as usize..=self.lines.1 as usize
    }
}

impl Mark {
    fn of(place: &Place) -> Mark {
        let spot = Spot::new(place);
        Mark {
            line: small(spot.line),
            column: small(spot.column),
            length: small(spot.length),
        }
    }

    /// The line, from 1.
    pub fn line(self) -> usize {
        self.line as usize
    }
}

/// A count within a file, whose size is limited to far less.
fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The variables that are read, each once.
fn roots<'u>(uses: impl Iterator<Item = &'u Use>) -> Vec<Box<str>> {
    let mut roots: Vec<Box<str>> = Vec::new();
    for root in uses.filter_map(|used| used.path.first()) {
        if !roots.iter().any(|known| **known == **root) {
            roots.push(root.as_str().into());
        }
    }
    roots
}

fn recipes(cases: &[Case]) -> Vec<Arc<Recipe>> {
    let mut found: Vec<Arc<Recipe>> = Vec::new();
    let steps = cases
        .iter()
        .flat_map(|case| case.steps.iter().chain(&case.finally));
    for step in steps.flat_map(|step| std::iter::once(step).chain(&step.cleanup)) {
        if let Action::Use(call) = &step.action
            && !found.iter().any(|known| Arc::ptr_eq(known, &call.recipe))
        {
            found.push(Arc::clone(&call.recipe));
        }
    }
    found
}
