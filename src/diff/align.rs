//! Which elements of two arrays belong together.
//!
//! Equal ends are set aside. Of what is between, elements are paired by identity if they have one, otherwise by the
//! longest common run of equal ones; what is left over in a gap is paired by likeness if the gap is small, and by
//! place if it is not. So the work stays near linear, and the outcome depends on nothing but the values.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::identity;
use super::node::Node;
use super::similarity::{Effort, likeness};

/// The most pairs of elements that are likened in one gap.
const SMALL_GAP: usize = 4_096;

/// The most elements among which the longest common run is looked for.
const LONG_ARRAY: usize = 100_000;

/// What became of an element, by its place left (expected), right (actual), or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// The same element, in its order; what is inside may differ.
    Paired { left: usize, right: usize },
    /// The same element, out of its order; what is inside may differ.
    Moved { left: usize, right: usize },
    /// Only left.
    Removed { left: usize },
    /// Only right.
    Added { right: usize },
}

/// Aligns two arrays. Every place of either side is in one slot, but for equal ends, which are in none; the slots
/// stand in the order of the right, what was removed before what follows it.
pub(super) fn align(left: &[Node<'_>], right: &[Node<'_>], effort: &mut Effort) -> Vec<Slot> {
    let prefix = left
        .iter()
        .zip(right)
        .take_while(|(left, right)| left.digest() == right.digest())
        .count();
    let (left_rest, right_rest) = (&left[prefix..], &right[prefix..]);
    let suffix = left_rest
        .iter()
        .rev()
        .zip(right_rest.iter().rev())
        .take_while(|(left, right)| left.digest() == right.digest())
        .count();
    let left_middle = &left_rest[..left_rest.len() - suffix];
    let right_middle = &right_rest[..right_rest.len() - suffix];

    let mut pairing = Pairing {
        left: left_middle,
        right: right_middle,
        stays: Vec::new(),
        moves: Vec::new(),
    };
    if !left_middle.is_empty() && !right_middle.is_empty() {
        pairing.anchor();
        pairing.fill_gaps(effort);
    }
    pairing.slots(prefix)
}

struct Pairing<'n, 'a> {
    left: &'n [Node<'a>],
    right: &'n [Node<'a>],
    /// Pairs that keep their order, rising on both sides.
    stays: Vec<(usize, usize)>,
    /// Pairs out of that order.
    moves: Vec<(usize, usize)>,
}

impl Pairing<'_, '_> {
    /// Finds the pairs that are certain: of one identity, or equal.
    fn anchor(&mut self) {
        if let Some(pairs) = identity::pairs(self.left, self.right) {
            (self.stays, self.moves) = split_rising(pairs);
        } else {
            self.stays = common_run(self.left, self.right);
        }
        self.find_moves();
    }

    /// Pairs equal elements that are left over.
    fn find_moves(&mut self) {
        let (left_taken, right_taken) = self.taken();
        let left_places = (0..self.left.len()).filter(|at| !left_taken.contains(at));
        let right_places = (0..self.right.len()).filter(|at| !right_taken.contains(at));
        self.moves
            .extend(by_occurrence(self.left, left_places, self.right, right_places));
    }

    fn taken(&self) -> (HashSet<usize>, HashSet<usize>) {
        self.stays.iter().chain(&self.moves).copied().unzip()
    }

    /// Pairs what is left over between two pairs that stay.
    fn fill_gaps(&mut self, effort: &mut Effort) {
        let (left_taken, right_taken) = self.taken();
        let mut found = Vec::new();
        let mut from = (0, 0);
        let end = (self.left.len(), self.right.len());
        for &(left, right) in self.stays.iter().chain([&end]) {
            let left_gap: Vec<usize> = (from.0..left).filter(|at| !left_taken.contains(at)).collect();
            let right_gap: Vec<usize> = (from.1..right).filter(|at| !right_taken.contains(at)).collect();
            self.fill_gap(&left_gap, &right_gap, effort, &mut found);
            from = (left + 1, right + 1);
        }
        self.stays.extend(found);
        self.stays.sort_unstable();
    }

    fn fill_gap(
        &self,
        left: &[usize],
        right: &[usize],
        effort: &mut Effort,
        found: &mut Vec<(usize, usize)>,
    ) {
        if left.is_empty() || right.is_empty() {
            return;
        }
        if left.len().saturating_mul(right.len()) > SMALL_GAP {
            found.extend(left.iter().copied().zip(right.iter().copied()));
            return;
        }
        let mut from = (0, 0);
        let alike = self.most_alike(left, right, effort);
        for (at_left, at_right) in alike.iter().copied().chain([(left.len(), right.len())]) {
            let (left_rest, right_rest) = (&left[from.0..at_left], &right[from.1..at_right]);
            if left_rest.len() == right_rest.len() {
                let pairs = left_rest.iter().copied().zip(right_rest.iter().copied());
                found.extend(pairs.filter(|&(left, right)| self.may_be_one(left, right)));
            }
            from = (at_left + 1, at_right + 1);
        }
        found.extend(
            alike
                .into_iter()
                .map(|(at_left, at_right)| (left[at_left], right[at_right])),
        );
    }

    /// The pairs of a small gap, in order, that are mostly equal and together the most alike.
    fn most_alike(&self, left: &[usize], right: &[usize], effort: &mut Effort) -> Vec<(usize, usize)> {
        let width = right.len() + 1;
        let mut scores = vec![0u64; left.len() * right.len()];
        // The best sum of scores from a place to the end of both sides, and what it is made of, from the back.
        let mut best = vec![0u64; (left.len() + 1) * width];
        for at_left in (0..left.len()).rev() {
            for at_right in (0..right.len()).rev() {
                let alike = likeness(self.left[left[at_left]], self.right[right[at_right]], effort);
                let score = if alike.is_mostly_equal() { alike.score() } else { 0 };
                scores[at_left * right.len() + at_right] = score;
                let here = at_left * width + at_right;
                let paired = if score > 0 {
                    score + best[here + width + 1]
                } else {
                    0
                };
                best[here] = paired.max(best[here + width]).max(best[here + 1]);
            }
        }

        let mut pairs = Vec::new();
        let (mut at_left, mut at_right) = (0, 0);
        while at_left < left.len() && at_right < right.len() {
            let here = at_left * width + at_right;
            let score = scores[at_left * right.len() + at_right];
            if score > 0 && best[here] == score + best[here + width + 1] {
                pairs.push((at_left, at_right));
                at_left += 1;
                at_right += 1;
            } else if best[here] == best[here + width] {
                at_left += 1;
            } else {
                at_right += 1;
            }
        }
        pairs
    }

    /// Whether elements that are not alike may still be one, changed: unless they name themselves differently and
    /// there is more to them than that name.
    fn may_be_one(&self, left: usize, right: usize) -> bool {
        let (left, right) = (self.left[left], self.right[right]);
        left.leaves().max(right.leaves()) <= 1 || !identity::contradict(left, right)
    }

    /// Everything as slots, in order, with `offset` equal elements before it.
    fn slots(self, offset: usize) -> Vec<Slot> {
        let moved_to: HashMap<usize, usize> = self.moves.iter().map(|&(left, right)| (right, left)).collect();
        let moved_from: HashSet<usize> = self.moves.iter().map(|&(left, _)| left).collect();
        let mut slots = Vec::new();
        let between = |left: Range<usize>, right: Range<usize>, slots: &mut Vec<Slot>| {
            slots.extend(
                left.filter(|at| !moved_from.contains(at))
                    .map(|at| Slot::Removed { left: offset + at }),
            );
            slots.extend(right.map(|at| match moved_to.get(&at) {
                Some(from) => Slot::Moved {
                    left: offset + from,
                    right: offset + at,
                },
                None => Slot::Added { right: offset + at },
            }));
        };
        let mut from = (0, 0);
        for &(left, right) in &self.stays {
            between(from.0..left, from.1..right, &mut slots);
            slots.push(Slot::Paired {
                left: offset + left,
                right: offset + right,
            });
            from = (left + 1, right + 1);
        }
        between(from.0..self.left.len(), from.1..self.right.len(), &mut slots);
        slots
    }
}

/// Equal elements in their order: about as many as there can be, or, in long arrays, where that would take seconds,
/// those that rise when each is paired with its like by how many have come before.
fn common_run(left: &[Node<'_>], right: &[Node<'_>]) -> Pairs {
    if left.len().max(right.len()) > LONG_ARRAY {
        return split_rising(by_occurrence(left, 0..left.len(), right, 0..right.len())).0;
    }
    let left: Vec<u64> = left.iter().map(|node| node.digest()).collect();
    let right: Vec<u64> = right.iter().map(|node| node.digest()).collect();
    let mut pairs = Vec::new();
    for operation in capture_diff_slices(Algorithm::Myers, &left, &right) {
        if let DiffOp::Equal {
            old_index,
            new_index,
            len,
        } = operation
        {
            pairs.extend((0..len).map(|at| (old_index + at, new_index + at)));
        }
    }
    pairs
}

/// Pairs equal elements of the given places, the first with the first, rising on the left.
fn by_occurrence(
    left: &[Node<'_>],
    left_places: impl Iterator<Item = usize>,
    right: &[Node<'_>],
    right_places: impl Iterator<Item = usize>,
) -> Pairs {
    let mut waiting: HashMap<u64, VecDeque<usize>> = HashMap::new();
    for at in right_places {
        waiting.entry(right[at].digest()).or_default().push_back(at);
    }
    left_places
        .filter_map(|from| Some((from, waiting.get_mut(&left[from].digest())?.pop_front()?)))
        .collect()
}

type Pairs = Vec<(usize, usize)>;

/// Splits pairs, which rise on the left, into a longest part that rises on the right too, and the others.
fn split_rising(pairs: Pairs) -> (Pairs, Pairs) {
    // The pair with the smallest right place that ends a rising part of each length, and what each pair follows.
    let mut ends: Vec<usize> = Vec::new();
    let mut follows: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, &(_, right)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| pairs[end].1 < right);
        follows.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(at);
        } else {
            ends[length] = at;
        }
    }
    let mut rises = vec![false; pairs.len()];
    let mut next = ends.last().copied();
    while let Some(at) = next {
        rises[at] = true;
        next = follows[at];
    }
    let (stays, moves): (Vec<_>, Vec<_>) = pairs.into_iter().zip(rises).partition(|(_, rises)| *rises);
    let pairs_of = |part: Vec<((usize, usize), bool)>| part.into_iter().map(|(pair, _)| pair).collect();
    (pairs_of(stays), pairs_of(moves))
}
