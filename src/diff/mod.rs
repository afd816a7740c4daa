//! Two values to a list of differences by path.
//!
//! A difference is plain owned data, so that it can travel in an event and be shown by any report, today or from a
//! log. Paths are those of the *actual* value, the one a reader has in front of them; only what is missing there
//! keeps the place it had in the expected one.

use serde::{Deserialize, Serialize};
use serde_json::Value;

mod align;
mod apply;
mod compare;
mod identity;
mod inline;
mod node;
mod one_line;
mod path;
mod render;
mod similarity;
mod text;

#[cfg(test)]
mod properties;

pub use apply::apply;
pub use render::{Line, LineKind, RenderOptions, render};
pub use text::{Hunk, Piece, TextDiff, TextLine, TextLineKind, text};

/// The differences between an expected and an actual value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Diff {
    /// The differences, in the order of the values.
    pub differences: Vec<Difference>,
    /// How many more there are that are not listed; see [`Diff::limited`].
    pub omitted: usize,
}

/// One place where two values differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct Difference {
    /// An RFC 9535 path with shorthand names where they can be (`$.data[0].name`, `$['a b']`): to the value in the
    /// actual value, or, for one removed, to what held it there and the step that led to it in the expected value.
    pub path: String,
    /// What is different.
    pub change: Change,
}

/// How the value at a path differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A member or element that was not expected.
    Added {
        /// The actual value.
        value: Value,
    },
    /// A member or element that was expected and is missing.
    Removed {
        /// The expected value.
        value: Value,
    },
    /// Another value of the same type: a scalar, or an array or object that is empty on one side. Otherwise arrays
    /// and objects are compared by what is inside them.
    Changed {
        /// The expected value.
        from: Value,
        /// The actual value.
        to: Value,
    },
    /// A value of another type.
    TypeChanged {
        /// The expected value.
        from: Value,
        /// The actual value.
        to: Value,
        /// Whether the two are scalars with the same text, as `3` and `"3"` are.
        same_text: bool,
    },
    /// An element at another place of its array, or a member under another name in its object. What changed inside
    /// it as well has differences of its own.
    Moved {
        /// The path in the expected value.
        from: String,
        /// The actual value.
        value: Value,
    },
}

impl Diff {
    /// Whether the values are equal.
    pub fn is_empty(&self) -> bool {
        self.differences.is_empty() && self.omitted == 0
    }

    /// Keeps the first `at_most` differences and counts the others, so that an event stays small when an answer is
    /// another one altogether.
    #[must_use]
    pub fn limited(mut self, at_most: usize) -> Diff {
        self.omitted += self.differences.len().saturating_sub(at_most);
        self.differences.truncate(at_most);
        self
    }
}

/// Compares two values: every member counts, the order of elements counts, the order of members and the spelling of
/// numbers (`1`, `1.0`, `10e-1`) do not.
///
/// Elements of arrays are compared with the element that is theirs: an equal one, the one with the same identity
/// (`id`, `uuid`, `key`, `name`, …), or the most similar one. The work is bounded by counts, never by time, so the
/// outcome is the same everywhere.
pub fn diff(expected: &Value, actual: &Value) -> Diff {
    Diff {
        differences: compare::differences(expected, actual),
        omitted: 0,
    }
}
