//! `xpath: expression`: what an XPath 1.0 expression finds in an XML body.
//!
//! Prefixes mean what the document declares them to mean. A name without a prefix has no namespace, whatever the
//! document's default one is: that is XPath 1.0, and `*[local-name()='name']` is the way around it.

mod document;
mod functions;
mod scan;

use serde_json::Value;
use uppsala::{Document, XPathEvaluator, XPathValue};

use self::scan::Scanned;
use super::{Extraction, Extractor, ExtractorKind, Message};
use crate::decode::{Decoder, Quantity};
use crate::diagnostic::Diagnostic;
use crate::json::number;
use crate::registry::Entry;
use crate::yaml::{Node, Text};

pub(super) const KIND: ExtractorKind = ExtractorKind {
    entry: Entry {
        name: "xpath",
        summary: "what an XPath 1.0 expression finds in an XML body: a text, a number, true or false, or the list of \
                  the texts of several nodes",
        example: "xpath: //order[@id='7']/total",
    },
    parse,
    quantity: Quantity::Plain,
};

/// How many nodes one evaluation may look at: every node of the largest body a few times over.
const VISITS: usize = 10_000_000;

fn parse(node: &Node, decoder: &mut Decoder<'_>) -> Option<Extractor> {
    let text = decoder.text(node, "an XPath")?;
    from_text(text, 0, decoder)
}

/// The extractor of the XPath that begins at a byte of a text, such as the part of a key behind `xpath `.
pub fn from_text(text: &Text, start: usize, decoder: &mut Decoder<'_>) -> Option<Extractor> {
    let source = text.value().get(start..)?;
    let lead = source.len() - source.trim_start().len();
    let source = source.trim();
    let start = start + lead;
    let checked = scan::scan(source).and_then(|scanned| match check(&scanned) {
        Some(message) => Err(scan::Mistake {
            message,
            help: None,
            range: 0..source.len(),
        }),
        None => Ok(scanned),
    });
    match checked {
        Ok(scanned) => Some(Extractor::new(
            format!("xpath {source}"),
            move |message, _scope| find(&scanned, message),
        )),
        Err(mistake) => {
            let range = start + mistake.range.start..start + mistake.range.end;
            let message = format!("this XPath cannot be read: {}", mistake.message);
            let mut diagnostic = Diagnostic::error(message).at(&text.place(range));
            if let Some(help) = mistake.help {
                diagnostic = diagnostic.help(help);
            }
            decoder.diagnostics.push(diagnostic);
            None
        }
    }
}

/// What the engine has against an XPath. It tells on evaluation only, so it is given an empty document.
fn check(scanned: &Scanned) -> Option<String> {
    if scanned.text.is_empty() {
        return Some("it is empty".to_owned());
    }
    let document = Document::new();
    let error = XPathEvaluator::new()
        .evaluate(&document, document.root(), &scanned.text)
        .err()?
        .to_string();
    // The engine's own words are those of its tokens.
    Some(if error.contains("nesting") {
        "it is nested too deeply".to_owned()
    } else {
        "it ends too early, or a part of it cannot stand where it does".to_owned()
    })
}

fn find<'a>(scanned: &Scanned, message: &Message<'a>) -> Extraction<'a> {
    let text = message.body.text();
    let document = match document::parse(&text) {
        Ok(document) => document,
        Err(reason) => return Extraction::Unreadable(reason),
    };
    let mut evaluator = XPathEvaluator::new().with_max_node_visits(VISITS);
    for prefix in &scanned.prefixes {
        // `xml` is bound always (Namespaces in XML 1.0 §3).
        match document::namespace(&document, prefix) {
            Some(uri) => evaluator.add_namespace(prefix.as_str(), uri),
            None if prefix == "xml" => {}
            None => return Extraction::missing(format!("the document declares no prefix {prefix}")),
        }
    }
    match evaluator.evaluate(&document, document.root(), &scanned.text) {
        Ok(XPathValue::String(text)) => Extraction::owned(text),
        Ok(XPathValue::Boolean(flag)) => Extraction::owned(flag),
        Ok(XPathValue::Number(result)) => match to_number(result) {
            Some(number) => Extraction::owned(number),
            None => Extraction::Failed(format!("the XPath gives {result}, which is no number")),
        },
        Ok(XPathValue::NodeSet(nodes)) => {
            let text = |node| Value::String(XPathValue::NodeSet(vec![node]).to_string_value(&document));
            match nodes.as_slice() {
                [] => Extraction::missing(document::nothing(&document)),
                [node] => Extraction::owned(text(*node)),
                several => Extraction::owned(Value::Array(several.iter().copied().map(text).collect())),
            }
        }
        Err(_) => Extraction::Failed(format!("the XPath looks at more than {VISITS} nodes")),
    }
}

/// The number, whole where it is whole.
fn to_number(result: f64) -> Option<serde_json::Number> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if result.fract() == 0.0 && result.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        return Some(number::from_i64(result as i64));
    }
    number::from_f64(result)
}

#[cfg(test)]
mod tests;
