//! Runs a compiled path over a document.

use super::budget::{Budget, BudgetExhausted};
use super::node::Node;
use super::pattern::PatternCache;
use super::program::{Query, Segment, Selector, from_either_end};
use crate::json::Value;

/// One run over one document.
pub(super) struct Evaluation<'a, 'b> {
    pub(super) root: &'a Value,
    pub(super) budget: &'b mut Budget,
    pub(super) patterns: PatternCache,
}

impl<'a, 'b> Evaluation<'a, 'b> {
    pub(super) fn new(root: &'a Value, budget: &'b mut Budget) -> Self {
        Self {
            root,
            budget,
            patterns: PatternCache::default(),
        }
    }

    /// The nodes that a query selects from `origin`, in the order of RFC 9535.
    pub(super) fn run<N: Node<'a>>(&mut self, query: &Query, origin: N) -> Result<Vec<N>, BudgetExhausted> {
        let mut nodes = vec![origin];
        for segment in &query.segments {
            let mut selected = Vec::new();
            for node in nodes {
                if segment.descendant {
                    self.descend(segment, node, &mut selected)?;
                } else {
                    self.apply(segment, &node, &mut selected)?;
                }
            }
            nodes = selected;
        }
        Ok(nodes)
    }

    /// Applies a segment to a node and to everything below it, each node before what it holds. Keeps its own stack, so
    /// that depth costs memory and not the thread's stack.
    fn descend<N: Node<'a>>(
        &mut self,
        segment: &Segment,
        from: N,
        out: &mut Vec<N>,
    ) -> Result<(), BudgetExhausted> {
        let mut waiting = vec![from];
        while let Some(node) = waiting.pop() {
            self.apply(segment, &node, out)?;
            // Nothing is selected from a scalar, so only arrays and objects wait.
            match node.value() {
                Value::Array(elements) => {
                    self.budget.spend(elements.len())?;
                    let containers = elements
                        .iter()
                        .enumerate()
                        .rev()
                        .filter(|(_, element)| is_container(element));
                    waiting.extend(containers.map(|(index, element)| node.element(index, element)));
                }
                Value::Object(members) => {
                    self.budget.spend(members.len())?;
                    let containers = members.iter().rev().filter(|(_, member)| is_container(member));
                    waiting.extend(containers.map(|(key, member)| node.member(key, member)));
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        Ok(())
    }

    fn apply<N: Node<'a>>(
        &mut self,
        segment: &Segment,
        node: &N,
        out: &mut Vec<N>,
    ) -> Result<(), BudgetExhausted> {
        segment
            .selectors
            .iter()
            .try_for_each(|selector| self.choose(selector, node, out))
    }

    fn choose<N: Node<'a>>(
        &mut self,
        selector: &Selector,
        node: &N,
        out: &mut Vec<N>,
    ) -> Result<(), BudgetExhausted> {
        self.budget.spend(1)?;
        match (selector, node.value()) {
            (Selector::Name(name), Value::Object(members)) => {
                out.extend(
                    members
                        .get_key_value(&**name)
                        .map(|(key, member)| node.member(key, member)),
                );
            }
            (Selector::Index(index), Value::Array(elements)) => {
                let index = from_either_end(*index, elements.len());
                out.extend(index.and_then(|index| Some(node.element(index, elements.get(index)?))));
            }
            (Selector::Slice(slice), Value::Array(elements)) => {
                for index in slice.indices(elements.len()) {
                    self.budget.spend(1)?;
                    out.extend(elements.get(index).map(|element| node.element(index, element)));
                }
            }
            (Selector::Wildcard, Value::Array(elements)) => {
                self.budget.spend(elements.len())?;
                out.extend(
                    elements
                        .iter()
                        .enumerate()
                        .map(|(index, element)| node.element(index, element)),
                );
            }
            (Selector::Wildcard, Value::Object(members)) => {
                self.budget.spend(members.len())?;
                out.extend(members.iter().map(|(key, member)| node.member(key, member)));
            }
            (Selector::Filter(filter), Value::Array(elements)) => {
                for (index, element) in elements.iter().enumerate() {
                    if self.holds(filter, element)? {
                        out.push(node.element(index, element));
                    }
                }
            }
            (Selector::Filter(filter), Value::Object(members)) => {
                for (key, member) in members {
                    if self.holds(filter, member)? {
                        out.push(node.member(key, member));
                    }
                }
            }
            (
                Selector::Name(_)
                | Selector::Index(_)
                | Selector::Slice(_)
                | Selector::Wildcard
                | Selector::Filter(_),
                _,
            ) => {}
        }
        Ok(())
    }
}

fn is_container(value: &Value) -> bool {
    matches!(value, Value::Array(_) | Value::Object(_))
}
