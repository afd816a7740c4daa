//! Differences made undone: the expected value turned into the actual one.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

use super::path::{self, Step};
use super::{Change, Diff};

/// Applies differences to the expected value; with all of them, the outcome is equal to the actual value.
///
/// What does not fit the value (a path it does not have, differences of other values) is left out.
pub fn apply(expected: &Value, diff: &Diff) -> Value {
    let mut edits = Edits::default();
    for difference in &diff.differences {
        if let Some(steps) = path::parse(&difference.path) {
            edits.add(&steps, &difference.change);
        }
    }
    edits.apply(expected)
}

/// What is to be done to one value and to what is inside it.
#[derive(Default)]
struct Edits<'d> {
    replacement: Option<&'d Value>,
    /// Steps of the expected value.
    removed: HashSet<Step>,
    /// From steps of the actual value, in the order they are to be added.
    added: Vec<(Step, &'d Value)>,
    /// From steps of the actual to steps of the expected value, in the order they are to be added.
    moved: Vec<(Step, Step)>,
    /// By steps of the actual value.
    inside: HashMap<Step, Edits<'d>>,
}

impl<'d> Edits<'d> {
    fn add(&mut self, steps: &[Step], change: &'d Change) {
        let Some((last, container)) = steps.split_last() else {
            if let Change::Changed { to, .. } | Change::TypeChanged { to, .. } = change {
                self.replacement = Some(to);
            }
            return;
        };
        let edits = container.iter().fold(self, |edits: &mut Edits<'d>, step| {
            edits.inside.entry(step.clone()).or_default()
        });
        match change {
            Change::Added { value } => edits.added.push((last.clone(), value)),
            Change::Removed { .. } => {
                edits.removed.insert(last.clone());
            }
            Change::Changed { to, .. } | Change::TypeChanged { to, .. } => {
                edits.inside.entry(last.clone()).or_default().replacement = Some(to);
            }
            Change::Moved { from, .. } => {
                if let Some(from) = path::parse(from).and_then(|mut steps| steps.pop()) {
                    edits.moved.push((last.clone(), from));
                }
            }
        }
    }

    fn apply(&self, value: &Value) -> Value {
        if let Some(replacement) = self.replacement {
            return replacement.clone();
        }
        match value {
            Value::Object(members) => Value::Object(self.apply_to_members(members)),
            Value::Array(elements) => Value::Array(self.apply_to_elements(elements)),
            scalar => scalar.clone(),
        }
    }

    fn apply_inside(&self, step: &Step, value: &Value) -> Value {
        self.inside
            .get(step)
            .map_or_else(|| value.clone(), |edits| edits.apply(value))
    }

    fn gone(&self) -> HashSet<&Step> {
        self.removed
            .iter()
            .chain(self.moved.iter().map(|(_, from)| from))
            .collect()
    }

    fn apply_to_members(&self, members: &Map<String, Value>) -> Map<String, Value> {
        let gone = self.gone();
        let mut outcome = Map::new();
        for (key, value) in members {
            let step = Step::Key(key.clone());
            if !gone.contains(&step) {
                outcome.insert(key.clone(), self.apply_inside(&step, value));
            }
        }
        for (to, from) in &self.moved {
            if let (Step::Key(name), Step::Key(from)) = (to, from)
                && let Some(value) = members.get(from)
            {
                outcome.insert(name.clone(), self.apply_inside(to, value));
            }
        }
        for (step, value) in &self.added {
            if let Step::Key(name) = step {
                outcome.insert(name.clone(), (*value).clone());
            }
        }
        outcome
    }

    fn apply_to_elements(&self, elements: &[Value]) -> Vec<Value> {
        let gone = self.gone();
        let mut placed: BTreeMap<usize, Value> = BTreeMap::new();
        for (to, from) in &self.moved {
            if let (Step::Index(place), Step::Index(from)) = (to, from)
                && let Some(value) = elements.get(*from)
            {
                placed.insert(*place, self.apply_inside(to, value));
            }
        }
        for (step, value) in &self.added {
            if let Step::Index(place) = step {
                placed.insert(*place, (*value).clone());
            }
        }

        let mut outcome = Vec::with_capacity(elements.len() + placed.len());
        for (at, value) in elements.iter().enumerate() {
            if gone.contains(&Step::Index(at)) {
                continue;
            }
            while let Some(value) = placed.remove(&outcome.len()) {
                outcome.push(value);
            }
            let step = Step::Index(outcome.len());
            outcome.push(self.apply_inside(&step, value));
        }
        outcome.extend(placed.into_values());
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Difference, diff};
    use super::*;
    use serde_json::json;

    #[test]
    fn a_moved_and_changed_element_arrives_changed() {
        let expected = json!([{"id": 1, "n": "a"}, {"id": 2, "n": "b"}, {"id": 3, "n": "c"}]);
        let actual = json!([{"id": 3, "n": "x"}, {"id": 1, "n": "a"}, {"id": 2, "n": "y"}]);
        assert_eq!(apply(&expected, &diff(&expected, &actual)), actual);
    }

    #[test]
    fn differences_of_other_values_do_no_harm() {
        let stray = |path: &str, change| Difference {
            path: path.to_owned(),
            change,
        };
        let differences = vec![
            stray("$.a[7].b", Change::Removed { value: json!(1) }),
            stray("$[9]", Change::Added { value: json!(1) }),
            stray("no path", Change::Added { value: json!(1) }),
            stray(
                "$",
                Change::Moved {
                    from: "$".to_owned(),
                    value: json!(1),
                },
            ),
            stray(
                "$[0]",
                Change::Moved {
                    from: "$[5]".to_owned(),
                    value: json!(1),
                },
            ),
        ];
        assert_eq!(
            apply(
                &json!([1, 2]),
                &Diff {
                    differences,
                    omitted: 3
                }
            ),
            json!([1, 2, 1])
        );
    }
}
