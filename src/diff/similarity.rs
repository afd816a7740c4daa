//! How much of two values is equal, within a bound on the work.

use std::collections::HashMap;

use serde_json::Value;

use super::node::Node;

/// How many pairs of values may be looked at, for one diff: some tenths of a second.
const EFFORT: usize = 2_000_000;

/// What may still be spent on likening values. Counting pairs rather than time keeps a diff the same everywhere.
pub(super) struct Effort(usize);

impl Default for Effort {
    fn default() -> Effort {
        Effort(EFFORT)
    }
}

impl Effort {
    /// Takes the price of one pair; false when there is nothing left.
    fn spend(&mut self) -> bool {
        let left = self.0.checked_sub(1);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

/// How many leaves two values share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Likeness {
    /// Leaves that are equal and at the same place.
    pub(super) shared: usize,
    /// Leaves of both, those that stand at the same place counted once.
    pub(super) all: usize,
}

impl Likeness {
    /// Whether at least half is equal: then it is the same thing, changed.
    pub(super) fn is_mostly_equal(self) -> bool {
        self.shared > 0 && self.shared * 2 >= self.all
    }

    /// From 0, nothing equal, to 1,000,000, all equal.
    pub(super) fn score(self) -> u64 {
        (self.shared as u64 * 1_000_000) / (self.all as u64).max(1)
    }

    fn nothing_of(left: Node<'_>, right: Node<'_>) -> Likeness {
        Likeness {
            shared: 0,
            all: left.leaves().max(right.leaves()),
        }
    }

    fn add(&mut self, other: Likeness) {
        self.shared += other.shared;
        self.all += other.all;
    }
}

/// Likens two values. Without effort left, whatever is not equal at sight counts as different.
pub(super) fn likeness(left: Node<'_>, right: Node<'_>, effort: &mut Effort) -> Likeness {
    if left.digest() == right.digest() {
        return Likeness {
            shared: left.leaves(),
            all: left.leaves(),
        };
    }
    if !effort.spend() {
        return Likeness::nothing_of(left, right);
    }
    match (left.value(), right.value()) {
        (Value::Object(_), Value::Object(_)) => objects(left, right, effort),
        (Value::Array(_), Value::Array(_)) => arrays(left, right, effort),
        _ => Likeness::nothing_of(left, right),
    }
}

fn objects(left: Node<'_>, right: Node<'_>, effort: &mut Effort) -> Likeness {
    let mut rest: HashMap<&str, Node<'_>> = right.members().into_iter().collect();
    let mut sum = Likeness { shared: 0, all: 0 };
    for (key, value) in left.members() {
        match rest.remove(key) {
            Some(partner) => sum.add(likeness(value, partner, effort)),
            None => sum.all += value.leaves(),
        }
    }
    sum.all += rest.values().map(|value| value.leaves()).sum::<usize>();
    sum
}

/// Arrays are likened from both ends, and by place in between: an estimate that is exact for one change.
fn arrays(left: Node<'_>, right: Node<'_>, effort: &mut Effort) -> Likeness {
    let (left, right) = (left.elements(), right.elements());
    let prefix = left
        .iter()
        .zip(&right)
        .take_while(|(left, right)| left.digest() == right.digest())
        .count();
    let suffix = left[prefix..]
        .iter()
        .rev()
        .zip(right[prefix..].iter().rev())
        .take_while(|(left, right)| left.digest() == right.digest())
        .count();
    let (left_middle, right_middle) = (
        &left[prefix..left.len() - suffix],
        &right[prefix..right.len() - suffix],
    );

    let outside = left[..prefix]
        .iter()
        .chain(&left[left.len() - suffix..])
        .map(|node| node.leaves())
        .sum();
    let mut sum = Likeness {
        shared: outside,
        all: outside,
    };
    for (left, right) in left_middle.iter().zip(right_middle) {
        sum.add(likeness(*left, *right, effort));
    }
    let common = left_middle.len().min(right_middle.len());
    sum.all += left_middle[common..]
        .iter()
        .chain(&right_middle[common..])
        .map(|node| node.leaves())
        .sum::<usize>();
    sum
}

#[cfg(test)]
mod tests {
    use super::super::node::Digests;
    use super::*;
    use serde_json::json;

    fn of(left: Value, right: Value, effort: usize) -> (usize, usize) {
        let (left_digests, right_digests) = (Digests::of(&left), Digests::of(&right));
        let found = likeness(
            left_digests.root(&left),
            right_digests.root(&right),
            &mut Effort(effort),
        );
        (found.shared, found.all)
    }

    #[test]
    fn leaves_are_counted_where_they_stand() {
        assert_eq!(
            of(json!({"a": 1, "b": [1, 2]}), json!({"b": [1, 3], "a": 1}), 100),
            (2, 3)
        );
        assert_eq!(of(json!({"a": 1}), json!({"b": 1}), 100), (0, 2));
        assert_eq!(of(json!([1, 2, 3]), json!([2, 3]), 100), (2, 3));
        assert_eq!(of(json!([]), json!({}), 100), (0, 1));
    }

    #[test]
    fn without_effort_only_equal_values_are_alike() {
        assert_eq!(of(json!({"a": 1, "b": 2}), json!({"a": 1, "b": 3}), 0), (0, 2));
        assert_eq!(of(json!({"a": 1, "b": 2}), json!({"a": 1, "b": 2}), 0), (2, 2));
    }
}
