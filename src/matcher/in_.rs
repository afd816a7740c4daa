//! `in: [values]`: one of several values, by typed equality.

use serde_json::Value;

use super::{Context, Finding, Judgement, Match, MatcherKind, SHORT, in_words};
use crate::decode::Decoder;
use crate::json;
use crate::registry::Entry;
use crate::template::Tree;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "in",
        summary: "one of these values, by exact, typed equality",
        example: "in: [OPEN, CLOSED]",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        decode(node, decoder).map(|it| Box::new(it) as Box<dyn Match>)
    },
};

#[derive(Debug)]
struct In(Candidates);

#[derive(Debug)]
enum Candidates {
    /// Written one by one.
    List(Vec<Tree>),
    /// One expression that gives the list.
    Whole(Tree),
}

fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<In> {
    match (node.as_list(), node.as_str()) {
        (Some([]), _) => {
            decoder.error(&node.place, "nothing is in an empty list");
            None
        }
        (Some(items), _) => {
            let trees: Vec<Option<Tree>> = items.iter().map(|item| decoder.expected_value(item)).collect();
            let trees = trees.into_iter().collect::<Option<_>>()?;
            Some(In(Candidates::List(trees)))
        }
        (None, Some(text)) if text.contains("${{") => {
            decoder.tree(node).map(|tree| In(Candidates::Whole(tree)))
        }
        (None, _) => {
            decoder.expected(node, "a list for `in`");
            None
        }
    }
}

impl Match for In {
    fn describe(&self) -> String {
        let source: Value = match &self.0 {
            Candidates::List(trees) => trees.iter().map(Tree::source_value).collect(),
            Candidates::Whole(tree) => tree.source_value(),
        };
        format!("one of {}", json::short(&source, SHORT))
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        let trees = match &self.0 {
            Candidates::List(trees) => trees.as_slice(),
            Candidates::Whole(tree) => std::slice::from_ref(tree),
        };
        let rendered: Result<Vec<_>, _> = trees.iter().map(|tree| tree.render(context.scope)).collect();
        let rendered = match rendered {
            Ok(rendered) => rendered,
            Err(error) => return error.into(),
        };
        let (values, shown): (Vec<&Value>, Value) = match (&self.0, rendered.as_slice()) {
            (Candidates::Whole(_), [whole]) => match whole.value.as_ref() {
                Value::Array(values) => (values.iter().collect(), whole.shown().clone()),
                _ => {
                    return Judgement::Error(format!(
                        "`in` needs a list, and the template gave {}",
                        in_words(whole.shown())
                    ));
                }
            },
            (_, items) => (
                items.iter().map(|item| item.value.as_ref()).collect(),
                items.iter().map(|item| item.shown().clone()).collect(),
            ),
        };
        if values.iter().any(|value| json::equal(value, actual)) {
            return Judgement::Holds;
        }
        Finding {
            hint: values
                .iter()
                .find_map(|value| json::describe_type_mismatch(value, actual)),
            ..Finding::new(format!("one of {}", json::short(&shown, SHORT)), actual)
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds, mismatch};

    #[test]
    fn one_of_them_is_enough_and_types_count() {
        assert!(holds("in: [OPEN, 3, { a: 1 }]", r#"{"a":1.0}"#));
        assert!(!holds("in: [OPEN]", "\"open\""));
        let found = mismatch("in: [1, 3]", "\"3\"");
        assert_eq!(found.expected, "one of [1,3]");
        assert_eq!(found.hint.as_deref(), Some("same text, other type"));
    }

    #[test]
    fn a_template_may_give_the_list() {
        assert!(holds("in: ${{ [1, 2] }}", "2"));
        assert!(!holds("in: ${{ [1, 2] }}", "3"));
    }

    #[test]
    fn a_list_is_needed() {
        assert_eq!(
            complaints("in: OPEN"),
            ["1:5: expected a list for `in`, found a text"]
        );
        assert_eq!(complaints("in: []"), ["1:5: nothing is in an empty list"]);
    }
}
