//! `unordered: [shapes]`: the elements of an array in any order, each with a partner of its own.

use serde_json::Value;

use super::like::Shape;
use super::places::Places;
use super::{Context, Finding, Judgement, Match, MatcherKind, SHORT};
use crate::decode::Decoder;
use crate::json;
use crate::json::path::Location;
use crate::registry::Entry;
use crate::yaml::Node;

mod assignment;

use assignment::{Assignment, assign};

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "unordered",
        summary: "an array with exactly these elements in any order; each may be a shape as in `like`",
        example: "unordered: [{ id: 2 }, { id: 1 }]",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        decode(node, decoder).map(|shapes| Box::new(Unordered(shapes)) as Box<dyn Match>)
    },
};

#[derive(Debug)]
struct Unordered(Vec<Shape>);

fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Vec<Shape>> {
    let Some(items) = node.as_list() else {
        decoder.expected(node, "a list for `unordered`");
        return None;
    };
    let shapes: Vec<Option<Shape>> = items.iter().map(|item| Shape::decode(item, decoder)).collect();
    shapes.into_iter().collect()
}

impl Unordered {
    /// For each shape the elements that have it.
    fn candidates(&self, elements: &[Value], context: &Context<'_>) -> Result<Vec<Vec<usize>>, String> {
        self.0
            .iter()
            .map(|shape| {
                let mut fitting = Vec::new();
                for (index, element) in elements.iter().enumerate() {
                    let mut places = Places::counted_only();
                    shape.check(element, &Location::root().child(index), context, &mut places)?;
                    if places.is_empty() {
                        fitting.push(index);
                    }
                }
                Ok(fitting)
            })
            .collect()
    }
}

impl Match for Unordered {
    fn describe(&self) -> String {
        let written: Value = self.0.iter().map(Shape::written).collect();
        format!("in any order {}", json::short(&written, SHORT))
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        let finding = Finding::new(self.describe(), actual);
        let Value::Array(elements) = actual else {
            return finding.hint("only an array has elements").into();
        };
        let candidates = match self.candidates(elements, context) {
            Ok(candidates) => candidates,
            Err(reason) => return Judgement::Error(reason),
        };
        let Assignment { alone, spare } = assign(&candidates, elements.len());
        if alone.is_empty() && spare.is_empty() {
            return Judgement::Holds;
        }
        let mut places = Places::default();
        for index in alone {
            let path = Location::root().child(index);
            places.missing(&path, self.0[index].written(), "no element is left for it");
        }
        for index in spare {
            places.unexpected(&Location::root().child(index), &elements[index]);
        }
        Finding {
            hint: Some(places.summary()),
            diff: Some(places.differences()),
            ..finding
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds, mismatch};

    #[test]
    fn order_does_not_matter_but_number_does() {
        assert!(holds("unordered: [1, 2, 2]", "[2, 1, 2.0]"));
        assert!(!holds("unordered: [1, 2, 2]", "[2, 1, 1]"));
        assert!(!holds("unordered: [1, 2]", "[2, 1, 2]"));
        assert!(!holds("unordered: [1, 2]", "[2]"));
        assert!(holds("unordered: []", "[]"));
        assert!(!holds("unordered: [1]", "1"));
    }

    #[test]
    fn a_pairing_is_found_where_there_is_one() {
        let json = r#"[{"a":1},{}]"#;
        assert!(holds("unordered: [{ a: 1 }, {}]", json));
        assert!(holds("unordered: [{}, { a: 1 }]", json));
        assert!(!holds("unordered: [{ a: 1 }, { a: 1 }]", json));
    }

    #[test]
    fn a_pairing_is_found_inside_a_shape_as_well() {
        // Taken in turn, the first shape takes the element that only the last one could have.
        let json = r#"{"list":[{"a":1,"b":2},{"a":1},{}]}"#;
        for order in [
            "{}, { a: 1 }, { b: 2 }",
            "{ a: 1 }, {}, { b: 2 }",
            "{ b: 2 }, {}, { a: 1 }",
        ] {
            let shape = format!("like: {{ list: {{ unordered: [{order}] }} }}");
            assert!(holds(&shape, json), "{shape}");
        }
        assert!(!holds(
            "like: { list: { unordered: [{ b: 2 }, { b: 2 }, {}] } }",
            json
        ));
    }

    #[test]
    fn who_has_no_partner_is_told_on_both_sides() {
        let hint = mismatch("unordered: [1, 2]", "[2, 3]").hint.expect("a summary");
        assert_eq!(
            hint,
            "$[0]: expected 1 (integer), found nothing: no element is left for it; $[1]: 3 (integer) was not expected"
        );
        assert_eq!(complaints("unordered: 3").len(), 1);
    }
}
