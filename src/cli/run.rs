//! `callsheet run`: load, plan, run, report, exit.

use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum as _;
use serde_json::Value;
use tokio::sync::mpsc::unbounded_channel;

use super::arguments::{Flaky, RunArguments, Update};
use super::beside::Beside;
use super::follow::Follower;
use super::inputs::{BASE_URL, Missing, Resolved};
use super::prepare::{self, Loaded};
use super::select::{self, OrderArguments};
use super::signals::Signals;
use super::{
    CommandError, Exit, common, descriptors, list, log, network, output, recording, reports, snapshots,
};
use crate::collection::Environment;
use crate::http::Client;
use crate::mock::{self, Running};
use crate::outcome::{Event, LOG_VERSION, RunFinished, RunStarted};
use crate::plan::{CaseRounds, Order, Plan};
use crate::report::Report;
use crate::run::{self, Events, Interrupt, Policy, Sessions, Setting, Sink, Wire};
use crate::secret::Vault;
use crate::snapshot::Store;
use crate::template::Scope;

/// How often a live display hears of the time.
const TICK: Duration = Duration::from_millis(250);

pub(super) fn run(arguments: &RunArguments) -> Result<Exit, CommandError> {
    if arguments.until_fails && arguments.shown.reports.iter().any(|report| !report.contains('=')) {
        return Err(CommandError::usage(
            "--until-fails makes a report of every run; give each --report a file, which the last run writes",
        ));
    }
    detached(arguments)?;
    let mut loaded = prepare::load(&arguments.select)?;
    let named = arguments.inputs.environment.as_deref();
    if loaded.diagnostics.has_errors() {
        // Inputs are asked for only where the files are sound: nobody types a key for nothing.
        return Ok(loaded.complain(&Vault::new()).unwrap_or(Exit::Usage));
    }
    let order = order(arguments)?;
    if arguments.list {
        let plan = loaded.plan(&arguments.select, &CaseRounds::default(), &order, named)?;
        return match chosen(&loaded, arguments, &plan)? {
            true => list::print(&plan, arguments.shown.json),
            false => Ok(Exit::Empty),
        };
    }
    let resolved = loaded.inputs(named, &arguments.inputs, Missing::Asked)?;
    let rounds = loaded.case_rounds(&resolved);
    let mut plan = loaded.plan(&arguments.select, &rounds, &order, named)?;
    if plan.shard.is_some() {
        plan.seal(&common::common(&loaded, &resolved, arguments)?);
    }
    if !arguments.allow_writes {
        loaded.refuse_writes(named, &plan, &resolved)?;
    }
    let client = network::client(&arguments.network)?;
    if let Some(exit) = loaded.complain(&resolved.vault) {
        return Ok(exit);
    }
    if !chosen(&loaded, arguments, &plan)? {
        return Ok(Exit::Empty);
    }
    let wire = recording::wire(arguments)?;
    let runtime = runtime()?;
    without_part(&plan);
    let mut report = recorded(arguments, &loaded, &resolved.vault)?;
    let ended = runtime.block_on(async {
        let (resolved, mock) = match &wire {
            Wire::Replay(recordings) => (recording::replayed(resolved, recordings), None),
            Wire::Live | Wire::Record(_) => start_mock(&mut loaded, named, resolved).await?,
        };
        let environment = loaded.environment(named)?;
        let setting = setting(&loaded, environment, &resolved, (client, wire), arguments);
        let mut again = further_runs(arguments, &plan);
        // Made once: a signal between two runs is heard by the next, which then ends at once.
        let mut signals = Signals::new();
        let exit = loop {
            let started = started(&loaded, &plan, environment, &resolved, arguments);
            let sessions = Sessions::new(&loaded.suite.project.sessions);
            let within = Within {
                setting: &setting,
                sessions: &sessions,
                signals: &mut signals,
            };
            let exit = conduct(&loaded, &plan, within, started, report.as_mut(), arguments).await;
            if exit != Exit::Passed || again.next().is_none() {
                break exit;
            }
            // A report and a log of its own for each run.
            report = recorded(arguments, &loaded, &resolved.vault)?;
        };
        if let Some(mock) = mock {
            mock.stop().await;
        }
        Ok(recording::finish(arguments, &setting.wire, &resolved, exit))
    });
    // The process ends next. To take the collections and the plan apart until then takes longer than it took to start, and
    // what is secret is not in them.
    std::mem::forget((loaded, plan));
    ended
}

/// A word for `--update` that stands apart from it, where it is read as a path.
fn detached(arguments: &RunArguments) -> Result<(), CommandError> {
    let words = Update::value_variants()
        .iter()
        .filter_map(|word| word.to_possible_value());
    let words: Vec<String> = words.map(|word| word.get_name().to_owned()).collect();
    let is_word = |path: &&PathBuf| {
        !path.exists()
            && path
                .to_str()
                .is_some_and(|path| words.iter().any(|word| word == path))
    };
    match arguments.select.paths.iter().find(is_word) {
        Some(word) if arguments.update.is_some() => Err(CommandError::usage(format!(
            "`{0}` is read as a path, and there is none; say --update={0}",
            word.display()
        ))),
        _ => Ok(()),
    }
}

/// The order of the plan. With `--until-fails` it is the runs that are repeated, not the cases.
fn order(arguments: &RunArguments) -> Result<Order, CommandError> {
    let order = OrderArguments {
        repeat: arguments.order.repeat.filter(|_| !arguments.until_fails),
        ..arguments.order.clone()
    };
    order.order()
}

/// How many runs may follow the first.
fn further_runs(arguments: &RunArguments, plan: &Plan) -> Range<u32> {
    match arguments.order.repeat {
        _ if !arguments.until_fails || plan.cases.is_empty() => 0..0,
        Some(times) => 1..times,
        None => 0..u32::MAX,
    }
}

/// Whether something was chosen to run, or nothing may be; says why not.
///
/// # Errors
/// One of several names chooses nothing.
pub(super) fn chosen(loaded: &Loaded, arguments: &RunArguments, plan: &Plan) -> Result<bool, CommandError> {
    if plan.is_empty() && (!arguments.allow_empty || arguments.list) {
        let reason = select::nothing_selected(loaded, &arguments.select);
        output::error_line(&format!("error: {reason}"));
        return Ok(false);
    }
    match select::unmatched(loaded, &arguments.select) {
        Some(complaint) => Err(CommandError::usage(complaint)),
        None => Ok(true),
    }
}

/// Says so where a shard has nothing to do.
pub(super) fn without_part(plan: &Plan) {
    let Some(shard) = plan
        .shard
        .as_ref()
        .filter(|shard| shard.positions.is_empty() && shard.cases > 0)
    else {
        return;
    };
    let cases = match shard.cases {
        1 => "1 case is".to_owned(),
        cases => format!("{cases} cases are"),
    };
    output::error_line(&format!(
        "note: shard {} of {} has no part in this plan; its {cases} in the other shards",
        shard.index, shard.total
    ));
}

/// The reports of a run, with its event log.
pub(super) fn recorded(
    arguments: &RunArguments,
    loaded: &Loaded,
    vault: &Vault,
) -> Result<Box<dyn Report>, CommandError> {
    let reports = reports::make_for_run(&arguments.shown, loaded.workspace.root.path(), vault)?;
    // The log is written by the run itself, before it goes on: it is what is left of a process that is killed. One report
    // alone costs less than a thread does at the start.
    let report: Box<dyn Report> = match reports.count() {
        0 | 1 => Box::new(reports),
        _ => Box::new(Beside::new(Box::new(reports))),
    };
    log::recording(report, arguments, &loaded.workspace, vault)
}

/// What one run after another happens within.
pub(super) struct Within<'a> {
    pub(super) setting: &'a Setting,
    pub(super) sessions: &'a Sessions,
    pub(super) signals: &'a mut Signals,
}

/// Runs the plan and lets the report follow it; the exit code is the fold of what was told.
pub(super) async fn conduct(
    loaded: &Loaded,
    plan: &Plan,
    within: Within<'_>,
    started: Event,
    report: &mut dyn Report,
    arguments: &RunArguments,
) -> Exit {
    let Within {
        setting,
        sessions,
        signals,
    } = within;
    let (sender, mut receiver) = unbounded_channel();
    let sink = Events::new(sender);
    let mut follower = Follower::new(report);
    follower.take(&started);
    // What the run is judged against is in the log before anything is sent.
    follower.settle();
    // The plan of a long run is large; who needs it on the way has it.
    drop(started);
    let (signal, stopped) = {
        let mut running = std::pin::pin!(run::run(loaded.library(), plan, setting, sessions, &sink));
        let mut ending = signals.end(&setting.interrupt);
        let mut tick = tokio::time::interval(TICK);
        let stopped = loop {
            tokio::select! {
                biased;
                Some(event) = receiver.recv() => {
                    follower.take(&event);
                    while let Ok(event) = receiver.try_recv() {
                        follower.take(&event);
                    }
                    follower.settle();
                }
                stopped = &mut running => break stopped,
                () = ending.is_due() => break None,
                _ = tick.tick() => follower.tick(sink.now()),
            }
        };
        (ending.signal(), stopped)
    };
    while let Ok(event) = receiver.try_recv() {
        follower.take(&event);
    }
    follower.take(&Event::RunFinished(RunFinished {
        at: sink.now(),
        signal,
        stopped,
        unused_snapshots: snapshots::unused(loaded, &arguments.select),
    }));
    let exit = follower.finish(arguments.allow_empty);
    snapshots::told(&setting.snapshots.unwritten(), exit)
}

/// The mock of the environment, if it has one, and the inputs with its address.
pub(super) async fn start_mock(
    loaded: &mut Loaded,
    named: Option<&str>,
    mut resolved: Resolved,
) -> Result<(Resolved, Option<Running>), CommandError> {
    let Some(environment) = loaded.environment(named)? else {
        return Ok((resolved, None));
    };
    let Some(path) = environment.mock.clone() else {
        return Ok((resolved, None));
    };
    // The mock keeps to the environment's own inputs: a key of the command line is tried on it, not made right by it.
    let inputs = environment
        .inputs
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let Some(index) = loaded.mocks.iter().position(|(known, _)| *known == path) else {
        return Err(CommandError::usage(format!(
            "the mock {} was not read",
            path.display()
        )));
    };
    let (_, mock) = loaded.mocks.swap_remove(index);
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let running = mock::serve(mock, inputs, address)
        .await
        .map_err(|error| CommandError {
            message: format!("cannot start the mock {}: {error}", path.display()),
            exit: Exit::Errored,
        })?;
    let url = running.url.as_str().trim_end_matches('/').to_owned();
    resolved.values.insert(BASE_URL.to_owned(), Value::String(url));
    Ok((resolved, Some(running)))
}

/// What the run is given.
pub(super) fn setting(
    loaded: &Loaded,
    environment: Option<&Environment>,
    resolved: &Resolved,
    (client, wire): (Client, Wire),
    arguments: &RunArguments,
) -> Setting {
    let scope = resolved.scope();
    Setting {
        client,
        wire,
        policy: policy(loaded, environment, &scope, arguments),
        vault: resolved.vault.clone(),
        collection_scopes: resolved.collection_scopes(&scope),
        scope,
        jobs: usize::from(arguments.jobs),
        timeout: arguments.timeout,
        max_fail: arguments.max_fail.and_then(|most| usize::try_from(most).ok()),
        keep_going: arguments.keep_going,
        interrupt: Interrupt::default(),
        rate: arguments.rate,
        flaky_fails: arguments.flaky == Flaky::Fail,
        answers: None,
        snapshots: Store::new(Arc::clone(&loaded.workspace.root), snapshots::mode(arguments)),
    }
}

/// The hosts of the environment: those it names, or that of the base URL; and those the operator adds.
fn policy(
    loaded: &Loaded,
    environment: Option<&Environment>,
    scope: &Scope,
    arguments: &RunArguments,
) -> Policy {
    let mut hosts = environment
        .map(|environment| environment.hosts.clone())
        .unwrap_or_default();
    if hosts.is_empty() {
        let base_url = loaded.suite.project.defaults.base_url.as_ref();
        let rendered = base_url
            .and_then(|base_url| base_url.render(scope).ok())
            .map(|it| it.expose().into_owned());
        let input = || {
            scope
                .get(BASE_URL)
                .and_then(|variable| variable.value().as_str().map(str::to_owned))
        };
        let url = rendered
            .or_else(input)
            .and_then(|text| url::Url::parse(&text).ok());
        hosts.extend(
            url.as_ref()
                .and_then(|url| Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))),
        );
    }
    hosts.extend(arguments.allow_host.iter().cloned());
    Policy {
        hosts,
        allow_http: arguments.allow_http,
    }
}

pub(super) fn started(
    loaded: &Loaded,
    plan: &Plan,
    environment: Option<&Environment>,
    resolved: &Resolved,
    arguments: &RunArguments,
) -> Event {
    let environment = environment.map(|environment| environment.name.clone());
    Event::RunStarted(Arc::new(RunStarted {
        version: LOG_VERSION,
        callsheet: env!("CARGO_PKG_VERSION").to_owned(),
        started: format!("{:.3}", jiff::Timestamp::now()),
        again: arguments.again(environment.as_deref()),
        environment,
        inputs: resolved.shown(),
        jobs: usize::from(arguments.jobs),
        cases: plan.describe(),
        left_out: plan.left_out.clone(),
        shard: plan.shard.clone(),
        folder: loaded.workspace.root.shown(Path::new("")),
        replayed: arguments.replay.is_some(),
    }))
}

/// The runtime of a command: one thread, since a run waits far more than it computes.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, CommandError> {
    descriptors::make_room()?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError {
            message: format!("cannot start: {error}"),
            exit: Exit::Errored,
        })
}
