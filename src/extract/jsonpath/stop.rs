//! Where a singular path stopped matching, and what stood there instead.

use std::fmt;

use super::nearest::nearest;
use super::program::{Broken, Query, Selector, from_either_end};
use crate::json::path::{Location, Segment};
use crate::json::{self, Value};
use crate::registry;

/// How many names of an object are kept.
const MOST_KEYS: usize = 20;

/// How many names of an object a message lists.
const LISTED: usize = 3;

/// How many names of an object are tried for likeness.
const MOST_TRIED: usize = 1_000;

/// How many characters of a name a message shows.
const SHOWN: usize = 40;

/// Where a singular path stopped matching. Names come from the answer, so they are no more trustworthy than it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// The place the path did reach.
    pub reached: Location,
    /// What it wanted there: the name of a member, or an index.
    pub wanted: String,
    /// The index, where an index was wanted.
    pub index: Option<i64>,
    /// The names that stood there instead, at most the first 20.
    pub keys: Vec<String>,
    /// How many members or elements stood there.
    pub length: usize,
    /// The name among all of those that was probably meant.
    pub nearest: Option<String>,
    /// What stood there: the type as [`json::kind`] names it.
    pub kind: &'static str,
}

impl Stop {
    /// Describes where a singular query broke off.
    pub(super) fn at(query: &Query, root: &Value, broken: Broken<'_>) -> Self {
        let (wanted, index) = match query.segments[broken.segment].selectors.first() {
            Some(Selector::Name(name)) => (name.to_string(), None),
            Some(Selector::Index(index)) => (index.to_string(), Some(*index)),
            Some(Selector::Wildcard | Selector::Slice(_) | Selector::Filter(_)) | None => {
                unreachable!("a query is followed by names and indices alone")
            }
        };
        let members = broken.value.as_object();
        Self {
            reached: reached(query, root, broken.segment),
            index,
            keys: members
                .into_iter()
                .flat_map(|members| members.keys().take(MOST_KEYS).cloned())
                .collect(),
            length: match broken.value {
                Value::Array(elements) => elements.len(),
                Value::Object(members) => members.len(),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
            },
            nearest: members
                .filter(|_| index.is_none())
                .and_then(|members| nearest(&wanted, members.keys().take(MOST_TRIED).map(String::as_str)))
                .map(str::to_owned),
            kind: json::kind(broken.value),
            wanted,
        }
    }

    /// Whether the wanted name is a slip of one that stood there.
    pub fn is_slip(&self) -> bool {
        let nearest = self.nearest.as_deref();
        nearest.is_some_and(|nearest| registry::misspelt(&self.wanted, [nearest]).is_some())
    }

    fn write_missing_key(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no key {} in {}", shown(&self.wanted), self.reached)?;
        if let Some(nearest) = &self.nearest {
            return write!(f, "; did you mean {}?", shown(nearest));
        }
        if self.length == 0 {
            return f.write_str(", which is empty");
        }
        // One more name takes no more room than "and 1 more".
        let listed = if self.length == LISTED + 1 {
            self.length
        } else {
            LISTED
        };
        let names: Vec<String> = self.keys.iter().take(listed).map(|key| shown(key)).collect();
        match (names.split_last(), self.length.saturating_sub(names.len())) {
            (Some((last, [])), 0) => write!(f, ", which has {last}"),
            (Some((last, before)), 0) => write!(f, ", which has {} and {last}", before.join(", ")),
            (_, more) => write!(f, ", which has {} and {more} more", names.join(", ")),
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.index) {
            ("object", None) => self.write_missing_key(f),
            ("array", Some(index)) => match self.length {
                0 => write!(f, "{}[{index}]: the array is empty", self.reached),
                1 => write!(f, "{}[{index}]: the array has 1 element", self.reached),
                length => write!(f, "{}[{index}]: the array has {length} elements", self.reached),
            },
            (kind, None) => write!(
                f,
                "{} is {}, so it has no key {}",
                self.reached,
                phrase(kind),
                shown(&self.wanted)
            ),
            (kind, Some(index)) => write!(
                f,
                "{} is {}, so it has no element {index}",
                self.reached,
                phrase(kind)
            ),
        }
    }
}

/// The place after the first `segments` of a query that those do reach.
fn reached(query: &Query, root: &Value, segments: usize) -> Location {
    let mut value = Some(root);
    let mut location = Location::root();
    for segment in &query.segments[..segments] {
        let step = match segment.selectors.first() {
            Some(Selector::Name(name)) => Segment::from(&**name),
            Some(Selector::Index(index)) => {
                let length = value.and_then(Value::as_array).map_or(0, Vec::len);
                Segment::Index(from_either_end(*index, length).unwrap_or_default())
            }
            Some(Selector::Wildcard | Selector::Slice(_) | Selector::Filter(_)) | None => break,
        };
        location.0.push(step);
        value = location.resolve(root);
    }
    location
}

fn phrase(kind: &str) -> String {
    match kind {
        "null" => "null".to_owned(),
        "integer" | "array" | "object" => format!("an {kind}"),
        kind => format!("a {kind}"),
    }
}

/// A name for a message: as it is where that is clear, else in quotes, and not without end.
fn shown(name: &str) -> String {
    let cut: String = match name.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &name[..at]),
        None => name.to_owned(),
    };
    let plain = |character: char| {
        character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | '…' | '$' | '@')
    };
    if !cut.is_empty() && cut.chars().all(plain) {
        cut
    } else {
        format!("{cut:?}")
    }
}
