//! `json: $.path`: a value of a JSON body, by JSONPath (RFC 9535).

use serde_json::Value;

use super::jsonpath::{Path, Selection};
use super::{Extraction, Extractor, ExtractorKind, Message, Missing, ReadsJson};
use crate::decode::{Decoder, Quantity};
use crate::diagnostic::Diagnostic;
use crate::registry::{self, Entry};
use crate::yaml::{Node, Text};

pub(super) const KIND: ExtractorKind = ExtractorKind {
    entry: Entry {
        name: "json",
        summary: "a value of a JSON body, by JSONPath (RFC 9535); a path that is not singular gives a list",
        example: "json: $.data.token",
    },
    parse,
    quantity: Quantity::Plain,
};

fn parse(node: &Node, decoder: &mut Decoder<'_>) -> Option<Extractor> {
    let text = decoder.text(node, "a JSONPath")?;
    from_text(text, decoder)
}

/// The extractor of a path, which may also stand as a key.
pub fn from_text(text: &Text, decoder: &mut Decoder<'_>) -> Option<Extractor> {
    let path = path(text, decoder)?;
    let is_singular = path.is_singular();
    let plain = path.plain();
    let reads = plain.clone().map_or(ReadsJson::Whole, ReadsJson::At);
    let extractor = Extractor::new(path.text().to_owned(), move |message, _scope| {
        let picked = message.picked.zip(plain.as_ref());
        match picked.and_then(|(picked, plain)| picked.at(plain)) {
            Some(value) => Extraction::borrowed(value),
            None => select(&path, message),
        }
    });
    Some(extractor.selecting_nodes(!is_singular).reading_json(reads))
}

/// The whole JSON body, for matchers that judge it as one.
pub fn whole() -> Extractor {
    let extractor = Extractor::new("$", |message, _scope| match message.body.json() {
        Ok(body) => Extraction::borrowed(body),
        Err(reason) => Extraction::Unreadable(reason.to_owned()),
    });
    extractor.reading_json(ReadsJson::Whole)
}

/// The path a text is. What is wrong with it is pointed at inside the scalar.
pub fn path(text: &Text, decoder: &mut Decoder<'_>) -> Option<Path> {
    Path::parse(&text.value)
        .map_err(|error| {
            let mut diagnostic =
                Diagnostic::error(format!("this JSONPath cannot be read: {}", error.message))
                    .at(&text.place(error.range));
            if let Some(help) = error.help {
                diagnostic = diagnostic.help(help);
            }
            decoder.diagnostics.push(diagnostic);
        })
        .ok()
}

fn select<'a>(path: &Path, message: &Message<'a>) -> Extraction<'a> {
    let body = match message.body.json() {
        Ok(body) => body,
        Err(reason) => return Extraction::Unreadable(reason.to_owned()),
    };
    match path.select(body) {
        Selection::One(value) => Extraction::borrowed(value),
        Selection::Missing(stop) => Extraction::Missing(Missing {
            reason: stop.to_string(),
            slip_of: stop
                .nearest
                .filter(|nearest| registry::misspelt(&stop.wanted, [nearest.as_str()]).is_some()),
        }),
        Selection::Many(values) => Extraction::owned(Value::Array(values.into_iter().cloned().collect())),
        Selection::OverBudget => {
            Extraction::Failed(format!("{} looks at more values than one check may", path.text()))
        }
    }
}
