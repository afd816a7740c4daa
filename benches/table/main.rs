//! The table of what runs cost: start-up, many steps, many files, a big answer, slow answers, growth, loading.
//!
//! `cargo bench --bench table` prints it; words behind `--` choose rows (`-- start many`: each row whose name has one of
//! them). Where `hurl` is on the PATH it takes part, with the same work in its own format, and so does a plain loop over
//! our HTTP client that checks the same by hand. Times and processor times are those of whole processes, the medians of
//! rounds in which the programs take turns; the peak of memory is the highest of them. Nothing here asserts a time:
//! `docs/performance.md` reads the numbers.

mod baseline;
#[path = "../shared/by_hand.rs"]
mod by_hand;
mod measure;
mod program;
mod row;
mod server;
mod workload;

use std::error::Error;
use std::io::{self, Write};

use measure::Measured;
use program::Program;
use row::Row;
use server::Server;
use workload::Workload;

/// Rounds that count where none takes long. One more is run before them to fill the caches.
const ROUNDS: usize = 7;

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo adds a word of its own.
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    match words.split_first() {
        Some((mode, rest)) if mode == measure::MODE => return measure::run(rest),
        Some((mode, rest)) if mode == baseline::MODE => return baseline::run(rest),
        _ => {}
    }
    let server = Server::start()?;
    let programs: Vec<Program> = Program::all().into_iter().filter(Program::is_there).collect();
    let mut out = io::stdout().lock();
    writeln!(out, "{}", row::heading(&programs))?;
    let is_chosen = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word.as_str()));
    for workload in Workload::all().into_iter().filter(|it| is_chosen(&it.name())) {
        let folder = tempfile::tempdir()?;
        workload.write(folder.path(), server.base_url())?;
        let mut row = Row::new(workload.name(), &programs);
        // The first round fills the caches, where it does not take minutes.
        for round in 0..=ROUNDS {
            for program in programs.iter().filter(|program| program.can(workload)) {
                let rounds = program.rounds(workload);
                if round > rounds || (round == 0 && rounds < ROUNDS) {
                    continue;
                }
                let measured: Measured = program.run(workload, folder.path(), server.base_url())?;
                if round > 0 {
                    row.add(*program, measured);
                }
            }
        }
        writeln!(out, "{row}")?;
        out.flush()?;
    }
    Ok(())
}
