//! Scheduler, case, step, session, policy.
//!
//! A case runs on one thread and shares nothing but sessions and the connection pool. Everything that happens is an
//! event; who reads it is not known here.

mod assemble;
mod case;
mod cleanup;
mod encode;
mod policy;
mod record;
mod session;
mod sink;
mod step;

use std::collections::HashMap;
use std::path::PathBuf;

use futures_util::StreamExt;
use tokio::sync::watch;

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

/// Runs every case of a plan, within sessions of its project; what happens goes to `sink`.
pub async fn run<S: Sink>(project: &Project, plan: &Plan, setting: &Setting, sessions: &Sessions, sink: &S) {
    let run = Run {
        project,
        setting,
        sessions,
        sink,
    };
    let under_way = under_way(plan);
    let cases = plan.cases.iter().enumerate().map(|(index, planned)| {
        let (run, under_way) = (&run, &under_way);
        async move {
            let others = &under_way[&planned.collection.file];
            if planned.case().closes {
                // They come before it in the plan, so each has its turn. The count lives as long as the run.
                let mut others = others.subscribe();
                let _ = others.wait_for(|others| *others == 0).await;
                run.case(index, planned).await;
            } else {
                run.case(index, planned).await;
                others.send_modify(|others| *others -= 1);
            }
        }
    });
    futures_util::stream::iter(cases)
        .buffer_unordered(setting.jobs.max(1))
        .collect::<Vec<()>>()
        .await;
}

/// How many cases of each collection are not over, by its file; its end is not counted.
fn under_way(plan: &Plan) -> HashMap<PathBuf, watch::Sender<usize>> {
    let mut under_way: HashMap<PathBuf, watch::Sender<usize>> = HashMap::new();
    for planned in &plan.cases {
        let others = under_way
            .entry(planned.collection.file.clone())
            .or_insert_with(|| watch::Sender::new(0));
        if !planned.case().closes {
            others.send_modify(|others| *others += 1);
        }
    }
    under_way
}
