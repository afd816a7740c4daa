//! A program that takes part: how it is started, and how long it ran.

use std::error::Error;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::baseline;
use crate::project::{self, Project};

/// How the requests are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// By the plain loop.
    Loop,
    /// By `callsheet run --quiet`.
    Quiet,
    /// By `callsheet run`, with a line for each step into a pipe.
    Usual,
}

/// A program with its arguments.
pub(crate) struct Contender {
    manner: Manner,
    folder: PathBuf,
    base_url: String,
    steps: usize,
}

impl Contender {
    pub(crate) fn new(manner: Manner, project: &Project, base_url: &str, steps: usize) -> Contender {
        Contender {
            manner,
            folder: project.folder().to_owned(),
            base_url: base_url.to_owned(),
            steps,
        }
    }

    /// What it is called in the table.
    pub(crate) fn name(&self) -> &'static str {
        match self.manner {
            Manner::Loop => "reqwest loop",
            Manner::Quiet => "callsheet run -q",
            Manner::Usual => "callsheet run",
        }
    }

    /// Runs it once; its output is read through a pipe, as a CI does.
    ///
    /// # Errors
    /// When it cannot be started or did not end well: its time would say nothing.
    pub(crate) fn run(&self) -> Result<Duration, Box<dyn Error>> {
        let mut command = self.command()?;
        let began = Instant::now();
        let output = command.stdin(Stdio::null()).output()?;
        let took = began.elapsed();
        if output.status.success() {
            return Ok(took);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("{} ended with {}: {said}", self.name(), output.status).into())
    }

    fn command(&self) -> Result<Command, Box<dyn Error>> {
        let mut command = match self.manner {
            Manner::Loop => {
                let mut command = Command::new(std::env::current_exe()?);
                command.args([baseline::MODE, &self.base_url, &self.steps.to_string()]);
                command
            }
            Manner::Quiet | Manner::Usual => {
                let mut command = Command::new(env!("CARGO_BIN_EXE_callsheet"));
                command.arg("run").arg(project::file(self.steps));
                command
            }
        };
        if self.manner == Manner::Quiet {
            command.arg("--quiet");
        }
        command.current_dir(&self.folder);
        Ok(command)
    }
}
