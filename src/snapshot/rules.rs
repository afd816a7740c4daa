//! What of an answer a snapshot keeps, and in which order.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::extract::jsonpath::{Budget, BudgetExhausted, Path, Selection};
use crate::json;
use crate::json::path::{Location, Segment};

/// What is done to a JSON body before it is stored or compared. Every path is one into the answer as it came.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Values that are left out.
    pub ignore: Vec<Path>,
    /// Values that something fixed stands for.
    pub replace: Vec<(Path, String)>,
    /// Values of which only the types are kept.
    pub types_only: Vec<Path>,
    /// Lists whose order means nothing.
    pub unordered: Vec<Path>,
    /// Lists that are sorted, each by what these paths give for an element.
    pub sort_by: Vec<(Path, Vec<Path>)>,
    /// What is kept beside the body.
    pub with: Vec<Part>,
}

/// A part of an answer beside its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Its status.
    Status,
    /// A header, by its name in small letters.
    Header(String),
}

/// A body as a snapshot keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// What is left.
    pub value: Value,
    /// The paths of `ignore` that matched nothing, those of the level above not counted: a default is for many answers.
    pub unmatched: Vec<String>,
    /// The lists in `value` whose order means nothing.
    pub unordered: HashSet<String>,
}

/// What becomes of one value.
#[derive(Clone, Copy)]
enum Change<'r> {
    Leave,
    Put(&'r str),
    Types,
}

/// How a list is brought in order.
#[derive(Clone, Copy)]
enum Order<'r> {
    ByText,
    By(&'r [Path]),
}

/// What the rules say of single values, by their places in the answer.
#[derive(Default)]
struct Orders<'r> {
    changes: HashMap<Location, Change<'r>>,
    orders: HashMap<Location, Order<'r>>,
}

impl Rules {
    /// These rules with those of the level above behind them: for a value that both speak of, these do.
    #[must_use]
    pub fn over(&self, above: &Rules) -> Rules {
        fn both<T: Clone>(own: &[T], above: &[T]) -> Vec<T> {
            [own, above].concat()
        }
        Rules {
            ignore: both(&self.ignore, &above.ignore),
            replace: both(&self.replace, &above.replace),
            types_only: both(&self.types_only, &above.types_only),
            unordered: both(&self.unordered, &above.unordered),
            sort_by: both(&self.sort_by, &above.sort_by),
            with: if self.with.is_empty() {
                above.with.clone()
            } else {
                self.with.clone()
            },
        }
    }

    /// The lists of a body whose order means nothing.
    ///
    /// # Errors
    /// As those of [`Rules::apply`].
    pub(super) fn unordered_in(&self, body: &Value) -> Result<HashSet<String>, String> {
        let mut lists = HashSet::new();
        for path in &self.unordered {
            lists.extend(places(path, body)?.iter().map(Location::to_string));
        }
        Ok(lists)
    }

    /// A body under these rules and those of the level above.
    ///
    /// # Errors
    /// A path looks at more values than one check may.
    pub fn apply(&self, above: &Rules, body: Value) -> Result<Applied, String> {
        let mut orders = Orders::default();
        let unmatched = orders.read(self, &body)?;
        orders.read(above, &body)?;
        let value = if orders.changes.is_empty() && orders.orders.is_empty() {
            body
        } else {
            orders
                .walk(&body, &Location::root(), false)
                .unwrap_or(Value::Null)
        };
        let mut unordered = self.unordered_in(&value)?;
        unordered.extend(above.unordered_in(&value)?);
        Ok(Applied {
            value,
            unmatched,
            unordered,
        })
    }
}

fn places(path: &Path, body: &Value) -> Result<Vec<Location>, String> {
    let found = path
        .query(body, &mut Budget::default())
        .map_err(|BudgetExhausted| format!("{path} looks at more values than one check may"))?;
    Ok(found.into_iter().map(|found| found.location).collect())
}

impl<'r> Orders<'r> {
    /// Takes in the rules of one level; what is known of a value already stays. Gives the ignored paths that are not
    /// there.
    fn read(&mut self, rules: &'r Rules, body: &Value) -> Result<Vec<String>, String> {
        let mut unmatched = Vec::new();
        for path in &rules.ignore {
            if self.note(path, Change::Leave, body)? == 0 {
                unmatched.push(path.text().to_owned());
            }
        }
        for (path, placeholder) in &rules.replace {
            self.note(path, Change::Put(placeholder), body)?;
        }
        for path in &rules.types_only {
            self.note(path, Change::Types, body)?;
        }
        for (path, keys) in &rules.sort_by {
            for place in places(path, body)? {
                self.orders.entry(place).or_insert(Order::By(keys));
            }
        }
        for path in &rules.unordered {
            for place in places(path, body)? {
                self.orders.entry(place).or_insert(Order::ByText);
            }
        }
        Ok(unmatched)
    }

    fn note(&mut self, path: &Path, change: Change<'r>, body: &Value) -> Result<usize, String> {
        let places = places(path, body)?;
        let count = places.len();
        for place in places {
            self.changes.entry(place).or_insert(change);
        }
        Ok(count)
    }

    /// The value at a place as it is kept; nothing if it is left out.
    fn walk(&self, value: &Value, place: &Location, types: bool) -> Option<Value> {
        let types = match self.changes.get(place) {
            Some(Change::Leave) => return None,
            Some(Change::Put(placeholder)) => return Some(Value::from(*placeholder)),
            Some(Change::Types) => true,
            None => types,
        };
        Some(match value {
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .filter_map(|(key, member)| {
                        let place = place.child(key.as_str());
                        Some((key.clone(), self.walk(member, &place, types)?))
                    })
                    .collect::<Map<_, _>>(),
            ),
            Value::Array(elements) => Value::Array(self.elements(elements, place, types)),
            scalar if types => Value::from(type_of(scalar)),
            scalar => scalar.clone(),
        })
    }

    fn elements(&self, elements: &[Value], place: &Location, types: bool) -> Vec<Value> {
        let order = self.orders.get(place);
        let mut indices: Vec<usize> = (0..elements.len()).collect();
        if let Some(Order::By(keys)) = order {
            indices.sort_by_cached_key(|index| Rank::of(&elements[*index], keys));
        }
        let mut kept: Vec<Value> = indices
            .into_iter()
            .filter_map(|index| {
                let place = place.child(Segment::Index(index));
                self.walk(&elements[index], &place, types)
            })
            .collect();
        if let Some(Order::ByText) = order {
            kept.sort_by_cached_key(json::canonical);
        }
        kept
    }
}

/// What stands for a value of which only the type is kept.
fn type_of(scalar: &Value) -> &'static str {
    match scalar {
        Value::Null => "<null>",
        Value::Bool(_) => "<boolean>",
        // Whether it is whole may differ from answer to answer.
        Value::Number(_) => "<number>",
        Value::String(_) => "<string>",
        Value::Array(_) => "<array>",
        Value::Object(_) => "<object>",
    }
}

/// What an element is sorted by: nothing first, then by kind, numbers by value, and texts by their code points.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Nothing,
    Other(String),
    Number(Number),
    Text(String),
}

#[derive(PartialEq, Eq)]
struct Number(serde_json::Number);

impl Ord for Number {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        json::number::compare(&self.0, &other.0)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Rank {
    fn of(element: &Value, keys: &[Path]) -> Vec<Rank> {
        keys.iter()
            .map(|key| match key.select(element) {
                Selection::One(Value::Number(number)) => Rank::Number(Number(number.clone())),
                Selection::One(Value::String(text)) => Rank::Text(text.clone()),
                Selection::One(other) => Rank::Other(json::canonical(other)),
                Selection::Many(values) => Rank::Other(values.into_iter().map(json::canonical).collect()),
                Selection::Missing(_) | Selection::OverBudget => Rank::Nothing,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn path(text: &str) -> Path {
        Path::parse(text).expect("a path")
    }

    fn paths(texts: &[&str]) -> Vec<Path> {
        texts.iter().map(|text| path(text)).collect()
    }

    fn applied(rules: &Rules, body: &Value) -> Value {
        rules
            .apply(&Rules::default(), body.clone())
            .expect("applied")
            .value
    }

    #[test]
    fn every_path_is_one_into_the_answer_as_it_came() {
        let rules = Rules {
            ignore: paths(&["$.list[0]", "$.gone"]),
            replace: vec![(path("$.list[1].at"), "<time>".to_owned())],
            types_only: paths(&["$.list[2]"]),
            ..Rules::default()
        };
        let body = json!({"list": [1, {"at": 7, "id": 1}, {"a": [1.5, "x", null, true]}]});
        let outcome = rules.apply(&Rules::default(), body).expect("applied");
        assert_eq!(
            outcome.value,
            json!({"list": [{"at": "<time>", "id": 1}, {"a": ["<number>", "<string>", "<null>", "<boolean>"]}]})
        );
        assert_eq!(outcome.unmatched, ["$.gone"]);
    }

    #[test]
    fn what_a_step_says_goes_before_what_its_defaults_say() {
        let own = Rules {
            types_only: paths(&["$.at"]),
            ..Rules::default()
        };
        let above = Rules {
            ignore: paths(&["$.at", "$.etag", "$.nowhere"]),
            with: vec![Part::Status],
            ..Rules::default()
        };
        let outcome = own
            .apply(&above, json!({"at": 1, "etag": 2, "id": 3}))
            .expect("applied");
        assert_eq!(outcome.value, json!({"at": "<number>", "id": 3}));
        assert!(outcome.unmatched.is_empty(), "a default is for many answers");
        assert_eq!(own.over(&above).with, [Part::Status]);
        assert_eq!(own.over(&above).ignore.len(), 3);
    }

    #[test]
    fn lists_are_brought_in_an_order_that_does_not_depend_on_the_answer() {
        let by_text = Rules {
            ignore: paths(&["$.l[*].at"]),
            unordered: paths(&["$.l", "$.l[*].tags"]),
            ..Rules::default()
        };
        let one = json!({"l": [{"at": 1, "tags": ["b", "a"]}, {"at": 2, "tags": []}]});
        let other = json!({"l": [{"at": 3, "tags": []}, {"at": 0, "tags": ["a", "b"]}]});
        assert_eq!(applied(&by_text, &one), applied(&by_text, &other));

        let sorted = Rules {
            sort_by: vec![(path("$.l"), paths(&["$.n", "$.k"]))],
            ignore: paths(&["$.l[*].n"]),
            ..Rules::default()
        };
        let body = json!({"l": [{"n": 10, "k": "a"}, {"n": 9, "k": "c"}, {"n": 9.0, "k": "b"}, {"k": "d"}]});
        assert_eq!(
            applied(&sorted, &body),
            json!({"l": [{"k": "d"}, {"k": "b"}, {"k": "c"}, {"k": "a"}]}),
            "what it is sorted by may be left out"
        );
    }
}
