//! What people see of differences.

use serde_json::{Value, json};

use super::{LineKind, RenderOptions, render};
use crate::diff::{diff, text};

fn lines_of(expected: &Value, actual: &Value, width: usize, max_lines: usize) -> String {
    let lines = render(&diff(expected, actual), RenderOptions { width, max_lines });
    assert!(lines.len() <= max_lines);
    assert!(
        lines.iter().all(|line| line.text.chars().count() <= width),
        "{lines:?}"
    );
    lines.into_iter().map(|line| line.text + "\n").collect()
}

#[track_caller]
fn assert_shown(expected: Value, actual: Value, shown: &str) {
    assert_eq!(lines_of(&expected, &actual, 80, 40), shown);
}

#[test]
fn differences_stand_under_what_holds_them() {
    assert_shown(
        json!({"data": {"id": 7, "email": "jo@example.com", "tags": ["vip"]}, "page": 1}),
        json!({"page": 2, "data": {"id": 7, "email": null, "tags": []}}),
        concat!(
            "$.data\n",
            "  - email: \"jo@example.com\"\n",
            "  + email: null\n",
            "  - tags: [\"vip\"]\n",
            "  + tags: []\n",
            "$\n",
            "  - page: 1\n",
            "  + page: 2\n",
        ),
    );
}

#[test]
fn the_value_itself_has_no_name() {
    assert_shown(json!(1), json!([2]), "$\n  - 1\n  + [2]\n");
}

#[test]
fn the_same_text_of_another_type_is_said_to_be_that() {
    assert_shown(
        json!({"a b": 3}),
        json!({"a b": "3"}),
        "$\n  - ['a b']: 3 (integer)\n  + ['a b']: \"3\" (string): same text, other type\n",
    );
}

#[test]
fn moved_and_renamed_values_say_from_where() {
    assert_shown(
        json!({"mail": "jo@example.com", "list": ["a", "b", "c"]}),
        json!({"email": "jo@example.com", "list": ["c", "a", "b"]}),
        concat!(
            "$\n",
            "  ~ email: renamed from mail: \"jo@example.com\"\n",
            "$.list\n",
            "  ~ [0]: moved from [2]: \"c\"\n",
        ),
    );
}

#[test]
fn a_removed_first_element_is_one_removal() {
    let list: Vec<Value> = (0..5)
        .map(|id| json!({"id": id, "name": format!("n{id}")}))
        .collect();
    assert_shown(
        json!(list),
        json!(list[1..]),
        "$\n  - [0]: {\"id\": 0, \"name\": \"n0\"}\n",
    );
}

#[test]
fn a_changed_element_is_shown_by_what_changed_in_it() {
    let by_identity = |name: &str| json!([{"id": 1, "n": "a"}, {"id": 2, "n": name}, {"id": 3, "n": "c"}]);
    let mut actual = by_identity("x");
    actual.as_array_mut().expect("a list").remove(0);
    assert_shown(
        by_identity("b"),
        actual,
        "$\n  - [0]: {\"id\": 1, \"n\": \"a\"}\n$[0]\n  - n: \"b\"\n  + n: \"x\"\n",
    );
    assert_shown(
        json!([{"a": 1, "b": 2, "c": 3}, {"a": 4, "b": 5, "c": 6}]),
        json!([{"a": 4, "b": 5, "c": 7}]),
        "$\n  - [0]: {\"a\": 1, \"b\": 2, \"c\": 3}\n$[0]\n  - c: 6\n  + c: 7\n",
    );
}

#[test]
fn elements_that_name_themselves_differently_are_two() {
    assert_shown(
        json!([{"id": 1, "name": "a", "n": 1}]),
        json!([{"id": 2, "name": "b", "n": 2}]),
        "$\n  - [0]: {\"id\": 1, \"name\": \"a\", \"n\": 1}\n  + [0]: {\"id\": 2, \"name\": \"b\", \"n\": 2}\n",
    );
}

#[test]
fn long_texts_show_the_part_that_differs() {
    let sentence = "a sentence that is much longer than what is looked at when it says the quick fox jumps";
    assert_shown(
        json!({"note": format!("{sentence} over the dog, as ever and ever")}),
        json!({"note": format!("{sentence} over the cat, as ever and ever")}),
        "$\n  ~ note: \"… fox jumps over the [-dog-][+cat+], as ever and ever\"\n",
    );
}

#[test]
fn texts_of_several_lines_show_the_lines_that_differ() {
    assert_shown(
        json!({"body": "one\ntwo\nthree\n"}),
        json!({"body": "one\n2\nthree\n"}),
        "$\n  ~ body: lines of the text differ\n      one\n    - two\n    + 2\n      three\n",
    );
}

#[test]
fn long_values_are_cut_to_the_width() {
    assert_eq!(
        lines_of(&json!({"list": {}}), &json!({"list": vec![1; 50]}), 24, 40),
        "$\n  - list: {}\n  + list: [1, 1, 1, 1, …\n"
    );
}

#[test]
fn what_does_not_fit_is_counted() {
    let mut expected: Value = (0..15)
        .map(|number| (format!("k{number:02}"), json!(0)))
        .collect();
    expected["kept"] = json!(true);
    let actual = json!({"kept": true});
    assert_eq!(
        lines_of(&expected, &actual, 80, 5),
        "$\n  - k00: 0\n  - k01: 0\n  - k02: 0\nand 12 more differences\n"
    );
    assert_eq!(lines_of(&expected, &actual, 80, 1), "15 differences\n");
    assert_eq!(lines_of(&expected, &actual, 80, 0), "");
    let limited = diff(&expected, &actual).limited(2);
    let lines = render(
        &limited,
        RenderOptions {
            width: 80,
            max_lines: 40,
        },
    );
    assert_eq!(
        lines.last().map(|line| (line.kind, line.text.as_str())),
        Some((LineKind::Note, "and 13 more differences"))
    );
}

#[test]
fn three_changes_in_a_long_answer_are_a_few_lines() {
    let records: Vec<Value> = (0..400)
        .map(|id| json!({"id": id, "name": format!("n{id}"), "on": true, "tags": []}))
        .collect();
    let expected = json!({ "data": records });
    let mut actual = expected.clone();
    for at in [3, 200, 399] {
        actual["data"][at]["on"] = json!(false);
    }
    assert_eq!(diff(&expected, &actual).differences.len(), 3);
    assert_eq!(lines_of(&expected, &actual, 80, 40).lines().count(), 9);
}

#[test]
fn depth_does_no_harm() {
    let nested = |inside: Value| (0..300).fold(inside, |value, _| json!([{ "a": value }]));
    let found = diff(&nested(json!(1)), &nested(json!(2)));
    assert_eq!(found.differences.len(), 1);
    assert!(lines_of(&nested(json!(1)), &nested(json!(2)), 40, 40).ends_with("- a: 1\n  + a: 2\n"));
}

#[test]
fn a_text_says_which_line() {
    let expected: String = (1..=9).map(|line| format!("line {line}\n")).collect();
    let shown = text(&expected, &expected.replace("line 8\nline 9\n", "line eight"));
    let lines = shown.render(RenderOptions {
        width: 40,
        max_lines: 7,
    });
    let shown: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(
        shown,
        [
            "line 5",
            "  line 5",
            "  line 6",
            "  line 7",
            "- line 8",
            "- line 9",
            "and 1 more line that differs"
        ]
    );
}
