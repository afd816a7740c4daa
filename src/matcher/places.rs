//! Mismatches inside a value, each with its path, put together to one finding.

use serde_json::Value;

use super::elements::told;
use super::{DIFFERENCES, Finding, in_words};
use crate::diff::{Change, Diff, Difference};
use crate::json;
use crate::json::path::Location;
use crate::outcome::Differences;

/// The places where a value is not as it should be.
#[derive(Debug, Default)]
pub(super) struct Places {
    differences: Vec<Difference>,
    sentences: Vec<String>,
    omitted: usize,
    count: usize,
    counted_only: bool,
}

impl Places {
    /// Counts places and keeps nothing of them, for asking often whether there is any.
    pub(super) fn counted_only() -> Places {
        Places {
            counted_only: true,
            ..Places::default()
        }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Counts a place; true if that is all there is to do.
    fn is_counted(&mut self) -> bool {
        self.count += 1;
        self.counted_only
    }

    /// Another value was expected; `shown` is the expected one as it may be shown.
    pub(super) fn differs(&mut self, path: &Location, expected: &Value, shown: &Value, actual: &Value) {
        if self.is_counted() {
            return;
        }
        let mut sentence = format!("{path}: expected {}, found {}", in_words(shown), in_words(actual));
        let hint = json::describe_type_mismatch(expected, actual);
        let same_text = hint.is_some();
        if let Some(hint) = hint {
            sentence = format!("{sentence}: {hint}");
        }
        let (from, to) = (shown.clone(), actual.clone());
        let same_type = std::mem::discriminant(expected) == std::mem::discriminant(actual);
        let change = if same_type {
            Change::Changed { from, to }
        } else {
            Change::TypeChanged { from, to, same_text }
        };
        self.push(path, change, sentence);
    }

    /// An expectation does not hold there.
    pub(super) fn add(&mut self, path: &Location, finding: Finding, actual: &Value) {
        if self.is_counted() {
            return;
        }
        let hint = finding.hint.map_or_else(String::new, |hint| format!(": {hint}"));
        let sentence = format!(
            "{path}: expected {}, found {}{hint}",
            finding.expected, finding.actual
        );
        match finding.diff {
            Some(Differences::Json(diff)) => {
                self.sentences.push(sentence);
                self.omitted += diff.omitted;
                self.differences
                    .extend(diff.differences.into_iter().map(|difference| Difference {
                        path: format!("{path}{}", difference.path.trim_start_matches('$')),
                        ..difference
                    }));
            }
            Some(Differences::Text(_)) | None => {
                let change = Change::Changed {
                    from: Value::String(finding.expected),
                    to: actual.clone(),
                };
                self.push(path, change, sentence);
            }
        }
    }

    /// What was expected there is missing.
    pub(super) fn missing(&mut self, path: &Location, expected: Value, reason: &str) {
        if self.is_counted() {
            return;
        }
        let sentence = format!(
            "{path}: expected {}, found nothing: {reason}",
            in_words(&expected)
        );
        self.push(path, Change::Removed { value: expected }, sentence);
    }

    /// What stands there was not expected.
    pub(super) fn unexpected(&mut self, path: &Location, actual: &Value) {
        if self.is_counted() {
            return;
        }
        let sentence = format!("{path}: {} was not expected", in_words(actual));
        self.push(
            path,
            Change::Added {
                value: actual.clone(),
            },
            sentence,
        );
    }

    /// The first few places in a sentence.
    pub(super) fn summary(&self) -> String {
        told(self.sentences.iter().cloned())
    }

    /// All places.
    pub(super) fn differences(self) -> Differences {
        let diff = Diff {
            differences: self.differences,
            omitted: self.omitted,
        };
        Differences::Json(diff.limited(DIFFERENCES))
    }

    fn push(&mut self, path: &Location, change: Change, sentence: String) {
        self.sentences.push(sentence);
        self.differences.push(Difference {
            path: path.to_string(),
            change,
        });
    }
}
