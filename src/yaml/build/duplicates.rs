//! A key that is written twice.

use std::collections::HashMap;

use super::super::{Key, Node};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// Up to here, comparing every key with every other costs less than a table.
const FEW: usize = 16;

/// Reports keys that stand twice in one mapping, and keeps the first of each.
pub(super) fn refuse(entries: Vec<(Key, Node)>, diagnostics: &mut Diagnostics) -> Vec<(Key, Node)> {
    let duplicates = if entries.len() <= FEW {
        among_few(&entries)
    } else {
        among_many(&entries)
    };
    if duplicates.is_empty() {
        return entries;
    }
    for (first, second) in &duplicates {
        let (first, second) = (&entries[*first].0, &entries[*second].0);
        let error =
            Diagnostic::error(format!("the key {} is written twice", second.name())).at(&second.place);
        diagnostics.push(
            error
                .related(&first.place, "it is first written here")
                .help("keep one of them"),
        );
    }
    let mut position = 0..;
    let is_duplicate = |at| {
        duplicates
            .binary_search_by_key(&at, |(_, second)| *second)
            .is_ok()
    };
    entries
        .into_iter()
        .filter(|_| position.next().is_some_and(|at: usize| !is_duplicate(at)))
        .collect()
}

/// Pairs of the first and a further position of a key, in the order of the latter.
fn among_few(entries: &[(Key, Node)]) -> Vec<(usize, usize)> {
    let first = |at: usize| {
        entries[..at]
            .iter()
            .position(|(key, _)| key.name() == entries[at].0.name())
    };
    (1..entries.len())
        .filter_map(|at| Some((first(at)?, at)))
        .collect()
}

fn among_many(entries: &[(Key, Node)]) -> Vec<(usize, usize)> {
    let mut firsts = HashMap::with_capacity(entries.len());
    let mut pairs = Vec::new();
    for (at, (key, _)) in entries.iter().enumerate() {
        let first = *firsts.entry(key.name()).or_insert(at);
        if first != at {
            pairs.push((first, at));
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::{Content, Text};
    use super::*;
    use crate::source::{Place, Source};

    proptest! {
        #[test]
        fn few_and_many_keys_are_compared_alike(names in prop::collection::vec("[ab]{1,2}", 0..FEW)) {
            let source = Source::new("a.yaml", names.concat());
            let mut end = 0;
            let entries: Vec<(Key, Node)> = names
                .iter()
                .map(|name| {
                    let range = end..end + name.len();
                    end = range.end;
                    let place = Place::new(&source, range.clone());
                    let text = Text::verbatim(&source, range);
                    let node = Node { place: place.clone(), content: Content::Null };
                    (Key { text, place }, node)
                })
                .collect();
            prop_assert_eq!(among_few(&entries), among_many(&entries));
        }
    }
}
