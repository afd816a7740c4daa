//! What a matcher says when a value is not as it should be: one closed shape for all of them.

use serde::{Deserialize, Serialize};

use super::Spot;
use crate::diff;

/// A value that is not as it should be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mismatch {
    /// Where the expectation stands.
    pub place: Spot,
    /// What was looked at: `status`, `$.data.email`, `headers.content-type`.
    pub subject: String,
    /// What was expected, in words: `3 (integer)`, `a text that matches '^a'`.
    pub expected: String,
    /// What was found, in words.
    pub actual: String,
    /// The differences, where both sides have parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<Differences>,
    /// What may explain it: where a path stopped, "same text, other type".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// The differences of two values with parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Differences {
    /// By path.
    Json(diff::Diff),
    /// By line.
    Text(diff::TextDiff),
}
