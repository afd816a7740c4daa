//! The member that tells the elements of an array apart, such as `id`.

use std::collections::HashMap;

use serde_json::Value;

use super::node::Node;

/// Names of members that identify what they are in, the surest first.
const NAMES: [&str; 6] = ["id", "uuid", "_id", "key", "slug", "name"];

/// Pairs elements, as places left and right in the order of the left, by the first name that every element has, that
/// no two of a side share, and that finds partners for at least half of the shorter side. With identifiers made anew
/// for each answer nothing would match, and then they are no identity.
pub(super) fn pairs(left: &[Node<'_>], right: &[Node<'_>]) -> Option<Vec<(usize, usize)>> {
    NAMES.iter().find_map(|name| {
        let left = by_identity(left, name)?;
        let right = by_identity(right, name)?;
        let mut pairs: Vec<_> = left
            .iter()
            .filter_map(|(digest, at)| Some((*at, *right.get(digest)?)))
            .collect();
        pairs.sort_unstable();
        (!pairs.is_empty() && pairs.len() * 2 >= left.len().min(right.len())).then_some(pairs)
    })
}

/// Whether two elements say of themselves that they are different things.
pub(super) fn contradict(left: Node<'_>, right: Node<'_>) -> bool {
    NAMES
        .iter()
        .find_map(|name| Some((identity(left, name)?, identity(right, name)?)))
        .is_some_and(|(left, right)| left.digest() != right.digest())
}

/// The places of the elements by the digest of their identity; `None` if one has none or two share one.
fn by_identity(elements: &[Node<'_>], name: &str) -> Option<HashMap<u64, usize>> {
    let mut places = HashMap::new();
    for (at, element) in elements.iter().enumerate() {
        if places.insert(identity(*element, name)?.digest(), at).is_some() {
            return None;
        }
    }
    Some(places)
}

fn identity<'a>(element: Node<'a>, name: &str) -> Option<Node<'a>> {
    // The map answers at once for the many elements without the name.
    element
        .value()
        .get(name)
        .filter(|value| matches!(value, Value::String(_) | Value::Number(_)))?;
    element
        .members()
        .into_iter()
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}
