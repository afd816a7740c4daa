//! The cookies of a case, kept and sent as RFC 6265bis describes.

mod parse;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::time::SystemTime;

use http::HeaderMap;
use http::header::SET_COOKIE;
use url::{Host, Url};

/// The most cookies kept for one domain; the oldest makes room (RFC 6265bis §5.7 asks for at least 50).
const MAX_PER_DOMAIN: usize = 50;
/// The most cookies kept in all.
const MAX_IN_ALL: usize = 500;

/// A cookie jar. It begins empty with its case and dies with it.
///
/// No public suffix list is used: `Domain` must be the host itself or a parent of it that has a dot inside, so
/// `Domain=com` is refused and `Domain=co.uk` is not. A cookie meets only the hosts its own case calls, so what that
/// lets through stays within the case. `SameSite` is not looked at: there is no page a request could come from.
/// `Secure` cookies go to https and to loopback hosts.
#[derive(Clone, Debug, Default)]
pub struct Jar {
    /// In order of creation, which is the order they are sent in among paths of one length.
    cookies: Vec<Cookie>,
}

/// A cookie in a jar.
#[derive(Clone, PartialEq, Eq)]
pub struct Cookie {
    /// The name; case counts.
    pub name: String,
    /// The value, quotes included where it has them.
    pub value: String,
    /// The host it came from, or the parent domain it is for, without a leading dot.
    pub domain: String,
    /// It goes to `domain` alone, and not to hosts below it.
    pub host_only: bool,
    /// The path it is for.
    pub path: String,
    /// It goes over https or to loopback alone.
    pub secure: bool,
    /// Scripts of a page would not see it.
    pub http_only: bool,
    /// When it ends; without it, at the end of the case.
    pub expires: Option<SystemTime>,
}

impl Jar {
    /// Takes in the `Set-Cookie` headers of an answer from this URL. What the rules refuse is left out without a
    /// word, as browsers do; a cookie that has expired deletes its namesake.
    pub fn set(&mut self, url: &Url, headers: &HeaderMap) {
        self.set_at(url, headers, SystemTime::now());
    }

    /// The value of the `Cookie` header for a request to this URL, if there is any cookie for it.
    #[must_use]
    pub fn header_for(&self, url: &Url) -> Option<String> {
        self.header_at(url, &[], SystemTime::now())
    }

    /// The value of the cookie of this name; of several, the one set last.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .filter(|cookie| cookie.name == name)
            .last()
            .map(|cookie| cookie.value.as_str())
    }

    /// The cookies that have not expired, in the order they were first set.
    pub fn iter(&self) -> impl Iterator<Item = &Cookie> {
        let now = SystemTime::now();
        self.cookies.iter().filter(move |cookie| !cookie.has_expired(now))
    }

    /// The `Cookie` header for a request that brings cookies of its own: theirs come first and hide the jar's of the
    /// same name.
    pub(super) fn header_beside(&self, url: &Url, own: Option<&str>) -> Option<String> {
        let now = SystemTime::now();
        let Some(own) = own else {
            return self.header_at(url, &[], now);
        };
        let names: Vec<&str> = own
            .split(';')
            .filter_map(|pair| pair.split('=').next())
            .map(str::trim)
            .collect();
        let jar = self.header_at(url, &names, now);
        Some(jar.map_or_else(|| own.to_owned(), |jar| format!("{own}; {jar}")))
    }

    fn set_at(&mut self, url: &Url, headers: &HeaderMap, now: SystemTime) {
        for line in headers.get_all(SET_COOKIE) {
            if let Some(cookie) = parse::cookie(line.as_bytes(), url, now) {
                self.store(cookie, url, now);
            }
        }
    }

    fn store(&mut self, cookie: Cookie, url: &Url, now: SystemTime) {
        // An answer over plain http must not replace a cookie that only https may touch (RFC 6265bis §5.7).
        if !is_secure(url)
            && self
                .cookies
                .iter()
                .any(|kept| kept.secure && kept.shadows(&cookie))
        {
            return;
        }
        let same = |kept: &Cookie| {
            kept.name == cookie.name
                && kept.domain == cookie.domain
                && kept.host_only == cookie.host_only
                && kept.path == cookie.path
        };
        let place = self.cookies.iter().position(same);
        match (cookie.has_expired(now), place) {
            (true, Some(place)) => {
                self.cookies.remove(place);
            }
            (true, None) => {}
            (false, Some(place)) => self.cookies[place] = cookie,
            (false, None) => {
                self.make_room(&cookie.domain, now);
                self.cookies.push(cookie);
            }
        }
    }

    fn make_room(&mut self, domain: &str, now: SystemTime) {
        self.cookies.retain(|cookie| !cookie.has_expired(now));
        if self
            .cookies
            .iter()
            .filter(|cookie| cookie.domain == domain)
            .count()
            >= MAX_PER_DOMAIN
            && let Some(oldest) = self.cookies.iter().position(|cookie| cookie.domain == domain)
        {
            self.cookies.remove(oldest);
        }
        if self.cookies.len() >= MAX_IN_ALL {
            self.cookies.remove(0);
        }
    }

    fn header_at(&self, url: &Url, hidden: &[&str], now: SystemTime) -> Option<String> {
        if self.cookies.is_empty() {
            return None;
        }
        let host = canonical_host(url)?;
        let secure = is_secure(url);
        let mut matching: Vec<&Cookie> = self
            .cookies
            .iter()
            .filter(|cookie| {
                cookie.is_for_host(&host)
                    && path_matches(url.path(), &cookie.path)
                    && (secure || !cookie.secure)
                    && !cookie.has_expired(now)
                    && !hidden.contains(&cookie.name.as_str())
            })
            .collect();
        // Longer paths first (§5.8.3); the sort is stable and keeps the order of creation.
        matching.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> = matching.iter().map(|cookie| cookie.pair()).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

impl Cookie {
    fn has_expired(&self, now: SystemTime) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }

    fn is_for_host(&self, host: &str) -> bool {
        if self.host_only {
            host == self.domain
        } else {
            domain_matches(host, &self.domain)
        }
    }

    /// Whether the other cookie would be sent in this one's stead to some URL.
    fn shadows(&self, other: &Cookie) -> bool {
        self.name == other.name
            && (domain_matches(&self.domain, &other.domain) || domain_matches(&other.domain, &self.domain))
            && path_matches(&other.path, &self.path)
    }

    /// As the header shows it; a cookie without a name is its value alone.
    fn pair(&self) -> String {
        if self.name.is_empty() {
            self.value.clone()
        } else {
            format!("{}={}", self.name, self.value)
        }
    }
}

impl std::fmt::Debug for Cookie {
    /// Does not show the value: it is a credential as often as not.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Cookie")
            .field("name", &self.name)
            .field("domain", &self.domain)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// The host as cookies compare it: lower case already by the URL's rules, without a final dot.
fn canonical_host(url: &Url) -> Option<String> {
    url.host_str()
        .map(|host| host.strip_suffix('.').unwrap_or(host).to_owned())
}

/// Whether `Secure` cookies may travel to the URL: over TLS, or without leaving the machine.
fn is_secure(url: &Url) -> bool {
    url.scheme() == "https"
        || match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
}

/// RFC 6265bis §5.1.3: the same, or below it, and an address only the same.
fn domain_matches(host: &str, domain: &str) -> bool {
    host == domain
        || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
            && host.parse::<IpAddr>().is_err()
}

/// RFC 6265bis §5.1.4: the same, or below it.
fn path_matches(path: &str, cookie_path: &str) -> bool {
    path == cookie_path
        || path
            .strip_prefix(cookie_path)
            .is_some_and(|rest| cookie_path.ends_with('/') || rest.starts_with('/'))
}
