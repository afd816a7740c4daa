//! A shape: what of a value is looked at, and what is expected there.

use serde_json::Value;

use super::super::places::Places;
use super::super::{Context, Expectation, Finding, Judgement, KINDS};
use crate::decode::Decoder;
use crate::diagnostic::Diagnostic;
use crate::diff;
use crate::extract::Missing;
use crate::json;
use crate::json::path::Location;
use crate::outcome::Differences;
use crate::registry;
use crate::template::Tree;
use crate::yaml::{Content, Map, Node};

/// A partial shape of a value.
#[derive(Debug)]
pub(in crate::matcher) enum Shape {
    /// An object with at least these keys.
    Object(Vec<(String, Shape)>),
    /// An array of exactly these elements.
    List(Vec<Shape>),
    /// Whatever the matchers say.
    Expected(Expectation),
    /// Exactly this value.
    Value(Tree),
}

impl Shape {
    /// Decodes a shape. A mapping is an expectation if every key of it is a matcher; where only some are, all of them
    /// are keys of the object, and a warning says so unless `equals` stands behind it.
    pub(in crate::matcher) fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Shape> {
        match &node.content {
            Content::Map(map) if !map.is_empty() && map.iter().all(|(key, _)| is_matcher(key.name())) => {
                Expectation::decode(node, decoder).map(Shape::Expected)
            }
            Content::Map(map) => {
                warn_of_matchers_among_keys(map, decoder);
                let mut whole = true;
                let mut members = Vec::with_capacity(map.len());
                for (key, value) in map.iter() {
                    match Shape::decode(value, decoder) {
                        Some(shape) => members.push((key.name().to_owned(), shape)),
                        None => whole = false,
                    }
                }
                whole.then_some(Shape::Object(members))
            }
            Content::List(items) => {
                // Every item is decoded before the first mistake is given up on.
                let shapes: Vec<Option<Shape>> =
                    items.iter().map(|item| Shape::decode(item, decoder)).collect();
                shapes.into_iter().collect::<Option<_>>().map(Shape::List)
            }
            Content::Null | Content::Bool(_) | Content::Number(_) | Content::Text(_) => {
                decoder.expected_value(node).map(Shape::Value)
            }
        }
    }

    /// The shape as written, with matchers in words.
    pub(in crate::matcher) fn written(&self) -> Value {
        match self {
            Shape::Object(members) => members
                .iter()
                .map(|(key, shape)| (key.clone(), shape.written()))
                .collect(),
            Shape::List(shapes) => shapes.iter().map(Shape::written).collect(),
            Shape::Expected(expectation) => Value::String(expectation.describe()),
            Shape::Value(tree) => tree.source_value(),
        }
    }

    /// Adds every place below `path` where a value does not have this shape.
    ///
    /// # Errors
    /// Why that cannot be told.
    pub(in crate::matcher) fn check(
        &self,
        actual: &Value,
        path: &Location,
        context: &Context<'_>,
        places: &mut Places,
    ) -> Result<(), String> {
        match (self, actual) {
            (Shape::Object(members), Value::Object(object)) => {
                let context = &context.inside();
                for (key, shape) in members {
                    let path = path.child(key.as_str());
                    match object.get(key) {
                        Some(value) => shape.check(value, &path, context, places)?,
                        None => {
                            let names = object.keys().map(String::as_str);
                            let near = registry::nearest(key, names)
                                .map_or_else(String::new, |near| format!("; did you mean {near}?"));
                            shape.check_missing(&format!("no key {key}{near}"), &path, context, places)?;
                        }
                    }
                }
                Ok(())
            }
            (Shape::List(shapes), Value::Array(elements)) => {
                let context = &context.inside();
                for (index, shape) in shapes.iter().enumerate() {
                    let path = path.child(index);
                    match elements.get(index) {
                        Some(element) => shape.check(element, &path, context, places)?,
                        None => places.missing(&path, shape.written(), "the array ends before it"),
                    }
                }
                for (index, element) in elements.iter().enumerate().skip(shapes.len()) {
                    places.unexpected(&path.child(index), element);
                }
                Ok(())
            }
            (Shape::Object(_) | Shape::List(_), _) => {
                let written = self.written();
                places.differs(path, &written, &written, actual);
                Ok(())
            }
            (Shape::Expected(expectation), _) => match expectation.check(actual, context) {
                Judgement::Holds => Ok(()),
                Judgement::Mismatch(finding) => {
                    places.add(path, finding, actual);
                    Ok(())
                }
                Judgement::Error(reason) => Err(format!("{path}: {reason}")),
            },
            (Shape::Value(tree), _) => check_value(tree, actual, path, context, places),
        }
    }

    fn check_missing(
        &self,
        reason: &str,
        path: &Location,
        context: &Context<'_>,
        places: &mut Places,
    ) -> Result<(), String> {
        let Shape::Expected(expectation) = self else {
            places.missing(path, self.written(), reason);
            return Ok(());
        };
        let missing = Missing {
            reason: reason.to_owned(),
            is_slip: false,
        };
        match expectation.check_missing(&missing, context) {
            Judgement::Holds => Ok(()),
            Judgement::Mismatch(finding) => {
                places.missing(path, Value::String(finding.expected), reason);
                Ok(())
            }
            Judgement::Error(error) => Err(format!("{path}: {error}")),
        }
    }
}

fn check_value(
    tree: &Tree,
    actual: &Value,
    path: &Location,
    context: &Context<'_>,
    places: &mut Places,
) -> Result<(), String> {
    let expected = tree
        .render(context.scope)
        .map_err(|error| format!("{path}: {error}"))?;
    if json::equal(&expected.value, actual) {
        return Ok(());
    }
    let have_parts = |is: fn(&Value) -> bool| is(&expected.value) && is(actual);
    if have_parts(Value::is_object) || have_parts(Value::is_array) {
        // One expression may give an object or a list, which is then meant exactly.
        let diff = Differences::Json(diff::diff(expected.shown(), actual));
        let finding = Finding {
            diff: Some(diff),
            ..Finding::new(super::super::in_words(expected.shown()), actual)
        };
        places.add(path, finding, actual);
    } else {
        places.differs(path, &expected.value, expected.shown(), actual);
    }
    Ok(())
}

fn is_matcher(name: &str) -> bool {
    registry::find(KINDS, name).is_some()
}

fn warn_of_matchers_among_keys(map: &Map, decoder: &mut Decoder<'_>) {
    for (key, value) in map.iter().filter(|(key, _)| is_matcher(key.name())) {
        let decided = value
            .as_map()
            .is_some_and(|map| map.len() == 1 && map.get("equals").is_some());
        if decided {
            continue;
        }
        let name = key.name();
        decoder.diagnostics.push(
            Diagnostic::warning(format!(
                "`{name}` is a matcher, and other keys stand beside it: taken for a key"
            ))
            .at(&key.place)
            .help(format!(
                "if the object has a key `{name}`, write `{name}: {{ equals: … }}`"
            )),
        );
    }
}
