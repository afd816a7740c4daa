//! The walk over two values side by side that notes where they differ.

use crate::json::equal;
use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::align::{Slot, align};
use super::node::{Digests, Node};
use super::path::{self, Step};
use super::similarity::Effort;
use super::{Change, Difference};

/// The shortest string that is told apart well enough for its new name to be found by it.
const DISTINCTIVE_STRING: usize = 8;

pub(super) fn differences(expected: &Value, actual: &Value) -> Vec<Difference> {
    let (left, right) = (Digests::of(expected), Digests::of(actual));
    let mut walk = Walk {
        left_steps: Vec::new(),
        right_steps: Vec::new(),
        effort: Effort::default(),
        differences: Vec::new(),
    };
    walk.values(left.root(expected), right.root(actual));
    walk.differences
}

struct Walk {
    /// Where the walk stands in the expected value.
    left_steps: Vec<Step>,
    /// Where the walk stands in the actual value.
    right_steps: Vec<Step>,
    /// What may still be spent on likening elements, for the whole walk.
    effort: Effort,
    differences: Vec<Difference>,
}

impl Walk {
    fn values(&mut self, left: Node<'_>, right: Node<'_>) {
        if left.digest() == right.digest() && equal(left.value(), right.value()) {
            return;
        }
        match (left.value(), right.value()) {
            // Where one side is empty, `["vip"]` and `[]` say it better than what was removed or added.
            (Value::Object(from), Value::Object(to)) if !from.is_empty() && !to.is_empty() => {
                self.objects(left, right);
            }
            (Value::Array(from), Value::Array(to)) if !from.is_empty() && !to.is_empty() => {
                self.arrays(left, right);
            }
            (from, to) => self.note(whole_change(from, to)),
        }
    }

    fn objects(&mut self, left: Node<'_>, right: Node<'_>) {
        let (left, right) = (left.members(), right.members());
        let right_places: HashMap<&str, usize> = right
            .iter()
            .enumerate()
            .map(|(at, (key, _))| (*key, at))
            .collect();
        let left_keys: HashMap<&str, usize> =
            left.iter().enumerate().map(|(at, (key, _))| (*key, at)).collect();
        let removed: Vec<usize> = (0..left.len())
            .filter(|&at| !right_places.contains_key(left[at].0))
            .collect();
        let added: Vec<usize> = (0..right.len())
            .filter(|&at| !left_keys.contains_key(right[at].0))
            .collect();
        let renamed = renames(&left, &removed, &right, &added);

        for (at, (key, value)) in left.iter().enumerate() {
            if let Some(&partner) = right_places.get(key) {
                self.inside(key_step(key), key_step(key), |walk| {
                    walk.values(*value, right[partner].1)
                });
            } else if let Some(&partner) = renamed.get(&at) {
                let (name, value) = right[partner];
                self.inside(key_step(key), key_step(name), |walk| {
                    walk.note_moved(value.value())
                });
            } else {
                let value = value.value().clone();
                self.note_at(key_step(key), Change::Removed { value });
            }
        }
        let renamed_to: HashSet<usize> = renamed.values().copied().collect();
        for at in added {
            if !renamed_to.contains(&at) {
                let (key, value) = right[at];
                self.note_at(
                    key_step(key),
                    Change::Added {
                        value: value.value().clone(),
                    },
                );
            }
        }
    }

    fn arrays(&mut self, left: Node<'_>, right: Node<'_>) {
        let (left, right) = (left.elements(), right.elements());
        for slot in align(&left, &right, &mut self.effort) {
            match slot {
                Slot::Paired {
                    left: from,
                    right: to,
                } => {
                    self.inside(Step::Index(from), Step::Index(to), |walk| {
                        walk.values(left[from], right[to])
                    });
                }
                Slot::Moved {
                    left: from,
                    right: to,
                } => {
                    self.inside(Step::Index(from), Step::Index(to), |walk| {
                        walk.note_moved(right[to].value());
                        walk.values(left[from], right[to]);
                    });
                }
                Slot::Removed { left: at } => {
                    self.note_at(
                        Step::Index(at),
                        Change::Removed {
                            value: left[at].value().clone(),
                        },
                    );
                }
                Slot::Added { right: at } => {
                    self.note_at(
                        Step::Index(at),
                        Change::Added {
                            value: right[at].value().clone(),
                        },
                    );
                }
            }
        }
    }

    fn inside(&mut self, left: Step, right: Step, visit: impl FnOnce(&mut Walk)) {
        self.left_steps.push(left);
        self.right_steps.push(right);
        visit(self);
        self.left_steps.pop();
        self.right_steps.pop();
    }

    fn note(&mut self, change: Change) {
        self.differences.push(Difference {
            path: path::write(&self.right_steps),
            change,
        });
    }

    fn note_at(&mut self, step: Step, change: Change) {
        self.right_steps.push(step);
        self.note(change);
        self.right_steps.pop();
    }

    fn note_moved(&mut self, value: &Value) {
        self.note(Change::Moved {
            from: path::write(&self.left_steps),
            value: value.clone(),
        });
    }
}

fn key_step(key: &str) -> Step {
    Step::Key(key.to_owned())
}

/// What became of a value that is not compared by what is inside it.
fn whole_change(from: &Value, to: &Value) -> Change {
    let (from, to) = (from.clone(), to.clone());
    if std::mem::discriminant(&from) == std::mem::discriminant(&to) {
        Change::Changed { from, to }
    } else {
        let same_text = scalar_text(&from).is_some_and(|text| scalar_text(&to) == Some(text));
        Change::TypeChanged { from, to, same_text }
    }
}

fn scalar_text(value: &Value) -> Option<&str> {
    match value {
        Value::Null => Some("null"),
        Value::Bool(true) => Some("true"),
        Value::Bool(false) => Some("false"),
        Value::Number(number) => Some(number.as_str()),
        Value::String(text) => Some(text),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// Pairs removed with added members, by their places, whose value is the same, says something, and is found once on
/// either side.
fn renames(
    left: &[(&str, Node<'_>)],
    removed: &[usize],
    right: &[(&str, Node<'_>)],
    added: &[usize],
) -> HashMap<usize, usize> {
    let removed = once_by_digest(left, removed);
    let added = once_by_digest(right, added);
    removed
        .iter()
        .filter_map(|(digest, from)| Some(((*from)?, (*added.get(digest)?)?)))
        .filter(|(from, to)| equal(left[*from].1.value(), right[*to].1.value()))
        .collect()
}

/// The places of distinctive values by their digest; `None` for a value that is there more than once.
fn once_by_digest(members: &[(&str, Node<'_>)], places: &[usize]) -> HashMap<u64, Option<usize>> {
    let mut found = HashMap::new();
    for &at in places.iter().filter(|&&at| is_distinctive(members[at].1.value())) {
        found
            .entry(members[at].1.digest())
            .and_modify(|place| *place = None)
            .or_insert(Some(at));
    }
    found
}

fn is_distinctive(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => text.len() >= DISTINCTIVE_STRING,
        Value::Array(elements) => elements.iter().any(|element| !element.is_null()),
        Value::Object(members) => members.values().any(|value| !value.is_null()),
    }
}
