//! The request a step sends, with holes.

use std::time::Duration;

use http::Method;

use super::body::{self, Body};
use super::pages::Pages;
use super::poll::Poll;
use super::retry::Retry;
use crate::auth::{self, Scheme};
use crate::decode::{Decoder, Fields, Rate};
use crate::secret;
use crate::template::{Template, Tree};
use crate::yaml::{Key, Node};

/// The methods a step can be written with.
pub const METHODS: [&str; 8] = [
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY",
];

/// A request with holes.
#[derive(Debug)]
pub struct RequestSpec {
    /// The method.
    pub method: Method,
    /// The URL: whole, or a path that joins `base_url`.
    pub url: Template,
    /// What is added to the query; null leaves a key out, a list repeats it.
    pub query: Vec<(String, Tree)>,
    /// The headers; a list repeats one.
    pub headers: Vec<(String, Vec<Template>)>,
    /// Cookies beside those of the jar.
    pub cookies: Vec<(String, Template)>,
    /// The body.
    pub body: Option<Body>,
    /// Who is calling.
    pub auth: Option<Box<dyn Scheme>>,
    /// The deadline of the whole exchange.
    pub timeout: Option<Duration>,
    /// How many redirects are followed.
    pub redirects: Option<u8>,
    /// When it is sent again.
    pub retry: Option<Retry>,
    /// How often such a request may be sent, beside what its defaults say.
    pub rate: Option<Rate>,
    /// How many answers make a step.
    pub repeat: Repeat,
}

/// How many answers make a step.
#[derive(Debug)]
pub enum Repeat {
    /// One.
    Once,
    /// As many as it takes until one is as it should be.
    Poll(Box<Poll>),
    /// One for each page of a list.
    Pages(Box<Pages>),
}

impl Repeat {
    /// Decodes `poll` or `paginate` beside this request.
    fn decode(request: &RequestSpec, fields: &mut Fields<'_>, decoder: &mut Decoder<'_>) -> Option<Repeat> {
        let (poll, pages) = (fields.entry("poll"), fields.entry("paginate"));
        if let (Some(_), Some((key, _))) = (poll, pages) {
            decoder.error_with_help(
                &key.place,
                "a step either polls or reads pages",
                "poll in a step of its own before this one",
            );
        }
        let poll = poll.map(|(_, node)| Poll::decode(node, decoder).map(Box::new));
        let pages = pages.map(|(_, node)| Pages::decode(node, request, decoder).map(Box::new));
        match (poll, pages) {
            (Some(poll), _) => poll.map(Repeat::Poll),
            (None, Some(pages)) => pages.map(Repeat::Pages),
            (None, None) => None,
        }
    }
}

impl RequestSpec {
    /// Marks the keys of a request as known, where there is no request to decode them for.
    pub(super) fn know(fields: &mut Fields<'_>) {
        let plain = [
            "query",
            "headers",
            "cookies",
            "auth",
            "timeout",
            "redirects",
            "retry",
            "rate",
            "poll",
            "paginate",
        ];
        for name in plain.into_iter().chain(body::KINDS) {
            fields.get(name);
        }
    }

    /// Decodes what stands beside the method's key.
    pub(super) fn decode(
        method: Method,
        url: &Node,
        fields: &mut Fields<'_>,
        decoder: &mut Decoder<'_>,
    ) -> Option<RequestSpec> {
        let url_template = decoder.url(url);
        let query = fields
            .get("query")
            .map(|node| trees(node, "query", decoder))
            .unwrap_or_default();
        let headers = fields
            .get("headers")
            .map(|node| headers(node, decoder))
            .unwrap_or_default();
        let cookies = fields
            .get("cookies")
            .map(|node| cookies(node, decoder))
            .unwrap_or_default();
        let body = Body::decode(fields, decoder);
        let auth = fields.get("auth").and_then(|node| auth::decode(node, decoder));
        let timeout = fields
            .get("timeout")
            .and_then(|node| decoder.duration(node, "`timeout`"));
        let redirects = fields.get("redirects").and_then(|node| redirects(node, decoder));
        let retry = fields.get("retry").and_then(|node| Retry::decode(node, decoder));
        let rate = fields.get("rate").and_then(|node| decoder.rate(node, "`rate`"));
        let mut request = RequestSpec {
            method,
            url: url_template?,
            query,
            headers,
            cookies,
            body,
            auth,
            timeout,
            redirects,
            retry,
            rate,
            repeat: Repeat::Once,
        };
        if let Some(repeat) = Repeat::decode(&request, fields, decoder) {
            request.repeat = repeat;
        }
        Some(request)
    }
}

/// The method of a step, with the key and value it was written with.
pub(super) fn method<'n>(fields: &mut Fields<'n>) -> Vec<(&'n Key, Method, &'n Node)> {
    METHODS
        .iter()
        .filter_map(|name| {
            let (key, node) = fields.entry(name)?;
            Method::from_bytes(name.as_bytes())
                .ok()
                .map(|method| (key, method, node))
        })
        .collect()
}

/// Notes a `method` and a `url` as keys of a step, which writes both in one.
pub(super) fn is_in_two_keys(fields: &mut Fields<'_>, decoder: &mut Decoder<'_>) -> bool {
    let stand = |name| fields.rest().any(|(key, _)| key.name() == name);
    // Asked for only where they stand, so that they are not among the keys that are known here.
    let method = stand("method").then_some("method");
    let url = stand("url").then_some("url");
    let method = method.and_then(|name| fields.entry(name));
    let url = url.and_then(|name| fields.entry(name));
    let Some((key, _)) = method.or(url) else {
        return false;
    };
    let word = |found: Option<(&Key, &Node)>| found.and_then(|(_, node)| node.as_str().map(str::to_owned));
    let help = format!(
        "write `{}: {}`",
        word(method).map_or_else(|| "GET".to_owned(), |method| method.to_uppercase()),
        word(url).as_deref().unwrap_or("/path")
    );
    decoder.error_with_help(
        &key.place,
        "a step writes its method and its URL as one key and its value",
        help,
    );
    true
}

/// A key that is a slip of a method, such as `GTE` or `get`, which is told.
pub(super) fn misspelt<'n>(
    fields: &mut Fields<'n>,
    decoder: &mut Decoder<'_>,
) -> Option<(&'n Key, Method, &'n Node)> {
    let (name, key, node) = fields.slip(&METHODS, decoder)?;
    let method = Method::from_bytes(name.as_bytes()).ok()?;
    Some((key, method, node))
}

/// How many redirects are followed: true for ten, false for none, or a number.
pub(super) fn redirects(node: &Node, decoder: &mut Decoder<'_>) -> Option<u8> {
    match node.as_bool() {
        Some(true) => Some(10),
        Some(false) => Some(0),
        None => {
            let number = decoder.integer(node, "`redirects` (or true, or false)", 0..=10)?;
            u8::try_from(number).ok()
        }
    }
}

/// A status or a list of them.
pub(super) fn statuses(node: &Node, decoder: &mut Decoder<'_>) -> Vec<u16> {
    let items = match node.as_list() {
        Some(items) => items,
        None => std::slice::from_ref(node),
    };
    items
        .iter()
        .filter_map(|item| decoder.integer(item, "a status", 100..=599))
        .filter_map(|status| u16::try_from(status).ok())
        .collect()
}

fn trees(node: &Node, what: &str, decoder: &mut Decoder<'_>) -> Vec<(String, Tree)> {
    let Some(map) = node.as_map() else {
        decoder.expected(node, &format!("a mapping for `{what}`"));
        return Vec::new();
    };
    map.iter()
        .filter_map(|(key, node)| {
            if node.as_map().is_some() {
                decoder.error(
                    &node.place,
                    format!("a value of `{what}` is a text, a number or a list of them"),
                );
                return None;
            }
            decoder.tree(node).map(|tree| (key.name().to_owned(), tree))
        })
        .collect()
}

/// Headers that say how a message is framed or where it goes (RFC 9110, section 7.6.1; RFC 9112, section 6): the
/// client sets them from the body and the URL, and a second opinion would only mislead one of the two sides.
const OF_THE_WIRE: [(&str, &str); 9] = [
    ("content-length", "it follows from the body"),
    ("transfer-encoding", "it follows from the body"),
    ("connection", "connections are kept and shared by the client"),
    ("keep-alive", "connections are kept and shared by the client"),
    (
        "proxy-connection",
        "connections are kept and shared by the client",
    ),
    ("te", "trailers are not read"),
    ("trailer", "trailers are not sent"),
    ("upgrade", "other protocols are not spoken"),
    (
        "host",
        "it follows from the URL; --resolve reaches a host at another address",
    ),
];

/// Decodes `headers`, of a step or of defaults.
pub(super) fn headers(node: &Node, decoder: &mut Decoder<'_>) -> Vec<(String, Vec<Template>)> {
    let Some(map) = node.as_map() else {
        decoder.expected(node, "a mapping for `headers`");
        return Vec::new();
    };
    let mut headers: Vec<(String, Vec<Template>)> = map
        .iter()
        .filter_map(|(key, node)| {
            if http::HeaderName::from_bytes(key.name().as_bytes()).is_err() {
                decoder.error(
                    &key.place,
                    format!("`{}` cannot be the name of a header", key.name()),
                );
                return None;
            }
            if let Some((_, why)) = OF_THE_WIRE
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(key.name()))
            {
                decoder.error_with_help(
                    &key.place,
                    format!("`{}` is not a step's to set", key.name()),
                    *why,
                );
                return None;
            }
            let values = match node.as_list() {
                Some(items) => items,
                None => std::slice::from_ref(node),
            };
            let mut values: Vec<Template> = values
                .iter()
                .filter_map(|value| decoder.header(value, "a header"))
                .collect();
            values.shrink_to_fit();
            if secret::sensitive_header(key.name()) {
                values
                    .iter()
                    .filter_map(Template::as_constant)
                    .for_each(|value| decoder.diagnostics.hide(value));
            }
            Some((key.name().to_owned(), values))
        })
        .collect();
    // Most steps have one, and a list begins with room for four.
    headers.shrink_to_fit();
    headers
}

fn cookies(node: &Node, decoder: &mut Decoder<'_>) -> Vec<(String, Template)> {
    let Some(map) = node.as_map() else {
        decoder.expected(node, "a mapping for `cookies`");
        return Vec::new();
    };
    map.iter()
        .filter_map(|(key, node)| {
            decoder
                .header(node, "a cookie")
                .map(|value| (key.name().to_owned(), value))
        })
        .collect()
}
