//! The answers of a run, kept to be compared with those of another.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::content::Made;

/// What an answer came to, or why it comes to nothing that could be compared.
pub type Answer = Result<Made, String>;

/// The answers of a run, by the names their snapshots would have.
#[derive(Debug, Default)]
pub struct Answers(Mutex<BTreeMap<PathBuf, Answer>>);

impl Answers {
    /// Keeps an answer; of several of one step the last.
    pub fn add(&self, name: &Path, answer: Answer) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(name.to_owned(), answer);
    }

    /// All of them.
    pub fn into_map(self) -> BTreeMap<PathBuf, Answer> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
