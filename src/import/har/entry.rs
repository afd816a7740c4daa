//! One entry of an archive: a request, and of its answer the status and what it contained.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use super::{offset, reason};
use crate::import::address::Address;
use crate::import::request::{Body, Content, Part, Request};
use crate::import::sheet::is_method;
use crate::source::Place;

/// Only what is read of an entry; anything else may stand there as well.
#[derive(Deserialize)]
struct Entry {
    request: Sent,
    response: Received,
    /// Chromium's and WebKit's word for what asked for it.
    #[serde(rename = "_resourceType")]
    resource_type: Option<String>,
}

#[derive(Deserialize)]
struct Sent {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<Pair>,
    #[serde(rename = "postData")]
    post_data: Option<PostData>,
}

#[derive(Deserialize)]
struct Pair {
    name: String,
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
struct PostData {
    #[serde(rename = "mimeType", default)]
    mime_type: String,
    text: Option<String>,
    /// Some tools write bytes so.
    encoding: Option<String>,
    params: Option<Vec<Parameter>>,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    value: Option<String>,
    #[serde(rename = "fileName")]
    file_name: Option<String>,
    #[serde(rename = "contentType")]
    content_type: Option<String>,
}

#[derive(Deserialize)]
struct Received {
    /// Zero, or in some tools below, where there was no answer.
    status: i64,
    content: Option<Answered>,
}

#[derive(Deserialize)]
struct Answered {
    #[serde(rename = "mimeType", default)]
    mime_type: String,
}

/// What an entry is.
pub(super) enum Read {
    Request(Box<Request>),
    /// No call that could be made again, and why.
    LeftOut(&'static str),
}

/// Why an entry cannot be read.
pub(super) struct Wrong {
    /// The byte of the entry.
    pub(super) at: usize,
    pub(super) message: String,
}

/// Reads an entry that stands at a place.
pub(super) fn read(text: &str, place: Place) -> Result<Read, Wrong> {
    let entry: Entry = serde_json::from_str(text).map_err(|error| Wrong {
        at: offset(text, error.line(), error.column()),
        message: reason(&error),
    })?;
    let wrong = |key: &str, message: String| Wrong {
        at: text.find(key).unwrap_or(0),
        message,
    };
    let sent = entry.request;
    let scheme = sent
        .url
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if ["ws", "wss"].contains(&scheme.as_str()) || entry.resource_type.as_deref() == Some("websocket") {
        return Ok(Read::LeftOut("websocket"));
    }
    if scheme != "http" && scheme != "https" && sent.url.contains(':') {
        return Ok(Read::LeftOut("not over http"));
    }
    if entry.resource_type.as_deref() == Some("preflight") {
        return Ok(Read::LeftOut("preflight"));
    }
    let Some(status) = u16::try_from(entry.response.status)
        .ok()
        .filter(|status| (100..=599).contains(status))
    else {
        return Ok(Read::LeftOut("without an answer"));
    };
    if !is_method(&sent.method) {
        return Err(wrong(
            "\"method\"",
            "the method of this request is none".to_owned(),
        ));
    }
    let address = Address::parse(&sent.url, |_| false)
        .map_err(|error| wrong("\"url\"", format!("the URL of this request is none: {error}")))?;
    let content = content(
        entry.resource_type.as_deref(),
        entry.response.content.as_ref(),
        &address.path,
    );
    let mut headers = Vec::new();
    let mut cookies = Vec::new();
    // The fields of HTTP/2 that are the request line stand among the headers of some tools.
    for pair in sent
        .headers
        .into_iter()
        .filter(|pair| !pair.name.starts_with(':'))
    {
        match pair.name.eq_ignore_ascii_case("cookie") {
            true => cookies.push(pair.value),
            false => headers.push((pair.name, pair.value)),
        }
    }
    if !cookies.is_empty() {
        // Over HTTP/2 each may be a field of its own (RFC 9113, section 8.2.3).
        headers.push(("Cookie".to_owned(), cookies.join("; ")));
    }
    let body = match sent.post_data {
        None => None,
        Some(data) => {
            let is_typed = headers
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
            let mime_type = data.mime_type.clone();
            let body = body(data).map_err(|message| wrong("\"postData\"", message.to_owned()))?;
            if body.is_some() && !is_typed && !mime_type.is_empty() {
                headers.push(("Content-Type".to_owned(), mime_type));
            }
            body
        }
    };
    Ok(Read::Request(Box::new(Request {
        place,
        method: sent.method,
        address,
        headers,
        basic: None,
        body,
        // A redirect is an entry of its own.
        redirects: 0,
        timeout: None,
        status: Some(status),
        content: Some(content),
    })))
}

fn body(data: PostData) -> Result<Option<Body>, &'static str> {
    if let Some(text) = data.text.filter(|text| !text.is_empty()) {
        if data.encoding.is_none_or(|encoding| encoding.is_empty()) {
            return Ok(Some(Body::Text(text)));
        }
        let bytes = BASE64_STANDARD
            .decode(text)
            .map_err(|_| "the body of this request is not base64")?;
        return String::from_utf8(bytes)
            .map(|text| Some(Body::Text(text)))
            .map_err(|_| "the body of this request is bytes, which a call sheet has in a file alone");
    }
    let parameters = data.params.unwrap_or_default();
    if parameters.is_empty() {
        return Ok(None);
    }
    if !data.mime_type.to_ascii_lowercase().starts_with("multipart/") {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for parameter in &parameters {
            form.append_pair(&parameter.name, parameter.value.as_deref().unwrap_or_default());
        }
        return Ok(Some(Body::Text(form.finish())));
    }
    let mut parts: Vec<(String, Part)> = Vec::new();
    for parameter in parameters {
        if parts.iter().any(|(known, _)| *known == parameter.name) {
            return Err("a part of the body of this request stands twice, which a call sheet cannot say");
        }
        let part = match parameter.file_name {
            Some(path) if path.is_empty() => {
                return Err(
                    "a part of the body of this request is a file that nobody chose, which a call sheet cannot say",
                );
            }
            Some(path) if path.ends_with(['/', '.']) => {
                return Err("a part of the body of this request is the name of no file");
            }
            Some(path) if path.starts_with(['/', '~']) || path.split('/').any(|part| part == "..") => {
                return Err("a file of this request lies outside of any project");
            }
            Some(path) => Part::File {
                path,
                content_type: parameter.content_type,
            },
            None => Part::Text(parameter.value.unwrap_or_default()),
        };
        parts.push((parameter.name, part));
    }
    Ok(Some(Body::Multipart(parts)))
}

/// What an answer contained: as the browser says, or by its type, or by the name of the file.
fn content(resource_type: Option<&str>, answered: Option<&Answered>, path: &str) -> Content {
    let by_browser = match resource_type.unwrap_or_default() {
        "document" => Some(Content::Document),
        "xhr" | "fetch" | "eventsource" => Some(Content::Xhr),
        "script" => Some(Content::Script),
        "stylesheet" => Some(Content::Style),
        "image" => Some(Content::Image),
        "font" => Some(Content::Font),
        "media" | "texttrack" => Some(Content::Media),
        "manifest" | "ping" | "csp-violation-report" | "cspviolationreport" => Some(Content::Other),
        _ => None,
    };
    let mime = answered.map_or("", |answered| answered.mime_type.as_str());
    let mime = mime
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    by_browser
        .or_else(|| by_type(&mime))
        .unwrap_or_else(|| by_name(path))
}

fn by_type(mime: &str) -> Option<Content> {
    let is_data = mime.ends_with("/json") || mime.ends_with("+json") || mime.ends_with("/xml");
    Some(match mime.split_once('/')? {
        ("text", "html") | ("application", "xhtml+xml") => Content::Document,
        ("text", "css") => Content::Style,
        (_, kind) if kind.ends_with("javascript") || kind == "ecmascript" || kind == "wasm" => {
            Content::Script
        }
        ("application", kind) if kind.starts_with("font") || kind.contains("fontobject") => Content::Font,
        ("image", _) => Content::Image,
        ("font", _) => Content::Font,
        ("audio" | "video", _) => Content::Media,
        _ if is_data => Content::Xhr,
        _ => return None,
    })
}

fn by_name(path: &str) -> Content {
    let name = path.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "js" | "mjs" | "wasm" | "map" => Content::Script,
        "css" => Content::Style,
        "png" | "jpg" | "jpeg" | "gif" | "svg" | "webp" | "avif" | "ico" => Content::Image,
        "woff" | "woff2" | "ttf" | "otf" | "eot" => Content::Font,
        "mp4" | "webm" | "mp3" | "ogg" | "m3u8" => Content::Media,
        _ => Content::Other,
    }
}
