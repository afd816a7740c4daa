//! The body of a request: one of several kinds, each with its content type.

use std::path::PathBuf;

use bytes::Bytes;

use crate::decode::{Decoder, Fields};
use crate::template::{Template, Tree};
use crate::yaml::Node;

/// A body with holes.
#[derive(Debug)]
pub enum Body {
    /// JSON (RFC 8259).
    Json(Tree),
    /// `application/x-www-form-urlencoded` (WHATWG URL); a list repeats its key.
    Form(Vec<(String, Tree)>),
    /// `multipart/form-data` (RFC 7578).
    Multipart(Vec<(String, Part)>),
    /// Text as it stands.
    Text(Template),
    /// A GraphQL request over HTTP.
    GraphQl {
        /// The document.
        query: Template,
        /// The variables.
        variables: Option<Tree>,
        /// Which operation of the document.
        operation: Option<Template>,
    },
    /// XML as it stands.
    Xml(Template),
    /// The bytes of a file.
    File(FilePart),
}

/// A part of a multipart body.
#[derive(Debug)]
pub enum Part {
    /// A text.
    Text(Template),
    /// A file.
    File(FilePart),
}

/// A file that is sent, read when the call sheet was.
#[derive(Debug, Clone)]
pub struct FilePart {
    /// Its path, relative to the root.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Bytes,
    /// The content type that is said of it.
    pub content_type: String,
}

/// The kinds of body, by their keys.
pub const KINDS: [&str; 7] = ["json", "form", "multipart", "text", "graphql", "xml", "file"];

impl Body {
    /// Decodes the body among a step's keys; two of them are an error.
    pub(super) fn decode(fields: &mut Fields<'_>, decoder: &mut Decoder<'_>) -> Option<Body> {
        let mut found = None;
        let mut first: Option<&str> = None;
        for kind in KINDS {
            let Some((key, node)) = fields.entry(kind) else {
                continue;
            };
            if let Some(first) = first {
                decoder.error_with_help(
                    &key.place,
                    format!("a request has one body, and `{first}` is one already"),
                    "leave one of them out",
                );
                continue;
            }
            first = Some(kind);
            found = match kind {
                "json" => decoder.tree(node).map(Body::Json),
                "form" => form(node, decoder).map(Body::Form),
                "multipart" => multipart(node, decoder).map(Body::Multipart),
                "text" => decoder.template(node, "`text`").map(Body::Text),
                "graphql" => graphql(node, decoder),
                "xml" => decoder.template(node, "`xml`").map(Body::Xml),
                _ => file(node, decoder).map(Body::File),
            };
        }
        found
    }
}

fn form(node: &Node, decoder: &mut Decoder<'_>) -> Option<Vec<(String, Tree)>> {
    let Some(map) = node.as_map() else {
        decoder.expected(node, "a mapping for `form`");
        return None;
    };
    let entries: Vec<_> = map
        .iter()
        .map(|(key, node)| decoder.tree(node).map(|it| (key.name().to_owned(), it)))
        .collect();
    entries.into_iter().collect()
}

fn multipart(node: &Node, decoder: &mut Decoder<'_>) -> Option<Vec<(String, Part)>> {
    let Some(map) = node.as_map() else {
        decoder.expected(node, "a mapping for `multipart`");
        return None;
    };
    let parts: Vec<_> = map
        .iter()
        .map(|(key, node)| {
            let part = match node.as_map() {
                Some(_) => file(node, decoder).map(Part::File),
                None => decoder.template(node, "a part").map(Part::Text),
            };
            part.map(|part| (key.name().to_owned(), part))
        })
        .collect();
    parts.into_iter().collect()
}

fn graphql(node: &Node, decoder: &mut Decoder<'_>) -> Option<Body> {
    if node.as_text().is_some() {
        let query = decoder.template(node, "`graphql`")?;
        return Some(Body::GraphQl {
            query,
            variables: None,
            operation: None,
        });
    }
    let mut fields = decoder.fields(node, "`graphql`")?;
    let query = fields
        .required("query", decoder)
        .and_then(|node| decoder.template(node, "`query`"));
    let variables = fields.get("variables").and_then(|node| decoder.tree(node));
    let operation = fields
        .get("operation")
        .and_then(|node| decoder.template(node, "`operation`"));
    fields.finish(decoder);
    Some(Body::GraphQl {
        query: query?,
        variables,
        operation,
    })
}

fn file(node: &Node, decoder: &mut Decoder<'_>) -> Option<FilePart> {
    let (path_node, content_type) = match node.as_map() {
        None => (node, None),
        Some(_) => {
            let mut fields = decoder.fields(node, "a file")?;
            let path = fields.required("file", decoder);
            let content_type = fields
                .get("content_type")
                .and_then(|node| decoder.constant(node, "`content_type`"));
            fields.finish(decoder);
            (path?, content_type)
        }
    };
    let (path, bytes) = decoder.file_bytes(path_node, "a file")?;
    let content_type = content_type.map_or_else(|| guess(&path).to_owned(), str::to_owned);
    Some(FilePart {
        path,
        bytes: bytes.into(),
        content_type,
    })
}

/// The content type of a file by its extension, for the few that APIs take.
fn guess(path: &std::path::Path) -> &'static str {
    match path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default()
    {
        "json" => "application/json",
        "xml" => "application/xml",
        "csv" => "text/csv",
        "txt" | "md" => "text/plain; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        _ => "application/octet-stream",
    }
}
