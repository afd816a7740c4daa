//! `snapshot`: the answer is as it was when it was accepted.

use http::HeaderName;

use crate::decode::Decoder;
use crate::extract::json;
use crate::extract::jsonpath::Path;
use crate::snapshot::{Part, Rules};
use crate::source::Place;
use crate::yaml::{Content, Node};

/// A snapshot that a step is compared with.
#[derive(Debug)]
pub struct SnapshotCheck {
    /// Where it stands.
    pub place: Place,
    /// The name it is given, where it is.
    pub name: Option<String>,
    /// Its own rules; those of the defaults come behind.
    pub rules: Rules,
}

impl SnapshotCheck {
    /// How reports name what it looks at.
    pub const SUBJECT: &str = "snapshot";

    /// What it expects, in words.
    pub const EXPECTATION: &str = "as accepted";

    /// Decodes `true` or a mapping of rules.
    pub(super) fn decode(place: &Place, node: &Node, decoder: &mut Decoder<'_>) -> Option<SnapshotCheck> {
        let mut name = None;
        let rules = match &node.content {
            Content::Bool(true) => Rules::default(),
            Content::Map(_) => {
                let mut fields = decoder.fields(node, "`snapshot`")?;
                name = fields.get("name").and_then(|node| file_name(node, decoder));
                rules(fields, decoder)
            }
            Content::Null | Content::Bool(_) | Content::Number(_) | Content::Text(_) | Content::List(_) => {
                decoder.error_with_help(
                    &node.place,
                    format!("expected true or a mapping for `snapshot`, found {}", node.kind()),
                    "write `snapshot: true`, or rules such as `snapshot: { ignore: [$.updatedAt] }`",
                );
                return None;
            }
        };
        Some(SnapshotCheck {
            place: place.clone(),
            name,
            rules,
        })
    }
}

/// The rules of a `defaults` block.
pub(in crate::collection) fn defaults(node: &Node, decoder: &mut Decoder<'_>) -> Option<Rules> {
    let fields = decoder.fields(node, "`snapshot` of the defaults")?;
    Some(rules(fields, decoder))
}

fn rules(mut fields: crate::decode::Fields<'_>, decoder: &mut Decoder<'_>) -> Rules {
    let ignored = fields.get("ignore");
    let mut of = |name, decoder: &mut Decoder<'_>| {
        let node = fields.get(name);
        node.map(|node| paths(node, decoder)).unwrap_or_default()
    };
    let ignore = of("ignore", decoder);
    let types_only = of("types_only", decoder);
    let unordered = of("unordered", decoder);
    let replaced = fields.get("replace");
    let replace = replaced
        .map(|node| by_path(node, "replace", decoder, placeholder))
        .unwrap_or_default();
    let sort_by = fields
        .get("sort_by")
        .map(|node| by_path(node, "sort_by", decoder, keys))
        .unwrap_or_default();
    let with = fields
        .get("with")
        .map(|node| parts(node, decoder))
        .unwrap_or_default();
    fields.finish(decoder);
    if with.is_empty() {
        let ignored = ignored.filter(|_| ignore.iter().any(is_whole));
        let replaced = replaced.filter(|_| replace.iter().any(|(path, _)| is_whole(path)));
        for node in ignored.into_iter().chain(replaced) {
            decoder.error_with_help(
                &node.place,
                "`$` is the whole answer: nothing is left to be compared",
                "name what changes from run to run, such as `$.updatedAt`; what stands beside the body is kept by \
                 `with: [status]`",
            );
        }
    }
    Rules {
        ignore,
        replace,
        types_only,
        unordered,
        sort_by,
        with,
    }
}

/// True for `$`, after which there is nothing more to say of a body.
fn is_whole(path: &Path) -> bool {
    path.plain().is_some_and(|steps| steps.is_empty())
}

/// A list of paths, or one alone.
fn paths(node: &Node, decoder: &mut Decoder<'_>) -> Vec<Path> {
    let items = node.as_list().unwrap_or(std::slice::from_ref(node));
    items.iter().filter_map(|item| path(item, decoder)).collect()
}

fn path(node: &Node, decoder: &mut Decoder<'_>) -> Option<Path> {
    let text = decoder.text(node, "a JSONPath")?;
    json::path(text, decoder)
}

/// A mapping whose keys are paths.
fn by_path<T>(
    node: &Node,
    what: &str,
    decoder: &mut Decoder<'_>,
    mut decode: impl FnMut(&Node, &mut Decoder<'_>) -> Option<T>,
) -> Vec<(Path, T)> {
    let Some(map) = node.as_map() else {
        decoder.expected(node, &format!("a mapping of paths for `{what}`"));
        return Vec::new();
    };
    map.iter()
        .filter_map(|(key, node)| {
            let path = json::path(&key.text, decoder);
            let value = decode(node, decoder);
            Some((path?, value?))
        })
        .collect()
}

fn placeholder(node: &Node, decoder: &mut Decoder<'_>) -> Option<String> {
    decoder.constant(node, "a placeholder").map(str::to_owned)
}

/// What the elements of a list are sorted by: the names of members, or paths into each element.
fn keys(node: &Node, decoder: &mut Decoder<'_>) -> Option<Vec<Path>> {
    let items = node.as_list().unwrap_or(std::slice::from_ref(node));
    if items.is_empty() {
        decoder.error(&node.place, "`sort_by` without anything to sort by");
    }
    items
        .iter()
        .map(|item| {
            let name = decoder.constant(item, "what to sort by")?;
            if name.starts_with('$') {
                return path(item, decoder);
            }
            let member = crate::json::path::Location::root().child(name);
            Path::parse(&member.normalized()).ok()
        })
        .collect()
}

/// The parts of an answer that stand beside its body.
fn parts(node: &Node, decoder: &mut Decoder<'_>) -> Vec<Part> {
    let items = node.as_list().unwrap_or(std::slice::from_ref(node));
    items.iter().filter_map(|item| part(item, decoder)).collect()
}

fn part(node: &Node, decoder: &mut Decoder<'_>) -> Option<Part> {
    let text = decoder.constant(node, "a part of an answer")?;
    if text == "status" {
        return Some(Part::Status);
    }
    let name = text.strip_prefix("headers.").unwrap_or_default();
    match HeaderName::from_bytes(name.as_bytes()) {
        Ok(name) => Some(Part::Header(name.as_str().to_owned())),
        Err(_) => {
            decoder.error_with_help(
                &node.place,
                format!("`{text}` is no part of an answer that stands beside its body"),
                "known here: `status`, and `headers.` with the name of a header",
            );
            None
        }
    }
}

/// The name of a file, as it is written: nothing is changed about it without a word.
fn file_name(node: &Node, decoder: &mut Decoder<'_>) -> Option<String> {
    let name = decoder.constant(node, "a snapshot's name")?;
    let plain = crate::snapshot::slug(name);
    if plain == name {
        return Some(plain);
    }
    decoder.error_with_help(
        &node.place,
        "a snapshot's name is made of small letters, digits, `-` and `_`",
        format!("write `{plain}`"),
    );
    None
}
