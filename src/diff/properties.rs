//! What holds for the differences of any two values.

use crate::json::equal;
use std::collections::HashSet;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

use super::node::Digests;
use super::path::{self, Step};
use super::{Change, Difference, apply, diff};

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3i64..4).prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        prop::sample::select(vec![
            "1.0",
            "1",
            "10e-1",
            "9007199254740993",
            "9007199254740992",
            "-0",
            "2.50"
        ])
        .prop_map(|text| serde_json::from_str(text).expect("a number")),
        prop::sample::select(vec![
            "",
            "3",
            "null",
            "a",
            "a long distinctive text",
            "another\ntext"
        ])
        .prop_map(Value::from),
    ]
}

/// Values small enough to collide often: few names, few scalars, names that identify among them.
fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(5, 60, 8, |inner| {
        let name = prop::sample::select(vec!["id", "name", "key", "a", "b", "a b", "it's", "1"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            prop::collection::vec((name, inner), 0..6).prop_map(|members| {
                Value::Object(
                    members
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect::<Map<_, _>>(),
                )
            }),
        ]
    })
}

/// A list of records, most of which have identities.
fn records() -> impl Strategy<Value = Value> {
    prop::collection::vec((0u8..12, 0u8..3, prop::option::of(scalar())), 0..12).prop_map(|records| {
        records
            .into_iter()
            .map(|(id, kind, extra)| match kind {
                0 => json!({"id": id, "kind": "plain", "extra": extra}),
                1 => json!({"id": id, "kind": "plain", "extra": extra, "more": [1, 2, 3]}),
                _ => json!({"extra": extra, "more": [id]}),
            })
            .collect()
    })
}

/// The places of all scalars.
fn scalars(value: &Value, steps: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    match value {
        Value::Array(elements) => {
            for (at, element) in elements.iter().enumerate() {
                steps.push(Step::Index(at));
                scalars(element, steps, found);
                steps.pop();
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                steps.push(Step::Key(key.clone()));
                scalars(member, steps, found);
                steps.pop();
            }
        }
        _ => found.push(steps.clone()),
    }
}

fn at<'v>(value: &'v mut Value, steps: &[Step]) -> &'v mut Value {
    steps.iter().fold(value, |value, step| match step {
        Step::Key(key) => &mut value[key.as_str()],
        Step::Index(index) => &mut value[*index],
    })
}

fn assert_applies(expected: &Value, actual: &Value) -> Result<(), TestCaseError> {
    let found = diff(expected, actual);
    let applied = apply(expected, &found);
    prop_assert!(
        equal(&applied, actual),
        "{found:#?}\napplied: {applied}\nactual:  {actual}"
    );
    prop_assert_eq!(found.is_empty(), equal(expected, actual));
    Ok(())
}

proptest! {
    #[test]
    fn a_value_does_not_differ_from_itself(value in value()) {
        prop_assert!(diff(&value, &value).is_empty());
    }

    #[test]
    fn differences_turn_the_expected_value_into_the_actual_one(expected in value(), actual in value()) {
        assert_applies(&expected, &actual)?;
    }

    #[test]
    fn differences_of_records_apply_as_well(expected in records(), actual in records()) {
        assert_applies(&expected, &actual)?;
    }

    #[test]
    fn a_shuffled_list_applies_as_well(
        (expected, actual) in prop::collection::vec(value(), 0..10)
            .prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle()))
    ) {
        assert_applies(&Value::Array(expected), &Value::Array(actual))?;
    }

    #[test]
    fn one_changed_scalar_is_one_difference(expected in value(), place in any::<Index>(), to in scalar()) {
        let mut places = Vec::new();
        scalars(&expected, &mut Vec::new(), &mut places);
        prop_assume!(!places.is_empty());
        let steps = place.get(&places);
        let mut actual = expected.clone();
        let from = std::mem::replace(at(&mut actual, steps), to.clone());
        prop_assume!(!equal(&from, &to));

        let found = diff(&expected, &actual).differences;
        prop_assert_eq!(found.len(), 1, "{:#?}", found);
        prop_assert_eq!(&found[0].path, &path::write(steps));
        let (Change::Changed { from: was, to: is } | Change::TypeChanged { from: was, to: is, .. }) = &found[0].change
        else {
            return Err(TestCaseError::fail(format!("{found:?}")));
        };
        prop_assert_eq!((was, is), (&from, &to));
    }

    #[test]
    fn one_deleted_element_is_one_removal(list in prop::collection::vec(value(), 1..10), place in any::<Index>()) {
        let mut seen = HashSet::new();
        let list: Vec<Value> =
            list.into_iter().filter(|value| seen.insert(Digests::of(value).root(value).digest())).collect();
        // A list that becomes empty is shown as that.
        prop_assume!(list.len() > 1);
        let deleted = place.index(list.len());
        let mut rest = list.clone();
        let value = rest.remove(deleted);
        prop_assert_eq!(
            diff(&Value::Array(list), &Value::Array(rest)).differences,
            [Difference { path: format!("$[{deleted}]"), change: Change::Removed { value } }]
        );
    }

    #[test]
    fn differences_are_the_same_every_time(expected in value(), actual in value()) {
        prop_assert_eq!(diff(&expected, &actual), diff(&expected.clone(), &actual.clone()));
    }

    #[test]
    fn differences_survive_an_event(expected in value(), actual in value()) {
        let found = diff(&expected, &actual);
        let text = serde_json::to_string(&found).expect("serialises");
        prop_assert_eq!(serde_json::from_str::<super::Diff>(&text).expect("reads back"), found);
    }
}
