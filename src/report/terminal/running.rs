//! What is running, and what of it takes long.

use indexmap::IndexMap;

use super::titles::Titles;

/// How long a step may take before a line says so, in microseconds. The next line comes after twice that, and so on.
const SLOW: u64 = 2_000_000;

/// The steps that started and did not end, the oldest first.
#[derive(Default)]
pub(super) struct Running {
    steps: IndexMap<usize, Step>,
}

struct Step {
    started: u64,
    what: Option<String>,
    /// The elapsed time at which it is next said to be slow.
    next: u64,
}

/// A step to be said to be slow.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slow {
    /// Its number.
    pub(super) step: usize,
    /// It took longer than that already, in microseconds.
    pub(super) elapsed: u64,
    /// What it waits for.
    pub(super) what: Option<String>,
}

impl Running {
    /// A step starts.
    pub(super) fn start(&mut self, step: usize, at: u64) {
        self.steps.insert(
            step,
            Step {
                started: at,
                what: None,
                next: SLOW,
            },
        );
    }

    /// A step waits for something else.
    pub(super) fn waits(&mut self, step: usize, what: &str) {
        if let Some(step) = self.steps.get_mut(&step) {
            step.what = Some(what.to_owned());
        }
    }

    /// A step is over.
    pub(super) fn end(&mut self, step: usize) {
        self.steps.shift_remove(&step);
    }

    /// The steps that became slow, or twice as slow, since this was last asked.
    pub(super) fn slow(&mut self, now: u64) -> Vec<Slow> {
        let mut slow = Vec::new();
        for (number, step) in &mut self.steps {
            let elapsed = now.saturating_sub(step.started);
            if elapsed < step.next {
                continue;
            }
            let mut passed = step.next;
            while elapsed / 2 >= passed {
                passed *= 2;
            }
            step.next = passed.saturating_mul(2);
            slow.push(Slow {
                step: *number,
                elapsed: passed,
                what: step.what.clone(),
            });
        }
        slow
    }

    /// What is running, for the bar: the step that runs longest, what it waits for, and how many others run.
    pub(super) fn phrase(&self, titles: &Titles) -> String {
        let Some((number, step)) = self.steps.first() else {
            return String::new();
        };
        let mut phrase = titles.name(*number);
        if let Some(what) = &step.what {
            phrase.push_str(&format!(": {what}"));
        }
        match self.steps.len() - 1 {
            0 => phrase,
            others => format!("(+{others}) {phrase}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Running, Slow};

    #[test]
    fn a_slow_step_is_named_ever_more_rarely() {
        let mut running = Running::default();
        running.start(3, 500_000);
        running.waits(3, "the first byte");
        let said: Vec<u64> = (0..80)
            .flat_map(|tick| running.slow(tick * 250_000))
            .map(|slow| slow.elapsed)
            .collect();
        assert_eq!(said, [2_000_000, 4_000_000, 8_000_000, 16_000_000]);
    }

    #[test]
    fn a_late_tick_says_it_once() {
        let mut running = Running::default();
        running.start(0, 0);
        running.start(1, 0);
        running.end(0);
        let expected = Slow {
            step: 1,
            elapsed: 8_000_000,
            what: None,
        };
        assert_eq!(running.slow(9_000_000), [expected]);
        assert_eq!(running.slow(9_250_000), []);
    }
}
