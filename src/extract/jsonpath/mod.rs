//! JSONPath (RFC 9535): compiled once, run under a budget, and able to say where it stopped matching.
//!
//! The grammar is `jsonpath-rust`'s. `scan` reads the text first, for mistakes it can name better than a grammar can and
//! for what the parser would lose or let pass; `compile` checks the types and makes the `program` that `evaluate`
//! runs. The official compliance suite is the test.

mod budget;
mod compile;
#[cfg(test)]
mod compliance;
mod error;
mod evaluate;
mod filter;
mod nearest;
mod node;
mod pattern;
mod plain;
mod program;
mod scan;
mod stop;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use budget::{Budget, BudgetExhausted};
pub use error::PathError;
pub use stop::Stop;

use crate::json::path::Location;
use crate::json::{PlainSegment, Value};
use evaluate::Evaluation;
use node::Placed;
use program::Query;

/// A JSONPath, read and compiled once: names, slices, filters and the regular expressions given as literals.
#[derive(Clone, Debug)]
pub struct Path {
    text: Arc<str>,
    query: Arc<Query>,
}

/// A value that a path selected, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<'a> {
    /// The place of the value.
    pub location: Location,
    /// The value.
    pub value: &'a Value,
}

/// What a path gave, in the terms of who asked: one value, why there is none, or a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Selection<'a> {
    /// The value of a singular path.
    One(&'a Value),
    /// Where a singular path stopped matching.
    Missing(Stop),
    /// The values of any other path, in the order of RFC 9535; there may be none.
    Many(Vec<&'a Value>),
    /// The path visited more nodes than [`Budget::default`] has.
    OverBudget,
}

impl Path {
    /// Reads a path, from its `$` to its end.
    ///
    /// # Errors
    /// [`PathError`] where the text is no well-formed, well-typed query of RFC 9535, or a literal pattern in it is no
    /// I-Regexp (RFC 9485).
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let scan = scan::scan(text)?;
        let parsed = match plain::tree(&scan.text) {
            Some(tree) => tree,
            None => jsonpath_rust::parser::parse_json_path(&scan.text)
                .map_err(|error| PathError::from_parser(text, &error))?,
        };
        let query = compile::compile(text, &parsed, scan)?;
        Ok(Self {
            text: Arc::from(text),
            query: Arc::new(query),
        })
    }

    /// The text as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether this is a singular query (RFC 9535, section 2.3.5.1), which selects at most one value of any document:
    /// only names and indices, one at a time.
    #[must_use]
    pub fn is_singular(&self) -> bool {
        self.query.singular
    }

    /// The path as steps down, if it has only names, indices from the front and wildcards, one at a time.
    #[must_use]
    pub fn plain(&self) -> Option<Arc<[PlainSegment]>> {
        self.query.segments.iter().map(program::Segment::plain).collect()
    }

    /// Every value the path selects, with its place.
    ///
    /// # Errors
    /// [`BudgetExhausted`] when more nodes were to be visited than the budget has left.
    pub fn query<'a>(&self, root: &'a Value, budget: &mut Budget) -> Result<Vec<Found<'a>>, BudgetExhausted> {
        let found = Evaluation::new(root, budget).run(&self.query, Placed::root(root))?;
        Ok(found
            .iter()
            .map(|node| Found {
                location: node.location(),
                value: node.value,
            })
            .collect())
    }

    /// Every value the path selects. Faster than [`Path::query`], for it keeps no places.
    ///
    /// # Errors
    /// As [`Path::query`].
    pub fn values<'a>(
        &self,
        root: &'a Value,
        budget: &mut Budget,
    ) -> Result<Vec<&'a Value>, BudgetExhausted> {
        Evaluation::new(root, budget).run(&self.query, root)
    }

    /// What the path gives for a document, under [`Budget::default`]. A singular path needs no memory but its answer.
    /// Any other gives nothing at all, not no values, where it begins with a slip of a key that stands there.
    #[must_use]
    pub fn select<'a>(&self, root: &'a Value) -> Selection<'a> {
        if self.is_singular() {
            return match self.query.follow(root) {
                Ok(value) => Selection::One(value),
                Err(broken) => Selection::Missing(Stop::at(&self.query, root, broken)),
            };
        }
        match self.values(root, &mut Budget::default()) {
            Ok(values) if values.is_empty() => match self.query.follow(root) {
                Err(broken) => {
                    let stop = Stop::at(&self.query, root, broken);
                    match stop.is_slip() {
                        true => Selection::Missing(stop),
                        false => Selection::Many(values),
                    }
                }
                Ok(_) => Selection::Many(values),
            },
            Ok(values) => Selection::Many(values),
            Err(BudgetExhausted) => Selection::OverBudget,
        }
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}
