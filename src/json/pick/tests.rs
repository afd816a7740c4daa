//! What is picked is what the tree has, and nothing is picked out of what is no JSON.

use proptest::prelude::*;
use serde_json::json;

use super::super::parse;
use super::*;

fn key(name: &str) -> PlainSegment {
    PlainSegment::Key(name.into())
}

/// What the tree has at a path: the slower twin.
fn of_tree(root: &Value, path: &[PlainSegment]) -> Option<Value> {
    fn follow<'v>(value: &'v Value, path: &[PlainSegment], found: &mut Vec<&'v Value>) {
        let Some((first, rest)) = path.split_first() else {
            return found.push(value);
        };
        let next: Vec<&Value> = match (first, value) {
            (PlainSegment::Key(name), Value::Object(members)) => members.get(&**name).into_iter().collect(),
            (PlainSegment::Index(index), Value::Array(elements)) => {
                elements.get(*index).into_iter().collect()
            }
            (PlainSegment::Every, Value::Array(elements)) => elements.iter().collect(),
            _ => Vec::new(),
        };
        next.into_iter().for_each(|value| follow(value, rest, found));
    }
    let mut found = Vec::new();
    follow(root, path, &mut found);
    if path.contains(&PlainSegment::Every) {
        Some(found.into_iter().cloned().collect())
    } else {
        found.first().map(|value| (*value).clone())
    }
}

#[test]
fn values_are_picked_with_every_digit() {
    let text = r#" {"a": {"b": [1, {"c": 1.100000000000000000001}, []]}, "\u0061\"": "\ud83d\ude00"} "#;
    let paths: [&[PlainSegment]; 6] = [
        &[key("a"), key("b"), PlainSegment::Index(1), key("c")],
        &[key("a"), key("b"), PlainSegment::Index(3)],
        &[key("a\"")],
        &[key("a"), key("b"), PlainSegment::Index(2)],
        &[key("a"), key("b"), PlainSegment::Every, key("c")],
        &[key("b")],
    ];
    let picked = pick(text, &paths).expect("all of them are plain");
    let shown: Vec<String> = picked
        .iter()
        .map(|value| value.as_ref().map_or("nothing".to_owned(), Value::to_string))
        .collect();
    assert_eq!(
        shown,
        [
            "1.100000000000000000001",
            "nothing",
            "\"\u{1f600}\"",
            "[]",
            "[1.100000000000000000001]",
            "nothing"
        ]
    );
}

#[test]
fn a_mistake_behind_the_last_value_is_not_missed() {
    let id: &[PlainSegment] = &[key("id")];
    assert_eq!(pick(r#"{"id": 1, "b": [2]}"#, &[id]), Some(vec![Some(json!(1))]));
    for text in [
        r#"{"id": 1, "b": [2}"#,
        r#"{"id": 1, "b": [2]"#,
        r#"{"id": 1} x"#,
        r#"{"id": 1, "b": 01}"#,
        r#"{"id": 1, "b": "\x"}"#,
        r#"{"id": 1, "b": "\ud800"}"#,
        "{\"id\": 1, \"b\": \"\t\"}",
        r#"{"id": 1, "b": nul}"#,
        r#"{"id": 1,}"#,
        r#"{"id": 1, "$serde_json::private::Number": "1"}"#,
    ] {
        assert_eq!(pick(text, &[id]), None, "{text}");
        assert!(parse(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn what_a_tree_is_better_for_is_left_to_it() {
    let id: &[PlainSegment] = &[key("id")];
    assert_eq!(pick(r#"{"id": 1, "id": 2}"#, &[id]), None);
    assert_eq!(pick(r#"{"id": 1}"#, &[&[PlainSegment::Every]]), None);
    assert_eq!(pick(r#"{"id": [1]}"#, &[&[], id]), None);
}

#[test]
fn depth_is_bounded_as_it_is_for_the_reader() {
    for depth in [DEPTH_LIMIT - 1, DEPTH_LIMIT] {
        let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(
            pick(&text, &[]).is_some(),
            parse(text.as_bytes()).is_ok(),
            "{depth}"
        );
    }
}

fn path() -> impl Strategy<Value = Vec<PlainSegment>> {
    let segment = prop_oneof![
        "[ab\"]".prop_map(|name| key(&name)),
        (0_usize..3).prop_map(PlainSegment::Index),
        Just(PlainSegment::Every),
    ];
    proptest::collection::vec(segment, 0..4)
}

/// JSON with the names and nesting that the paths look for, in every way of writing it.
fn document() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        "\"[abc]\"",
        Just("\"\\u0061\"".to_owned()),
        Just("\"\\\"\"".to_owned())
    ];
    let scalar = prop_oneof![
        Just("null".to_owned()),
        Just("-0.10e+5".to_owned()),
        "[0-9]{1,3}(\\.[0-9]{1,2})?",
        "\"(é|\\\\n|\\\\u00e9|\\\\ud83d\\\\ude00|[a ]){0,3}\"",
    ];
    scalar.prop_recursive(4, 30, 4, move |inner| {
        let member = (name.clone(), inner.clone()).prop_map(|(name, value)| format!("{name} :{value}"));
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
            proptest::collection::vec(member, 0..4).prop_map(|items| format!("{{\n{}}}", items.join(" ,"))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_picked_is_what_the_tree_has(
        text in document(),
        cut in proptest::option::of((0_usize..80, "[\\[\\]{}:,\"\\\\u0a.e-]{0,2}")),
        paths in proptest::collection::vec(path(), 0..4),
    ) {
        let mut text = text;
        if let Some((at, instead)) = cut {
            let at = text.floor_char_boundary(at);
            let end = text.ceil_char_boundary((at + 1).min(text.len()));
            text.replace_range(at..end, &instead);
        }
        let paths: Vec<&[PlainSegment]> = paths.iter().map(Vec::as_slice).collect();
        if let Some(picked) = pick(&text, &paths) {
            let tree = parse(text.as_bytes());
            prop_assert!(tree.is_ok(), "{:?} for {}", tree, text);
            let tree = tree.unwrap();
            for (path, picked) in paths.iter().zip(picked) {
                prop_assert_eq!(picked, of_tree(&tree, path), "{:?} of {}", path, text);
            }
        }
    }
}
