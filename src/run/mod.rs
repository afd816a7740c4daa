//! Scheduler, case, step, session, policy.
//!
//! A case runs on one thread and shares nothing but sessions and the connection pool. Everything that happens is an
//! event; who reads it is not known here.

mod assemble;
mod capture;
mod case;
mod cleanup;
mod credentials;
mod deadline;
mod draft;
mod encode;
mod exchange;
mod hosts;
mod interrupt;
mod login;
mod opened;
mod pages;
mod policy;
mod poll;
mod rate;
mod recipe;
mod record;
mod retry;
mod rounds;
mod schedule;
mod session;
mod sink;
mod snapshot;
mod step;
mod stop;
mod wire;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

pub use draft::{Draft, Drafts, credential};
pub use interrupt::Interrupt;
pub use policy::Policy;
use rate::Rates;
pub use session::Sessions;
pub use sink::{Events, Sink};
pub use wire::Wire;

use crate::collection::{Library, Project};
use crate::decode::Rate;
use crate::http::Client;
use crate::plan::Plan;
use crate::secret::Vault;
use crate::snapshot::{Answers, Store};
use crate::template::Scope;
use deadline::Deadline;
use hosts::Hosts;
use opened::Opened;
use schedule::Schedule;
use stop::Stop;

/// What a run is given.
pub struct Setting {
    /// Sends the requests.
    pub client: Client,
    /// Whether they are sent at all.
    pub wire: Wire,
    /// Where they may go.
    pub policy: Policy,
    /// Every secret, and those still to come.
    pub vault: Vault,
    /// The project's inputs and the environment.
    pub scope: Scope,
    /// The same with a collection's inputs, by its file, for collections that declare some.
    pub collection_scopes: HashMap<PathBuf, Scope>,
    /// How many cases run at the same time, and how many requests a host gets at the same time.
    pub jobs: usize,
    /// How long the run may take; its ends are not counted.
    pub timeout: Option<Duration>,
    /// After how many steps that went wrong no other one starts.
    pub max_fail: Option<usize>,
    /// True if a case goes on after a failed step.
    pub keep_going: bool,
    /// Stops the run where a signal asks for it.
    pub interrupt: Interrupt,
    /// How often a host may be asked at most, whatever the files say.
    pub rate: Option<Rate>,
    /// True if a step that passed only after a retry fails.
    pub flaky_fails: bool,
    /// The snapshots answers are compared with.
    pub snapshots: Store,
    /// Keeps every answer, where they are to be compared with those of another run.
    pub answers: Option<Answers>,
}

/// A run under way.
struct Run<'a, S: Sink> {
    project: &'a Project,
    opened: Mutex<Opened<'a>>,
    setting: &'a Setting,
    sessions: &'a Sessions,
    rates: &'a Rates,
    sink: &'a S,
    hosts: Hosts,
    stop: Stop,
    /// The files of the collections of which a case has begun: their ends have something to do.
    begun: Mutex<HashSet<PathBuf>>,
    /// The number of the next step that a `for` adds to the plan. Held until the event is told: readers of events take
    /// the numbers in their order.
    next_step: Mutex<usize>,
}

/// Runs every case of a plan, with what a library has of its collections and within sessions of its project; what happens
/// goes to `sink`. Tells why it stopped before the plan's end, if it did.
pub async fn run<S: Sink>(
    library: Library<'_>,
    plan: &Plan,
    setting: &Setting,
    sessions: &Sessions,
    sink: &S,
) -> Option<String> {
    let project = &library.suite.project;
    let run = Run {
        project,
        opened: Mutex::new(Opened::new(library, plan)),
        setting,
        sessions,
        rates: &Rates::default(),
        sink,
        hosts: Hosts::new(setting.jobs),
        stop: Stop::new(setting.max_fail, setting.timeout.map(Deadline::of_run)),
        begun: Mutex::default(),
        next_step: Mutex::new(plan.cases.iter().map(|planned| planned.steps.len()).sum()),
    };
    let mut schedule = Schedule::new(plan, &project.groups, setting.jobs);
    let mut under_way = FuturesUnordered::new();
    loop {
        while let Some(index) = schedule.start() {
            let run = &run;
            under_way.push(async move {
                run.case(index, &plan.cases[index]).await;
                index
            });
        }
        match under_way.next().await {
            Some(index) => {
                schedule.end(index);
                let mut opened = run.opened.lock().unwrap_or_else(PoisonError::into_inner);
                opened.close(&plan.cases[index]);
            }
            None => break,
        }
    }
    run.stop.told()
}
