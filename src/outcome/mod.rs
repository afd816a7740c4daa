//! Events, the fold, the log: what passes from run to report.
//!
//! An event is plain owned data with no display option. `run` knows no report and `report` knows no run; whoever
//! reads events, live or later, folds them with [`Tally`] and comes to the same verdict.

mod event;
mod exchange;
mod history;
mod log;
mod merge;
mod mismatch;
mod spot;
mod tally;

pub use event::{
    Attempt, AttemptKind, Capture, CheckResult, CheckState, ErrorKind, Event, LOG_VERSION, LeftOut,
    PlannedCase, PlannedStep, Role, RunFinished, RunStarted, Shard, SnapshotResult, SnapshotState, Status,
    StepError, StepFinished,
};
pub use exchange::{Exchange, Failure, Message, Origin, Payload, PayloadKind, Redirect};
pub use history::{CaseId, PastCase, Standing, history, without_round};
pub use log::{LogError, LogReader, LogWriter};
pub use merge::{Merge, MergeError, ShardLog};
pub use mismatch::{Differences, Mismatch};
pub use spot::{Excerpt, Spot};
pub use tally::{CheckCounts, StepCounts, Tally, Verdict};
