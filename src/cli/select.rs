//! What is chosen to run and in which order, from the arguments to what the plan is made with.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use indexmap::IndexMap;

use super::prepare::Loaded;
use super::{CommandError, changed, log, shard};
use crate::collection::{PROJECT_FILE, StepOutline};
use crate::plan::{
    CaseRounds, CaseSet, CaseTime, Dealing, Order, Pattern, Plan, Selection, Shard, TagExpression, Target,
};
use crate::registry;

/// Which collections, and which of their cases and steps.
#[derive(Debug, Clone, Default, Args)]
pub struct SelectArguments {
    /// Files and folders, `FILE:LINE` for the step at a line; without any, the project's `collections/`.
    pub paths: Vec<PathBuf>,
    /// Only cases of this name, in which * stands for anything and ? for one character (repeatable).
    #[arg(long = "case", value_name = "NAME")]
    pub cases: Vec<Pattern>,
    /// Only steps of this name, with the steps before them that they need (repeatable).
    #[arg(long = "step", value_name = "NAME")]
    pub steps: Vec<Pattern>,
    /// Only cases and steps with this tag, or with tags such as `smoke and not (slow or paging)` (repeatable).
    #[arg(long = "tag", value_name = "TAGS")]
    pub tags: Vec<TagExpression>,
    /// No case or step with this tag, or with such tags (repeatable).
    #[arg(long = "not-tag", value_name = "TAGS")]
    pub not_tags: Vec<TagExpression>,
    /// Only cases that failed, were interrupted or did not run yet, by the logs in `target/callsheet/`.
    #[arg(long)]
    pub failed: bool,
    /// Only collections that changed since this revision of git, or that use a file that did.
    #[arg(long, value_name = "REV")]
    pub changed: Option<String>,
}

/// In which order, how often and on which machine.
#[derive(Debug, Clone, Default, Args)]
pub struct OrderArguments {
    /// Run every case so many times.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub repeat: Option<u32>,
    /// Put the cases in another order, which this number decides.
    #[arg(long, value_name = "SEED")]
    pub shuffle: Option<u64>,
    /// Only this part of the plan: `2/5`, or `auto` (`auto/5`) for the one the engine of the job names.
    #[arg(long, value_name = "INDEX/TOTAL")]
    pub shard: Option<String>,
    /// How cases are dealt out to shards: in turn, or by a hash of their names.
    #[arg(long, value_name = "WAY", value_enum)]
    pub shard_by: Option<ShardBy>,
    /// Deal cases out so that shards take equally long, by this event log of an earlier run (repeatable).
    #[arg(long, value_name = "LOG", conflicts_with = "shard_by")]
    pub shard_times: Vec<PathBuf>,
}

/// How cases are dealt out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ShardBy {
    Slice,
    Hash,
}

impl OrderArguments {
    /// The order that is asked for, here or by the variables of the job.
    ///
    /// # Errors
    /// What is said of shards is wrong, or a log cannot be read.
    pub(super) fn order(&self) -> Result<Order, CommandError> {
        let shard = shard::wanted(self.shard.as_deref())?;
        if shard.is_none() && (self.shard_by.is_some() || !self.shard_times.is_empty()) {
            return Err(CommandError::usage(
                "there are no shards to deal out to; say which this is, as in --shard 2/5",
            ));
        }
        let by = match self.shard_by {
            Some(ShardBy::Hash) => Dealing::Hash,
            _ if !self.shard_times.is_empty() => Dealing::Times(times(&self.shard_times)?),
            Some(ShardBy::Slice) | None => Dealing::Slice,
        };
        Ok(Order {
            repeat: self
                .repeat
                .filter(|times| *times > 1)
                .and_then(|times| usize::try_from(times).ok()),
            shuffle: self.shuffle,
            shard: shard.map(|(index, total)| Shard { index, total, by }),
        })
    }
}

impl SelectArguments {
    /// True if something within the files that are named may be left out.
    pub(super) fn narrows(&self) -> bool {
        let SelectArguments {
            paths,
            cases,
            steps,
            tags,
            not_tags,
            failed,
            changed,
        } = self;
        !(cases.is_empty() && steps.is_empty() && tags.is_empty() && not_tags.is_empty())
            || *failed
            || changed.is_some()
            || paths.iter().any(|path| at_line(path).1.is_some())
    }
}

impl Loaded {
    /// What the arguments choose.
    ///
    /// # Errors
    /// An argument chooses nothing that there is, or what it is about cannot be found out.
    pub(super) fn plan(
        &self,
        select: &SelectArguments,
        rounds: &CaseRounds,
        order: &Order,
        environment: Option<&str>,
    ) -> Result<Plan, CommandError> {
        self.plan_within(select, rounds, order, environment, None)
    }

    /// The same among certain cases only.
    ///
    /// # Errors
    /// As [`plan`](Self::plan).
    pub(super) fn plan_within(
        &self,
        select: &SelectArguments,
        rounds: &CaseRounds,
        order: &Order,
        environment: Option<&str>,
        only: Option<CaseSet>,
    ) -> Result<Plan, CommandError> {
        let mut sets = Vec::from_iter(only);
        if select.failed {
            let environment = self.environment(environment)?;
            sets.push(self.unsettled(rounds, environment.map(|environment| environment.name.as_str()))?);
        }
        if let Some(revision) = &select.changed {
            sets.push(self.changed(revision)?);
        }
        let selection = Selection {
            cases: select.cases.clone(),
            steps: select.steps.clone(),
            tags: select.tags.clone(),
            not_tags: select.not_tags.clone(),
            lines: self.lines(&select.paths)?,
            sets,
        };
        Plan::new(&self.suite.collections, &selection, rounds, order)
            .map_err(|error| CommandError::usage(error.to_string()))
    }

    /// What stands at the lines that paths name. A file that is meant as a whole as well is not narrowed.
    fn lines(&self, paths: &[PathBuf]) -> Result<IndexMap<PathBuf, Vec<(usize, Target)>>, CommandError> {
        let mut lines: IndexMap<PathBuf, Vec<(usize, Target)>> = IndexMap::new();
        let mut whole: Vec<PathBuf> = Vec::new();
        for path in paths {
            let (path, line) = at_line(path);
            let file = self.workspace.within(&path)?;
            let Some(line) = line else {
                whole.push(file);
                continue;
            };
            let found = self
                .suite
                .collections
                .iter()
                .find(|collection| collection.file == file);
            let Some(collection) = found else {
                return Err(CommandError::usage(format!(
                    "{} is no collection",
                    path.display()
                )));
            };
            let last = collection.lines;
            if line == 0 || line > last {
                return Err(CommandError::usage(format!(
                    "{} has no line {line}; its last is {last}",
                    path.display()
                )));
            }
            let target = Target::at(collection, line);
            lines.entry(file).or_default().push((line, target));
        }
        lines.retain(|file, _| !whole.iter().any(|whole| file.starts_with(whole)));
        Ok(lines)
    }

    /// The cases of collections that changed since a revision, or that use what did.
    fn changed(&self, revision: &str) -> Result<CaseSet, CommandError> {
        let mut changed = changed::since(self.workspace.root.path(), revision)?;
        // What was accepted is a part of what is expected; what waits for review is not.
        let accepted = |file: &&PathBuf| file.extension().is_none_or(|extension| extension != "new");
        let snapshots: Vec<PathBuf> = changed.iter().filter(accepted).cloned().collect();
        for collection in &self.suite.collections {
            let folder = collection.snapshot_folder();
            if snapshots.iter().any(|file| file.starts_with(&folder)) {
                changed.insert(collection.file.clone());
            }
        }
        // Of what git ignores nobody can say that it did not change; only what is named is asked for.
        let kept = changed::kept(self.workspace.root.path())?;
        for collection in &self.suite.collections {
            let used = self.workspace.root.uses(&collection.file);
            let unknown = |file: &PathBuf| !file.ancestors().any(|path| kept.contains(path));
            changed.extend(used.into_iter().filter(unknown));
        }
        Ok(CaseSet {
            by: format!("--changed {revision}"),
            cases: self.touched(&changed),
        })
    }

    /// The cases that use one of these files. What the project file uses, every case does.
    pub(super) fn touched(&self, changed: &HashSet<PathBuf>) -> HashSet<(PathBuf, usize)> {
        let is_all = self.uses_any(Path::new(PROJECT_FILE), changed);
        self.all_cases(|file| is_all || self.uses_any(file, changed))
    }

    /// True if a file is one of these, or uses one of them; a folder among them stands for what is below it.
    pub(super) fn uses_any(&self, file: &Path, changed: &HashSet<PathBuf>) -> bool {
        let used = self.workspace.root.uses(file);
        let mut paths = used.iter().flat_map(|used| used.ancestors());
        paths.any(|path| changed.contains(path))
    }

    fn all_cases(&self, of: impl Fn(&Path) -> bool) -> HashSet<(PathBuf, usize)> {
        let collections = self.suite.collections.iter();
        collections
            .filter(|collection| of(&collection.file))
            .flat_map(|collection| (0..collection.cases.len()).map(|case| (collection.file.clone(), case)))
            .collect()
    }
}

/// How long the cases took in the runs of these logs.
fn times(logs: &[PathBuf]) -> Result<Vec<CaseTime>, CommandError> {
    let mut times = Vec::new();
    for path in logs {
        let past = log::past_of(path)?;
        times.extend(past.into_iter().filter_map(|past| {
            Some(CaseTime {
                case: past.id,
                duration: past.duration?,
            })
        }));
    }
    Ok(times)
}

/// A path and the line it names: `FILE:31`, where there is no file of that whole name.
pub(super) fn at_line(path: &Path) -> (PathBuf, Option<usize>) {
    let named = || {
        let (file, line) = path.to_str()?.rsplit_once(':')?;
        let is_number = !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
        (is_number && !path.exists()).then_some((PathBuf::from(file), line.parse().ok()?))
    };
    match named() {
        Some((file, line)) => (file, Some(line)),
        None => (path.to_owned(), None),
    }
}

/// Why nothing was selected, with a word that was probably meant.
pub(super) fn nothing_selected(loaded: &Loaded, select: &SelectArguments) -> String {
    if loaded.suite.collections.is_empty() {
        return match loaded.files {
            0 => "no call sheets were found; `callsheet init` makes a project to begin with".to_owned(),
            count => format!("no collection is among the {count} files found"),
        };
    }
    if let Some(unmatched) = unmatched(loaded, select) {
        return unmatched;
    }
    let narrows = !select.cases.is_empty()
        || !select.steps.is_empty()
        || !select.tags.is_empty()
        || !select.not_tags.is_empty();
    match (&select.changed, select.failed, narrows) {
        (None, true, false) => "nothing failed, was interrupted or is new since the last run".to_owned(),
        (Some(revision), false, false) => format!("nothing that runs changed since {revision}"),
        _ => "nothing is left by the options given together".to_owned(),
    }
}

/// A name of the options that matches nothing, with the nearest that would.
pub(super) fn unmatched(loaded: &Loaded, select: &SelectArguments) -> Option<String> {
    let collections = loaded.suite.collections.iter();
    let cases: Vec<_> = collections.flat_map(|collection| &collection.cases).collect();
    let steps = || cases.iter().flat_map(|case| &case.steps);
    let case_names = cases.iter().map(|case| case.name.as_str());
    let names_round = |pattern: &Pattern| {
        let mut repeated = steps().filter_map(|step| Some((step, step.rounds()?.known()?)));
        repeated.any(|(step, rounds)| {
            let mut titles = rounds.iter().map(|round| round.title(&step.name));
            titles.any(|title| pattern.matches(&title))
        })
    };
    let of_steps = select.steps.iter().filter(|pattern| !names_round(pattern));
    let of_steps: Vec<Pattern> = of_steps.cloned().collect();
    pattern("--case", &select.cases, case_names)
        .or_else(|| pattern("--step", &of_steps, steps().map(|step| &*step.name)))
        .or_else(|| {
            let tags: HashSet<&str> = cases
                .iter()
                .flat_map(|case| {
                    let of_steps = case.steps.iter().flat_map(StepOutline::tags);
                    case.tags.iter().chain(of_steps)
                })
                .map(String::as_str)
                .collect();
            let mut wanted = select.tags.iter().flat_map(TagExpression::wanted);
            let unknown = wanted.find(|tag| !tags.contains(tag))?;
            Some(match operators(unknown) {
                Some(meant) => format!(
                    "--tag {unknown} matches nothing; tags are joined by `and`, `or` and `not`: --tag '{meant}'"
                ),
                None => complaint("--tag", unknown, &tags),
            })
        })
}

fn pattern<'k>(option: &str, wanted: &[Pattern], known: impl Iterator<Item = &'k str>) -> Option<String> {
    // Of a long plan the names are many, and mostly nobody asks for one.
    if wanted.is_empty() {
        return None;
    }
    let known: HashSet<&str> = known.collect();
    let fits = |pattern: &&Pattern| !known.iter().any(|name| pattern.matches(name));
    let unmatched = wanted.iter().find(fits)?;
    let name = unmatched.as_str();
    let is_part = |known: &&&str| known.to_lowercase().contains(&name.to_lowercase());
    let mut parts: Vec<&str> = known.iter().filter(is_part).copied().collect();
    let is_slip = registry::nearest(name, known.iter().copied()).is_some();
    if is_slip || parts.is_empty() || name.contains(['*', '?']) {
        return Some(complaint(option, name, &known));
    }
    parts.sort_unstable();
    let more = match parts.len() {
        0..=FEW => String::new(),
        count => format!(" and {} more", count - FEW),
    };
    parts.truncate(FEW);
    Some(format!(
        "{option} {name} matches nothing, for it is a part of a name; {option} '*{name}*' matches `{}`{more}",
        parts.join("`, `")
    ))
}

/// So many names are told of those that a word is a part of.
const FEW: usize = 3;

/// The tags as they are joined here, where they are joined as other tools do it.
fn operators(tags: &str) -> Option<String> {
    let spaced = [
        ("&&", "and"),
        ("||", "or"),
        ("&", "and"),
        ("|", "or"),
        (",", "or"),
        ("!", "not"),
    ]
    .iter()
    .fold(tags.to_owned(), |text, (sign, word)| {
        text.replace(sign, &format!(" {word} "))
    });
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let meant = words.join(" ");
    // What is missing behind the last one is for whoever wrote it to say.
    let end = match words.last() {
        Some(&("and" | "or" | "not")) => " …",
        _ => "",
    };
    (meant != tags).then(|| format!("{meant}{end}"))
}

fn complaint(option: &str, name: &str, known: &HashSet<&str>) -> String {
    let mut known: Vec<&str> = known.iter().copied().collect();
    known.sort_unstable();
    let help = registry::suggestion(name, known)
        .map(|help| format!("; {help}"))
        .unwrap_or_default();
    format!("{option} {name} matches nothing{help}")
}
