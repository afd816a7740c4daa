//! Where in an answer what does not hold is: the exchange, the path, the line.

use serde_json::Value;

use crate::outcome::{Differences, Exchange, Mismatch, Origin, StepFinished};

/// The last exchange of the step itself; where it sent none, the last it needed.
pub(super) fn exchange(finished: &StepFinished) -> Option<&Exchange> {
    let exchanges = &finished.exchanges;
    exchanges
        .iter()
        .rfind(|exchange| exchange.origin == Origin::Step)
        .or(exchanges.last())
}

/// The path in the body to what does not hold: down to the first difference, where there is one.
pub(super) fn path(mismatch: &Mismatch) -> Option<String> {
    let subject = mismatch.subject.starts_with('$').then_some(&mismatch.subject)?;
    let below = match &mismatch.diff {
        Some(Differences::Json(diff)) => diff.differences.first(),
        Some(Differences::Text(_)) | None => None,
    };
    // The paths of differences begin at the value that was looked at.
    let below = below.and_then(|difference| difference.path.strip_prefix('$'));
    Some(format!("{subject}{}", below.unwrap_or_default()))
}

/// The line of a value's pretty text that a path leads to, as far as it leads; none where it leads nowhere at all.
pub(super) fn line(value: &Value, path: &str) -> Option<usize> {
    line_of(value, &steps(path))
}

/// A step down of a path.
#[derive(Debug, PartialEq, Eq)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// The steps a JSONPath begins with, up to the first that is no plain name or index.
fn steps(path: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut rest = path.strip_prefix('$').unwrap_or("");
    while let Some((step, after)) = step(rest) {
        steps.push(step);
        rest = after;
    }
    steps
}

fn step(rest: &str) -> Option<(Step<'_>, &str)> {
    if let Some(name) = rest.strip_prefix('.') {
        let end = name.find(['.', '[', ' ']).unwrap_or(name.len());
        let (name, after) = name.split_at(end);
        return (!name.is_empty() && name != "*").then_some((Step::Key(name), after));
    }
    let (inside, after) = rest.strip_prefix('[')?.split_once(']')?;
    if let Ok(index) = inside.parse() {
        return Some((Step::Index(index), after));
    }
    let quote = inside
        .chars()
        .next()
        .filter(|first| matches!(first, '\'' | '"'))?;
    let name = inside[1..].strip_suffix(quote)?;
    (!name.contains('\\')).then_some((Step::Key(name), after))
}

/// The line of the pretty text on which the steps end, as far as they lead; none where they lead nowhere at all.
fn line_of(value: &Value, steps: &[Step<'_>]) -> Option<usize> {
    let (first, rest) = steps.split_first()?;
    let (before, child) = match (first, value) {
        (Step::Key(key), Value::Object(members)) => {
            let at = members.keys().position(|name| name == key)?;
            let before: usize = members.values().take(at).map(height).sum();
            (before, members.get(*key)?)
        }
        (Step::Index(index), Value::Array(elements)) => {
            let before: usize = elements.iter().take(*index).map(height).sum();
            (before, elements.get(*index)?)
        }
        _ => return None,
    };
    Some(1 + before + line_of(child, rest).unwrap_or(0))
}

/// How many lines the pretty text of a value has.
fn height(value: &Value) -> usize {
    match value {
        Value::Array(elements) if !elements.is_empty() => 2 + elements.iter().map(height).sum::<usize>(),
        Value::Object(members) if !members.is_empty() => 2 + members.values().map(height).sum::<usize>(),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;
    use serde_json::json;

    #[test]
    fn the_line_of_a_path_is_found_by_any_spelling() {
        let value = json!({"a": [1, {"b c": []}, {}], "d": {"e": null}});
        let pretty = json::pretty(&value);
        assert_eq!(pretty.lines().count(), height(&value));
        for (path, expected) in [
            ("$.a[1]['b c']", "      \"b c\": []"),
            ("$['a'][2]", "    {}"),
            ("$.d.e", "    \"e\": null"),
            ("$.d.missing.too", "  \"d\": {"),
            ("$.d[*].x", "  \"d\": {"),
        ] {
            let at = line(&value, path).expect(path);
            assert_eq!(pretty.lines().nth(at), Some(expected), "{path}");
        }
        assert_eq!(line(&value, "status"), None);
        assert_eq!(line(&value, "$..e"), None);
    }
}
