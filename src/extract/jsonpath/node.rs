//! What travels through an evaluation: a value alone, or a value that remembers the way to it.

use std::rc::Rc;

use crate::json::Value;
use crate::json::path::{Location, Segment};

/// A node of the document under evaluation.
pub(super) trait Node<'a>: Clone {
    fn value(&self) -> &'a Value;
    fn member(&self, key: &'a str, value: &'a Value) -> Self;
    fn element(&self, index: usize, value: &'a Value) -> Self;
}

impl<'a> Node<'a> for &'a Value {
    fn value(&self) -> &'a Value {
        self
    }

    fn member(&self, _key: &'a str, value: &'a Value) -> Self {
        value
    }

    fn element(&self, _index: usize, value: &'a Value) -> Self {
        value
    }
}

/// A value with the way to it, shared with its siblings.
#[derive(Clone)]
pub(super) struct Placed<'a> {
    pub(super) value: &'a Value,
    way: Option<Rc<Way<'a>>>,
}

struct Way<'a> {
    before: Option<Rc<Way<'a>>>,
    step: Step<'a>,
}

enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> Placed<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self { value, way: None }
    }

    /// The place, written out.
    pub(super) fn location(&self) -> Location {
        let mut segments: Vec<Segment> =
            std::iter::successors(self.way.as_deref(), |way| way.before.as_deref())
                .map(|way| match way.step {
                    Step::Key(key) => Segment::from(key),
                    Step::Index(index) => Segment::Index(index),
                })
                .collect();
        segments.reverse();
        Location(segments)
    }

    fn child(&self, step: Step<'a>, value: &'a Value) -> Self {
        Self {
            value,
            way: Some(Rc::new(Way {
                before: self.way.clone(),
                step,
            })),
        }
    }
}

impl<'a> Node<'a> for Placed<'a> {
    fn value(&self) -> &'a Value {
        self.value
    }

    fn member(&self, key: &'a str, value: &'a Value) -> Self {
        self.child(Step::Key(key), value)
    }

    fn element(&self, index: usize, value: &'a Value) -> Self {
        self.child(Step::Index(index), value)
    }
}
