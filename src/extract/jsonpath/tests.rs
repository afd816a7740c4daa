//! Behaviour of paths beyond the official cases: places, stops, budgets, errors and exactness.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::json::path::Segment;

fn path(text: &str) -> Path {
    Path::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// What `text` selects, in the compact form.
fn selected(text: &str, document: &Value) -> String {
    let values = path(text).values(document, &mut Budget::default()).unwrap();
    json!(values).to_string()
}

fn stop(text: &str, document: &Value) -> Stop {
    match path(text).select(document) {
        Selection::Missing(stop) => stop,
        other => panic!("{text} gives {other:?}"),
    }
}

#[test]
fn a_singular_path_gives_one_value_and_others_a_list() {
    let document = json!({"data": [{"id": 7}, {"id": 8}]});
    assert_eq!(path("$.data[1].id").select(&document), Selection::One(&json!(8)));
    assert_eq!(
        path("$['data'][-2]['id']").select(&document),
        Selection::One(&json!(7))
    );
    assert_eq!(path("$").select(&document), Selection::One(&document));
    assert_eq!(
        path("$.data[*].id").select(&document),
        Selection::Many(vec![&json!(7), &json!(8)])
    );
    assert_eq!(path("$.data[5,6]").select(&document), Selection::Many(vec![]));
    assert_eq!(
        path("$..id").select(&document),
        Selection::Many(vec![&json!(7), &json!(8)])
    );
}

#[test]
fn a_stop_says_what_stood_there() {
    let document = json!({
        "data": {"token": "x", "id": 1, "name": "n", "age": 2, "mail": "m"},
        "four": {"a": 1, "bb": 2, "ccc": 3, "dddd": 4},
        "list": [1, 2], "one": [1], "none": [], "empty": {}, "a": "text", "null": null, "n": 1.5,
        "odd": {"a b\n": 1}
    });
    for (text, message) in [
        ("$.data.tokn", "no key tokn in $.data; did you mean token?"),
        (
            "$.data.customer",
            "no key customer in $.data, which has token, id, name and 2 more",
        ),
        (
            "$.four.wanted",
            "no key wanted in $.four, which has a, bb, ccc and dddd",
        ),
        ("$.odd.x", r#"no key x in $.odd, which has "a b\n""#),
        ("$.empty.x.y", "no key x in $.empty, which is empty"),
        ("$.list[5].id", "$.list[5]: the array has 2 elements"),
        ("$.one[-2]", "$.one[-2]: the array has 1 element"),
        ("$.none[0]", "$.none[0]: the array is empty"),
        ("$.a.b", "$.a is a string, so it has no key b"),
        ("$.list.b", "$.list is an array, so it has no key b"),
        ("$.list[-1].b", "$.list[1] is an integer, so it has no key b"),
        ("$.data[0]", "$.data is an object, so it has no element 0"),
        ("$['null']['a b']", r#"$.null is null, so it has no key "a b""#),
        ("$.n[0]", "$.n is a number, so it has no element 0"),
    ] {
        assert_eq!(stop(text, &document).to_string(), message, "{text}");
    }
    let stop = stop("$.data.tokn", &document);
    assert_eq!(stop.reached, Location(vec![Segment::from("data")]));
    assert_eq!(
        (stop.length, stop.kind, stop.nearest.as_deref()),
        (5, "object", Some("token"))
    );
    assert_eq!(stop.keys, ["token", "id", "name", "age", "mail"]);
}

#[test]
fn numbers_in_filters_are_exact() {
    let document = read(r#"[9007199254740992, 9007199254740993, 0.1, 0.10000000000000000000001, 1e400, 10]"#);
    assert_eq!(
        selected("$[?@ == 9007199254740993]", &document),
        "[9007199254740993]"
    );
    assert_eq!(selected("$[?@ == 1e-1]", &document), "[0.1]");
    assert_eq!(
        selected("$[?@ > 0.1 && @ < 1.0E1]", &document),
        "[0.10000000000000000000001]"
    );
    assert_eq!(selected("$[?@ >= 1e400 || 10.0 == @]", &document), "[1e+400,10]");
    assert_eq!(selected("$[?@ == -0]", &json!([0, 1])), "[0]");
    assert_eq!(
        selected("$[?count(@[?@ > 1.5]) == 2]", &json!([[1, 2, 3], [2]])),
        "[[1,2,3]]"
    );
}

#[test]
fn patterns_from_the_document_may_be_wrong() {
    let document = json!({"patterns": ["(", "a.*", 3], "texts": ["abc", "x"]});
    assert_eq!(selected("$.texts[?match(@, $.patterns[0])]", &document), "[]");
    assert_eq!(
        selected("$.texts[?match(@, $.patterns[1])]", &document),
        r#"["abc"]"#
    );
    assert_eq!(
        selected("$.texts[?!search(@, $.patterns[2])]", &document),
        r#"["abc","x"]"#
    );
}

#[test]
fn the_budget_stops_a_query() {
    let document = json!({"a": [1, 2, 3, {"b": [4, 5]}]});
    let all = path("$..*");
    assert_eq!(all.values(&document, &mut Budget::new(5)), Err(BudgetExhausted));
    let mut budget = Budget::new(1_000);
    assert_eq!(
        all.values(&document, &mut budget).map(|values| values.len()),
        Ok(8)
    );
    assert!(budget.remaining() < 1_000);
    // Each `..` looks at every node below every node: the work grows, the budget does not.
    let wide = Value::from((0..2_000).collect::<Vec<_>>());
    assert_eq!(
        path("$[?count($..*) > 0]").values(&wide, &mut Budget::new(100_000)),
        Err(BudgetExhausted)
    );
    assert_eq!(
        path("$[?$ == $]").values(&wide, &mut Budget::new(100_000)),
        Err(BudgetExhausted)
    );
    let deep = (0..120).fold(json!(1), |inner, _| Value::Array(vec![inner]));
    assert_eq!(path("$..*..*..*..*..*").select(&deep), Selection::OverBudget);
}

#[test]
fn deep_documents_do_not_exhaust_the_stack() {
    let deep = (0..5_000).fold(json!(1), |inner, _| Value::Array(vec![inner]));
    assert_eq!(
        path("$..*")
            .values(&deep, &mut Budget::default())
            .map(|values| values.len()),
        Ok(5_000)
    );
}

#[test]
fn mistakes_are_named_with_their_place_and_a_way_out() {
    for (text, wrong, message, help) in [
        ("", "", "the path is empty", "`$` is the whole document"),
        ("data.id", "d", "a path starts with `$`", "write $.data.id"),
        ("[0]", "[", "a path starts with `$`", "write $[0]"),
        ("$.a ", " ", "a path has no space before it or behind it", ""),
        ("$.a[0", "[", "this `[` is not closed", ""),
        ("$[?(@.a]", "(", "this `(` is not closed", "a `]` comes first"),
        ("$.a]", "]", "this `]` closes nothing", ""),
        (
            "$..",
            "..",
            "nothing follows `..`",
            "`..` is followed by a name, `*` or `[`, as in $..name",
        ),
        (
            "$.",
            ".",
            "nothing follows `.`",
            "`.` is followed by a name or `*`, as in $.name",
        ),
        ("$.a b", "b", "unexpected `b`", "write .b or ['b'] for a member"),
        (
            "$.first-name",
            "-",
            "a name behind a dot has no `-`",
            "write ['first-name'] for first-name",
        ),
        (
            "$.0a",
            "0a",
            "a name behind a dot does not start with a digit",
            "write [0a] for an element, ['0a'] for a member",
        ),
        (
            "$.list.length()",
            "length",
            "a path has no method `length`",
            "functions stand in filters, as in $[?length(@.name) > 3]",
        ),
        (
            "$[name]",
            "name",
            "a name in brackets stands in quotes",
            "write ['name']",
        ),
        ("$[-]", "]", "expected a digit", ""),
        (
            "$[01]",
            "01",
            "`01` is not a number",
            "no zeros stand before a number",
        ),
        (
            "$[1.5]",
            "1.5",
            "`1.5` is not an index",
            "an index is a whole number",
        ),
        (
            "$[9007199254740992]",
            "9007199254740992",
            "an index is at most 9007199254740991",
            "",
        ),
        ("$['a", "'", "the string this `'` opens is not closed", ""),
        (
            "$['\\x']",
            "\\x",
            "a string has no escape `\\x`",
            "a backslash itself is written `\\\\`",
        ),
        (
            "$[(@.length-1)]",
            "(",
            "`(` stands only in a filter",
            "the last element is [-1]",
        ),
        (
            "$[@.a]",
            "@",
            "`@` stands for the element a filter looks at",
            "outside a filter, a path goes on from `$`",
        ),
        ("$[?@.a = 1]", "=", "there is no operator `=`", "write `==`"),
        (
            "$[?@.a =~ 'x']",
            "=~",
            "there is no operator `=~`",
            "write search(@.name, 'pattern'), or match(…) for the whole text",
        ),
        ("$[?@.a and @.b]", "and", "`and` is not an operator", "write `&&`"),
        (
            "$[?@.a == b]",
            "b",
            "`b` is no value",
            "write 'b' for a text, @.b for a member",
        ),
        (
            "$[?@.a == True]",
            "True",
            "`True` is no value",
            "did you mean true?",
        ),
        (
            "$[?lenght(@.a) > 1]",
            "lenght",
            "there is no function `lenght`",
            "did you mean length?",
        ),
        (
            "$[?in(@.a, @.b)]",
            "in",
            "there is no function `in`",
            "the functions are length, count, value, match and search",
        ),
        (
            "$[?length(@.a)]",
            "length",
            "`length` gives a value, not true or false",
            "compare it, as in length(…) > 0",
        ),
        (
            "$[?length(@.a, 1) > 1]",
            "length(@.a, 1)",
            "`length` takes 1 argument, not 2",
            "",
        ),
        (
            "$[?match(@.a)]",
            "match(@.a)",
            "`match` takes 2 arguments, not 1",
            "",
        ),
        (
            "$[?count(1) > 1]",
            "count",
            "`count` takes a path",
            "such as count(@.list[*])",
        ),
        (
            "$[?length(@.*) > 1]",
            "length",
            "`length` takes one value, and its path may select several",
            "value(…) takes the value where there is exactly one, count(…) says how many there are",
        ),
        (
            "$[?match(@.a, 'x') == true]",
            "match",
            "`match` is true or false by itself and is not compared",
            "write match(…) alone, or !match(…)",
        ),
        (
            "$[?match(@.a, '\\\\d')]",
            "match",
            "the pattern of `match` is not a regular expression: there is no `\\d` in I-Regexp; write `[0-9]`",
            "",
        ),
        (
            "$[?@.* == 1]",
            "==",
            "unexpected `==`",
            "a comparison takes literals and paths to one value, such as @.name or @.list[0]",
        ),
        (
            "$[?@.a == 1 2]",
            "2",
            "two values stand side by side",
            "an operator is missing",
        ),
    ] {
        let error = Path::parse(text).expect_err(text);
        let found = (
            &text[error.range.clone()],
            error.message.as_str(),
            error.help.as_deref().unwrap_or_default(),
        );
        assert_eq!(found, (wrong, message, help), "{text}");
    }
}

#[test]
fn nesting_is_bounded() {
    let groups = |depth: usize| format!("$[?{}@.a{}]", "(".repeat(depth), ")".repeat(depth));
    path(&groups(31));
    assert!(Path::parse(&groups(32)).is_err());
    let calls = |depth: usize| format!("$[?{}@.a{} > 1]", "length(".repeat(depth), ")".repeat(depth));
    path(&calls(5));
    assert!(Path::parse(&calls(6)).is_err());
    assert!(Path::parse(&"$[?count(@".repeat(100_000)).is_err());
}

#[test]
fn what_the_parser_lets_pass_is_refused() {
    for text in [
        "$.a\u{a0}b",
        "$[?@.a b]",
        "$[?none_of(@.a, @.b)]",
        "$[?@.a == 1 .5]",
        "$[?@.a == 1 e5]",
    ] {
        assert!(Path::parse(text).is_err(), "{text}");
    }
}

fn any_document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        (0..5_i64).prop_map(Value::from),
        "[ab]{0,2}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec(("[ab'\n]{0,2}", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_place_leads_back_to_its_value(
        document in any_document(),
        text in prop::sample::select(vec!["$..*", "$.*", "$..a", "$[::-1]", "$..[?@.a || @ == 1]", "$..[0,'b',-1:]"]),
    ) {
        let path = path(text);
        let found = path.query(&document, &mut Budget::default()).unwrap();
        let values = path.values(&document, &mut Budget::default()).unwrap();
        prop_assert_eq!(found.iter().map(|found| found.value).collect::<Vec<_>>(), values);
        for found in found {
            prop_assert!(found.location.resolve(&document).is_some_and(|value| std::ptr::eq(value, found.value)));
            for again in [found.location.to_string(), found.location.normalized()] {
                let again = Path::parse(&again).unwrap();
                prop_assert!(again.is_singular());
                prop_assert_eq!(again.select(&document), Selection::One(found.value));
            }
        }
    }

    #[test]
    fn selecting_by_a_singular_path_is_querying(
        document in any_document(),
        text in r"\$(\.[ab]|\[(0|1|-1|-2)\]|\['a'\]){0,4}",
    ) {
        let path = path(&text);
        let found = path.query(&document, &mut Budget::default()).unwrap();
        match path.select(&document) {
            Selection::One(value) => prop_assert!(found.len() == 1 && std::ptr::eq(found[0].value, value)),
            Selection::Missing(stop) => {
                prop_assert!(found.is_empty());
                prop_assert!(stop.reached.resolve(&document).is_some());
                prop_assert!(!stop.to_string().is_empty());
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn any_text_is_a_path_or_an_error_within_it(
        text in proptest::collection::vec(
            prop::sample::select(vec![
                "$", "@", ".", "..", "*", "[", "]", "(", ")", "?", ",", ":", "'", "\"", "\\", "a", "é", " ", "\n", "0",
                "-1", "2.5e3", "==", "<", "!", "&&", "||", "true", "null", "length(", "count(", "match(", "$[?@", "'a'",
                "@.a", "\\u00e9", "\u{a0}", "\u{3000}", "💡",
            ]),
            0..16,
        ).prop_map(|parts| format!("${}", parts.concat())),
        document in any_document(),
    ) {
        match Path::parse(&text) {
            Ok(path) => { let _ = path.select(&document); }
            Err(error) => prop_assert!(text.get(error.range.clone()).is_some(), "{:?} in {:?}", error, text),
        }
    }

    #[test]
    fn any_characters_are_a_path_or_an_error_within_them(text in "\\PC{0,20}") {
        if let Err(error) = Path::parse(&text) {
            prop_assert!(text.get(error.range.clone()).is_some(), "{:?} in {:?}", error, text);
        }
    }
}
