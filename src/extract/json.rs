//! `json: $.path`: a value of a JSON body, by JSONPath (RFC 9535).

use serde_json::Value;

use super::jsonpath::{Path, Selection};
use super::{Extraction, Extractor, ExtractorKind, Message, Missing, ReadsJson};
use crate::decode::{Decoder, Quantity};
use crate::diagnostic::Diagnostic;
use crate::json::PlainSegment;
use crate::json::path::{Location, Segment};
use crate::registry::Entry;
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
            None => select(&path, plain.as_deref(), message),
        }
    });
    Some(extractor.selecting_nodes(!is_singular).reading_json(reads))
}

/// The whole JSON body, for matchers that judge it as one.
pub fn whole() -> Extractor {
    let extractor = Extractor::new("$", |message, _scope| match message.body.json() {
        Ok(body) => match message.body.doubled().first() {
            Some(place) => Extraction::Failed(stands_twice(place)),
            None => Extraction::borrowed(body),
        },
        Err(reason) => Extraction::Unreadable(reason.to_owned()),
    });
    extractor.reading_json(ReadsJson::Whole)
}

/// The path a text is. What is wrong with it is pointed at inside the scalar.
pub fn path(text: &Text, decoder: &mut Decoder<'_>) -> Option<Path> {
    Path::parse(text.value())
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

/// What is said where a member that stands twice would be read: some programs take the first, some the last.
pub fn stands_twice(place: &Location) -> String {
    format!("{place} stands twice in its object, so that nobody can say what it is (RFC 8259, section 4)")
}

/// Whether a path leads through a place, or to something that the place is in. Of one that is not plain it is not known.
fn reads(plain: Option<&[PlainSegment]>, place: &Location) -> bool {
    let Some(plain) = plain else { return true };
    let mut steps = plain.iter().zip(place.segments());
    steps.all(|step| match step {
        (PlainSegment::Key(key), Segment::Key(name)) => **key == **name,
        (PlainSegment::Index(index), Segment::Index(at)) => index == at,
        (PlainSegment::Every, Segment::Key(_) | Segment::Index(_)) => true,
        (PlainSegment::Key(_), Segment::Index(_)) | (PlainSegment::Index(_), Segment::Key(_)) => false,
    })
}

fn select<'a>(path: &Path, plain: Option<&[PlainSegment]>, message: &Message<'a>) -> Extraction<'a> {
    let body = match message.body.json() {
        Ok(body) => body,
        Err(reason) => return Extraction::Unreadable(reason.to_owned()),
    };
    if let Some(place) = message.body.doubled().iter().find(|place| reads(plain, place)) {
        return Extraction::Failed(stands_twice(place));
    }
    match path.select(body) {
        Selection::One(value) => Extraction::borrowed(value),
        Selection::Missing(stop) => Extraction::Missing(Missing {
            reason: stop.to_string(),
            is_slip: stop.is_slip(),
        }),
        Selection::Many(values) => Extraction::owned(Value::Array(values.into_iter().cloned().collect())),
        Selection::OverBudget => {
            Extraction::Failed(format!("{} looks at more values than one check may", path.text()))
        }
    }
}
