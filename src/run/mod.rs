//! Scheduler, case, step, session, policy.
//!
//! A case runs on one thread and shares nothing but sessions and the connection pool. Everything that happens is an
//! event; who reads it is not known here.

mod assemble;
mod case;
mod encode;
mod policy;
mod record;
mod session;
mod sink;
mod step;

use std::collections::HashMap;
use std::path::PathBuf;

use futures_util::StreamExt;

pub use policy::Policy;
pub use session::Sessions;
pub use sink::{Events, Sink};

use crate::collection::Project;
use crate::http::Client;
use crate::plan::Plan;
use crate::secret::Vault;
use crate::template::Scope;

/// What a run is given.
pub struct Setting {
    /// Sends the requests.
    pub client: Client,
    /// Where they may go.
    pub policy: Policy,
    /// Every secret, and those still to come.
    pub vault: Vault,
    /// The project's inputs and the environment.
    pub scope: Scope,
    /// The same with a collection's inputs, by its file, for collections that declare some.
    pub collection_scopes: HashMap<PathBuf, Scope>,
    /// How many cases run at the same time.
    pub jobs: usize,
    /// True if a case goes on after a failed step.
    pub keep_going: bool,
}

/// A run under way.
struct Run<'a, S: Sink> {
    project: &'a Project,
    setting: &'a Setting,
    sessions: &'a Sessions,
    sink: &'a S,
}

/// Runs every case of a plan; what happens goes to `sink`.
pub async fn run<S: Sink>(project: &Project, plan: &Plan, setting: &Setting, sink: &S) {
    let sessions = Sessions::new(&project.sessions);
    let run = Run {
        project,
        setting,
        sessions: &sessions,
        sink,
    };
    let cases = plan
        .cases
        .iter()
        .enumerate()
        .map(|(index, planned)| run.case(index, planned));
    futures_util::stream::iter(cases)
        .buffer_unordered(setting.jobs.max(1))
        .collect::<Vec<()>>()
        .await;
}
