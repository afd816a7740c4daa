//! Where a redirect leads, and what may be taken along.

use http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_TYPE,
    COOKIE, HOST, LOCATION, PROXY_AUTHORIZATION, TRANSFER_ENCODING,
};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use url::Url;

use super::{ErrorKind, HttpError, Phase};

/// The headers that describe a body and go when it does.
const OF_THE_BODY: [HeaderName; 6] = [
    CONTENT_TYPE,
    CONTENT_LENGTH,
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_LOCATION,
    TRANSFER_ENCODING,
];
/// The headers that are credentials even where nobody marked them.
const CREDENTIALS: [HeaderName; 3] = [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION];
/// A part of a URL shorter than this can be repeated by accident.
const TELLING_PART: usize = 4;

/// Whether the status is a redirect to be followed (RFC 9110 §15.4). 300 leaves a choice and 304 names no target.
pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// The target of a redirect that answered a request to `from`, and `Location` as it came.
///
/// A name and password in it are left out. Without a fragment of its own the target has that of `from`.
///
/// # Errors
/// `redirect` when there is no `Location`, several that differ, none that can be read, one that is not http or https,
/// or one that leads from https to http.
pub(super) fn target(
    from: &Url,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<(Url, String), HttpError> {
    let host = from.host_str().unwrap_or_default();
    let failure = |what: &str| {
        error(format!(
            "cannot follow the {} from {host}: {what}",
            status.as_u16()
        ))
    };
    let mut locations = headers.get_all(LOCATION).iter();
    let first = locations.next().ok_or_else(|| failure("it has no Location"))?;
    if locations.any(|other| other != first) {
        return Err(failure("it has several Locations"));
    }
    let location = std::str::from_utf8(first.as_bytes()).map_err(|_| failure("its Location is not text"))?;
    if location.trim().is_empty() {
        return Err(failure("its Location is empty"));
    }
    let mut target = from
        .join(location)
        .map_err(|_| failure("its Location is not a URL"))?;
    match (from.scheme(), target.scheme()) {
        ("https", "http") => return Err(failure("it leads from https to http")),
        (_, "http" | "https") => {}
        _ => return Err(failure("its Location is neither http nor https")),
    }
    strip_userinfo(&mut target);
    if target.fragment().is_none() {
        target.set_fragment(from.fragment());
    }
    Ok((target, location.to_owned()))
}

/// Takes the name and password out of an http or https URL.
pub(super) fn strip_userinfo(url: &mut Url) {
    // Both refuse only URLs that have no host, which these schemes always have.
    let _ = url.set_username("");
    let _ = url.set_password(None);
}

/// The method after a redirect (RFC 9110 §15.4): 303 asks for GET, and 301 and 302 make a GET of POST as every
/// client does.
pub(super) fn method_after(status: StatusCode, method: &Method) -> Method {
    match status.as_u16() {
        303 if *method != Method::HEAD => Method::GET,
        301 | 302 if *method == Method::POST => Method::GET,
        _ => method.clone(),
    }
}

/// Takes away what described a body that is not sent again.
pub(super) fn drop_body_headers(headers: &mut HeaderMap) {
    for name in OF_THE_BODY {
        headers.remove(name);
    }
}

/// Takes away what belongs to another origin: credentials, and the `Host` written by hand. Says whether there were
/// credentials.
pub(super) fn drop_credentials(headers: &mut HeaderMap) -> bool {
    headers.remove(HOST);
    let mut names: Vec<HeaderName> = headers
        .iter()
        .filter(|(_, value)| value.is_sensitive())
        .map(|(name, _)| name.clone())
        .collect();
    names.extend(CREDENTIALS.into_iter().filter(|name| headers.contains_key(name)));
    for name in &names {
        headers.remove(name);
    }
    !names.is_empty()
}

/// Whether both URLs have one scheme, host and port.
pub(super) fn same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// Whether a redirect's target repeats a part of the URL before it: a query value or a step of the path, encoded or
/// not. A secret in that URL may be the part, so the target counts as carrying it.
pub(super) fn repeats(from: &Url, target: &Url) -> bool {
    let decoded = percent_encoding::percent_decode_str(target.as_str())
        .decode_utf8_lossy()
        .into_owned();
    let found = |part: &str| {
        let plain = percent_encoding::percent_decode_str(part).decode_utf8_lossy();
        part.len() >= TELLING_PART && (target.as_str().contains(part) || decoded.contains(plain.as_ref()))
    };
    let in_query = from.query().is_some_and(|query| {
        query
            .split('&')
            .any(|pair| found(pair.split_once('=').map_or(pair, |(_, value)| value)))
    });
    in_query || from.path().split('/').any(found)
}

/// An error about a redirect.
pub(super) fn error(message: String) -> HttpError {
    HttpError::new(ErrorKind::Redirect, Phase::Prepare, message)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn to(from: &str, location: &'static str) -> Result<String, HttpError> {
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, HeaderValue::from_static(location));
        target(&url(from), StatusCode::FOUND, &headers).map(|(target, _)| target.to_string())
    }

    #[test]
    fn locations_are_resolved_and_cleaned() {
        assert_eq!(to("http://a.test/x/y?q=1", "z").unwrap(), "http://a.test/x/z");
        assert_eq!(to("https://a.test/x", "//b.test/").unwrap(), "https://b.test/");
        assert_eq!(to("http://a.test/x#part", "/z").unwrap(), "http://a.test/z#part");
        assert_eq!(
            to("http://a.test/x#part", "/z#own").unwrap(),
            "http://a.test/z#own"
        );
        assert_eq!(
            to("http://a.test/", "http://me:word@b.test/").unwrap(),
            "http://b.test/"
        );
    }

    #[test]
    fn locations_that_cannot_be_followed_say_why_without_the_query() {
        for (location, reason) in [
            ("", "empty"),
            ("http://", "not a URL"),
            ("ftp://a.test/", "neither http nor https"),
            ("javascript:alert(1)", "neither http nor https"),
            ("http://a.test/", "from https to http"),
        ] {
            let error = to("https://a.test/?key=hunter2", location).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Redirect);
            assert!(
                error.message.contains(reason) && !error.message.contains("hunter2"),
                "{}",
                error.message
            );
        }
        let missing = target(&url("http://a.test/"), StatusCode::FOUND, &HeaderMap::new()).unwrap_err();
        assert_eq!(
            missing.message,
            "cannot follow the 302 from a.test: it has no Location"
        );
    }

    #[test]
    fn the_method_follows_the_status() {
        let after =
            |status: u16, method: Method| method_after(StatusCode::from_u16(status).unwrap(), &method);
        for status in [301, 302, 303] {
            assert_eq!(after(status, Method::POST), Method::GET);
        }
        assert_eq!(after(303, Method::PUT), Method::GET);
        assert_eq!(after(303, Method::HEAD), Method::HEAD);
        assert_eq!(after(302, Method::PUT), Method::PUT);
        assert_eq!(after(307, Method::POST), Method::POST);
        assert_eq!(after(308, Method::POST), Method::POST);
    }

    #[test]
    fn a_repeated_part_of_the_url_is_noticed() {
        let from = url("http://a.test/token/s%2Becret?key=p%40ssw&n=1");
        assert!(repeats(&from, &url("http://b.test/?again=p%40ssw")));
        assert!(repeats(&from, &url("http://b.test/p@ssw")));
        assert!(repeats(&from, &url("http://b.test/s+ecret")));
        assert!(!repeats(&from, &url("http://b.test/other?n=1")));
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert!(same_origin(
            &url("https://a.test/x"),
            &url("https://a.test:443/y")
        ));
        for other in ["http://a.test/", "https://b.test/", "https://a.test:444/"] {
            assert!(!same_origin(&url("https://a.test/"), &url(other)), "{other}");
        }
    }

    #[test]
    fn a_target_that_repeats_a_part_of_the_url_may_repeat_a_secret() {
        let from = url("https://a.test/items/s3cret%2Dpath?key=s3cret%20key&n=12");
        for (target, expected) in [
            ("https://b.test/", false),
            ("https://b.test/?x=s3cret%20key", true),
            ("https://b.test/s3cret%20key", true),
            ("https://b.test/x?from=s3cret-path", true),
            ("https://b.test/items", true),
            ("https://b.test/?n=12", false),
        ] {
            assert_eq!(repeats(&from, &url(target)), expected, "{target}");
        }
    }
}
