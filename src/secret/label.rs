//! What is shown in a secret's place.

use crate::untrusted;
use std::fmt;
use std::sync::Arc;

/// A secret's name as it is shown: `‹api_key›`.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Label(Arc<str>);

impl Label {
    /// The label of the secret with this name.
    pub fn new(name: &str) -> Self {
        Label(Arc::from(untrusted::line(name)))
    }

    /// The name without its marks.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "‹{}›", self.0)
    }
}
