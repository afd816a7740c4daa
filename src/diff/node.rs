//! A value with a digest of every value inside it, taken once, so that equal parts are passed over at sight.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::json::number::Decimal;

/// The digests of a value and all that is inside it, in the order they are written.
pub(super) struct Digests(Vec<Mark>);

/// What is known of one value: 16 bytes, since a large answer has a million of them.
struct Mark {
    /// The same for values equal as JSON: spellings of numbers and order of keys do not matter.
    digest: u64,
    /// How many values there are from here on, this one included.
    nodes: u32,
    /// How many scalars and empty containers there are from here on.
    leaves: u32,
}

/// A value inside a digested one.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    value: &'a Value,
    /// The mark of this value, followed by those of the values inside it.
    marks: &'a [Mark],
}

impl Digests {
    /// Digests a value, in one pass.
    pub(super) fn of(value: &Value) -> Digests {
        let mut marks = Vec::new();
        mark(value, &mut marks);
        Digests(marks)
    }

    /// The root; `value` is the one that was digested.
    pub(super) fn root<'a>(&'a self, value: &'a Value) -> Node<'a> {
        Node {
            value,
            marks: &self.0,
        }
    }
}

impl<'a> Node<'a> {
    pub(super) fn value(self) -> &'a Value {
        self.value
    }

    /// Different digests are different values; the same digest is the same value but for an accident or an attack,
    /// which [`equal`] tells.
    pub(super) fn digest(self) -> u64 {
        self.marks[0].digest
    }

    /// How many scalars and empty containers the value holds: its weight where values are likened.
    pub(super) fn leaves(self) -> usize {
        self.marks[0].leaves as usize
    }

    /// The elements of an array; none for anything else.
    pub(super) fn elements(self) -> Vec<Node<'a>> {
        match self.value {
            Value::Array(elements) => self.inside(elements.iter()).collect(),
            _ => Vec::new(),
        }
    }

    /// The members of an object in the order written; none for anything else.
    pub(super) fn members(self) -> Vec<(&'a str, Node<'a>)> {
        match self.value {
            Value::Object(members) => members
                .keys()
                .map(String::as_str)
                .zip(self.inside(members.values()))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn inside(self, values: impl Iterator<Item = &'a Value>) -> impl Iterator<Item = Node<'a>> {
        let mut rest = &self.marks[1..];
        values.map(move |value| {
            let (marks, after) = rest.split_at(rest[0].nodes as usize);
            rest = after;
            Node { value, marks }
        })
    }
}

fn mark(value: &Value, marks: &mut Vec<Mark>) -> u64 {
    let own = marks.len();
    marks.push(Mark {
        digest: 0,
        nodes: 1,
        leaves: 1,
    });
    // The hasher has fixed keys, so the same values give the same differences on every machine of a run.
    let mut hasher = DefaultHasher::new();
    std::mem::discriminant(value).hash(&mut hasher);
    match value {
        Value::Null => {}
        Value::Bool(value) => value.hash(&mut hasher),
        Value::Number(value) => Decimal::from_number(value).hash(&mut hasher),
        Value::String(value) => value.hash(&mut hasher),
        Value::Array(elements) => {
            for element in elements {
                mark(element, marks).hash(&mut hasher);
            }
        }
        Value::Object(members) => {
            let mut sum = 0u64;
            for (key, value) in members {
                let mut member = DefaultHasher::new();
                key.hash(&mut member);
                mark(value, marks).hash(&mut member);
                // A sum does not know the order of what it adds.
                sum = sum.wrapping_add(member.finish());
            }
            sum.hash(&mut hasher);
        }
    }
    let digest = hasher.finish();
    let nodes = marks.len() - own;
    let leaves = leaves_below(&marks[own..]);
    marks[own] = Mark {
        digest,
        nodes: saturate(nodes),
        leaves: saturate(leaves),
    };
    digest
}

/// The leaves of a value whose own mark, the first, is not final yet.
fn leaves_below(marks: &[Mark]) -> usize {
    let mut leaves = 0;
    let mut rest = &marks[1..];
    while let Some(next) = rest.first() {
        leaves += next.leaves as usize;
        rest = &rest[next.nodes as usize..];
    }
    leaves.max(1)
}

/// Four thousand million values would need more memory than any limit on a body lets in.
fn saturate(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::equal;
    use serde_json::json;

    fn digest(value: &Value) -> u64 {
        Digests::of(value).root(value).digest()
    }

    fn parsed(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn a_digest_sees_values_and_not_their_spelling() {
        assert_eq!(
            digest(&parsed(r#"{"a": 1, "b": [2.0]}"#)),
            digest(&parsed(r#"{"b": [2], "a": 1.0}"#))
        );
        assert_ne!(digest(&parsed("[1, 2]")), digest(&parsed("[2, 1]")));
        assert_ne!(digest(&json!("3")), digest(&json!(3)));
        assert_ne!(digest(&json!([])), digest(&json!({})));
        assert_ne!(
            digest(&parsed("9007199254740993")),
            digest(&parsed("9007199254740992"))
        );
    }

    #[test]
    fn equality_agrees() {
        assert!(equal(
            &parsed(r#"{"a": 1, "b": [2.0]}"#),
            &parsed(r#"{"b": [2], "a": 1.0}"#)
        ));
        assert!(!equal(&parsed(r#"{"a": 1}"#), &parsed(r#"{"b": 1}"#)));
        assert!(!equal(&json!(true), &json!("true")));
    }

    #[test]
    fn what_is_inside_keeps_its_own_digest() {
        let value = json!({"a": [1, {"b": []}], "c": "d"});
        let digests = Digests::of(&value);
        let members = digests.root(&value).members();
        assert_eq!(members[0].1.elements()[1].digest(), digest(&json!({"b": []})));
        assert_eq!(members[1].1.digest(), digest(&json!("d")));
        assert_eq!(digests.root(&value).leaves(), 3);
    }
}
