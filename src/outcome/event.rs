//! What happens in a run, in the order it happens.

use std::borrow::Cow;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Exchange, Mismatch, Spot};

/// The version of the shape of events and of the outcome. It changes when a reader of the old shape would be misled.
pub const LOG_VERSION: u32 = 1;

/// One thing that happened. Times are microseconds since the run started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The run starts; what follows is judged against its plan.
    RunStarted(Arc<RunStarted>),
    /// A case starts.
    CaseStarted {
        /// When.
        at: u64,
        /// The case's index in the plan.
        case: usize,
    },
    /// A step starts.
    StepStarted {
        /// When.
        at: u64,
        /// The step's number in the plan, from 0.
        step: usize,
    },
    /// A step waits for something else than before: the live display names it when it lasts.
    StepWaits {
        /// When.
        at: u64,
        /// The step's number in the plan.
        step: usize,
        /// What for, as a phrase: `the first byte`.
        what: Cow<'static, str>,
    },
    /// A step's `for` was evaluated: its rounds take its place in the plan, each a step of its own. The step itself
    /// does not end; what it owed, its rounds owe.
    StepUnfolded {
        /// When.
        at: u64,
        /// The number of the step whose `for` it is.
        step: usize,
        /// The rounds, in order, numbered from the plan's end on.
        rounds: Vec<PlannedStep>,
    },
    /// One of several attempts of a step is over.
    AttemptFinished {
        /// When.
        at: u64,
        /// The step's number in the plan.
        step: usize,
        /// The attempt.
        attempt: Attempt,
    },
    /// A session logged in again.
    SessionRenewed {
        /// When.
        at: u64,
        /// The session's name.
        session: String,
        /// The step that found it out of date.
        step: usize,
        /// Why: `401`, `the token expires soon`.
        reason: String,
    },
    /// A step is over.
    StepFinished(Arc<StepFinished>),
    /// A case is over.
    CaseFinished {
        /// When.
        at: u64,
        /// The case's index in the plan.
        case: usize,
    },
    /// The run is over. A log without it is incomplete.
    RunFinished(RunFinished),
}

impl Event {
    /// When it happened, in microseconds since the run started.
    pub fn at(&self) -> u64 {
        match self {
            Event::RunStarted(_) => 0,
            Event::CaseStarted { at, .. }
            | Event::StepStarted { at, .. }
            | Event::StepWaits { at, .. }
            | Event::StepUnfolded { at, .. }
            | Event::AttemptFinished { at, .. }
            | Event::SessionRenewed { at, .. }
            | Event::CaseFinished { at, .. } => *at,
            Event::StepFinished(finished) => finished.at,
            Event::RunFinished(finished) => finished.at,
        }
    }
}

/// What a run set out to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunStarted {
    /// [`LOG_VERSION`].
    pub version: u32,
    /// The version of Callsheet.
    pub callsheet: String,
    /// When it started, RFC 3339 in UTC.
    pub started: String,
    /// The environment's name, where there is one.
    pub environment: Option<String>,
    /// The project's inputs that are not secret, as text.
    pub inputs: IndexMap<String, String>,
    /// How many cases may run at the same time.
    pub jobs: usize,
    /// What will run, in order.
    pub cases: Vec<PlannedCase>,
    /// What was left out by selection.
    pub left_out: LeftOut,
    /// Which part of which whole this is, where it is a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// The arguments of `run` that run again what failed: `--failed` where a log is found by itself, and those that
    /// say where and how requests are sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub again: Vec<String>,
    /// How the project's folder was reached from where the command ran: in front of the path of every place.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub folder: String,
    /// True if the answers came from a recording: nothing was sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replayed: bool,
}

/// A part of a plan that is run on several machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Which, from 1.
    pub index: usize,
    /// Of how many.
    pub total: usize,
    /// The fingerprint of the whole plan and of how it is dealt out, of the files, the inputs that are not secret and
    /// the options that decide what it comes to: the same in all parts of it.
    pub plan: String,
    /// How many cases the whole has.
    pub cases: usize,
    /// The places in the whole plan of the cases that run here, in order, from 0.
    pub positions: Vec<usize>,
}

/// What selection left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// How many cases.
    pub cases: usize,
    /// How many steps of cases that do run.
    pub steps: usize,
    /// By which options, as written.
    pub by: Vec<String>,
}

/// A case of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedCase {
    /// Its name.
    pub name: String,
    /// The collection's name.
    pub collection: String,
    /// Where it stands.
    pub place: Spot,
    /// Its tags and its collection's.
    pub tags: Vec<String>,
    /// Its steps, in order.
    pub steps: Vec<PlannedStep>,
}

/// A step of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// Its number in the plan, from 0.
    pub step: usize,
    /// Its name.
    pub name: Arc<str>,
    /// Where it stands.
    pub place: Spot,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How many checks a pass needs of it.
    pub checks: usize,
    /// What it is there for.
    #[serde(default, skip_serializing_if = "Role::is_step")]
    pub role: Role,
    /// The step it belongs to: the one that arms it, for a cleanup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<usize>,
}

/// What a step is there for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It is one of the case's steps.
    #[default]
    Step,
    /// It undoes what the step before it did.
    Cleanup,
    /// It runs at the end of its case, whatever happened.
    Finally,
}

impl Role {
    /// True for the steps of a case, false for what runs at its end.
    pub fn is_step(&self) -> bool {
        *self == Role::Step
    }
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Everything held.
    Passed,
    /// A check was evaluated and does not hold, or an expected failure did not come.
    Failed,
    /// Something could not be evaluated.
    Errored,
    /// It was not run, for a reason.
    Skipped,
    /// It failed, as its `xfail` says it would.
    ExpectedFailure,
    /// It was under way when the run was stopped.
    Interrupted,
    /// A cleanup or a `finally` step that did not come to a good end: something may be left over.
    LeftOver,
}

/// A step that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepFinished {
    /// When it ended.
    pub at: u64,
    /// Its number in the plan.
    pub step: usize,
    /// How it ended.
    pub status: Status,
    /// Why it was skipped, or failed as expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How long it took, in microseconds.
    pub duration: u64,
    /// Every planned check, once.
    pub checks: Vec<CheckResult>,
    /// What could not be evaluated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<StepError>,
    /// What was sent and what came back, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanges: Vec<Exchange>,
    /// What was captured, with secrets as labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub captures: Vec<Capture>,
    /// Every attempt, in order, where there could be more than one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// True if it passed, but not at the first attempt.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flaky: bool,
    /// What became of its snapshot, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<SnapshotResult>,
}

impl StepFinished {
    /// A step that ended like this, with nothing more to say of it.
    pub fn new(step: usize, status: Status) -> Self {
        StepFinished {
            at: 0,
            step,
            status,
            reason: None,
            duration: 0,
            checks: Vec::new(),
            error: None,
            exchanges: Vec::new(),
            captures: Vec::new(),
            attempts: Vec::new(),
            flaky: false,
            snapshot: None,
        }
    }

    /// Whether it passed, and at the first attempt: most reports tell little of such a step.
    pub fn passed_at_once(&self) -> bool {
        self.status == Status::Passed && !self.flaky && self.error.is_none()
    }
}

/// One of several tries of a step: a retry, a poll, or a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its number, from 1.
    pub number: usize,
    /// Why there is more than one.
    pub kind: AttemptKind,
    /// When it started.
    pub at: u64,
    /// How long it took, in microseconds.
    pub duration: u64,
    /// The answer's status, where one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// True if it was the last one needed.
    pub good: bool,
    /// What was found, on one line: the error, the condition that did not hold, or what the page held.
    pub found: String,
    /// How long was waited after it, in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<u64>,
}

/// Why there is more than one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptKind {
    /// The transport failed, or the status says to come again.
    Retry,
    /// What is waited for is not there yet.
    Poll,
    /// A list comes in pages.
    Page,
}

/// What became of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotResult {
    /// The file, from the project's root.
    pub file: String,
    /// What became of it.
    pub state: SnapshotState,
    /// What is odd about it and does not keep the check from holding: an ignored path that matches nothing, a file that
    /// could not be written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// What became of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotState {
    /// The answer is as accepted.
    Matched,
    /// There was none; the new one waits for review.
    New,
    /// The answer differs; the new one waits for review.
    Changed,
    /// There was none, and the answer was accepted.
    Added,
    /// The answer differs and was accepted.
    Updated,
    /// There is none, and none was written.
    Missing,
}

/// A captured value as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// The variable.
    pub name: String,
    /// The value on one line.
    pub value: String,
}

/// What became of a check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckResult {
    /// What it looks at.
    pub subject: String,
    /// What it expects, as written.
    pub expectation: String,
    /// How it went.
    pub state: CheckState,
}

/// How a check went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// It holds.
    Held,
    /// It was evaluated and does not hold.
    Failed(Box<Mismatch>),
    /// It could not be evaluated.
    Errored(String),
    /// It was not evaluated, for a reason.
    Skipped(String),
}

/// Something that could not be evaluated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepError {
    /// What kind of thing.
    pub kind: ErrorKind,
    /// What is wrong, as a lower-case phrase.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Where in the files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Spot>,
}

impl ErrorKind {
    /// The kind's word, the same in every report and in the log.
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::Network => "network",
            ErrorKind::Timeout => "timeout",
            ErrorKind::Limit => "limit",
            ErrorKind::Request => "request",
            ErrorKind::Capture => "capture",
            ErrorKind::Session => "session",
            ErrorKind::Policy => "policy",
        }
    }
}

impl StepError {
    /// The same with a word on what to do.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// What could not be evaluated, and so which exit code it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The name, the connection, TLS or the framing of an answer.
    Network,
    /// A deadline passed.
    Timeout,
    /// An answer is larger than the operator allows.
    Limit,
    /// A template could not be rendered, or what it rendered cannot be sent.
    Request,
    /// A value to capture is not there.
    Capture,
    /// A session could not log in.
    Session,
    /// Something would have gone where it must not.
    Policy,
}

/// The end of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFinished {
    /// When.
    pub at: u64,
    /// The number of the signal that stopped it, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// Why it ended before its plan did, where it did: `--max-fail 1`, `the run's time of 10m is over`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
    /// Snapshots that no step of the collections uses, from the project's root.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unused_snapshots: Vec<String>,
}
