//! Ways to judge a value: an open set.
//!
//! A matcher's parsed check is a [`Match`]. A value and a mapping of matchers are told apart in
//! [`Expectation::decode`]: a scalar or a list expects exact, typed equality; of a mapping every matcher must hold.

use std::fmt;

use serde_json::Value;

use crate::decode::Decoder;
use crate::extract::{Extraction, Missing};
use crate::json;
use crate::outcome::Differences;
use crate::registry::{self, Entry, Kind};
use crate::source::Place;
use crate::template::{Scope, TemplateError};
use crate::yaml::{Content, Node};

mod affix;
mod after;
mod all;
mod any;
mod before;
mod between;
mod compare;
mod contains;
mod each;
mod elements;
mod empty;
mod ends_with;
mod equals;
mod exists;
mod gt;
mod gte;
mod in_;
mod instant;
mod is;
mod length;
mod like;
mod lt;
mod lte;
mod matches;
mod near;
mod none;
mod not;
mod operand;
mod places;
mod schema;
mod some;
mod starts_with;
mod unordered;

/// Every matcher, in the order of the reference page.
pub const KINDS: &[&MatcherKind] = &[
    &equals::KIND,
    &not::KIND,
    &gt::KIND,
    &gte::KIND,
    &lt::KIND,
    &lte::KIND,
    &between::KIND,
    &near::KIND,
    &in_::KIND,
    &contains::KIND,
    &starts_with::KIND,
    &ends_with::KIND,
    &matches::KIND,
    &is::KIND,
    &length::KIND,
    &exists::KIND,
    &empty::KIND,
    &each::KIND,
    &some::KIND,
    &none::KIND,
    &unordered::KIND,
    &like::KIND,
    &schema::KIND,
    &before::KIND,
    &after::KIND,
    &any::KIND,
    &all::KIND,
];

/// A kind of matcher.
pub struct MatcherKind {
    /// Name, summary and an example: a mapping of this matcher alone.
    pub entry: Entry,
    /// Decodes what stands behind its name.
    pub parse: fn(&Node, &mut Decoder<'_>) -> Option<Box<dyn Match>>,
}

impl Kind for MatcherKind {
    fn entry(&self) -> &Entry {
        &self.entry
    }
}

/// What a check may look at besides the value.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The variables, for expected values with templates.
    pub scope: &'a Scope,
    /// Whether the value is the list of nodes a path selected: an empty one is no value at all.
    pub nodes: bool,
}

impl<'a> Context<'a> {
    /// The context of one value.
    pub fn new(scope: &'a Scope) -> Self {
        Context { scope, nodes: false }
    }

    /// The context of what stands inside of the value.
    fn inside(self) -> Self {
        Context::new(self.scope)
    }

    /// Whether `actual` is a list of nodes without any.
    fn selected_nothing(&self, actual: &Value) -> bool {
        self.nodes && actual.as_array().is_some_and(Vec::is_empty)
    }
}

/// What a matcher says.
#[derive(Debug, Clone, PartialEq)]
pub enum Judgement {
    /// The value is as it should be.
    Holds,
    /// It is not.
    Mismatch(Finding),
    /// That cannot be told.
    Error(String),
}

impl From<TemplateError> for Judgement {
    fn from(error: TemplateError) -> Self {
        Judgement::Error(error.to_string())
    }
}

/// Why a value is not as it should be, in words; the caller adds where.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Finding {
    /// What was expected, secrets as labels.
    pub expected: String,
    /// What was found.
    pub actual: String,
    /// The differences, where both sides have parts.
    pub diff: Option<Differences>,
    /// What may explain it.
    pub hint: Option<String>,
}

impl Finding {
    fn new(expected: impl Into<String>, actual: &Value) -> Finding {
        Finding {
            expected: expected.into(),
            actual: in_words(actual),
            diff: None,
            hint: None,
        }
    }

    fn hint(mut self, hint: impl Into<String>) -> Finding {
        self.hint = Some(hint.into());
        self
    }
}

impl From<Finding> for Judgement {
    fn from(finding: Finding) -> Self {
        Judgement::Mismatch(finding)
    }
}

/// A matcher with its argument.
pub trait Match: fmt::Debug + Send + Sync {
    /// What it expects as written, for the name of a check: `at least 1`, `matches '^a'`.
    fn describe(&self) -> String;

    /// Judges a value.
    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement;

    /// Whether it holds where there is no value; nothing where only a value could tell. Only `exists` knows, and what
    /// combines matchers passes that on, so that `not: { equals: 3 }` does not hold for lack of a value.
    fn on_nothing(&self) -> Option<bool> {
        None
    }

    /// What it expects where there is no value to judge: with the values of its templates, in the words in which it
    /// refuses one.
    fn expected(&self, context: &Context<'_>) -> String {
        let written = self.describe();
        if !written.contains("${{") {
            return written;
        }
        match self.check(&Value::Null, context) {
            Judgement::Mismatch(finding) => finding.expected,
            Judgement::Holds | Judgement::Error(_) => written,
        }
    }

    /// Judges that there is no value.
    fn check_missing(&self, missing: &Missing, context: &Context<'_>) -> Judgement {
        if self.on_nothing() == Some(true) {
            return Judgement::Holds;
        }
        Judgement::Mismatch(Finding {
            expected: self.expected(context),
            actual: "nothing".to_owned(),
            diff: None,
            hint: Some(missing.reason.clone()),
        })
    }

    /// Judges whatever an extractor gave.
    fn judge(&self, extraction: &Extraction<'_>, context: &Context<'_>) -> Judgement {
        match extraction {
            Extraction::Value(value) => self.check(value, context),
            Extraction::Missing(missing) => self.check_missing(missing, context),
            Extraction::Unreadable(reason) => Judgement::Mismatch(Finding {
                expected: self.expected(context),
                actual: reason.clone(),
                diff: None,
                hint: None,
            }),
            Extraction::Failed(reason) => Judgement::Error(reason.clone()),
        }
    }
}

/// A matcher where it was written.
#[derive(Debug)]
pub struct Placed {
    /// The matcher's name.
    pub name: &'static str,
    /// Where its name stands, or the value it is short for.
    pub place: Place,
    /// The matcher.
    pub matcher: Box<dyn Match>,
}

/// What is expected of one value: one or several matchers, and every one of them must hold.
#[derive(Debug)]
pub struct Expectation {
    /// The matchers, in the order they were written.
    pub matchers: Vec<Placed>,
}

impl Expectation {
    /// Decodes a value to equal or a mapping of matchers.
    pub fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Expectation> {
        let Content::Map(map) = &node.content else {
            let matcher = (equals::KIND.parse)(node, decoder)?;
            let name = equals::KIND.entry.name;
            return Some(Expectation {
                matchers: vec![Placed {
                    name,
                    place: node.place.clone(),
                    matcher,
                }],
            });
        };
        if map.is_empty() {
            decoder.error_with_help(
                &node.place,
                "an expectation without matchers checks nothing",
                "write `equals: {}` to expect an empty object",
            );
            return None;
        }
        let mut whole = true;
        let mut matchers = Vec::with_capacity(map.len());
        for (key, argument) in map.iter() {
            let Some(kind) = registry::find(KINDS, key.name()) else {
                whole = false;
                match registry::misspelt(key.name(), registry::names(KINDS)) {
                    Some(near) => decoder.unknown(&key.place, "matcher", key.name(), [near]),
                    None => decoder.error_with_help(
                        &key.place,
                        format!("unknown matcher `{}`", key.name()),
                        "a mapping here is a set of matchers; to expect an object, write it under `equals:` or `like:`",
                    ),
                }
                continue;
            };
            match (kind.parse)(argument, decoder) {
                Some(matcher) => {
                    matchers.push(Placed {
                        name: kind.entry.name,
                        place: key.place.clone(),
                        matcher,
                    });
                }
                None => whole = false,
            }
        }
        whole.then_some(Expectation { matchers })
    }

    /// What is expected as written.
    pub fn describe(&self) -> String {
        let parts: Vec<String> = self
            .matchers
            .iter()
            .map(|placed| placed.matcher.describe())
            .collect();
        parts.join(" and ")
    }

    /// Judges a value: the first matcher that does not hold speaks.
    pub fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        self.first(|matcher| matcher.check(actual, context))
    }

    /// Judges that there is no value.
    pub fn check_missing(&self, missing: &Missing, context: &Context<'_>) -> Judgement {
        self.first(|matcher| matcher.check_missing(missing, context))
    }

    /// Whether it holds where there is no value; nothing where only a value could tell.
    fn on_nothing(&self) -> Option<bool> {
        all::conjunction(self.matchers.iter().map(|placed| placed.matcher.on_nothing()))
    }

    fn first(&self, judge: impl Fn(&dyn Match) -> Judgement) -> Judgement {
        self.matchers
            .iter()
            .map(|placed| judge(placed.matcher.as_ref()))
            .find(|judgement| *judgement != Judgement::Holds)
            .unwrap_or(Judgement::Holds)
    }
}

/// Whether a value is of a type that `is` knows, by the word people write for it.
pub fn is_of(name: &str, value: &Value) -> bool {
    is::includes(name, value)
}

/// The words that `is` knows for types and formats.
pub fn types() -> impl Iterator<Item = &'static str> {
    is::names()
}

/// The most differences a report lists.
const DIFFERENCES: usize = 200;

/// The most characters of a value in a sentence.
const SHORT: usize = 200;

/// A value in a sentence: `3 (integer)`, `"a" (string)`, `null`.
fn in_words(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            format!("{} ({})", json::short(value, SHORT), json::kind(value))
        }
    }
}

#[cfg(test)]
pub(crate) mod testing;
