//! One `Set-Cookie` line to a cookie, or to nothing where the rules refuse it.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use url::Url;

use super::{Cookie, canonical_host, domain_matches, is_secure};
use crate::http::date;

/// The most bytes of name and value together (RFC 6265bis §5.6).
const MAX_PAIR: usize = 4096;
/// The most bytes of an attribute's value; a longer one is as if it were not there.
const MAX_ATTRIBUTE: usize = 1024;
/// No cookie outlives 400 days (RFC 6265bis §5.5).
const MAX_AGE: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// What the attributes of a line said, the last of each kind.
#[derive(Default)]
struct Attributes {
    max_age: Option<SystemTime>,
    expires: Option<SystemTime>,
    domain: Option<String>,
    path: Option<String>,
    secure: bool,
    http_only: bool,
}

/// Reads a line that came with an answer from this URL (RFC 6265bis §5.6 and §5.7).
pub(super) fn cookie(line: &[u8], url: &Url, now: SystemTime) -> Option<Cookie> {
    let line = std::str::from_utf8(line).ok()?;
    if line.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
        return None;
    }
    let mut parts = line.split(';');
    let pair = parts.next()?;
    let (name, value) = pair.split_once('=').unwrap_or(("", pair));
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() && value.is_empty() || name.len() + value.len() > MAX_PAIR {
        return None;
    }
    let attributes = Attributes::read(parts, now);

    let host = canonical_host(url)?;
    let (domain, host_only) = scope(attributes.domain, &host)?;
    let explicit_root = attributes.path.as_deref() == Some("/");
    if attributes.secure && !is_secure(url) {
        return None;
    }
    // The prefixes promise how a cookie was set (RFC 6265bis §4.1.3); where that does not hold, it is not set.
    let prefix = |prefix: &str| {
        name.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    if prefix("__Secure-") && !attributes.secure
        || prefix("__Host-") && !(attributes.secure && host_only && explicit_root)
    {
        return None;
    }
    Some(Cookie {
        name: name.to_owned(),
        value: value.to_owned(),
        domain,
        host_only,
        path: attributes.path.unwrap_or_else(|| default_path(url)),
        secure: attributes.secure,
        http_only: attributes.http_only,
        expires: attributes.max_age.or(attributes.expires),
    })
}

impl Attributes {
    fn read<'line>(parts: impl Iterator<Item = &'line str>, now: SystemTime) -> Attributes {
        let mut attributes = Attributes::default();
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
            if value.len() > MAX_ATTRIBUTE {
                continue;
            }
            match name.as_str() {
                "expires" => {
                    if let Some(end) = date::parse(value) {
                        attributes.expires = Some(end.min(now + MAX_AGE));
                    }
                }
                "max-age" => {
                    if let Some(end) = max_age(value, now) {
                        attributes.max_age = Some(end);
                    }
                }
                "domain" => {
                    attributes.domain = Some(value.strip_prefix('.').unwrap_or(value).to_ascii_lowercase());
                }
                "path" => attributes.path = value.starts_with('/').then(|| value.to_owned()),
                "secure" => attributes.secure = true,
                "httponly" => attributes.http_only = true,
                _ => {}
            }
        }
        attributes
    }
}

/// When a cookie of this `Max-Age` ends: now, where it is zero or less.
fn max_age(value: &str, now: SystemTime) -> Option<SystemTime> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if digits.len() < value.len() {
        return Some(now);
    }
    // More digits than fit mean a long time, not an error.
    let age = Duration::from_secs(digits.parse().unwrap_or(u64::MAX));
    Some(now + age.min(MAX_AGE))
}

/// The domain a cookie is for, and whether that is the host alone; nothing where `Domain` reaches too far.
fn scope(domain: Option<String>, host: &str) -> Option<(String, bool)> {
    match domain.filter(|domain| !domain.is_empty()) {
        None => Some((host.to_owned(), true)),
        // An address and a name of one label have no hosts below them that the cookie could be meant for.
        Some(domain) if domain == host => {
            let alone = !host.contains('.') || host.parse::<IpAddr>().is_ok();
            Some((domain, alone))
        }
        Some(domain) if domain.contains('.') && domain_matches(host, &domain) => Some((domain, false)),
        Some(_) => None,
    }
}

/// The path up to its last slash (RFC 6265bis §5.1.4).
fn default_path(url: &Url) -> String {
    match url.path().rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(end) => url.path()[..end].to_owned(),
    }
}
