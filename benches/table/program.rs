//! A program that takes part: how it is started, how long it ran and how much memory it had.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::workload::Workload;

/// How often a running process is asked for its peak of memory.
const LOOK: Duration = Duration::from_millis(2);

/// A program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// The release binary of this repository, with its log as by default.
    Callsheet,
    /// Hurl, where it is installed.
    Hurl,
}

/// What one run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// From the start of the process to its end.
    pub(crate) time: Duration,
    /// The most memory it had, as far as it was seen (`VmHWM`); 0 where the system does not tell.
    pub(crate) peak_bytes: u64,
}

impl Program {
    /// Everybody who may take part; ours is the first.
    pub(crate) fn all() -> [Program; 2] {
        [Program::Callsheet, Program::Hurl]
    }

    /// What it is called in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Program::Callsheet => "callsheet",
            Program::Hurl => "hurl",
        }
    }

    /// Whether it can be started.
    pub(crate) fn is_there(&self) -> bool {
        match self {
            Program::Callsheet => true,
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
        self == Program::Callsheet || !matches!(workload, Workload::Loading(_))
    }

    /// Runs it once over what was written into the folder.
    ///
    /// # Errors
    /// When it cannot be started or did not end well: its time would say nothing.
    pub(crate) fn run(self, workload: Workload, folder: &Path) -> Result<Measured, Box<dyn Error>> {
        let mut command = match self {
            Program::Callsheet => Command::new(env!("CARGO_BIN_EXE_callsheet")),
            Program::Hurl => Command::new("hurl"),
        };
        match self {
            Program::Callsheet => command.args(workload.callsheet_arguments()),
            Program::Hurl => command.args(workload.hurl_arguments()),
        };
        command
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let began = Instant::now();
        let child = command.spawn()?;
        let watched = thread::scope(|scope| {
            let peak = scope.spawn({
                let pid = child.id();
                move || peak_of(pid)
            });
            let ended = wait(child, began);
            (ended, peak.join())
        });
        let (time, succeeded) = watched.0?;
        if !succeeded {
            return Err(format!("{} did not end well with {}", self.name(), workload.name()).into());
        }
        Ok(Measured {
            time,
            peak_bytes: watched.1.unwrap_or(0),
        })
    }
}

fn wait(mut child: Child, began: Instant) -> std::io::Result<(Duration, bool)> {
    let status = child.wait()?;
    Ok((began.elapsed(), status.success()))
}

/// The last peak of memory a process tells before it is gone.
fn peak_of(pid: u32) -> u64 {
    let mut peak = 0;
    // A process that ended has no memory, so the line is not there any more.
    while let Some(kilobytes) = fs::read_to_string(format!("/proc/{pid}/status"))
        .ok()
        .and_then(|status| {
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
            line.trim().strip_suffix(" kB")?.parse::<u64>().ok()
        })
    {
        peak = kilobytes * 1024;
        thread::sleep(LOOK);
    }
    peak
}
