//! `respond`: the answer of a route or a guard.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use crate::decode::{Decoder, Fields};
use crate::json;
use crate::template::{Scope, Template, TemplateError, Tree};
use crate::yaml::Node;

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";
const XML: &str = "application/xml";

/// What files are by the end of their names; any other is a stream of bytes.
const OF_FILES: [(&str, &str); 8] = [
    ("json", JSON),
    ("xml", XML),
    ("txt", TEXT),
    ("html", "text/html; charset=utf-8"),
    ("csv", "text/csv; charset=utf-8"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
];

/// An answer, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    /// An answer with a JSON body.
    pub(super) fn json(status: StatusCode, body: &Value) -> Answer {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(JSON))]);
        Answer {
            status,
            headers,
            body: json::compact(body).into(),
        }
    }
}

/// An answer with holes.
#[derive(Debug)]
pub(super) struct Respond {
    status: StatusCode,
    headers: Headers,
    content: Content,
    otherwise: Option<Box<Respond>>,
}

/// What the body is made of.
#[derive(Debug)]
enum Content {
    Empty,
    Json(Tree),
    Text(Template),
    Xml(Template),
    File {
        bytes: Bytes,
        content_type: &'static str,
    },
}

impl Respond {
    pub(super) fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Respond> {
        let mut fields = decoder.fields(node, "an answer")?;
        let status = match fields.get("status") {
            Some(node) => status(node, decoder),
            None => Some(StatusCode::OK),
        };
        let headers = match fields.get("headers") {
            Some(node) => Headers::decode(node, decoder),
            None => Some(Headers::default()),
        };
        let content = content(&mut fields, decoder);
        let otherwise = match fields.get("otherwise") {
            Some(node) => Respond::decode(node, decoder).map(|it| Some(Box::new(it))),
            None => Some(None),
        };
        fields.finish(decoder);
        Some(Respond {
            status: status?,
            headers: headers?,
            content: content?,
            otherwise: otherwise?,
        })
    }

    /// The answer where there is nothing to answer with.
    pub(super) fn otherwise(&self) -> Option<&Respond> {
        self.otherwise.as_deref()
    }

    /// The answer, and `otherwise` where it meets an undefined value.
    ///
    /// # Errors
    /// A template that cannot be rendered for another reason, or for that reason without `otherwise`.
    pub(super) fn answer(&self, scope: &Scope) -> Result<Answer, TemplateError> {
        match (self.render(scope), &self.otherwise) {
            (Err(error), Some(otherwise)) if is_undefined(&error) => otherwise.answer(scope),
            (result, _) => result,
        }
    }

    /// The answer itself.
    ///
    /// # Errors
    /// A template that cannot be rendered, or a header that would hold a line break.
    pub(super) fn render(&self, scope: &Scope) -> Result<Answer, TemplateError> {
        let (body, content_type) = match &self.content {
            Content::Empty => (Bytes::new(), None),
            Content::Json(tree) => (json::compact(&tree.render(scope)?.value).into(), Some(JSON)),
            Content::Text(template) => (text(template, scope)?.into(), Some(TEXT)),
            Content::Xml(template) => (text(template, scope)?.into(), Some(XML)),
            Content::File { bytes, content_type } => (bytes.clone(), Some(*content_type)),
        };
        let mut headers = self.headers.render(scope)?;
        if let (Some(content_type), false) = (content_type, headers.contains_key(CONTENT_TYPE)) {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        Ok(Answer {
            status: self.status,
            headers,
            body,
        })
    }
}

/// Headers whose values have holes.
#[derive(Debug, Default)]
pub(super) struct Headers(Vec<(HeaderName, Template)>);

impl Headers {
    pub(super) fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Headers> {
        let Some(map) = node.as_map() else {
            decoder.expected(node, "a mapping for `headers`");
            return None;
        };
        let mut whole = true;
        let mut headers = Vec::new();
        for (key, node) in map.iter() {
            let Ok(name) = HeaderName::try_from(key.name()) else {
                decoder.error(
                    &key.place,
                    format!("`{}` is not the name of a header", key.name()),
                );
                whole = false;
                continue;
            };
            let values = node.as_list().unwrap_or(std::slice::from_ref(node));
            for value in values {
                match decoder.template(value, "a header") {
                    Some(template) => headers.push((name.clone(), template)),
                    None => whole = false,
                }
            }
        }
        whole.then_some(Headers(headers))
    }

    /// # Errors
    /// A template that cannot be rendered, or a value with a control character (RFC 9110, section 5.5).
    pub(super) fn render(&self, scope: &Scope) -> Result<HeaderMap, TemplateError> {
        let mut headers = HeaderMap::new();
        for (name, template) in &self.0 {
            let value = HeaderValue::from_str(&text(template, scope)?).map_err(|_| TemplateError {
                message: format!("the header `{name}` would hold a control character"),
                place: None,
                help: None,
            })?;
            headers.append(name, value);
        }
        Ok(headers)
    }
}

/// A status that can stand in an answer; those of the class 1xx are not the last word (RFC 9110, section 15.2).
pub(super) fn status(node: &Node, decoder: &mut Decoder<'_>) -> Option<StatusCode> {
    let code = decoder.integer(node, "`status`", 200..=599)?;
    u16::try_from(code)
        .ok()
        .and_then(|code| StatusCode::from_u16(code).ok())
}

fn content(fields: &mut Fields<'_>, decoder: &mut Decoder<'_>) -> Option<Content> {
    let mut found = Vec::new();
    for name in ["json", "text", "xml", "file"] {
        if let Some((key, node)) = fields.entry(name) {
            found.push((name, key, node));
        }
    }
    if let [(first, ..), (second, key, _), ..] = found.as_slice() {
        decoder.error(
            &key.place,
            format!("an answer has one body, and `{first}` and `{second}` are two"),
        );
    }
    // Each is decoded, so that its mistakes are told in the same run.
    let decoded: Vec<Option<Content>> = found
        .iter()
        .map(|(name, _, node)| match *name {
            "json" => decoder.tree(node).map(Content::Json),
            "text" => decoder.template(node, "`text`").map(Content::Text),
            "xml" => decoder.template(node, "`xml`").map(Content::Xml),
            _ => file(node, decoder),
        })
        .collect();
    match decoded.into_iter().collect::<Option<Vec<_>>>()? {
        mut contents if contents.len() == 1 => contents.pop(),
        contents => contents.is_empty().then_some(Content::Empty),
    }
}

fn file(node: &Node, decoder: &mut Decoder<'_>) -> Option<Content> {
    let (path, bytes) = decoder.file_bytes(node, "`file`")?;
    let extension = path
        .extension()
        .and_then(|it| it.to_str())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let known = OF_FILES.iter().find(|(known, _)| *known == extension);
    let content_type = known.map_or("application/octet-stream", |(_, content_type)| content_type);
    Some(Content::File {
        bytes: bytes.into(),
        content_type,
    })
}

fn text(template: &Template, scope: &Scope) -> Result<String, TemplateError> {
    template
        .render(scope)
        .map(|rendered| rendered.expose().into_owned())
}

/// Whether a template met an undefined value. Its error says so in words alone; a test holds these to them.
pub(super) fn is_undefined(error: &TemplateError) -> bool {
    let message = &error.message;
    message.ends_with("` is undefined")
        || message.contains("` has no `")
        || message.starts_with("undefined variable `")
}

#[cfg(test)]
mod tests {
    use super::{Respond, is_undefined};
    use crate::decode::testing::decode;
    use crate::template::Scope;

    fn error(text: &str) -> crate::template::TemplateError {
        let respond =
            decode(&format!("json: \"${{{{ {text} }}}}\""), Respond::decode).expect("a sound answer");
        let mut scope = Scope::new();
        scope.set_plain("items", serde_json::json!([]));
        scope.set_plain("path", serde_json::json!({ "id": "7" }));
        respond.render(&scope).expect_err("an error")
    }

    #[test]
    fn an_undefined_value_is_told_from_other_mistakes() {
        for text in [
            "items | first",
            "items | where('id', path.id) | first",
            "(items | first).name",
            "path.key",
            "x",
        ] {
            let error = error(text);
            assert!(is_undefined(&error), "{text}: {error}");
        }
        for text in [
            "path.id + 1",
            "jwt('no mapping')",
            "path.id | from_json | int + 'x'",
        ] {
            let error = error(text);
            assert!(!is_undefined(&error), "{text}: {error}");
        }
    }

    #[test]
    fn an_answer_has_one_body() {
        assert!(decode("{ json: {}, text: x }", Respond::decode).is_err());
        assert!(decode("{ status: 100 }", Respond::decode).is_err());
        assert!(decode("{ headers: { 'a b': c } }", Respond::decode).is_err());
        assert!(decode("{}", Respond::decode).is_ok());
    }
}
