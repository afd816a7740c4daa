//! `callsheet diff`: the same collections in two environments, and how their answers differ, step by step.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc::unbounded_channel;

use super::arguments::{DiffArguments, InputArguments, RunArguments};
use super::changes::{self, Page, count};
use super::inputs::{Missing, Resolved};
use super::prepare::Loaded;
use super::run::{runtime, setting, start_mock};
use super::select;
use super::signals::Signals;
use super::{CommandError, Exit, network, output, prepare};
use crate::http::Client;
use crate::outcome::{ErrorKind, Event, StepError};
use crate::plan::{Order, Plan};
use crate::run::{self, Events, Sessions, Setting, Wire};
use crate::secret::Vault;
use crate::snapshot::{Answer, Answers, Mode, Store, from_root};
use crate::untrusted;

/// An environment that is about to be asked.
struct Ready {
    arguments: RunArguments,
    loaded: Loaded,
    resolved: Resolved,
    plan: Plan,
    client: Client,
}

/// What an environment answered.
struct Side {
    environment: String,
    steps: Vec<(PathBuf, String)>,
    answers: BTreeMap<PathBuf, Answer>,
    /// The steps that could not be evaluated, each with why.
    errors: Vec<(String, StepError)>,
    vault: Vault,
}

/// How many steps compare how.
#[derive(Default)]
struct Counts {
    same: usize,
    different: usize,
    errors: usize,
    /// Errors of policy: something would have gone where it must not.
    refused: usize,
}

pub(super) fn diff(arguments: &DiffArguments) -> Result<Exit, CommandError> {
    let [before, after] = arguments.environments.as_slice() else {
        return Err(CommandError::usage(
            "two environments are compared: `--env BEFORE --env AFTER`",
        ));
    };
    // Everything that is wrong with either is found before anything is sent to one.
    let before = match ready(arguments, before)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let after = match ready(arguments, after)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let runtime = runtime()?;
    let before = match runtime.block_on(ask(before))? {
        Ok(side) => side,
        Err(exit) => return Ok(exit),
    };
    let after = match runtime.block_on(ask(after))? {
        Ok(side) => side,
        Err(exit) => return Ok(exit),
    };
    let stdout = io::stdout();
    let page = Page {
        colour: output::colour(&stdout),
        width: output::width(),
    };
    // What is secret on one side may have been answered by the other.
    let mut out = after.vault.writer(before.vault.writer(stdout.lock()));
    let counts = show(&before, &after, page, &mut out).and_then(|counts| {
        out.flush()?;
        Ok(counts)
    });
    let counts = counts.map_err(|error| CommandError::output("cannot write to stdout", &error))?;
    Ok(match counts {
        Counts { refused: 1.., .. } => Exit::Refused,
        Counts { different: 1.., .. } => Exit::Failed,
        Counts { errors: 1.., .. } => Exit::Errored,
        Counts { same: 0, .. } => Exit::Empty,
        Counts { .. } => Exit::Passed,
    })
}

/// The arguments of a run in one of the environments.
fn arguments_of(arguments: &DiffArguments, environment: &str) -> RunArguments {
    // What begins with the name of an environment is for that one.
    let own = |given: &[String]| -> Vec<String> {
        given
            .iter()
            .filter_map(|text| {
                let of_one = arguments
                    .environments
                    .iter()
                    .find_map(|name| Some((name, text.strip_prefix(name.as_str())?.strip_prefix(':')?)));
                match of_one {
                    Some((name, rest)) => (name == environment).then(|| rest.to_owned()),
                    None => Some(text.clone()),
                }
            })
            .collect()
    };
    RunArguments {
        select: arguments.select.clone(),
        inputs: InputArguments {
            environment: Some(environment.to_owned()),
            inputs: own(&arguments.inputs),
            secret_env: own(&arguments.secret_env),
            secret_file: own(&arguments.secret_file),
            secret_stdin: None,
        },
        jobs: arguments.jobs,
        allow_writes: arguments.allow_writes,
        allow_http: arguments.allow_http,
        allow_host: arguments.allow_host.clone(),
        network: arguments.network.clone(),
        ..RunArguments::default()
    }
}

/// Reads everything for one environment; the exit if something is wrong, which is told then.
fn ready(arguments: &DiffArguments, environment: &str) -> Result<Result<Ready, Exit>, CommandError> {
    let arguments = arguments_of(arguments, environment);
    let named = Some(environment);
    let mut loaded = prepare::load(&arguments.select)?;
    if loaded.diagnostics.has_errors() {
        return Ok(Err(loaded.complain(&Vault::new()).unwrap_or(Exit::Usage)));
    }
    let resolved = loaded.inputs(named, &arguments.inputs, Missing::Asked)?;
    let rounds = loaded.case_rounds(&resolved);
    let plan = loaded.plan(&arguments.select, &rounds, &Order::default(), named)?;
    if !arguments.allow_writes {
        loaded.refuse_writes(named, &plan, &resolved)?;
    }
    let client = network::client(&arguments.network)?;
    if let Some(exit) = loaded.complain(&resolved.vault) {
        return Ok(Err(exit));
    }
    select::unmatched(&loaded, &arguments.select)
        .map_or(Ok(()), |complaint| Err(CommandError::usage(complaint)))?;
    Ok(Ok(Ready {
        arguments,
        loaded,
        resolved,
        plan,
        client,
    }))
}

/// Runs everything in one environment and keeps its answers. Checks are not what this is about: a case goes on after
/// one that does not hold. A signal ends the run as it ends any other.
async fn ask(ready: Ready) -> Result<Result<Side, Exit>, CommandError> {
    let Ready {
        arguments,
        mut loaded,
        resolved,
        plan,
        client,
    } = ready;
    let named = arguments.inputs.environment.as_deref();
    let (resolved, mock) = start_mock(&mut loaded, named, resolved).await?;
    let setting = Setting {
        keep_going: true,
        snapshots: Store::new(Arc::clone(&loaded.workspace.root), Mode::ReadOnly),
        answers: Some(Answers::default()),
        ..setting(
            &loaded,
            loaded.environment(named)?,
            &resolved,
            (client, Wire::Live),
            &arguments,
        )
    };
    let (sender, mut receiver) = unbounded_channel();
    let sessions = Sessions::new(&loaded.suite.project.sessions);
    let signal = {
        let sink = Events::new(sender);
        let mut signals = Signals::new();
        let mut ending = signals.end(&setting.interrupt);
        tokio::select! {
            biased;
            _ = run::run(loaded.library(), &plan, &setting, &sessions, &sink) => {}
            () = ending.is_due() => {}
        }
        ending.signal()
    };
    if let Some(mock) = mock {
        mock.stop().await;
    }
    if let Some(signal) = signal {
        return Ok(Err(Exit::Interrupted(signal)));
    }
    let mut errors = Vec::new();
    let mut titles = titles(&plan);
    while let Ok(event) = receiver.try_recv() {
        match event {
            Event::StepUnfolded { step, rounds, .. } => {
                let (case, _) = titles.get(&step).cloned().unwrap_or_default();
                titles.extend(
                    rounds
                        .into_iter()
                        .map(|round| (round.step, (case.clone(), round.name.to_string()))),
                );
            }
            Event::StepFinished(finished) => {
                let (case, step) = titles.get(&finished.step).cloned().unwrap_or_default();
                let error = Arc::unwrap_or_clone(finished).error;
                errors.extend(error.map(|error| (format!("{case} › {step}"), error)));
            }
            _ => {}
        }
    }
    Ok(Ok(Side {
        environment: named.unwrap_or_default().to_owned(),
        steps: steps(&loaded, &plan)?,
        answers: setting.answers.map(Answers::into_map).unwrap_or_default(),
        errors,
        vault: setting.vault,
    }))
}

/// The names of the steps by their numbers, each with its case's.
fn titles(plan: &Plan) -> BTreeMap<usize, (String, String)> {
    let steps = plan.cases.iter().flat_map(|case| {
        let steps = case.parts();
        steps.map(|(planned, step)| (planned.number, (case.name(), planned.name(&step.name))))
    });
    steps.collect()
}

/// What the answers of each step are kept under, with what the step is called, in the order of the plan.
fn steps(loaded: &Loaded, plan: &Plan) -> Result<Vec<(PathBuf, String)>, CommandError> {
    let cases = loaded.open(plan)?;
    let steps = cases.iter().flat_map(|case| {
        let folder = case.collection.snapshot_folder();
        case.parts().map(move |(_, step)| {
            let title = format!("{} › {}", case.case().name, step.name);
            (folder.join(step.snapshot_name(None)), title)
        })
    });
    Ok(steps.collect())
}

/// Shows what differs, in the order of the plan.
fn show(before: &Side, after: &Side, page: Page, out: &mut impl Write) -> io::Result<Counts> {
    let mut counts = Counts::default();
    for side in [before, after] {
        for (title, error) in &side.errors {
            counts.errors += 1;
            counts.refused += usize::from(error.kind == ErrorKind::Policy);
            let environment = untrusted::line(&side.environment);
            let message = untrusted::line(&error.message);
            writeln!(
                out,
                "error    {}  in {environment}: {message}",
                page.strong(title)
            )?;
        }
    }
    let mut names: BTreeSet<&PathBuf> = before.answers.keys().chain(after.answers.keys()).collect();
    for (own, step) in before.steps.iter().chain(&after.steps) {
        let of_step: Vec<(&PathBuf, String)> = names
            .iter()
            .filter_map(|name| Some((*name, below(name, own)?)))
            .collect();
        for (name, rest) in of_step {
            names.remove(name);
            let title = format!("{step}{rest}");
            compare(&title, before, after, name, page, &mut counts, out)?;
        }
    }
    for name in names {
        compare(&from_root(name), before, after, name, page, &mut counts, out)?;
    }
    writeln!(
        out,
        "{} the same, {} different, {}",
        counts.same,
        counts.different,
        count(counts.errors, "error")
    )?;
    Ok(counts)
}

/// What of an answer's name comes behind its step's: the step of a recipe, the round; nothing if it is another step's.
fn below(name: &Path, step: &Path) -> Option<String> {
    let (name, step) = (name.to_string_lossy(), step.to_string_lossy());
    let rest = name.strip_prefix(&*step)?;
    match rest.chars().next() {
        None => Some(String::new()),
        Some('.' | '@') => Some(format!(" {rest}")),
        Some(_) => None,
    }
}

fn compare(
    title: &str,
    before: &Side,
    after: &Side,
    name: &Path,
    page: Page,
    counts: &mut Counts,
    out: &mut impl Write,
) -> io::Result<()> {
    let plain = title;
    let title = page.strong(title);
    let (one, other) = match (before.answers.get(name), after.answers.get(name)) {
        (Some(one), Some(other)) => (one, other),
        (one, _) => {
            let (side, silent) = if one.is_some() {
                (before, after)
            } else {
                (after, before)
            };
            // Where its error was told and counted, it is no difference besides.
            let failed = silent.errors.iter().any(|(failed, _)| failed == plain);
            counts.different += usize::from(!failed);
            let environment = untrusted::line(&side.environment);
            return writeln!(out, "differs  {title}  only {environment} answered");
        }
    };
    let (Ok(one), Ok(other)) = (one, other) else {
        counts.errors += 1;
        writeln!(out, "error    {title}")?;
        for (side, answer) in [(before, one), (after, other)] {
            if let Err(reason) = answer {
                let environment = untrusted::line(&side.environment);
                writeln!(out, "    {environment}: {}", untrusted::line(reason))?;
            }
        }
        return Ok(());
    };
    match other.differences(&one.content) {
        None => counts.same += 1,
        Some(differences) => {
            counts.different += 1;
            writeln!(out, "differs  {title}")?;
            changes::write(&changes::lines(&differences, page), page, out)?;
        }
    }
    Ok(())
}
