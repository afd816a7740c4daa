//! Values that differ from answer to answer, and the rule that would keep them out of a snapshot.

use serde_json::Value;

use super::content::BODY;
use crate::diff::{Change, Diff};
use crate::matcher;

/// What a value seems to be that another answer has another one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Volatile {
    /// A time or a date.
    Time,
    /// A UUID.
    Uuid,
    /// A JSON Web Token.
    Jwt,
    /// A whole number that grew a little.
    Counter,
}

/// The most a counter grows between two answers.
const STEP: i128 = 1000;

impl Volatile {
    /// What two values of one path seem to be; nothing if they say no more than that they differ.
    pub fn of(from: &Value, to: &Value) -> Option<Volatile> {
        let both = |name| matcher::is_of(name, from) && matcher::is_of(name, to);
        if both("date-time") || both("date") {
            return Some(Volatile::Time);
        }
        if both("uuid") {
            return Some(Volatile::Uuid);
        }
        if both("jwt") {
            return Some(Volatile::Jwt);
        }
        let whole = |value: &Value| value.as_number()?.as_i128();
        let (from, to) = (whole(from)?, whole(to)?);
        if is_epoch(from) && is_epoch(to) {
            return Some(Volatile::Time);
        }
        (1..=STEP).contains(&(to - from)).then_some(Volatile::Counter)
    }

    /// In a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Volatile::Time => "a time",
            Volatile::Uuid => "a UUID",
            Volatile::Jwt => "a JSON Web Token",
            Volatile::Counter => "a counter",
        }
    }

    /// What may stand for it.
    pub fn placeholder(self) -> &'static str {
        match self {
            Volatile::Time => "<time>",
            Volatile::Uuid => "<uuid>",
            Volatile::Jwt => "<jwt>",
            Volatile::Counter => "<counter>",
        }
    }
}

/// Whether a number may be a time since 1970, from 2001 to 2100, in seconds or milliseconds.
fn is_epoch(number: i128) -> bool {
    const SECONDS: std::ops::Range<i128> = 1_000_000_000..4_102_444_800;
    SECONDS.contains(&number) || SECONDS.contains(&(number / 1000)) && number >= SECONDS.end
}

/// A path that could be left out of a snapshot for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The path into the body, with `[*]` for the index of an element.
    pub path: String,
    /// What is there, where it seems to differ with every answer.
    pub volatile: Option<Volatile>,
}

/// The paths of differences that a rule could leave out, each once: values and members, but no whole element of a list.
/// `within` is true where the body stands beside other parts of the answer, which no rule reaches.
pub fn proposals(diff: &Diff, within: bool) -> Vec<Proposal> {
    let mut proposals: Vec<Proposal> = Vec::new();
    for difference in &diff.differences {
        let volatile = match &difference.change {
            Change::Changed { from, to } | Change::TypeChanged { from, to, .. } => Volatile::of(from, to),
            Change::Added { .. } | Change::Removed { .. } => None,
            Change::Moved { .. } => continue,
        };
        let path = if within {
            match difference
                .path
                .strip_prefix("$.")
                .and_then(|path| path.strip_prefix(BODY))
            {
                Some(rest) => format!("${rest}"),
                None => continue,
            }
        } else {
            difference.path.clone()
        };
        let (path, ends_in_element) = of_every_element(&path);
        let is_whole = matches!(difference.change, Change::Added { .. } | Change::Removed { .. });
        if path == "$" || ends_in_element && is_whole {
            continue;
        }
        match proposals.iter_mut().find(|known| known.path == path) {
            // One value that only differs leaves no more to say of all of them.
            Some(known) if known.volatile != volatile => known.volatile = None,
            Some(_) => {}
            None => proposals.push(Proposal { path, volatile }),
        }
    }
    proposals
}

/// The path with `[*]` for each index, and whether it ends in one.
fn of_every_element(path: &str) -> (String, bool) {
    let mut general = String::with_capacity(path.len());
    let mut rest = path;
    let mut ends_in_element = false;
    while let Some(first) = rest.chars().next() {
        let inside = rest.strip_prefix('[');
        if let Some(end) = inside.and_then(|inside| inside.find(']'))
            && rest[1..=end].bytes().all(|digit| digit.is_ascii_digit())
        {
            general.push_str("[*]");
            rest = &rest[end + 2..];
            ends_in_element = true;
            continue;
        }
        ends_in_element = false;
        let length = match inside {
            // A name in quotes may hold anything, brackets with digits too.
            Some(_) => quoted(rest),
            None => first.len_utf8(),
        };
        general.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    (general, ends_in_element)
}

/// The bytes of `['name']` at the start of a path.
fn quoted(path: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in path.char_indices().skip(2) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\'' => return (at + 2).min(path.len()),
            _ => {}
        }
    }
    path.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::diff;
    use serde_json::json;

    #[test]
    fn what_changes_every_time_is_named() {
        use Volatile::{Counter, Jwt, Time, Uuid};
        let jwt = |claims: &str| format!("eyJhbGciOiJub25lIn0.{claims}.c2ln");
        let cases = [
            (
                json!("2026-01-02T03:04:05Z"),
                json!("2026-01-02T03:04:06.5+01:00"),
                Some(Time),
            ),
            (json!("2026-01-02"), json!("2026-01-03"), Some(Time)),
            (json!(1_767_323_045), json!(1_767_323_046), Some(Time)),
            (
                json!(1_767_323_045_123_i64),
                json!(1_767_323_046_000_i64),
                Some(Time),
            ),
            (
                json!("7b1f6c1e-3c7e-4b6b-9a3e-0d6a4f1a2b3c"),
                json!("0b1f6c1e-3c7e-4b6b-9a3e-0d6a4f1a2b3c"),
                Some(Uuid),
            ),
            (json!(jwt("eyJhIjoxfQ")), json!(jwt("eyJhIjoyfQ")), Some(Jwt)),
            (json!(41), json!(42), Some(Counter)),
            (json!(42), json!(41), None),
            (json!(1), json!(5000), None),
            (json!("open"), json!("closed"), None),
            (json!("2026-01-02"), json!("soon"), None),
            (json!(1.5), json!(2.5), None),
        ];
        for (from, to, expected) in cases {
            assert_eq!(Volatile::of(&from, &to), expected, "{from} → {to}");
        }
    }

    #[test]
    fn a_rule_is_for_every_element_of_a_list() {
        let of = |path| of_every_element(path);
        assert_eq!(of("$.a[0].b[12]"), ("$.a[*].b[*]".to_owned(), true));
        assert_eq!(
            of("$['x[1]'][2]['it\\'s']"),
            ("$['x[1]'][*]['it\\'s']".to_owned(), false)
        );
        assert_eq!(of("$"), ("$".to_owned(), false));
    }

    #[test]
    fn proposals_are_told_once_and_only_where_a_rule_could_help() {
        let expected =
            json!({"status": 200, "body": {"l": [{"id": 1, "at": 1}, {"id": 2, "at": 5}], "n": "a"}});
        let actual = json!({"status": 201, "body": {"l": [{"id": 1, "at": 2}, {"id": 2, "at": 6}, {"id": 3}], "m": 0, "n": "b"}});
        let differences = diff(&expected, &actual);
        let paths = |proposals: Vec<Proposal>| -> Vec<(String, Option<Volatile>)> {
            proposals.into_iter().map(|it| (it.path, it.volatile)).collect()
        };
        assert_eq!(
            paths(proposals(&differences, true)),
            [
                ("$.l[*].at".to_owned(), Some(Volatile::Counter)),
                ("$.n".to_owned(), None),
                ("$.m".to_owned(), None),
            ]
        );
        let whole = proposals(&diff(&json!(1), &json!(2)), false);
        assert!(whole.is_empty(), "a snapshot of nothing says nothing");
    }
}
