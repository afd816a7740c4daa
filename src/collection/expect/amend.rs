//! Adds a rule to a `snapshot` where it is written, and leaves everything else of the sheet as it is.
//!
//! The text is edited, not written anew, so comments and style stay. What comes out is read again and must be the old
//! sheet with the rule and nothing else; where it is not, nothing is changed.

use std::ops::Range;
use std::sync::Arc;

use serde_json::{Value, json};

use super::SnapshotCheck;
use crate::diagnostic::Diagnostics;
use crate::extract::jsonpath::Path;
use crate::json::path::{Location, Segment};
use crate::snapshot::Rules;
use crate::source::{Place, Source};
use crate::yaml::{self, Content, Map, Node};

/// A rule to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addition {
    /// The path is ignored.
    Ignore(String),
    /// A placeholder stands for what is at the path.
    Replace(String, String),
}

impl Addition {
    fn key(&self) -> &'static str {
        match self {
            Addition::Ignore(_) => "ignore",
            Addition::Replace(..) => "replace",
        }
    }

    /// The rule as a person would write it.
    pub fn written(&self) -> String {
        format!("{}: {}", self.key(), self.alone())
    }

    /// Several as rules, to be applied to what is stored already.
    pub fn rules(additions: &[Addition]) -> Rules {
        let mut rules = Rules::default();
        for addition in additions {
            match addition {
                Addition::Ignore(path) => rules.ignore.extend(Path::parse(path)),
                Addition::Replace(path, placeholder) => rules
                    .replace
                    .extend(Path::parse(path).map(|path| (path, placeholder.clone()))),
            }
        }
        rules
    }

    /// As the only one of its key.
    fn alone(&self) -> String {
        match self {
            Addition::Ignore(_) => format!("[{}]", self.entry()),
            Addition::Replace(..) => format!("{{ {} }}", self.entry()),
        }
    }

    /// As one among others.
    fn entry(&self) -> String {
        match self {
            Addition::Ignore(path) => quoted(path),
            Addition::Replace(path, placeholder) => format!("{}: {}", quoted(path), quoted(placeholder)),
        }
    }

    /// What a `snapshot` comes to with it.
    fn apply(&self, snapshot: &Value) -> Value {
        let mut rules = snapshot.as_object().cloned().unwrap_or_default();
        let value = rules.entry(self.key()).or_insert(Value::Null);
        match self {
            Addition::Ignore(path) => {
                let mut paths = match value.take() {
                    Value::Null => Vec::new(),
                    Value::Array(paths) => paths,
                    one => vec![one],
                };
                paths.push(json!(path));
                *value = Value::Array(paths);
            }
            Addition::Replace(path, placeholder) => {
                let mut all = value.as_object().cloned().unwrap_or_default();
                all.insert(path.clone(), json!(placeholder));
                *value = Value::Object(all);
            }
        }
        Value::Object(rules)
    }
}

/// A path or a text where YAML takes it for nothing else.
fn quoted(text: &str) -> String {
    let is_plain = text
        .bytes()
        .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, b'$' | b'.' | b'_'));
    let starts_plainly = text.starts_with(['$', '<']);
    if is_plain && starts_plainly {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// The text of a sheet with a rule added to the `snapshot` that once stood at `place`, before other rules were added to
/// `source`. Nothing where that cannot be done safely.
pub fn amend(source: &Arc<Source>, place: &Place, addition: &Addition) -> Option<String> {
    // Adding rules moves bytes, and no keys: the way down the tree stays.
    let location = locate(&read(&place.source)?, place)?;
    let tree = read(source)?;
    let snapshot = resolve(&tree, &location)?;
    let (range, inserted) = edit(&source.text, snapshot, addition)?;
    let mut text = source.text.clone();
    text.replace_range(range, &inserted);

    let mut expected = tree.to_json();
    let value = location
        .segments()
        .iter()
        .try_fold(&mut expected, |value, segment| match segment {
            Segment::Key(key) => value.get_mut(&**key),
            Segment::Index(index) => value.get_mut(*index),
        })?;
    *value = addition.apply(value);
    let outcome = read(&Source::new(source.path.clone(), text.clone()))?;
    (outcome.to_json() == expected).then_some(text)
}

fn read(source: &Arc<Source>) -> Option<Node> {
    yaml::parse(source, &mut Diagnostics::default())
}

/// The way from the root to the value of the key that stands at a place.
fn locate(tree: &Node, place: &Place) -> Option<Location> {
    fn walk(node: &Node, span: &Range<usize>, at: &Location) -> Option<Location> {
        match &node.content {
            Content::Map(map) => map.iter().find_map(|(key, node)| {
                let below = at.child(key.name());
                if key.name() == SnapshotCheck::SUBJECT && key.place.span == *span {
                    return Some(below);
                }
                walk(node, span, &below)
            }),
            Content::List(items) => items
                .iter()
                .enumerate()
                .find_map(|(index, item)| walk(item, span, &at.child(index))),
            Content::Null | Content::Bool(_) | Content::Number(_) | Content::Text(_) => None,
        }
    }
    walk(tree, &place.span, &Location::root())
}

fn resolve<'n>(tree: &'n Node, location: &Location) -> Option<&'n Node> {
    location
        .segments()
        .iter()
        .try_fold(tree, |node, segment| match segment {
            Segment::Key(key) => node.as_map()?.get(key),
            Segment::Index(index) => node.as_list()?.get(*index),
        })
}

/// Which bytes are replaced by what.
fn edit(text: &str, snapshot: &Node, addition: &Addition) -> Option<(Range<usize>, String)> {
    let span = snapshot.place.span.clone();
    match &snapshot.content {
        Content::Bool(true) => Some((span, format!("{{ {} }}", addition.written()))),
        Content::Map(map) => match map.get(addition.key()) {
            Some(value) => into_value(text, value, addition),
            None => into_map(text, &span, map, addition),
        },
        Content::Bool(false) | Content::Null | Content::Number(_) | Content::Text(_) | Content::List(_) => {
            None
        }
    }
}

/// A new key, before the others.
fn into_map(
    text: &str,
    span: &Range<usize>,
    map: &Map,
    addition: &Addition,
) -> Option<(Range<usize>, String)> {
    let written = addition.written();
    if text[span.clone()].starts_with('{') {
        let after = span.start + 1;
        let inserted = if map.is_empty() {
            format!(" {written} ")
        } else {
            format!(" {written},")
        };
        return Some((after..if map.is_empty() { span.end - 1 } else { after }, inserted));
    }
    let (first, _) = map.iter().next()?;
    let start = first.place.span.start;
    Some((
        start..start,
        format!("{written}{}{}", line_end(text), indent(text, start)?),
    ))
}

/// One more entry of a key that is there.
fn into_value(text: &str, value: &Node, addition: &Addition) -> Option<(Range<usize>, String)> {
    let span = value.place.span.clone();
    let written = text.get(span.clone())?;
    let entry = addition.entry();
    let last_end = match &value.content {
        Content::List(items) => items.last().map(|item| item.place.span.end),
        Content::Map(map) => map.iter().last().map(|(_, node)| node.place.span.end),
        // A path alone becomes the first of a list.
        Content::Text(_) => {
            let list = format!("[{written}, {entry}]");
            return matches!(addition, Addition::Ignore(_)).then_some((span, list));
        }
        Content::Null | Content::Bool(_) | Content::Number(_) => return None,
    };
    if written.starts_with(['[', '{']) {
        return Some(match last_end {
            Some(end) => (end..end, format!(", {entry}")),
            None => (span, addition.alone()),
        });
    }
    // In a block the entry gets a line of its own, behind the last one and its comment.
    let end = text[last_end?..]
        .find('\n')
        .map_or(text.len(), |length| last_end.unwrap_or_default() + length);
    let end = end - usize::from(text[..end].ends_with('\r'));
    let line = match &value.content {
        Content::List(items) => {
            let before = before(text, items.first()?.place.span.start);
            let blanks = before.trim_start_matches(' ').strip_prefix('-')?;
            blanks.trim().is_empty().then(|| format!("{before}{entry}"))?
        }
        _ => format!("{}{entry}", indent(text, span.start)?),
    };
    Some((end..end, format!("{}{line}", line_end(text))))
}

/// What stands on a line before `at`.
fn before(text: &str, at: usize) -> &str {
    &text[text[..at].rfind('\n').map_or(0, |newline| newline + 1)..at]
}

/// The same where it is nothing but blanks.
fn indent(text: &str, at: usize) -> Option<&str> {
    Some(before(text, at)).filter(|before| before.bytes().all(|letter| letter == b' '))
}

fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sheet with `snapshot`'s value written like this, after rules were added.
    fn amended(snapshot: &str, additions: &[Addition]) -> Option<String> {
        let head = "collection: c # a comment\nsteps:\n  - GET: /\n    expect:\n      ";
        let mut source = Source::new(
            "c.yaml",
            format!("{head}snapshot: {snapshot}\n      status: 200 # ok\n"),
        );
        let place = Place::new(&source, head.len()..head.len() + "snapshot".len());
        for addition in additions {
            source = Source::new("c.yaml", amend(&source, &place, addition)?);
        }
        let text = source.text.strip_prefix(head).expect("the head stays");
        let text = text
            .strip_suffix("\n      status: 200 # ok\n")
            .expect("the tail stays");
        Some(text.strip_prefix("snapshot: ").expect("the key stays").to_owned())
    }

    fn ignore(path: &str) -> Addition {
        Addition::Ignore(path.to_owned())
    }

    fn replace(path: &str) -> Addition {
        Addition::Replace(path.to_owned(), "<time>".to_owned())
    }

    #[track_caller]
    fn becomes(snapshot: &str, additions: &[Addition], expected: &str) {
        assert_eq!(
            amended(snapshot, additions).as_deref(),
            Some(expected),
            "{snapshot}"
        );
    }

    #[test]
    fn a_rule_is_added_in_the_style_of_the_sheet() {
        let one = [ignore("$.at")];
        becomes("true", &one, "{ ignore: [$.at] }");
        becomes("true # why", &one, "{ ignore: [$.at] } # why");
        becomes("{}", &one, "{ ignore: [$.at] }");
        becomes("{ name: x }", &one, "{ ignore: [$.at], name: x }");
        becomes("{ ignore: [ $.a ] }", &one, "{ ignore: [ $.a, $.at ] }");
        becomes("{ ignore: [$.a,] }", &one, "{ ignore: [$.a, $.at,] }");
        becomes("{ ignore: [] }", &one, "{ ignore: [$.at] }");
        becomes(
            "{ ignore: $.a, name: x }",
            &one,
            "{ ignore: [$.a, $.at], name: x }",
        );
        becomes("{ ignore: '$.a[0]' }", &one, "{ ignore: ['$.a[0]', $.at] }");
        becomes(
            "{ name: x }",
            &[replace("$.at")],
            "{ replace: { $.at: '<time>' }, name: x }",
        );
        becomes(
            "{ replace: { $.a: b } }",
            &[replace("$.l[*].at"), ignore("$.x")],
            "{ ignore: [$.x], replace: { $.a: b, '$.l[*].at': '<time>' } }",
        );
    }

    #[test]
    fn blocks_stay_blocks_with_their_comments() {
        becomes(
            "\n        name: x # its name",
            &[ignore("$['a b']"), ignore("$.c")],
            "\n        ignore: ['$[''a b'']', $.c]\n        name: x # its name",
        );
        becomes(
            "\n        ignore:\n          - $.a # first\n          - $.b # second\n        name: x",
            &[ignore("$.at")],
            "\n        ignore:\n          - $.a # first\n          - $.b # second\n          - $.at\n        name: x",
        );
        becomes(
            "\n        ignore:\n        - $.a\n        replace:\n          $.b: c",
            &[ignore("$.at"), replace("$.t")],
            "\n        ignore:\n        - $.a\n        - $.at\n        replace:\n          $.b: c\n          $.t: '<time>'",
        );
    }

    #[test]
    fn what_cannot_be_done_safely_is_not_done() {
        assert_eq!(amended("false", &[ignore("$.a")]), None);
        assert_eq!(amended("{ ignore: 3 }", &[ignore("$.a")]), None);
        // The anchor's place is another one: the rule would be added there as well.
        let text = "x: &r { name: n }\ny:\n  snapshot: *r\n";
        let source = Source::new("c.yaml", text);
        let at = text.find("snapshot").expect("the key");
        let place = Place::new(&source, at..at + 8);
        assert_eq!(amend(&source, &place, &ignore("$.a")), None);
    }
}
