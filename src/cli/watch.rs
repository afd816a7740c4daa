//! `callsheet watch`: runs, and runs again what a changed file touches; the mock and the sessions stay.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::arguments::RunArguments;
use super::inputs::{Missing, Resolved};
use super::prepare::{self, Loaded};
use super::run::Within;
use super::signals::Signals;
use super::workspace::Workspace;
use super::{CommandError, Exit, network, output, run, snapshots};
use crate::collection::PROJECT_FILE;
use crate::diagnostic::Diagnostic;
use crate::mock::Running;
use crate::plan::{CaseRounds, CaseSet};
use crate::run::{Sessions, Setting, Wire};
use crate::secret::Vault;
use crate::snapshot::Store;

/// How long nothing more has to change before a change is taken: editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(100);

/// What the program itself and git write below a project, and nobody runs.
const PASSED_OVER: [&str; 2] = ["target", ".git"];

pub(super) fn watch(arguments: &RunArguments) -> Result<Exit, CommandError> {
    if arguments.list || arguments.until_fails || arguments.record.is_some() || arguments.replay.is_some() {
        return Err(CommandError::usage(
            "watch takes none of --list, --until-fails, --record and --replay",
        ));
    }
    run::runtime()?.block_on(async {
        let workspace = Workspace::find(&arguments.select.paths)?;
        let mut changes = Changes::new(workspace.root.path())?;
        // Made once, so that a signal between two waits is not lost.
        let mut signals = Signals::new();
        let mut stage = None;
        let mut changed = HashSet::new();
        let mut mistakes = Vec::new();
        let exit = loop {
            let loaded = prepare::load(&arguments.select)?;
            changes.follow(&folders(&loaded, arguments)?)?;
            let known = std::mem::replace(&mut mistakes, loaded.diagnostics.iter().cloned().collect());
            // Where nothing is otherwise, some other file changed, such as one that the output of this goes to.
            let is_told = loaded.diagnostics.has_errors() && is_same(&known, &mistakes);
            let ran = match is_told {
                true => Ok(Some(Exit::Usage)),
                false => again(arguments, loaded, &mut stage, &changed, &mut signals).await,
            };
            match ran {
                Ok(Some(Exit::Interrupted(signal))) => break Exit::Interrupted(signal),
                // What changed before a file was broken is still to be run when it is mended.
                Ok(Some(Exit::Usage)) => {}
                Ok(_) => changed.clear(),
                // Nothing ran yet: an argument is wrong, and no change of a file mends that.
                Err(error) if stage.is_none() && changed.is_empty() => return Err(error),
                Err(error) => output::error_line(&format!("error: {}", error.message)),
            }
            tokio::select! {
                signal = signals.next() => break Exit::Interrupted(signal),
                more = changes.next() => changed.extend(more),
            }
        };
        if let Some(mock) = stage.and_then(|stage: Stage| stage.mock) {
            mock.stop().await;
        }
        Ok(exit)
    })
}

/// Whether the same is wrong with the same texts.
fn is_same(one: &[Diagnostic], other: &[Diagnostic]) -> bool {
    fn text(diagnostic: &Diagnostic) -> Option<&str> {
        diagnostic.place.as_ref().map(|place| place.source.text.as_str())
    }
    one == other && one.iter().map(text).eq(other.iter().map(text))
}

/// What stays from run to run, until something changes that it is made from.
struct Stage {
    resolved: Resolved,
    setting: Setting,
    sessions: Sessions,
    mock: Option<Running>,
}

/// Runs what the changed files touch, or everything the first time; none if they touch nothing.
async fn again(
    arguments: &RunArguments,
    mut loaded: Loaded,
    kept: &mut Option<Stage>,
    changed: &HashSet<PathBuf>,
    signals: &mut Signals,
) -> Result<Option<Exit>, CommandError> {
    if loaded.diagnostics.has_errors() {
        output::clear()?;
        loaded.complain(&Vault::new());
        return Ok(Some(waiting(Exit::Usage)));
    }
    let only = kept.is_some().then(|| CaseSet {
        by: "(not touched)".to_owned(),
        cases: loaded.touched(changed),
    });
    if only.as_ref().is_some_and(|only| only.cases.is_empty()) {
        return Ok(None);
    }
    let named = arguments.inputs.environment.as_deref();
    let order = arguments.order.order()?;
    let plan = |loaded: &Loaded, rounds: &CaseRounds| {
        let only = only.clone();
        loaded.plan_within(&arguments.select, rounds, &order, named, only)
    };
    // Also to learn whether the arguments are right, before anything is asked for or started.
    let is_empty = plan(&loaded, &CaseRounds::default())?.is_empty();
    if is_empty && kept.is_some() {
        return Ok(None);
    }
    if made_from(&loaded, changed)
        && let Some(mock) = kept.take().and_then(|stage| stage.mock)
    {
        mock.stop().await;
    }
    output::clear()?;
    let stage = match kept.take() {
        Some(stage) => stage,
        None => {
            let resolved = loaded.inputs(named, &arguments.inputs, Missing::Asked)?;
            if let Some(exit) = loaded.complain(&resolved.vault) {
                return Ok(Some(waiting(exit)));
            }
            let client = network::client(&arguments.network)?;
            let (resolved, mock) = run::start_mock(&mut loaded, named, resolved).await?;
            let environment = loaded.environment(named)?;
            Stage {
                setting: run::setting(&loaded, environment, &resolved, (client, Wire::Live), arguments),
                sessions: Sessions::new(&loaded.suite.project.sessions),
                resolved,
                mock,
            }
        }
    };
    let stage = kept.insert(stage);
    let rounds = loaded.case_rounds(&stage.resolved);
    let plan = plan(&loaded, &rounds)?;
    if !arguments.allow_writes {
        loaded.refuse_writes(named, &plan, &stage.resolved)?;
    }
    if let Some(exit) = loaded.complain(&stage.resolved.vault) {
        return Ok(Some(waiting(exit)));
    }
    if !run::chosen(&loaded, arguments, &plan)? {
        return Ok(Some(waiting(Exit::Empty)));
    }
    run::without_part(&plan);
    let mut report = run::recorded(arguments, &loaded, &stage.resolved.vault)?;
    let environment = loaded.environment(named)?;
    let started = run::started(&loaded, &plan, environment, &stage.resolved, arguments);
    // A login that went wrong may be what was mended.
    stage.sessions.forget_failures();
    stage.setting.snapshots = Store::new(Arc::clone(&loaded.workspace.root), snapshots::mode(arguments));
    let within = Within {
        setting: &stage.setting,
        sessions: &stage.sessions,
        signals,
    };
    let exit = run::conduct(&loaded, &plan, within, started, report.as_mut(), arguments).await;
    Ok(Some(waiting(exit)))
}

/// Says what is waited for, unless it is over.
fn waiting(exit: Exit) -> Exit {
    if !matches!(exit, Exit::Interrupted(_)) {
        output::error_line("watching the files; end it with Ctrl-C");
    }
    exit
}

/// True if inputs, sessions or the mock are made from something that changed.
fn made_from(loaded: &Loaded, changed: &HashSet<PathBuf>) -> bool {
    let with_inputs = loaded
        .suite
        .collections
        .iter()
        .filter(|collection| !collection.inputs.is_empty());
    std::iter::once(Path::new(PROJECT_FILE))
        .chain(with_inputs.map(|collection| collection.file.as_path()))
        .any(|file| loaded.uses_any(file, changed))
}

/// Folders to watch, relative to the project's.
#[derive(Default)]
struct Folders {
    /// With all below them: those that call sheets are found in.
    deep: BTreeSet<PathBuf>,
    /// By themselves: those of the files that call sheets use.
    flat: BTreeSet<PathBuf>,
}

fn folders(loaded: &Loaded, arguments: &RunArguments) -> Result<Folders, CommandError> {
    let workspace = &loaded.workspace;
    let found = workspace.files(&arguments.select.paths)?;
    let files = std::iter::once(Path::new(PROJECT_FILE)).chain(found.iter().map(|file| file.path.as_path()));
    let used = files.flat_map(|file| workspace.root.uses(file));
    Ok(Folders {
        deep: workspace.folders(&arguments.select.paths)?.into_iter().collect(),
        flat: used
            .filter_map(|file| file.parent().map(Path::to_owned))
            .collect(),
    })
}

/// Changes below a project, as the system tells them.
struct Changes {
    watcher: RecommendedWatcher,
    told: UnboundedReceiver<notify::Result<Event>>,
    root: PathBuf,
    followed: Folders,
}

impl Changes {
    fn new(root: &Path) -> Result<Changes, CommandError> {
        let (sender, told) = unbounded_channel();
        let watcher = notify::recommended_watcher(move |event| {
            // Nobody listens any more when the program ends.
            let _ = sender.send(event);
        });
        Ok(Changes {
            watcher: watcher.map_err(|error| unwatched(&error))?,
            told,
            root: root.to_owned(),
            followed: Folders::default(),
        })
    }

    /// Watches these folders too.
    fn follow(&mut self, folders: &Folders) -> Result<(), CommandError> {
        for folder in &folders.deep {
            self.add(folder, RecursiveMode::Recursive)?;
        }
        for folder in &folders.flat {
            self.add(folder, RecursiveMode::NonRecursive)?;
        }
        Ok(())
    }

    fn add(&mut self, folder: &Path, mode: RecursiveMode) -> Result<(), CommandError> {
        let Folders { deep, flat } = &mut self.followed;
        let path = self.root.join(folder);
        // A folder that is not there is a mistake of the file that names it, and told as such.
        if deep.iter().any(|above| folder.starts_with(above)) || flat.contains(folder) || !path.is_dir() {
            return Ok(());
        }
        match mode {
            RecursiveMode::Recursive => deep.insert(folder.to_owned()),
            RecursiveMode::NonRecursive => flat.insert(folder.to_owned()),
        };
        self.watcher.watch(&path, mode).map_err(|error| unwatched(&error))
    }

    /// The files that change next, relative to the project's folder, once they stay as they are.
    async fn next(&mut self) -> HashSet<PathBuf> {
        let mut changed = HashSet::new();
        loop {
            let event = if changed.is_empty() {
                self.told.recv().await
            } else {
                match tokio::time::timeout(QUIET, self.told.recv()).await {
                    Ok(event) => event,
                    Err(_) => return changed,
                }
            };
            match event {
                // The watcher lives as long as this does.
                None => return std::future::pending().await,
                // What it lost may be anything.
                Some(Err(_)) => drop(changed.insert(PathBuf::from(PROJECT_FILE))),
                Some(Ok(event)) if event.need_rescan() => drop(changed.insert(PathBuf::from(PROJECT_FILE))),
                Some(Ok(event)) if matches!(event.kind, EventKind::Access(_)) => {}
                Some(Ok(event)) => {
                    let below = event
                        .paths
                        .iter()
                        .filter_map(|path| path.strip_prefix(&self.root).ok());
                    let files = below
                        .filter(|path| !path.as_os_str().is_empty())
                        .filter(|path| !PASSED_OVER.iter().any(|over| path.starts_with(over)));
                    changed.extend(files.map(Path::to_owned));
                }
            }
        }
    }
}

fn unwatched(error: &notify::Error) -> CommandError {
    CommandError {
        message: format!("cannot watch the files: {error}"),
        exit: Exit::Errored,
    }
}
