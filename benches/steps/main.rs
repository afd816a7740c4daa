//! What `callsheet run` costs beside a plain loop that sends the same requests and looks at the same three things.
//!
//! `cargo bench --bench steps` prints a table; nothing here asserts a time. Every program is a process of its own,
//! measured from its start to its end, and the programs take turns, so that a busy moment of the machine meets them
//! all. The peer is a server in this process: `docs/performance.md` reads the numbers.

mod baseline;
#[path = "../shared/by_hand.rs"]
mod by_hand;
mod contender;
mod project;
mod server;
mod table;

use std::error::Error;
use std::io::{self, Write};

use contender::{Contender, Manner};
use project::Project;
use server::Server;
use table::Samples;

/// Rounds that count. One more is run before them to fill the caches.
const ROUNDS: usize = 11;

/// The sizes of the call sheets that are run, in steps: one for the cost of a step, one for that of starting.
const SIZES: [usize; 2] = [1_000, 2];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, base_url, steps] = arguments.as_slice()
        && mode == baseline::MODE
    {
        return baseline::run(base_url, steps.parse()?);
    }
    let server = Server::start()?;
    let project = Project::write(server.base_url(), &SIZES)?;
    let mut out = io::stdout().lock();
    for steps in SIZES {
        let samples = compare(&project, server.base_url(), steps)?;
        writeln!(out, "{}", table::draw(steps, &samples))?;
    }
    Ok(())
}

/// Lets the programs take turns over a call sheet of this many steps. The plain loop is the first.
fn compare(project: &Project, base_url: &str, steps: usize) -> Result<Vec<Samples>, Box<dyn Error>> {
    let contenders = [Manner::Loop, Manner::Quiet, Manner::Usual]
        .map(|manner| Contender::new(manner, project, base_url, steps));
    let mut samples: Vec<Samples> = contenders.iter().map(|it| Samples::of(it.name())).collect();
    for round in 0..=ROUNDS {
        for (contender, samples) in contenders.iter().zip(&mut samples) {
            let took = contender.run()?;
            if round > 0 {
                samples.add(took);
            }
        }
    }
    Ok(samples)
}
