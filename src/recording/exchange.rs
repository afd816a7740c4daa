//! An exchange as it is stored.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::stand_in;
use crate::http::{Body, Hop, Request, Response, Sent, Sizes, Timings};
use crate::json;
use crate::secret::{Vault, shown_header};
use crate::snapshot;

/// A request with labels for secrets: what a recording is found by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// The headers that the sheets, the session and the authentication set, in their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// A request with the answer it got.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Exchange {
    pub(super) request: Asked,
    pub(super) response: Answered,
}

/// An answer with labels for secrets.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answered {
    status: u16,
    /// The URL that answered.
    url: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    redirects: Vec<Redirect>,
    headers: Vec<(String, String)>,
    #[serde(flatten)]
    body: Stored,
    /// From the first byte sent to the last received, in microseconds.
    time_us: u64,
    /// What the secrets in the body were, by their labels, where a check could tell: `jwt`, `uuid`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    stand_ins: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Redirect {
    method: String,
    url: String,
    status: u16,
    location: String,
    dropped_credentials: bool,
}

/// A body: text, or bytes that are none.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stored {
    Text(String),
    Base64(String),
}

impl Asked {
    /// The same with a label for each secret.
    pub fn masked(&self, vault: &Vault) -> Asked {
        let hidden = |text: &str| vault.mask_text(text).into_owned();
        Asked {
            method: self.method.clone(),
            url: hidden(&self.url),
            headers: self
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), hidden(value)))
                .collect(),
            body: self.body.as_deref().map(hidden),
        }
    }

    /// Its parts by name, to be compared with those of another one.
    pub(super) fn parts(&self) -> Value {
        let mut parts = Map::new();
        parts.insert("method".to_owned(), Value::from(self.method.as_str()));
        let (url, query) = self.url.split_once('?').unwrap_or((&self.url, ""));
        parts.insert("url".to_owned(), Value::from(url));
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), value.to_owned())
        });
        parts.insert("query".to_owned(), by_name(pairs));
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
        parts.insert("headers".to_owned(), by_name(headers));
        if let Some(body) = &self.body {
            let value = json::parse(body.as_bytes());
            parts.insert(
                "body".to_owned(),
                value.unwrap_or_else(|_| Value::from(body.as_str())),
            );
        }
        Value::Object(parts)
    }
}

/// Texts by their names; of one that stands several times, all in their order.
fn by_name(pairs: impl Iterator<Item = (String, String)>) -> Value {
    let mut names: Map<String, Value> = Map::new();
    for (name, text) in pairs {
        match names.get_mut(&name) {
            None => {
                names.insert(name, Value::from(text));
            }
            Some(Value::Array(all)) => all.push(Value::from(text)),
            Some(one) => *one = Value::from(vec![one.take(), Value::from(text)]),
        }
    }
    Value::Object(names)
}

impl Answered {
    /// An answer without its secrets.
    pub(super) fn of(response: &Response, vault: &Vault) -> Answered {
        let hidden = |text: &str| vault.mask_text(text).into_owned();
        let redirects = response.redirects.iter().map(|hop| Redirect {
            method: hop.method.to_string(),
            url: hidden(hop.url.as_str()),
            status: hop.status,
            location: hidden(&hop.location),
            dropped_credentials: hop.dropped_credentials,
        });
        let headers = response.headers.iter().map(|(name, value)| {
            let text = hidden(&String::from_utf8_lossy(value.as_bytes()));
            (
                name.as_str().to_owned(),
                shown_header(name.as_str(), &text).into_owned(),
            )
        });
        let (body, stand_ins) = stored(&response.body, vault);
        Answered {
            status: response.status.as_u16(),
            url: hidden(response.url.as_str()),
            redirects: redirects.collect(),
            headers: headers.collect(),
            body,
            time_us: u64::try_from(response.timings.total.as_micros()).unwrap_or(u64::MAX),
            stand_ins,
        }
    }

    /// The answer to a request, with something in the place of each secret.
    ///
    /// # Errors
    /// The file was changed, and is no answer any more; in words.
    pub(super) fn response(&self, request: Request) -> Result<Response, String> {
        let fill = |text: &str| stand_in::fill(text, &self.stand_ins);
        let url = |text: &str| Url::parse(&fill(text)).map_err(|error| format!("its URL: {error}"));
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let name =
                HeaderName::from_bytes(name.as_bytes()).map_err(|error| format!("a header: {error}"))?;
            let value = HeaderValue::from_bytes(fill(value).as_bytes())
                .map_err(|error| format!("{name}: {error}"))?;
            headers.append(name, value);
        }
        let bytes = match &self.body {
            Stored::Text(text) => Bytes::from(fill(text)),
            Stored::Base64(text) => Bytes::from(
                BASE64_STANDARD
                    .decode(text)
                    .map_err(|error| format!("its body: {error}"))?,
            ),
        };
        let redirects = self.redirects.iter().map(|hop| {
            Ok(Hop {
                method: Method::from_bytes(hop.method.as_bytes())
                    .map_err(|error| format!("a redirect: {error}"))?,
                url: url(&hop.url)?,
                status: hop.status,
                location: fill(&hop.location),
                dropped_credentials: hop.dropped_credentials,
            })
        });
        let size = bytes.len() as u64;
        Ok(Response {
            status: StatusCode::from_u16(self.status).map_err(|error| error.to_string())?,
            reason: None,
            version: Version::HTTP_11,
            // The text is stored as UTF-8, whatever it was sent in.
            body: Body::new(bytes, headers.get(CONTENT_TYPE).filter(|_| self.is_bytes())),
            headers,
            url: url(&self.url)?,
            redirects: redirects.collect::<Result<_, String>>()?,
            timings: Timings {
                total: Duration::from_micros(self.time_us),
                ..Timings::default()
            },
            sizes: Sizes {
                header: 0,
                encoded: size,
                decoded: size,
            },
            sent: Sent {
                method: request.method,
                url: request.url,
                headers: request.headers,
                body: request.body,
            },
        })
    }

    fn is_bytes(&self) -> bool {
        matches!(self.body, Stored::Base64(_))
    }
}

/// A body without its secrets, and what these were.
fn stored(body: &Body, vault: &Vault) -> (Stored, BTreeMap<String, String>) {
    let mut stand_ins = BTreeMap::new();
    let text = body.text();
    if text.contains('\u{fffd}') || text.contains('\0') {
        let masked = vault.mask_bytes(body.bytes());
        return (Stored::Base64(BASE64_STANDARD.encode(masked)), stand_ins);
    }
    let mut masked = vault.mask_text(&text).into_owned();
    if let Ok(value) = body.json() {
        stand_in::find(value, vault, &mut stand_ins);
        // A number that is a secret leaves no JSON behind; as a text in its place it does.
        if json::parse(masked.as_bytes()).is_err() {
            masked = json::compact(&snapshot::masked(value.clone(), vault));
        }
    }
    (Stored::Text(masked), stand_ins)
}
