//! Pairs as many of two sets as can be paired (maximum bipartite matching by augmenting paths).

use std::collections::VecDeque;

/// Who is left without a partner.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    /// On the left.
    pub(super) alone: Vec<usize>,
    /// On the right.
    pub(super) spare: Vec<usize>,
}

/// Pairs the left side with the right side of `right` members; `candidates` holds for each on the left those on the
/// right it may have. As many as can have a partner get one.
pub(super) fn assign(candidates: &[Vec<usize>], right: usize) -> Assignment {
    let mut partner_of_right: Vec<Option<usize>> = vec![None; right];
    let mut alone = Vec::new();
    for left in 0..candidates.len() {
        if !augment(left, candidates, &mut partner_of_right) {
            alone.push(left);
        }
    }
    let spare = (0..right)
        .filter(|index| partner_of_right[*index].is_none())
        .collect();
    Assignment { alone, spare }
}

/// Finds a partner for `start`, letting others change theirs; breadth first, so that depth costs no stack.
fn augment(start: usize, candidates: &[Vec<usize>], partner_of_right: &mut [Option<usize>]) -> bool {
    let mut reached_from: Vec<Option<usize>> = vec![None; partner_of_right.len()];
    let mut queue = VecDeque::from([start]);
    while let Some(left) = queue.pop_front() {
        for &right in &candidates[left] {
            if reached_from[right].is_some() {
                continue;
            }
            reached_from[right] = Some(left);
            match partner_of_right[right] {
                Some(next) => queue.push_back(next),
                None => {
                    flip(right, start, &reached_from, partner_of_right);
                    return true;
                }
            }
        }
    }
    false
}

/// Gives everyone on the way from `right` back to `start` the partner they were reached by.
fn flip(
    mut right: usize,
    start: usize,
    reached_from: &[Option<usize>],
    partner_of_right: &mut [Option<usize>],
) {
    while let Some(left) = reached_from[right] {
        let previous = partner_of_right.iter().position(|partner| *partner == Some(left));
        partner_of_right[right] = Some(left);
        match previous {
            Some(previous) if left != start => right = previous,
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::assign;

    /// The size of the largest pairing, by trying every one.
    fn largest(candidates: &[Vec<usize>], used: u32) -> usize {
        let Some((first, rest)) = candidates.split_first() else {
            return 0;
        };
        first
            .iter()
            .filter(|right| used & (1 << **right) == 0)
            .map(|right| 1 + largest(rest, used | (1 << right)))
            .chain([largest(rest, used)])
            .max()
            .unwrap_or(0)
    }

    #[test]
    fn a_choice_is_taken_back() {
        let assignment = assign(&[vec![0, 1], vec![0]], 2);
        assert!(assignment.alone.is_empty() && assignment.spare.is_empty());
    }

    proptest! {
        #[test]
        fn no_larger_pairing_exists(
            candidates in proptest::collection::vec(proptest::collection::btree_set(0_usize..6, 0..4), 0..6)
        ) {
            let candidates: Vec<Vec<usize>> =
                candidates.into_iter().map(|set| set.into_iter().collect()).collect();
            let assignment = assign(&candidates, 6);
            let paired = candidates.len() - assignment.alone.len();
            prop_assert_eq!(paired, largest(&candidates, 0));
            prop_assert_eq!(assignment.spare.len(), 6 - paired);
        }
    }
}
