//! The table of what runs cost: start-up, many steps, many files, a big answer, slow answers, growth, loading.
//!
//! `cargo bench --bench table` prints it. Where `hurl` is on the PATH it takes part, with the same work in its own
//! format; each row then ends with the ratio of the two. Every time is that of a whole process, the median of rounds in
//! which the programs take turns, and beside it stands the highest peak of memory. Nothing here asserts a time:
//! `docs/performance.md` reads the numbers.

mod program;
mod server;
mod workload;

use std::error::Error;
use std::io::{self, Write};
use std::time::Duration;

use program::{Measured, Program};
use server::Server;
use workload::Workload;

/// Rounds that count. One more is run before them to fill the caches.
const ROUNDS: usize = 7;

fn main() -> Result<(), Box<dyn Error>> {
    let server = Server::start()?;
    let programs: Vec<Program> = Program::all().into_iter().filter(Program::is_there).collect();
    let mut out = io::stdout().lock();
    write!(out, "{:<26}", "milliseconds, megabytes")?;
    for program in &programs {
        write!(out, "{:>14}{:>8}", program.name(), "peak")?;
    }
    writeln!(out, "{:>9}", "ratio")?;
    for workload in Workload::all() {
        let folder = tempfile::tempdir()?;
        workload.write(folder.path(), server.base_url())?;
        let taking_part: Vec<Program> = programs
            .iter()
            .copied()
            .filter(|program| program.can(workload))
            .collect();
        let mut samples: Vec<Vec<Measured>> = vec![Vec::new(); taking_part.len()];
        for round in 0..=ROUNDS {
            for (program, samples) in taking_part.iter().zip(&mut samples) {
                let measured = program.run(workload, folder.path())?;
                if round > 0 {
                    samples.push(measured);
                }
            }
        }
        write!(out, "{:<26}", workload.name())?;
        let times: Vec<f64> = samples.iter().map(|samples| median(samples)).collect();
        for (samples, time) in samples.iter().zip(&times) {
            let peak = samples.iter().map(|it| it.peak_bytes).max().unwrap_or(0);
            write!(out, "{time:>14.1}{:>8.1}", peak as f64 / 1e6)?;
        }
        match times.as_slice() {
            [ours, theirs] => writeln!(out, "{:>9.3}", ours / theirs)?,
            _ => writeln!(out)?,
        }
        out.flush()?;
    }
    Ok(())
}

/// The median of the times, in milliseconds.
fn median(samples: &[Measured]) -> f64 {
    let mut times: Vec<Duration> = samples.iter().map(|sample| sample.time).collect();
    times.sort_unstable();
    times
        .get(times.len() / 2)
        .map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
}
