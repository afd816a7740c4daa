//! Exit codes in one place; README and `docs/` tell the same table.

use std::process::ExitCode;

use crate::outcome::Verdict;

/// How the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: every planned check was evaluated once and held, there was at least one, and every output is whole.
    Passed,
    /// 1: a check was evaluated and does not hold.
    Failed,
    /// 2: a file, a flag or the policy is wrong; no socket was opened.
    Usage,
    /// 3: something could not be evaluated.
    Errored,
    /// 4: nothing was selected, or no check was evaluated.
    Empty,
    /// 5: passed, but an output could not be written whole.
    Output,
    /// 6: policy stopped something on its way to where it must not go.
    Refused,
    /// 7: passed, but a cleanup or a `finally` did not come to a good end.
    LeftOver,
    /// 70: our bug.
    Bug,
    /// 128 and the signal's number.
    Interrupted(i32),
}

impl Exit {
    /// The exit of a run's verdict.
    pub(super) fn of(verdict: &Verdict, allow_empty: bool) -> Exit {
        match verdict {
            Verdict::Passed => Exit::Passed,
            Verdict::Failed => Exit::Failed,
            Verdict::Errored => Exit::Errored,
            Verdict::Empty if allow_empty => Exit::Passed,
            Verdict::Empty => Exit::Empty,
            Verdict::Refused => Exit::Refused,
            Verdict::Interrupted(signal) => Exit::Interrupted(*signal),
            Verdict::LeftOver => Exit::LeftOver,
            // What the rest of the run would have said cannot be evaluated any more.
            Verdict::Incomplete(_) => Exit::Errored,
            Verdict::Inconsistent(_) => Exit::Bug,
        }
    }

    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Exit::Passed => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Errored => 3,
            Exit::Empty => 4,
            Exit::Output => 5,
            Exit::Refused => 6,
            Exit::LeftOver => 7,
            Exit::Bug => 70,
            Exit::Interrupted(signal) => u8::try_from(128 + signal).unwrap_or(130),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}
