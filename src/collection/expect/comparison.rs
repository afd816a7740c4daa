//! Comparisons that do not mix types: the template language orders null before numbers and takes `true` for 1.

use std::ops::Range;

use serde_json::Value;

use crate::diagnostic::Diagnostics;
use crate::json;
use crate::template::{Expression, Scope};
use crate::yaml::Text;

/// An expression taken apart at its outer `or`s, and each alternative at its `and`s.
#[derive(Debug)]
pub(super) struct Alternatives(Vec<Vec<Part>>);

#[derive(Debug)]
struct Part {
    whole: Expression,
    comparison: Option<Comparison>,
}

/// A comparison or a chain of them: `1 < a < 3` means `1 < a and a < 3`.
#[derive(Debug)]
struct Comparison {
    negated: bool,
    links: Vec<Link>,
}

#[derive(Debug)]
struct Link {
    whole: Expression,
    left: Expression,
    operator: Operator,
    right: Expression,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    Unequal,
    Order,
}

/// The operators as written; the longer of two that begin alike comes first.
const OPERATORS: [(&str, Operator); 6] = [
    ("==", Operator::Equal),
    ("!=", Operator::Unequal),
    ("<=", Operator::Order),
    (">=", Operator::Order),
    ("<", Operator::Order),
    (">", Operator::Order),
];

/// The words that make something else of a part than comparisons.
const OTHER_WORDS: [&str; 4] = ["is", "in", "if", "else"];

impl Alternatives {
    /// Takes an expression apart; nothing where it cannot be, as in `a if b else c`.
    pub(super) fn of(text: &Text) -> Option<Alternatives> {
        let outer = outer(text.value());
        let whole = 0..text.value().len();
        if ["if", "else"]
            .iter()
            .any(|word| find_word(text.value(), &outer, whole.clone(), word).is_some())
        {
            return None;
        }
        let alternatives = split(text.value(), &outer, whole, "or").into_iter().map(|range| {
            let parts = split(text.value(), &outer, range, "and");
            parts
                .into_iter()
                .map(|range| Part::of(text, &outer, range))
                .collect()
        });
        alternatives.collect::<Option<_>>().map(Alternatives)
    }

    /// Whether one of them holds. A comparison across types makes that no alternative holds that it stands in; the first
    /// such is noted.
    pub(super) fn hold(&self, scope: &Scope, across_types: &mut Option<String>) -> bool {
        self.0
            .iter()
            .any(|parts| parts.iter().all(|part| part.holds(scope, across_types)))
    }
}

impl Part {
    fn of(text: &Text, outer: &[bool], range: Range<usize>) -> Option<Part> {
        Some(Part {
            comparison: Comparison::of(text, outer, range.clone()),
            whole: compile(text, range)?,
        })
    }

    fn holds(&self, scope: &Scope, across_types: &mut Option<String>) -> bool {
        let Some(comparison) = &self.comparison else {
            return is_true(&self.whole, scope);
        };
        for link in &comparison.links {
            match link.holds(scope, across_types) {
                Some(true) => {}
                Some(false) => return comparison.negated,
                None => return false,
            }
        }
        !comparison.negated
    }
}

impl Link {
    /// Whether it holds; nothing where there is no order between the two.
    fn holds(&self, scope: &Scope, across_types: &mut Option<String>) -> Option<bool> {
        let (Ok(left), Ok(right)) = (self.left.evaluate(scope), self.right.evaluate(scope)) else {
            return Some(is_true(&self.whole, scope));
        };
        let holds = match (self.operator, &left.value, &right.value) {
            (Operator::Equal, Value::Bool(_), Value::Number(_))
            | (Operator::Equal, Value::Number(_), Value::Bool(_)) => Some(false),
            (Operator::Unequal, Value::Bool(_), Value::Number(_))
            | (Operator::Unequal, Value::Number(_), Value::Bool(_)) => return Some(true),
            (Operator::Order, Value::Number(_), Value::Number(_))
            | (Operator::Order, Value::String(_), Value::String(_))
            | (Operator::Equal | Operator::Unequal, ..) => return Some(is_true(&self.whole, scope)),
            (Operator::Order, ..) => None,
        };
        across_types.get_or_insert_with(|| {
            let (left, right) = (a_kind(&left.value), a_kind(&right.value));
            format!("`{}` compares {left} with {right}", self.whole.text())
        });
        holds
    }
}

impl Comparison {
    /// The comparisons a part is, where it is nothing else.
    fn of(text: &Text, outer: &[bool], range: Range<usize>) -> Option<Comparison> {
        let mut range = range;
        let mut negated = false;
        while let Some(not) = find_word(text.value(), outer, range.clone(), "not") {
            if !text.value()[range.start..not.start].trim().is_empty() {
                return None;
            }
            range.start = not.end;
            negated = !negated;
        }
        if OTHER_WORDS
            .iter()
            .any(|word| find_word(text.value(), outer, range.clone(), word).is_some())
        {
            return None;
        }
        let mut links = Vec::new();
        let mut start = range.start;
        let mut next = find_operator(text.value(), outer, range.clone());
        while let Some((at, operator)) = next {
            next = find_operator(text.value(), outer, at.end..range.end);
            let end = next.as_ref().map_or(range.end, |(next, _)| next.start);
            links.push(Link {
                whole: compile(text, start..end)?,
                left: compile(text, start..at.start)?,
                operator,
                right: compile(text, at.end..end)?,
            });
            start = at.end;
        }
        (!links.is_empty()).then_some(Comparison { negated, links })
    }
}

fn compile(text: &Text, range: Range<usize>) -> Option<Expression> {
    Expression::compile(text, range, &mut Diagnostics::default(), &mut Vec::new())
}

/// For every byte of an expression, whether it stands outside of strings and brackets.
pub(super) fn outer(text: &str) -> Vec<bool> {
    let mut outer = Vec::with_capacity(text.len());
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for byte in text.bytes() {
        outer.push(depth == 0 && quote.is_none());
        match (quote, byte) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            (None, _) => {}
        }
    }
    outer
}

/// Where a word first stands by itself.
fn find_word(text: &str, outer: &[bool], range: Range<usize>, word: &str) -> Option<Range<usize>> {
    let is_of_a_word =
        |byte: Option<&u8>| byte.is_some_and(|it| it.is_ascii_alphanumeric() || b"_.".contains(it));
    let bytes = text.as_bytes();
    text[range.clone()].match_indices(word).find_map(|(at, _)| {
        let found = range.start + at..range.start + at + word.len();
        let before = found.start.checked_sub(1).and_then(|at| bytes.get(at));
        let alone = !is_of_a_word(before) && !is_of_a_word(bytes.get(found.end));
        (outer[found.start] && alone).then_some(found)
    })
}

/// The ranges around a word.
fn split(text: &str, outer: &[bool], range: Range<usize>, word: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut rest = range;
    while let Some(found) = find_word(text, outer, rest.clone(), word) {
        parts.push(rest.start..found.start);
        rest.start = found.end;
    }
    parts.push(rest);
    parts
}

/// The first operator.
fn find_operator(text: &str, outer: &[bool], range: Range<usize>) -> Option<(Range<usize>, Operator)> {
    range.clone().find_map(|at| {
        let rest = text.as_bytes().get(at..range.end)?;
        let (written, operator) = OPERATORS
            .iter()
            .find(|(written, _)| outer[at] && rest.starts_with(written.as_bytes()))?;
        Some((at..at + written.len(), *operator))
    })
}

/// What `and` and `or` take an expression for.
fn is_true(expression: &Expression, scope: &Scope) -> bool {
    let Ok(evaluated) = expression.evaluate(scope) else {
        return false;
    };
    match &evaluated.value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => !json::number::equal(number, &json::number::from_u64(0)),
        Value::String(text) => !text.is_empty(),
        Value::Array(elements) => !elements.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

fn a_kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::that::That;
    use crate::decode::testing::decode;
    use crate::matcher::Judgement;
    use crate::template::Scope;

    /// Nothing if it holds, or else the hint.
    fn judge(condition: &str) -> Result<(), String> {
        let mut scope = Scope::new();
        let body = json!({ "n": null, "one": 1, "yes": true, "text": "7", "list": [1], "d": "2026-01-02" });
        scope.set_plain("body", body);
        let that = decode(&format!(">-\n  {condition}"), That::decode).expect("a sound condition");
        match that.judge(&scope) {
            Judgement::Holds => Ok(()),
            Judgement::Mismatch(finding) => Err(finding.hint.unwrap_or_default()),
            Judgement::Error(error) => panic!("{condition}: {error}"),
        }
    }

    #[test]
    fn only_numbers_and_strings_have_an_order() {
        for (condition, hint) in [
            ("body.n < 3", "`body.n < 3` compares null with a number"),
            (
                "body.text > 99",
                "`body.text > 99` compares a string with a number",
            ),
            ("not body.n > 3", "`body.n > 3` compares null with a number"),
            (
                "body.one == 1 and body.n <= 3",
                "`body.n <= 3` compares null with a number",
            ),
            (
                "body.list and body.n < 3",
                "`body.n < 3` compares null with a number",
            ),
            (
                "body.one<true",
                "`body.one<true` compares a number with a boolean",
            ),
        ] {
            assert_eq!(judge(condition), Err(hint.to_owned()), "{condition}");
        }
        assert_eq!(
            judge("body.n < 3 < 5"),
            Err("`body.n < 3` compares null with a number".to_owned())
        );
        for condition in [
            "body.one < 1.5",
            "body.d >= '2026-01-01'",
            "body.text | int > 3",
            "not body.one > 3",
            "'a < 1' < 'b'",
            "0 < body.one < 2",
            "not 1 < body.one < 2",
            "body.one + 1 > 1",
            "body.one in [1, 2] and (body.one > 0 or body.n < 3)",
        ] {
            assert_eq!(judge(condition), Ok(()), "{condition}");
        }
    }

    #[test]
    fn no_boolean_is_a_number() {
        assert_eq!(
            judge("body.one == true"),
            Err("`body.one == true` compares a number with a boolean".to_owned())
        );
        assert!(judge("body.yes == 1").is_err());
        assert!(judge("not body.yes != 1").is_err());
        for condition in [
            "body.yes != 1",
            "not body.one == true",
            "body.yes == true",
            "body.n == none",
        ] {
            assert_eq!(judge(condition), Ok(()), "{condition}");
        }
    }

    #[test]
    fn another_alternative_may_hold() {
        assert_eq!(judge("body.n == none or body.n < 3"), Ok(()));
        assert_eq!(judge("body.n < 3 or body.n == none"), Ok(()));
        assert!(judge("body.n < 3 or body.one == 2").is_err());
        assert_eq!(judge("body.one == 2 or body.one == 3"), Err(String::new()));
        assert_eq!(judge("body.one is defined and body.one > 0"), Ok(()));
        assert!(judge("body.one is defined and body.n < 1").is_err());
        assert_eq!(judge("body.one < 3 if body.yes else false"), Ok(()));
    }
}
