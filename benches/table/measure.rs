//! What a process took: this program, started anew with an argument, runs it as its only child and says so.
//!
//! The system counts processor time and the peak of memory of the children a process has waited for, so each that is
//! measured has a small parent of its own.

use std::error::Error;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// The argument that makes this program the parent.
pub(crate) const MODE: &str = "measure";

/// What one run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// From the start of the process to its end.
    pub(crate) time: Duration,
    /// What it computed, in the program and in the system, on all processors.
    pub(crate) processor: Duration,
    /// The most memory it had.
    pub(crate) peak_bytes: u64,
}

/// Runs the program with its arguments and prints the three numbers: microseconds, microseconds, bytes.
pub(crate) fn run(words: &[String]) -> Result<(), Box<dyn Error>> {
    let (program, arguments) = words.split_first().ok_or("no program is named")?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let began = Instant::now();
    let status = command.status()?;
    let time = began.elapsed();
    if !status.success() {
        return Err(format!("{program} did not end well: {status}").into());
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let processor = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    // Linux counts kilobytes, macOS bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let peak = usage.max_rss() * unit;
    println(&format!("{} {processor} {peak}", time.as_micros()))
}

fn println(line: &str) -> Result<(), Box<dyn Error>> {
    use std::io::Write as _;
    writeln!(std::io::stdout().lock(), "{line}")?;
    Ok(())
}

/// Lets a command be run by such a parent.
///
/// # Errors
/// It cannot be started or did not end well: its time would say nothing.
pub(crate) fn measure(command: &Command) -> Result<Measured, Box<dyn Error>> {
    let mut parent = Command::new(std::env::current_exe()?);
    parent
        .arg(MODE)
        .arg(command.get_program())
        .args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        parent.current_dir(folder);
    }
    let mut parent = parent.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let mut said = String::new();
    if let Some(stdout) = &mut parent.stdout {
        stdout.read_to_string(&mut said)?;
    }
    if !parent.wait()?.success() {
        return Err(format!("{} did not end well", command.get_program().display()).into());
    }
    let mut numbers = said.split_whitespace().map(str::parse::<u64>);
    let mut next = || numbers.next().ok_or("a number is missing");
    Ok(Measured {
        time: Duration::from_micros(next()??),
        processor: Duration::from_micros(next()??),
        peak_bytes: next()??,
    })
}
