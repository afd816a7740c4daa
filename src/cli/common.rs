//! What the shards of a run have in common beside its cases: files, inputs and options that decide what it comes to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::arguments::{NetworkArguments, RunArguments};
use super::inputs::Resolved;
use super::prepare::Loaded;
use super::select::OrderArguments;
use super::{CommandError, snapshots};
use crate::collection::PROJECT_FILE;

/// The largest file that is read for what it holds. Of a larger one, which none of the readers takes, the name counts.
const LIMIT: u64 = 64 * 1024 * 1024;

/// All of it, each thing with its name. Secrets are not among it: a guess at one could be tried on its digest.
///
/// # Errors
/// The environment is not known.
pub(super) fn common(
    loaded: &Loaded,
    resolved: &Resolved,
    arguments: &RunArguments,
) -> Result<Vec<(String, Vec<u8>)>, CommandError> {
    let environment = loaded.environment(arguments.inputs.environment.as_deref())?;
    let environment = environment.map(|environment| environment.name.clone());
    let mut common = vec![("environment".to_owned(), format!("{environment:?}").into_bytes())];
    let inputs = resolved.shown();
    let mut inputs: Vec<(&String, &String)> = inputs.iter().collect();
    inputs.sort();
    common.push(("inputs".to_owned(), format!("{inputs:?}").into_bytes()));
    let own = resolved.shown_of_collections();
    common.push((
        "inputs of collections".to_owned(),
        format!("{own:?}").into_bytes(),
    ));
    common.push(("options".to_owned(), options(arguments).into_bytes()));
    let root = &loaded.workspace.root;
    for file in files(loaded).into_iter().chain(accepted(loaded, arguments)) {
        // What cannot be read here is told where it is used.
        let bytes = root.read_bytes(&file, LIMIT).unwrap_or_default();
        let parts = file.iter().map(|part| part.to_string_lossy());
        common.push((parts.collect::<Vec<_>>().join("/"), bytes));
    }
    Ok(common)
}

/// The project file, the collections, and whatever these name.
fn files(loaded: &Loaded) -> BTreeSet<PathBuf> {
    let root = &loaded.workspace.root;
    let collections = loaded.suite.collections.iter().map(|it| it.file.as_path());
    let starts = collections.chain([Path::new(PROJECT_FILE)]);
    starts.flat_map(|file| root.uses(file)).collect()
}

/// The accepted snapshots, by which answers are judged. A run that accepts them writes what another is to find.
fn accepted(loaded: &Loaded, arguments: &RunArguments) -> Vec<PathBuf> {
    if arguments.update.is_some() {
        return Vec::new();
    }
    let used = snapshots::folders(&loaded.suite).into_iter();
    let folders = used.filter(|(_, names)| !names.is_empty());
    let entries = folders.filter_map(|(folder, _)| loaded.workspace.root.entries(&folder).ok());
    let mut files: Vec<PathBuf> = entries.flat_map(|entries| entries.files).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files
}

/// The options that decide what a run comes to, as text. Which cases run, with which of their steps, and which of them
/// here, is in the plan, but not which rounds of a step; how this machine reaches the network, and where it leaves what
/// it writes, may be its own affair.
fn options(arguments: &RunArguments) -> String {
    let RunArguments {
        select,
        order,
        list: _,
        until_fails,
        inputs: _,
        jobs: _,
        timeout,
        max_fail,
        keep_going,
        rate: _,
        flaky,
        shown: _,
        allow_empty,
        allow_writes,
        allow_http,
        allow_host,
        update: _,
        ci: _,
        record,
        replay,
        log: _,
        no_log: _,
        network,
    } = arguments;
    let OrderArguments {
        repeat,
        shuffle,
        shard: _,
        shard_by: _,
        shard_times: _,
    } = order;
    let NetworkArguments {
        proxy: _,
        ca: _,
        client_cert: _,
        client_key: _,
        resolve: _,
        http,
        max_body,
    } = network;
    let snapshots = snapshots::mode(arguments);
    let (is_recorded, is_replayed) = (record.is_some(), replay.is_some());
    let order = format!("{repeat:?} {shuffle:?} {until_fails}");
    let ends = format!("{timeout:?} {max_fail:?} {keep_going} {flaky:?} {allow_empty}");
    let policy = format!("{allow_writes} {allow_http} {allow_host:?} {http:?} {max_body:?}");
    let steps = &select.steps;
    format!("{steps:?}; {order}; {ends}; {policy}; {snapshots:?} {is_recorded} {is_replayed}")
}
