//! Filters that templates can apply, beside minijinja's own: one file each.

use minijinja::{Environment, Error, ErrorKind};
use regex::Regex;

use super::pattern::Pattern;
use crate::registry::{Entry, Kind};

mod base64_decode;
mod from_json;
mod regex_find;
mod regex_replace;
mod to_json;
mod url_encode;
mod where_;

/// Every filter of our own, in the order of the reference page.
pub const KINDS: &[&FilterKind] = &[
    &base64_decode::KIND,
    &from_json::KIND,
    &regex_find::KIND,
    &regex_replace::KIND,
    &to_json::KIND,
    &url_encode::KIND,
    &where_::KIND,
];

/// A filter of templates.
pub struct FilterKind {
    /// Name, summary and an example expression.
    pub entry: Entry,
    /// Adds it to the environment.
    pub register: fn(&mut Environment<'static>),
}

impl Kind for FilterKind {
    fn entry(&self) -> &Entry {
        &self.entry
    }
}

/// A filter's own complaint.
fn complaint(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}

/// A pattern of a filter, for this text. It is compiled at each use: patterns may be computed.
fn pattern(expression: &str, text: &str) -> Result<Regex, Error> {
    let pattern =
        Pattern::compile(expression).map_err(|_| complaint("the pattern is not a regular expression"))?;
    let regex = pattern.on(text).map_err(|error| complaint(error.to_string()))?;
    Ok(regex.clone())
}

#[cfg(test)]
mod tests {
    use super::KINDS;
    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn every_example_evaluates() {
        for kind in KINDS {
            let result = evaluate(kind.entry.example, &Scope::new());
            assert!(result.is_ok(), "{}: {result:?}", kind.entry.name);
            assert!(kind.entry.example.contains(kind.entry.name));
        }
    }
}
