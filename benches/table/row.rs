//! A row of the table: what each program took, and how ours compares.

use std::fmt;
use std::time::Duration;

use crate::measure::Measured;
use crate::program::Program;

/// What is measured of one kind of work.
pub(crate) struct Row {
    name: String,
    samples: Vec<(Program, Vec<Measured>)>,
}

/// The line above the rows.
pub(crate) fn heading(programs: &[Program]) -> String {
    let mut line = format!("{:<25}", "");
    for program in programs {
        line += &format!(" |{:>10}{:>9}{:>7}", program.name(), "cpu", "MB");
    }
    for program in &programs[1..] {
        line += &format!(" |{:>9}{:>7}{:>7}", format!("/{}", program.name()), "cpu", "MB");
    }
    line
}

impl Row {
    pub(crate) fn new(name: String, programs: &[Program]) -> Row {
        Row {
            name,
            samples: programs.iter().map(|program| (*program, Vec::new())).collect(),
        }
    }

    /// Adds what a program took once.
    pub(crate) fn add(&mut self, program: Program, measured: Measured) {
        if let Some((_, samples)) = self.samples.iter_mut().find(|(known, _)| *known == program) {
            samples.push(measured);
        }
    }

    /// Milliseconds, milliseconds of processors and megabytes of each program.
    fn values(&self) -> Vec<Option<[f64; 3]>> {
        let of = |samples: &[Measured]| {
            let milliseconds = |time: Duration| time.as_secs_f64() * 1_000.0;
            let time = median(samples.iter().map(|it| milliseconds(it.time)).collect())?;
            let processor = median(samples.iter().map(|it| milliseconds(it.processor)).collect())?;
            let peak = samples.iter().map(|it| it.peak_bytes).max()?;
            Some([time, processor, peak as f64 / 1e6])
        };
        self.samples.iter().map(|(_, samples)| of(samples)).collect()
    }
}

impl fmt::Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.values();
        write!(formatter, "{:<25}", self.name)?;
        for value in &values {
            match value {
                Some([time, processor, peak]) => {
                    write!(formatter, " |{time:>10.1}{processor:>9.1}{peak:>7.1}")?;
                }
                None => write!(formatter, " |{:>10}{:>9}{:>7}", "", "", "")?,
            }
        }
        let Some((Some(ours), theirs)) = values.split_first() else {
            return Ok(());
        };
        for theirs in theirs {
            match theirs {
                Some(theirs) => {
                    let [time, processor, peak] = [0, 1, 2].map(|at| ours[at] / theirs[at]);
                    write!(formatter, " |{time:>9.3}{processor:>7.2}{peak:>7.2}")?;
                }
                None => write!(formatter, " |{:>9}{:>7}{:>7}", "", "", "")?,
            }
        }
        Ok(())
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
