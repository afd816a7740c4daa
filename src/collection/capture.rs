//! Captures: values taken out of an answer for later steps.

use serde_json::Value;

use super::input::can_be_variable;
use crate::decode::Decoder;
use crate::extract::{self, Extractor};
use crate::registry;
use crate::source::Place;
use crate::yaml::{Content, Key, Node};

/// A value to take out of the answer.
#[derive(Debug)]
pub struct CaptureSpec {
    /// The variable it becomes.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// How it is found.
    pub extractor: Extractor,
    /// The value where there is none.
    pub default: Option<Value>,
    /// True if it is never shown.
    pub secret: bool,
    /// True if it is a list of what every page of a list has.
    pub all_pages: bool,
}

/// Decodes a `capture` block.
pub(super) fn decode_all(node: &Node, decoder: &mut Decoder<'_>) -> Vec<CaptureSpec> {
    let Some(map) = node.as_map() else {
        decoder.expected(node, "a mapping for `capture`");
        return Vec::new();
    };
    let mut captures = Vec::new();
    for (key, node) in map.iter() {
        match decode(key, node, decoder) {
            Some(capture) => captures.push(capture),
            None => decoder.lost.push(key.name().to_owned()),
        }
    }
    captures
}

fn decode(key: &Key, node: &Node, decoder: &mut Decoder<'_>) -> Option<CaptureSpec> {
    if !can_be_variable(key.name(), &key.place, decoder) {
        return None;
    }
    let spec = |extractor, default, secret| CaptureSpec {
        name: key.name().to_owned(),
        place: key.place.clone(),
        extractor,
        default,
        secret,
        all_pages: false,
    };
    match &node.content {
        Content::Text(text) if text.value().starts_with('$') => {
            extract::json::from_text(text, decoder).map(|extractor| spec(extractor, None, false))
        }
        Content::Map(_) => {
            let mut fields = decoder.fields(node, "a capture")?;
            let default = fields.get("default").map(Node::to_json);
            let secret = fields
                .get("secret")
                .and_then(|node| decoder.boolean(node, "`secret`"));
            let all_pages = fields.get("pages").is_some_and(|node| all_pages(node, decoder));
            let mut extractors = Vec::new();
            for kind in extract::KINDS {
                if let Some((key, node)) = fields.entry(kind.entry.name) {
                    extractors.push((key, (kind.parse)(node, decoder)));
                }
            }
            fields.finish(decoder);
            match extractors.len() {
                1 => {
                    let spec = spec(extractors.pop()?.1?, default, secret.unwrap_or(false));
                    Some(CaptureSpec { all_pages, ..spec })
                }
                0 => {
                    let names = registry::names(extract::KINDS).join(", ");
                    decoder.error_with_help(&node.place, "a capture needs to say what it takes", names);
                    None
                }
                _ => {
                    decoder.error(&extractors[1].0.place, "a capture takes one thing");
                    None
                }
            }
        }
        Content::Null | Content::Bool(_) | Content::Number(_) | Content::Text(_) | Content::List(_) => {
            decoder.error_with_help(
                &node.place,
                format!(
                    "expected a JSONPath or a mapping for a capture, found {}",
                    node.kind()
                ),
                "write `$.data.id`, or `{ header: location }`",
            );
            None
        }
    }
}

/// `pages: all`, the one word that `pages` takes.
fn all_pages(node: &Node, decoder: &mut Decoder<'_>) -> bool {
    let is_all = node.as_str() == Some("all");
    if !is_all {
        decoder.error_with_help(
            &node.place,
            "`pages` takes one word: all",
            "without it a capture is taken from the last page",
        );
    }
    is_all
}
