//! A number to compare with: written, or given by a template, or with a unit where the subject has one.

use serde_json::{Number, Value};

use super::{Context, Judgement, in_words};
use crate::decode::{self, Decoder, Quantity};
use crate::json::{self, number};
use crate::template::Tree;
use crate::yaml::Node;

/// A number as it was written and what it measures.
#[derive(Debug)]
pub(super) struct Operand {
    value: Tree,
    written: String,
    quantity: Quantity,
    matcher: &'static str,
}

/// A number to compare with, and how to show it.
#[derive(Debug)]
pub(super) struct Rendered {
    pub(super) number: Number,
    pub(super) shown: String,
}

impl Operand {
    /// Decodes a number for the named matcher.
    pub(super) fn decode(node: &Node, decoder: &mut Decoder<'_>, matcher: &'static str) -> Option<Operand> {
        let may_be_number = match node.as_str() {
            Some(text) => decoder.quantity != Quantity::Plain || text.contains("${{"),
            None => node.as_number().is_some(),
        };
        if !may_be_number {
            decoder.expected(node, &format!("a number for `{matcher}`"));
            return None;
        }
        let written = match node.as_str() {
            Some(text) => text.to_owned(),
            None => json::compact(&node.to_json()),
        };
        Some(Operand {
            value: decoder.expected_value(node)?,
            written,
            quantity: decoder.quantity,
            matcher,
        })
    }

    /// As it was written, its unit included.
    pub(super) fn written(&self) -> &str {
        &self.written
    }

    /// The number, where no template stands in for it.
    pub(super) fn constant(&self) -> Option<&Number> {
        match &self.value {
            Tree::Constant(Value::Number(number)) => Some(number),
            Tree::Constant(_) | Tree::Template(_) | Tree::List(_) | Tree::Map(_) => None,
        }
    }

    /// The number with its templates rendered.
    ///
    /// # Errors
    /// The judgement to give where a template fails, or gives something else than a number.
    pub(super) fn render(&self, context: &Context<'_>) -> Result<Rendered, Judgement> {
        if let Some(number) = self.constant() {
            return Ok(Rendered {
                number: number.clone(),
                shown: self.written.clone(),
            });
        }
        let rendered = self.value.render(context.scope)?;
        let number = match rendered.value.as_ref() {
            Value::Number(number) => Some(number.clone()),
            Value::String(text) => self.measure(text),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        let shown = rendered.shown();
        match number {
            Some(number) => Ok(Rendered {
                number,
                shown: shown.as_str().map_or_else(|| json::compact(shown), str::to_owned),
            }),
            None => Err(Judgement::Error(format!(
                "`{}` compares with a number, and {} gave {}",
                self.matcher,
                self.written,
                in_words(shown)
            ))),
        }
    }

    /// An actual value in words, with the unit it is measured in.
    pub(super) fn actual(&self, actual: &Value) -> String {
        match (self.quantity, actual) {
            (Quantity::Duration, Value::Number(number)) => format!("{number} ms"),
            (Quantity::Size, Value::Number(number)) => format!("{number} bytes"),
            _ => in_words(actual),
        }
    }

    /// A text with a unit, as a template may give it, in the unit of the subject.
    fn measure(&self, text: &str) -> Option<Number> {
        match self.quantity {
            Quantity::Plain => None,
            Quantity::Duration => {
                decode::duration(text).and_then(|it| number::from_f64(it.as_secs_f64() * 1000.0))
            }
            Quantity::Size => decode::size(text).map(number::from_u64),
        }
    }
}
