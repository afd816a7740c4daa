//! A program that takes part, and how it is started.

use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::workload::Workload;
use crate::{ROUNDS, baseline, measure};

/// A program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// The release binary of this repository, with its log as by default.
    Callsheet,
    /// The requests in a loop over the same HTTP client.
    Loop,
    /// Hurl, where it is installed.
    Hurl,
}

impl Program {
    /// Everybody who may take part; ours is the first.
    pub(crate) fn all() -> [Program; 3] {
        [Program::Callsheet, Program::Loop, Program::Hurl]
    }

    /// What it is called in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Program::Callsheet => "callsheet",
            Program::Loop => "loop",
            Program::Hurl => "hurl",
        }
    }

    /// Whether it can be started.
    pub(crate) fn is_there(&self) -> bool {
        match self {
            Program::Callsheet | Program::Loop => true,
            Program::Hurl => Command::new("hurl")
                .arg("--version")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success()),
        }
    }

    /// Whether it has a command for this work.
    pub(crate) fn can(self, workload: Workload) -> bool {
        match self {
            Program::Callsheet => true,
            Program::Loop => !matches!(workload, Workload::Loading(_) | Workload::Big),
            Program::Hurl => !matches!(workload, Workload::Loading(_)),
        }
    }

    /// How many rounds count: one where one takes a minute and says enough, three where it takes many seconds.
    pub(crate) fn rounds(self, workload: Workload) -> usize {
        match (self, workload) {
            (Program::Hurl, Workload::Big) => 1,
            (_, Workload::Sequential(100_000) | Workload::Long(200)) => 1,
            (_, Workload::Sequential(10_000) | Workload::Long(20)) => 3,
            _ => ROUNDS,
        }
    }

    /// Runs it once over what was written into the folder.
    ///
    /// # Errors
    /// When it cannot be started or did not end well: its time would say nothing.
    pub(crate) fn run(
        self,
        workload: Workload,
        folder: &Path,
        base_url: &str,
    ) -> Result<measure::Measured, Box<dyn Error>> {
        let mut command = match self {
            Program::Callsheet => Command::new(env!("CARGO_BIN_EXE_callsheet")),
            Program::Loop => Command::new(std::env::current_exe()?),
            Program::Hurl => Command::new("hurl"),
        };
        match self {
            Program::Callsheet => command.args(workload.callsheet_arguments()),
            Program::Loop => command
                .arg(baseline::MODE)
                .args(workload.loop_arguments(base_url)),
            Program::Hurl => command.args(workload.hurl_arguments()),
        };
        measure::measure(command.current_dir(folder))
    }
}
