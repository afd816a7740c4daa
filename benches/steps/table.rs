//! The table: for each program its median, its spread, and what it costs beside the first.

use std::fmt::Write as _;
use std::time::Duration;

/// The times of one program.
pub(crate) struct Samples {
    name: &'static str,
    times: Vec<Duration>,
}

impl Samples {
    /// No times yet.
    pub(crate) fn of(name: &'static str) -> Samples {
        Samples {
            name,
            times: Vec::new(),
        }
    }

    /// Adds a time, keeping them in order.
    pub(crate) fn add(&mut self, time: Duration) {
        let place = self.times.partition_point(|known| *known <= time);
        self.times.insert(place, time);
    }

    /// A time so far along from the fastest (0) to the slowest (1), in milliseconds.
    fn at(&self, share: f64) -> f64 {
        let last = self.times.len().saturating_sub(1);
        let index = (share * last as f64).round() as usize;
        self.times
            .get(index)
            .map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
    }

    fn median(&self) -> f64 {
        self.at(0.5)
    }
}

/// The times of all programs; the first is what the others are measured by.
pub(crate) fn draw(steps: usize, samples: &[Samples]) -> String {
    let mut table = format!(
        "{steps} steps, milliseconds\n{:<18}{:>9}{:>9}{:>9}{:>8}{:>9}\n",
        "", "median", "fastest", "slowest", "ratio", "more"
    );
    let measure = samples.first().map_or(f64::NAN, Samples::median);
    for sample in samples {
        let median = sample.median();
        let written = writeln!(
            table,
            "{:<18}{median:>9.1}{:>9.1}{:>9.1}{:>8.2}{:>9.1}",
            sample.name,
            sample.at(0.0),
            sample.at(1.0),
            median / measure,
            median - measure,
        );
        written.expect("a text takes what is written to it");
    }
    table
}
