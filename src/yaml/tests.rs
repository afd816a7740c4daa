//! What is read from YAML, and what is refused.

mod limits;
mod places;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Node, parse};
use crate::diagnostic::Diagnostics;
use crate::source::Source;

/// The tree of a text and everything said about it, one `line:column message` each, in the order of the text.
fn read(text: &str) -> (Option<Node>, Vec<String>) {
    let mut diagnostics = Diagnostics::default();
    let node = parse(&Source::new("t.yaml", text), &mut diagnostics);
    diagnostics.sort();
    let said = diagnostics.iter().map(|one| {
        let place = one.place.as_ref().expect("every mistake has a place").to_string();
        format!("{} {}", place.trim_start_matches("t.yaml:"), one.message)
    });
    (node, said.collect())
}

fn json_of(text: &str) -> Value {
    let (node, said) = read(text);
    assert!(said.is_empty(), "{text:?}: {said:?}");
    node.expect("a tree").to_json()
}

fn errors(text: &str) -> Vec<String> {
    read(text).1
}

#[test]
fn scalars_mean_what_the_core_schema_says() {
    let text =
        "[true, True, NO, on, ~, null, , 0123, 1_000, '1', \"true\", 2026-01-01]".replace(", ,", ", '',");
    assert_eq!(
        json_of(&text),
        json!([
            true,
            true,
            "NO",
            "on",
            null,
            null,
            "",
            "0123",
            "1_000",
            "1",
            "true",
            "2026-01-01"
        ])
    );
    let numbers = "[1.10, 9007199254740993, 123456789012345678901234567890, 0x1F, 0o17, -0, 1E5, 1e+5]";
    assert_eq!(
        json_of(numbers).to_string(),
        "[1.10,9007199254740993,123456789012345678901234567890,31,15,-0,1e+5,1e+5]"
    );
    assert_eq!(json_of(""), Value::Null);
    assert_eq!(json_of("# only a comment\n"), Value::Null);
    assert_eq!(
        json_of("a:\nb: |\n  x\n   y\n\nc: >-\n  x\n  y\n"),
        json!({"a": null, "b": "x\n y\n", "c": "x y"})
    );
}

#[test]
fn keys_are_texts_in_the_order_written() {
    let (node, _) = read("200: a\ntrue: b\n~: c\n\"\": d\n'<<': e\n");
    let node = node.expect("a tree");
    let map = node.as_map().expect("a mapping");
    let names: Vec<_> = map.iter().map(|(key, _)| key.name()).collect();
    assert_eq!(names, ["200", "true", "~", "", "<<"]);
    assert_eq!((map.len(), map.is_empty()), (5, false));
    assert_eq!(map.get("true").and_then(Node::as_str), Some("b"));
}

#[test]
fn aliases_stand_for_what_was_written_elsewhere() {
    let (node, said) = read("a: &x {b: 1}\nc: *x\n");
    assert_eq!(said, Vec::<String>::new());
    let node = node.expect("a tree");
    assert_eq!(node.to_json(), json!({"a": {"b": 1}, "c": {"b": 1}}));
    let copy = node.as_map().and_then(|map| map.get("c")).expect("is there");
    assert_eq!(copy.place.to_string(), "t.yaml:1:7");
    assert_eq!(errors("a: *none\n"), ["1:4 no anchor &none above"]);
    assert_eq!(
        errors("a: &x [*x]\n"),
        ["1:8 the alias *x stands within its own anchor"]
    );
    assert_eq!(errors("a: &x b\n*x : c\n"), ["2:1 an alias cannot be a key"]);
}

#[test]
fn nodes_cover_what_was_written_for_them() {
    let (node, _) = read("steps:\n  - GET: /\n    query: { a: [1, 2] }\n\nnext:\n");
    let node = node.expect("a tree");
    let steps = node.as_map().and_then(|map| map.get("steps")).expect("is there");
    assert_eq!(steps.place.text(), "- GET: /\n    query: { a: [1, 2] }");
    let step = &steps.as_list().expect("a list")[0];
    assert_eq!(step.place.text(), "GET: /\n    query: { a: [1, 2] }");
    let (key, query) = step
        .as_map()
        .and_then(|map| map.entry("query"))
        .expect("is there");
    assert_eq!(
        (key.place.text(), query.place.text(), query.kind()),
        ("query", "{ a: [1, 2] }", "a mapping")
    );
    let next = node.as_map().and_then(|map| map.get("next")).expect("is there");
    assert_eq!(
        (next.place.to_string().as_str(), next.place.text()),
        ("t.yaml:5:5", "")
    );
}

#[test]
fn everything_that_is_refused_is_said_at_once() {
    let text = "a: 1\nb: !!str 2\na: 3\nc: !mine {d: .inf, d: 4}\n<<: {e: 5}\n[f]: 6\n";
    assert_eq!(
        errors(text),
        [
            "2:4 tags such as !!str are not supported",
            "3:1 the key a is written twice",
            "4:4 tags such as !mine are not supported",
            "4:14 JSON has no such number",
            "4:20 the key d is written twice",
            "5:1 merge keys are not supported",
            "6:1 a list cannot be a key",
        ]
    );
    assert!(
        read("<<: {a: 1}\n").0.is_none(),
        "a tree that lacks something is not handed out"
    );
    assert_eq!(read("a: 1\na: 2\n").0.expect("a tree").to_json(), json!({"a": 1}));
    assert_eq!(errors("a: 1\n---\nb: 2\n"), ["2:1 a second document starts here"]);
    assert_eq!(errors("%YAML 1.1\n---\na: 1\n").len(), 1);
    assert_eq!(errors("%YAML 1.2\n---\na: 1\n"), Vec::<String>::new());
    assert_eq!(errors(": a\n"), ["1:1 a key is missing before the :"]);
}

#[test]
fn a_key_that_stands_twice_shows_both_places() {
    for keys in [2, 40] {
        let mut text: String = (1..keys).map(|number| format!("k{number}: 1\n")).collect();
        text.push_str("k1: 2\n");
        let mut diagnostics = Diagnostics::default();
        parse(&Source::new("t.yaml", text), &mut diagnostics);
        let diagnostics = diagnostics.into_vec();
        let [error] = &diagnostics[..] else {
            panic!("one error, not {diagnostics:?}")
        };
        assert_eq!(error.place.as_ref().map(|place| place.line()), Some(keys));
        assert_eq!(error.related[0].0.to_string(), "t.yaml:1:1");
    }
}

#[test]
fn mistakes_in_syntax_are_said_in_plain_words() {
    for (text, said) in [
        ("a:\n\tb: 1\n", "2:2 a tab is used as indentation"),
        ("a: \"b\nc: d\n", "1:4 this quote is never closed"),
        ("a: [1, 2\n", "1:4 this [ is never closed"),
        ("a: 1\n  b: 2\n", "2:4 a : cannot stand here"),
        ("a: b: c\n", "1:5 a : cannot stand here"),
        ("a: { b: ${{ c }} }\n", "1:10 expected , or } in a { … } mapping"),
        ("a: @b\n", "1:4 a text cannot start with @ or `"),
        ("a: \"b\" c\n", "1:8 text follows the closing quote"),
        ("a: \"\\d\"\n", "1:4 unknown escape in a double-quoted text"),
        ("a: b\0c\n", "1:5 the character U+0000 cannot stand in YAML"),
        (
            "a:\n  - b\n c: d\n",
            "3:2 this line does not fit the indentation of the lines above",
        ),
    ] {
        assert_eq!(errors(text), [said], "{text:?}");
        assert!(read(text).0.is_none(), "{text:?}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9f64).prop_map(Value::from),
        "[ -~é😀\n\t]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[ -~é\n]{0,8}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn json_is_read_as_json(value in any_json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let text = text.expect("is written");
        let expected: Value = serde_json::from_str(&text).expect("is read");
        prop_assert_eq!(json_of(&text).to_string(), expected.to_string());
    }

    #[test]
    fn no_text_is_too_odd(text in any::<String>()) {
        read(&text);
    }

    #[test]
    fn no_pile_of_indicators_is_too_odd(text in "[-?:,\\[\\]{}#&*!|>'\"%@` \n\r\ta1\u{feff}\u{85}é~<.\\\\]{0,60}") {
        let (node, said) = read(&text);
        prop_assert!(node.is_some() || !said.is_empty());
    }
}

/// Any JSON value of a few levels, with the texts and numbers YAML is easily wrong about.
fn writable_json() -> impl Strategy<Value = Value> {
    let texts = prop_oneof![
        any::<String>(),
        prop::sample::select(vec![
            "NO",
            "on",
            "null",
            "~",
            "1.0",
            "0x1F",
            "2026-01-01",
            "- a",
            "a: b",
            "#",
            "'",
            "\n"
        ])
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        texts.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((texts.clone(), inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Another library's writer is the oracle: what it writes means the same to our reader.
    #[test]
    fn what_another_library_writes_is_read_back(value in writable_json()) {
        // A NUL cannot stand in YAML at all; our reader refuses the file. The writer keeps to YAML 1.1, where these
        // three are line breaks, and folds texts at them; in YAML 1.2 they are ordinary characters (section 5.4).
        let shown = value.to_string();
        prop_assume!(!shown.contains("\\u0000") && !shown.contains(['\u{85}', '\u{2028}', '\u{2029}']));
        let plain: Value = value;
        let text = serde_yaml::to_string(&Plain(&plain)).expect("any JSON can be written as YAML");
        prop_assert_eq!(json_of(&text), plain, "{}", text);
    }
}

/// Serialises numbers as numbers: with arbitrary precision, `serde_json` would write them as a mapping of its own.
struct Plain<'a>(&'a Value);

impl serde::Serialize for Plain<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(flag) => serializer.serialize_bool(*flag),
            Value::Number(number) => serializer.serialize_i64(number.as_i64().expect("only such are made")),
            Value::String(text) => serializer.serialize_str(text),
            Value::Array(items) => serializer.collect_seq(items.iter().map(Plain)),
            Value::Object(entries) => {
                serializer.collect_map(entries.iter().map(|(key, value)| (key, Plain(value))))
            }
        }
    }
}
