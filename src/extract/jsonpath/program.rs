//! A compiled path: what [`super::compile`] makes and [`super::evaluate`] runs.

use super::pattern::Pattern;
use crate::json::{PlainSegment, Value};

/// A query: from the root of the document, or from the node a filter looks at, down by its segments.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) origin: Origin,
    pub(super) segments: Vec<Segment>,
    /// Whether it selects at most one node: every segment is one name or one index.
    pub(super) singular: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Root,
    Current,
}

#[derive(Debug)]
pub(super) struct Segment {
    /// Whether the selectors apply to every descendant and the node itself, and not to the node alone.
    pub(super) descendant: bool,
    pub(super) selectors: Vec<Selector>,
}

#[derive(Debug)]
pub(super) enum Selector {
    Name(Box<str>),
    Wildcard,
    Index(i64),
    Slice(Slice),
    Filter(Filter),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Slice {
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
    pub(super) step: i64,
}

#[derive(Debug)]
pub(super) enum Filter {
    Or(Vec<Filter>),
    And(Vec<Filter>),
    Not(Box<Filter>),
    Exists(Query),
    Compare(Operand, Operator, Operand),
    Matches {
        subject: Operand,
        pattern: PatternSource,
        whole: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Something that gives one value, or nothing.
#[derive(Debug)]
pub(super) enum Operand {
    Literal(Value),
    /// A singular query.
    Query(Query),
    Length(Box<Operand>),
    Count(Query),
    ValueOf(Query),
}

/// Where the regular expression of `match` or `search` comes from.
#[derive(Debug)]
pub(super) enum PatternSource {
    /// A literal, compiled with the path.
    Fixed(Pattern),
    Computed(Operand),
}

/// Where a singular query left the document: before the segment of this number, at this value.
pub(super) struct Broken<'a> {
    pub(super) segment: usize,
    pub(super) value: &'a Value,
}

impl Query {
    /// Follows a query from its origin as far as it leads to one node: to its end, if it is singular.
    pub(super) fn follow<'a>(&self, origin: &'a Value) -> Result<&'a Value, Broken<'a>> {
        let mut value = origin;
        let singular = self.segments.iter().take_while(|segment| segment.is_singular());
        for (number, segment) in singular.enumerate() {
            let next = match segment.selectors.first() {
                Some(Selector::Name(name)) => value.as_object().and_then(|members| members.get(&**name)),
                Some(Selector::Index(index)) => value
                    .as_array()
                    .and_then(|elements| elements.get(from_either_end(*index, elements.len())?)),
                Some(Selector::Wildcard | Selector::Slice(_) | Selector::Filter(_)) | None => None,
            };
            value = next.ok_or(Broken {
                segment: number,
                value,
            })?;
        }
        Ok(value)
    }
}

impl Segment {
    /// Whether the segment leads to at most one node.
    pub(super) fn is_singular(&self) -> bool {
        !self.descendant
            && matches!(
                self.selectors.as_slice(),
                [Selector::Name(_) | Selector::Index(_)]
            )
    }
}

impl Segment {
    /// The step down that this is, if it is a plain one. What stands under any name of an object is left out.
    pub(super) fn plain(&self) -> Option<PlainSegment> {
        if self.descendant {
            return None;
        }
        match self.selectors.as_slice() {
            [Selector::Name(name)] => Some(PlainSegment::Key(name.clone())),
            [Selector::Index(index)] => usize::try_from(*index).ok().map(PlainSegment::Index),
            [Selector::Wildcard] => Some(PlainSegment::Every),
            _ => None,
        }
    }
}

/// The index from the front, of one that counts from the end where it is negative; nothing before the first element.
pub(super) fn from_either_end(index: i64, length: usize) -> Option<usize> {
    match usize::try_from(index) {
        Ok(index) => Some(index),
        Err(_) => length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    }
}

impl Slice {
    /// The indices selected of an array of `length` elements, in order (RFC 9535, section 2.3.4.2.2).
    pub(super) fn indices(self, length: usize) -> impl Iterator<Item = usize> {
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        let from_front = |bound: i64| {
            if bound < 0 {
                length.saturating_add(bound)
            } else {
                bound
            }
        };
        let (first, beyond) = if self.step >= 0 {
            (
                self.start.map_or(0, from_front).clamp(0, length),
                self.end.map_or(length, from_front).clamp(0, length),
            )
        } else {
            (
                self.start.map_or(length - 1, from_front).clamp(-1, length - 1),
                self.end.map_or(-1, from_front).clamp(-1, length - 1),
            )
        };
        let step = self.step;
        let inside = move |index: &i64| {
            if step > 0 {
                *index < beyond
            } else {
                step < 0 && *index > beyond
            }
        };
        std::iter::successors(Some(first), move |index| index.checked_add(step))
            .take_while(inside)
            .filter_map(|index| usize::try_from(index).ok())
    }
}
