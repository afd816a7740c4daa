//! A request on its way over redirects: what each hop sends, and what it may still carry.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, COOKIE, HOST, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Version};
use url::{Position, Url};

use super::{ErrorKind, RedirectLimit};
use super::{Hop, HttpError, Jar, Phase, Request, Sent, coding, redirect};

/// The state of a request between its hops.
///
/// Credentials belong to the origin of the first URL. When a redirect leads to another origin they are dropped for
/// good: even back on the first origin they stay away, since it was a foreign answer that chose what to ask there.
/// Cookies of the jar are looked up anew for each hop's URL.
pub(super) struct Journey {
    pub(super) method: Method,
    pub(super) url: Url,
    /// What this hop sends, cookies included.
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
    /// The URL or the body of this hop holds a secret of the request's.
    pub(super) carries_secret: bool,
    pub(super) hops: Vec<Hop>,
    limit: RedirectLimit,
    /// The cookies the request brought itself.
    own_cookies: Option<String>,
    /// The requests that were answered with redirects, to notice a circle.
    seen: Vec<(Method, Url, Option<HeaderValue>)>,
}

impl Journey {
    /// The first hop of a request.
    ///
    /// # Errors
    /// `invalid_url` for a URL that is not http or https, `invalid_header` for a `Cookie` that is not text.
    pub(super) fn new(request: Request) -> Result<Journey, HttpError> {
        let Request {
            method,
            mut url,
            mut headers,
            body,
            redirects,
            carries_secret,
            timeouts: _,
        } = request;
        if !matches!(url.scheme(), "http" | "https") {
            let message = format!(
                "cannot request a URL of the scheme '{}': only http and https",
                url.scheme()
            );
            return Err(HttpError::new(ErrorKind::InvalidUrl, Phase::Prepare, message));
        }
        authorize_by_userinfo(&mut url, &mut headers);
        let defaults = [
            (USER_AGENT, concat!("callsheet/", env!("CARGO_PKG_VERSION"))),
            (ACCEPT, "*/*"),
            (ACCEPT_ENCODING, coding::ACCEPTED),
        ];
        for (name, value) in defaults {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        let own_cookies = take_cookies(&mut headers)?;
        Ok(Journey {
            method,
            url,
            headers,
            body,
            carries_secret,
            hops: Vec::new(),
            limit: redirects,
            own_cookies,
            seen: Vec::new(),
        })
    }

    /// Sets the cookies for the hop's URL.
    ///
    /// # Errors
    /// `invalid_header` when they hold what a header cannot.
    pub(super) fn set_cookies(&mut self, jar: Option<&Jar>) -> Result<(), HttpError> {
        let cookies = match jar {
            Some(jar) => jar.header_beside(&self.url, self.own_cookies.as_deref()),
            None => self.own_cookies.clone(),
        };
        match cookies {
            None => {
                self.headers.remove(COOKIE);
            }
            Some(cookies) => {
                let mut value =
                    HeaderValue::from_maybe_shared(Bytes::from(cookies)).map_err(|_| bad_cookie())?;
                value.set_sensitive(true);
                self.headers.insert(COOKIE, value);
            }
        }
        Ok(())
    }

    /// Whether an answer of this status is followed and not given back.
    pub(super) fn follows(&self, status: StatusCode) -> bool {
        self.limit.follows() && redirect::is_redirect(status)
    }

    /// Turns to the target of a redirect.
    ///
    /// # Errors
    /// `redirect` when it cannot be followed, is one too many, or leads in a circle.
    pub(super) fn follow(&mut self, status: StatusCode, headers: &HeaderMap) -> Result<(), HttpError> {
        let (target, location) = redirect::target(&self.url, status, headers)?;
        if self.hops.len() >= usize::from(self.limit.0) {
            let host = self.url.host_str().unwrap_or_default();
            return Err(redirect::error(format!(
                "gave up after {} redirects, the last from {host}",
                self.limit.0
            )));
        }
        self.seen.push((
            self.method.clone(),
            self.url.clone(),
            self.headers.get(COOKIE).cloned(),
        ));

        let method = redirect::method_after(status, &self.method);
        if method != self.method {
            self.body = None;
            redirect::drop_body_headers(&mut self.headers);
        }
        let mut dropped_credentials = false;
        if !redirect::same_origin(&self.url, &target) {
            self.headers.remove(COOKIE);
            let own_cookies = self.own_cookies.take().is_some();
            dropped_credentials = redirect::drop_credentials(&mut self.headers) || own_cookies;
        }
        self.carries_secret &= self.body.is_some() || redirect::repeats(&self.url, &target);
        let url = std::mem::replace(&mut self.url, target);
        let method = std::mem::replace(&mut self.method, method);
        self.hops.push(Hop {
            method,
            url,
            status: status.as_u16(),
            location,
            dropped_credentials,
        });
        Ok(())
    }

    /// Notices a request that was answered with a redirect before: the same method, URL and cookies.
    ///
    /// # Errors
    /// `redirect`, naming the place without its query.
    pub(super) fn check_circle(&self) -> Result<(), HttpError> {
        let cookies = self.headers.get(COOKIE);
        let circle = self.seen.iter().any(|(method, url, sent)| {
            *method == self.method
                && url[..Position::AfterQuery] == self.url[..Position::AfterQuery]
                && sent.as_ref() == cookies
        });
        if circle {
            let host = self.url.host_str().unwrap_or_default();
            let message = format!(
                "redirected in a circle: {} {host}{} again",
                self.method,
                self.url.path()
            );
            return Err(redirect::error(message));
        }
        Ok(())
    }

    /// What was sent on the last hop, with what the library adds, and the redirects before it.
    pub(super) fn end(mut self, version: Version) -> (Url, Sent, Vec<Hop>) {
        if version < Version::HTTP_2 && !self.headers.contains_key(HOST) {
            let host = &self.url[Position::BeforeHost..Position::AfterPort];
            if let Ok(host) = HeaderValue::from_str(host) {
                self.headers.insert(HOST, host);
            }
        }
        if let Some(body) = &self.body {
            self.headers
                .entry(CONTENT_LENGTH)
                .or_insert(HeaderValue::from(body.len()));
        }
        let sent = Sent {
            method: self.method,
            url: self.url.clone(),
            headers: self.headers,
            body: self.body,
        };
        (self.url, sent, self.hops)
    }
}

/// Makes a name and password in the URL an `Authorization` header (RFC 7617), which wins where there is one already.
fn authorize_by_userinfo(url: &mut Url, headers: &mut HeaderMap) {
    if url.username().is_empty() && url.password().is_none() {
        return;
    }
    let decode = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
    let pair = [decode(url.username()), decode(url.password().unwrap_or_default())].join(&b':');
    redirect::strip_userinfo(url);
    let mut value = HeaderValue::from_str(&format!("Basic {}", BASE64_STANDARD.encode(pair)))
        .expect("Base64 is made of visible ASCII characters");
    value.set_sensitive(true);
    headers.entry(AUTHORIZATION).or_insert(value);
}

/// Takes the request's own `Cookie` headers out, as one.
fn take_cookies(headers: &mut HeaderMap) -> Result<Option<String>, HttpError> {
    let mut cookies: Option<String> = None;
    for value in headers.get_all(COOKIE) {
        let value = std::str::from_utf8(value.as_bytes()).map_err(|_| bad_cookie())?;
        match &mut cookies {
            Some(cookies) => {
                cookies.push_str("; ");
                cookies.push_str(value);
            }
            None => cookies = Some(value.to_owned()),
        }
    }
    headers.remove(COOKIE);
    Ok(cookies)
}

fn bad_cookie() -> HttpError {
    HttpError::new(
        ErrorKind::InvalidHeader,
        Phase::Prepare,
        "cannot send the cookies: they are not text",
    )
}
