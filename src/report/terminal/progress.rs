//! The bar: how many steps are over, and what is running.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::screen::Shared;
use crate::report::text::safe;

/// A bar at the bottom of the screen.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar that shows nothing before the run starts.
    pub(super) fn new(screen: Shared) -> Progress {
        let style = ProgressStyle::with_template("{pos:>5}/{len} [{bar:16}] {wide_msg}")
            .expect("the template is a constant")
            .progress_chars("=> ");
        let target = ProgressDrawTarget::term_like(Box::new(screen));
        Progress {
            bar: ProgressBar::with_draw_target(Some(0), target).with_style(style),
        }
    }

    /// How many steps there are.
    pub(super) fn planned(&self, steps: usize) {
        self.bar.set_length(steps as u64);
    }

    /// Something else is running than before.
    pub(super) fn running(&self, phrase: String) {
        self.bar.set_message(safe(&phrase));
    }

    /// One more step is over.
    pub(super) fn step_finished(&self, running: String) {
        self.bar.inc(1);
        self.running(running);
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// Does something with the bar out of the way.
    pub(super) fn suspend<R>(&self, action: impl FnOnce() -> R) -> R {
        self.bar.suspend(action)
    }
}
