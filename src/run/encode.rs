//! Bodies for the wire, each with its shown form.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::assemble::EncodedBody;
use crate::collection::{Body, FilePart, Part};
use crate::json;
use crate::secret::{Label, Rendered, Span};
use crate::template::{Scope, TemplateError, Tree};

/// Fills a body's holes and encodes it.
pub(super) fn body(body: &Body, scope: &Scope) -> Result<EncodedBody, TemplateError> {
    match body {
        Body::Json(tree) => {
            let rendered = tree.render(scope)?;
            let bytes = json::compact(&rendered.value);
            let shown = json::compact(rendered.shown());
            Ok(encoded(bytes, shown, "application/json", rendered.secret))
        }
        Body::Form(entries) => form(entries, scope),
        Body::Multipart(parts) => multipart(parts, scope),
        Body::Text(template) => text(template.render(scope)?, "text/plain; charset=utf-8"),
        Body::Xml(template) => text(template.render(scope)?, "application/xml"),
        Body::GraphQl {
            query,
            variables,
            operation,
        } => {
            let query = query.render(scope)?;
            let mut sent = Map::new();
            let mut shown = Map::new();
            let mut secret = query.label().cloned();
            sent.insert("query".to_owned(), Value::String(query.expose().into_owned()));
            shown.insert("query".to_owned(), Value::String(query.shown()));
            if let Some(variables) = variables {
                let rendered = variables.render(scope)?;
                shown.insert("variables".to_owned(), rendered.shown().clone());
                secret = secret.or_else(|| rendered.secret.clone());
                sent.insert("variables".to_owned(), rendered.value.into_owned());
            }
            if let Some(operation) = operation {
                let operation = operation.render(scope)?;
                shown.insert("operationName".to_owned(), Value::String(operation.shown()));
                sent.insert(
                    "operationName".to_owned(),
                    Value::String(operation.expose().into_owned()),
                );
            }
            let (sent, shown) = (
                json::compact(&Value::Object(sent)),
                json::compact(&Value::Object(shown)),
            );
            Ok(encoded(sent, shown, "application/json", secret))
        }
        Body::File(file) => Ok(EncodedBody {
            bytes: file.bytes.clone(),
            shown: format!("(the file {})", file.path.display()),
            content_type: Some(file.content_type.clone()),
            secret: None,
        }),
    }
}

fn encoded(bytes: impl Into<Bytes>, shown: String, content_type: &str, secret: Option<Label>) -> EncodedBody {
    EncodedBody {
        bytes: bytes.into(),
        shown,
        content_type: Some(content_type.to_owned()),
        secret,
    }
}

fn text(rendered: Rendered, content_type: &str) -> Result<EncodedBody, TemplateError> {
    let secret = rendered.label().cloned();
    Ok(encoded(
        rendered.expose().into_owned(),
        rendered.shown(),
        content_type,
        secret,
    ))
}

/// The values of a key of a query or a form: none for null, each for a list; what is no text stands as JSON.
pub(super) fn values(tree: &Tree, scope: &Scope) -> Result<Vec<Rendered>, TemplateError> {
    let rendered = tree.render(scope)?;
    if scope.keeps_names() && rendered.secret.is_some() {
        return values_by_name(tree, scope);
    }
    let values: &[Value] = match rendered.value.as_ref() {
        Value::Null => &[],
        Value::Array(items) => items,
        other => std::slice::from_ref(other),
    };
    let texts = values.iter().map(|value| match value {
        Value::String(text) => text.clone(),
        other => json::compact(other),
    });
    let Some(label) = &rendered.secret else {
        return Ok(texts.map(Rendered::plain).collect());
    };
    let shown: &[Value] = match (rendered.value.as_ref(), rendered.shown()) {
        (Value::Array(_), Value::Array(items)) => items,
        (Value::Array(_), _) => &[],
        (_, other) => std::slice::from_ref(other),
    };
    let by_name = label.to_string();
    let labelled = texts.enumerate().map(|(at, text)| {
        // With text around it, or out of a list, it is not the secret itself.
        let is_itself = shown.get(at).and_then(Value::as_str) == Some(&by_name);
        Rendered::secret(text, if is_itself { label.clone() } else { label.made_of() })
    });
    Ok(labelled.collect())
}

/// The same where secrets stand by their names, with the text around them.
fn values_by_name(tree: &Tree, scope: &Scope) -> Result<Vec<Rendered>, TemplateError> {
    match tree {
        Tree::Template(template) => Ok(vec![template.render(scope)?]),
        Tree::List(items) => {
            let values: Result<Vec<_>, _> = items.iter().map(|item| values(item, scope)).collect();
            Ok(values?.concat())
        }
        Tree::Constant(_) | Tree::Map(_) => Err(TemplateError::new(
            "a mapping with what is secret or known only in a run is one value here",
        )),
    }
}

/// Adds a percent-encoded `name=value` to a shown text, in which labels stand as they are.
pub(super) fn push_pair(shown: &mut String, name: &str, value: &Rendered) {
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    shown.push_str(&encode(name));
    shown.push('=');
    for span in value.spans() {
        match span {
            Span::Plain(text) => shown.push_str(&encode(text)),
            Span::Secret { label, .. } => shown.push_str(&label.to_string()),
        }
    }
}

fn form(entries: &[(String, Tree)], scope: &Scope) -> Result<EncodedBody, TemplateError> {
    let mut sent = url::form_urlencoded::Serializer::new(String::new());
    let mut shown = String::new();
    let mut secret = None;
    for (name, tree) in entries {
        for value in values(tree, scope)? {
            sent.append_pair(name, &value.expose());
            if !shown.is_empty() {
                shown.push('&');
            }
            push_pair(&mut shown, name, &value);
            secret = secret.or_else(|| value.label().cloned());
        }
    }
    Ok(encoded(
        sent.finish(),
        shown,
        "application/x-www-form-urlencoded",
        secret,
    ))
}

fn multipart(parts: &[(String, Part)], scope: &Scope) -> Result<EncodedBody, TemplateError> {
    let boundary = format!("callsheet-{}", uuid::Uuid::new_v4().simple());
    let mut bytes = Vec::new();
    let mut shown = String::new();
    let mut secret = None;
    for (name, part) in parts {
        let (head, content, shown_content) = match part {
            Part::Text(template) => {
                let rendered = template.render(scope)?;
                secret = secret.or_else(|| rendered.label().cloned());
                let content = Bytes::from(rendered.expose().into_owned());
                (
                    format!("form-data; name=\"{}\"", quoted(name)),
                    content,
                    rendered.shown(),
                )
            }
            Part::File(file) => (
                file_head(name, file),
                file.bytes.clone(),
                format!("(the file {})", file.path.display()),
            ),
        };
        let head = format!("--{boundary}\r\nContent-Disposition: {head}\r\n\r\n");
        bytes.extend_from_slice(head.as_bytes());
        bytes.extend_from_slice(&content);
        bytes.extend_from_slice(b"\r\n");
        shown.push_str(&head.replace("\r\n", "\n"));
        shown.push_str(&shown_content);
        shown.push('\n');
    }
    bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    shown.push_str(&format!("--{boundary}--\n"));
    Ok(encoded(
        bytes,
        shown,
        &format!("multipart/form-data; boundary={boundary}"),
        secret,
    ))
}

fn file_head(name: &str, file: &FilePart) -> String {
    let file_name = file
        .path
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    format!(
        "form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}",
        quoted(name),
        quoted(&file_name),
        file.content_type
    )
}

/// A name within quotes, as RFC 7578 and the WHATWG's form-data rules have it.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}
