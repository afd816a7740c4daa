//! What is shown in a secret's place.

use crate::untrusted;
use std::fmt;
use std::sync::Arc;

/// What the names of labels of computed values begin with.
const MADE_OF: &str = "made of ";

/// The name of the secret that a value was computed with, where `name` is that of such a value's label.
pub fn made_of(name: &str) -> Option<&str> {
    name.strip_prefix(MADE_OF)
}

/// A secret's name as it is shown: `‹api_key›`.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Label(Arc<str>);

impl Label {
    /// The label of the secret with this name.
    pub fn new(name: &str) -> Self {
        Label(Arc::from(untrusted::line(name)))
    }

    /// The label of what was computed with this secret and is not the secret itself, such as its base64.
    #[must_use]
    pub fn made_of(&self) -> Self {
        if made_of(&self.0).is_some() {
            return self.clone();
        }
        Label(Arc::from(format!("{MADE_OF}{}", self.0)))
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
