//! The answer's body, cut to a screenful around what failed.

use serde_json::Value;

use super::Page;
use super::paint::{BAD, FAINT};
use crate::json;
use crate::outcome::{Payload, PayloadKind};
use crate::report::text::{count, fit, safe, size};
use crate::untrusted;

/// The most lines of a body that are shown.
const SCREENFUL: usize = 20;

/// The lines shown before the one a path leads to, where both ends are cut.
const BEFORE: usize = 8;

/// The body with a heading. Where `path` leads somewhere in it, or part of the way, it is cut around that line, which
/// then has a mark.
pub(super) fn lines(body: &Payload, path: Option<&str>, page: Page) -> Vec<String> {
    let (text, marked) = match body.kind {
        PayloadKind::Binary => return vec![format!("  body       {} of binary data", size(body.size))],
        PayloadKind::Text => (untrusted::block(&body.text).into_owned(), None),
        PayloadKind::Json => match json::parse(body.text.as_bytes()) {
            Ok(value) => {
                let marked = path.and_then(|path| line_of(&value, &steps(path)));
                (json::pretty(&value), marked)
            }
            // A body that was cut is no JSON any more.
            Err(_) => (untrusted::block(&body.text).into_owned(), None),
        },
    };
    if text.is_empty() {
        return vec!["  body       empty".to_owned()];
    }
    let all: Vec<&str> = text.lines().collect();
    let start = marked
        .unwrap_or(0)
        .saturating_sub(BEFORE)
        .min(all.len().saturating_sub(SCREENFUL));
    let end = (start + SCREENFUL).min(all.len());

    let mut lines = vec![format!("  body       {}", size(body.size))];
    let faint = |text: String| format!("    {}", page.paint.with(FAINT, &text));
    if start > 0 {
        lines.push(faint(format!("… {} before", count(start, "line"))));
    }
    for (at, line) in (start..end).zip(&all[start..end]) {
        let line = fit(&safe(line), page.width.saturating_sub(4));
        lines.push(if marked == Some(at) {
            page.paint.with(BAD, &format!("  > {line}"))
        } else {
            format!("    {line}")
        });
    }
    match (all.len() - end, body.cut) {
        (0, false) => {}
        (0, true) => lines.push(faint("… and more".to_owned())),
        (left, false) => lines.push(faint(format!("… {}", count(left, "more line")))),
        (left, true) => lines.push(faint(format!("… {} and more", count(left, "more line")))),
    }
    lines
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
    use crate::report::Verbosity;
    use crate::report::terminal::paint::Paint;
    use serde_json::json;

    const PAGE: fn() -> Page = || Page {
        width: 60,
        paint: Paint::new(false),
        verbosity: Verbosity::Normal,
    };

    fn payload(value: &Value) -> Payload {
        let text = value.to_string();
        Payload {
            kind: PayloadKind::Json,
            size: text.len() as u64,
            text,
            cut: false,
        }
    }

    #[test]
    fn the_line_of_a_path_is_found_by_any_spelling() {
        let value = json!({"a": [1, {"b c": []}, {}], "d": {"e": null}});
        let pretty = json::pretty(&value);
        assert_eq!(pretty.lines().count(), height(&value));
        for (path, line) in [
            ("$.a[1]['b c']", "      \"b c\": []"),
            ("$['a'][2]", "    {}"),
            ("$.d.e", "    \"e\": null"),
            ("$.d.missing.too", "  \"d\": {"),
            ("$.d[*].x", "  \"d\": {"),
        ] {
            let at = line_of(&value, &steps(path)).expect(path);
            assert_eq!(pretty.lines().nth(at), Some(line), "{path}");
        }
        assert_eq!(line_of(&value, &steps("status")), None);
        assert_eq!(line_of(&value, &steps("$..e")), None);
    }

    #[test]
    fn a_long_body_is_cut_around_the_line() {
        let value = json!((0..100).collect::<Vec<_>>());
        let drawn = lines(&payload(&value), Some("$[50]"), PAGE());
        assert_eq!(drawn[1], "    … 43 lines before");
        assert!(drawn.contains(&"  >   50,".to_owned()), "{drawn:?}");
        assert_eq!(drawn.last().map(String::as_str), Some("    … 39 more lines"));
        assert_eq!(drawn.len(), SCREENFUL + 3);
    }

    #[test]
    fn what_is_no_json_is_shown_as_it_came() {
        let body = Payload {
            kind: PayloadKind::Json,
            text: "{\"a\": \u{1b}[2J".to_owned(),
            size: 5000,
            cut: true,
        };
        assert_eq!(
            lines(&body, Some("$.a"), PAGE()),
            ["  body       5.0 KB", "    {\"a\": \\u{1b}[2J", "    … and more"]
        );
    }
}
