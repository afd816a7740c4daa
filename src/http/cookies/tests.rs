//! What the jar keeps, refuses, sends and forgets.

use std::time::Duration;

use http::HeaderValue;
use proptest::prelude::*;

use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn jar(from: &str, lines: &[&str]) -> Jar {
    let mut jar = Jar::default();
    add(&mut jar, from, lines);
    jar
}

fn add(jar: &mut Jar, from: &str, lines: &[&str]) {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(SET_COOKIE, HeaderValue::from_str(line).unwrap());
    }
    jar.set(&url(from), &headers);
}

fn sent(jar: &Jar, to: &str) -> Option<String> {
    jar.header_for(&url(to))
}

#[test]
fn a_cookie_without_domain_goes_back_to_its_host_alone() {
    let jar = jar("https://api.example.com/v1/login", &["id=1"]);
    assert_eq!(
        sent(&jar, "https://api.example.com/v1/users").as_deref(),
        Some("id=1")
    );
    assert_eq!(
        sent(&jar, "https://api.example.com:8443/v1").as_deref(),
        Some("id=1")
    );
    assert_eq!(sent(&jar, "https://api.example.com/v2"), None);
    assert_eq!(sent(&jar, "https://api.example.com/v10"), None);
    assert_eq!(sent(&jar, "https://a.api.example.com/v1"), None);
    assert_eq!(sent(&jar, "https://example.com/v1"), None);
}

#[test]
fn a_domain_is_the_host_or_a_parent_with_a_dot() {
    let from = "https://api.example.com/";
    let wide = jar(from, &["id=1; Domain=.Example.com"]);
    assert_eq!(sent(&wide, "https://other.example.com/").as_deref(), Some("id=1"));
    assert_eq!(sent(&wide, "https://notexample.com/"), None);
    for refused in [
        "com",
        "other.com",
        "a.api.example.com",
        "ample.com",
        "pi.example.com",
    ] {
        assert_eq!(
            jar(from, &[&format!("id=1; Domain={refused}")]).iter().count(),
            0,
            "{refused}"
        );
    }
    assert_eq!(
        jar("http://127.0.0.1/", &["id=1; Domain=0.0.1"]).iter().count(),
        0
    );
    let address = jar("http://127.0.0.1/", &["id=1; Domain=127.0.0.1"]);
    assert!(address.iter().all(|cookie| cookie.host_only));
    let local = jar("http://localhost/", &["id=1; Domain=localhost"]);
    assert_eq!(sent(&local, "http://a.localhost/"), None);
}

#[test]
fn secure_cookies_need_tls_or_loopback() {
    assert_eq!(jar("http://example.com/", &["id=1; Secure"]).iter().count(), 0);
    let jar = jar("https://example.com/", &["id=1; Secure"]);
    assert_eq!(sent(&jar, "http://example.com/"), None);
    assert_eq!(sent(&jar, "https://example.com/").as_deref(), Some("id=1"));
    let local = super::tests::jar("http://127.0.0.1:81/", &["id=1; secure"]);
    assert_eq!(sent(&local, "http://127.0.0.1:81/").as_deref(), Some("id=1"));
}

#[test]
fn plain_http_cannot_replace_a_secure_cookie() {
    let mut jar = jar("https://example.com/", &["id=good; Secure"]);
    add(
        &mut jar,
        "http://example.com/",
        &["id=evil", "id=evil; Domain=example.com"],
    );
    assert_eq!(sent(&jar, "https://example.com/").as_deref(), Some("id=good"));
}

#[test]
fn prefixes_keep_their_promise() {
    let from = "https://api.example.com/";
    let kept = |line: &str| jar(from, &[line]).iter().count() == 1;
    assert!(kept("__Secure-id=1; Secure"));
    assert!(!kept("__Secure-id=1"));
    assert!(kept("__Host-id=1; Secure; Path=/"));
    assert!(!kept("__Host-id=1; Secure"));
    assert!(!kept("__host-id=1; Secure; Path=/; Domain=example.com"));
}

#[test]
fn max_age_wins_over_expires_and_the_past_deletes() {
    let from = "http://localhost/";
    let now = SystemTime::now();
    let mut jar = jar(
        from,
        &[
            "a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "b=2",
            "c=3; max-age=x",
        ],
    );
    assert_eq!(
        jar.header_at(&url(from), &[], now).as_deref(),
        Some("a=1; b=2; c=3")
    );
    assert_eq!(
        jar.header_at(&url(from), &[], now + Duration::from_secs(61))
            .as_deref(),
        Some("b=2; c=3")
    );
    add(
        &mut jar,
        from,
        &["b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "c=; Max-Age=0"],
    );
    assert_eq!(sent(&jar, from).as_deref(), Some("a=1"));
    add(&mut jar, from, &["a=; Max-Age=-1"]);
    assert_eq!(sent(&jar, from), None);
}

#[test]
fn longer_paths_come_first_then_older_cookies() {
    let from = "http://localhost/a/b/c";
    let jar = jar(
        from,
        &[
            "one=1; Path=/",
            "two=2; Path=/a/b",
            "three=3; Path=/",
            "one=4; Path=/a",
        ],
    );
    assert_eq!(sent(&jar, from).as_deref(), Some("two=2; one=4; one=1; three=3"));
    assert_eq!(jar.get("one"), Some("4"));
    assert_eq!(jar.get("none"), None);
}

#[test]
fn a_namesake_takes_the_place_of_the_older_one() {
    let jar = jar("http://localhost/", &["a=1", "b=2", "a=3"]);
    assert_eq!(sent(&jar, "http://localhost/").as_deref(), Some("a=3; b=2"));
}

#[test]
fn cookies_of_the_request_hide_the_jars() {
    let jar = jar("http://localhost/", &["a=1", "b=2"]);
    let to = url("http://localhost/");
    assert_eq!(
        jar.header_beside(&to, Some("b=own; c=own")).as_deref(),
        Some("b=own; c=own; a=1")
    );
    assert_eq!(jar.header_beside(&to, None).as_deref(), Some("a=1; b=2"));
    assert_eq!(
        Jar::default().header_beside(&to, Some("c=own")).as_deref(),
        Some("c=own")
    );
}

#[test]
fn the_number_and_the_size_are_bounded() {
    let lines: Vec<String> = (0..MAX_PER_DOMAIN + 5).map(|n| format!("c{n}=1")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut jar = jar("http://localhost/", &lines);
    assert_eq!(jar.iter().count(), MAX_PER_DOMAIN);
    assert_eq!(jar.get("c4"), None);
    assert_eq!(jar.get("c5"), Some("1"));
    for host in 0..MAX_IN_ALL {
        add(&mut jar, &format!("http://h{host}.localhost/"), &["a=1"]);
    }
    assert_eq!(jar.iter().count(), MAX_IN_ALL);
    assert_eq!(
        super::tests::jar("http://localhost/", &[&format!("a={}", "x".repeat(4097))])
            .iter()
            .count(),
        0
    );
}

#[test]
fn a_value_is_not_shown_by_debug() {
    assert!(!format!("{:?}", jar("http://localhost/", &["id=hunter2"])).contains("hunter2"));
}

proptest! {
    #[test]
    fn what_is_sent_is_a_header_value(line in "[ -~]{0,60}", path in "[a-z/]{0,12}") {
        let from = format!("http://localhost/{path}");
        if let Some(header) = sent(&jar(&from, &[&line]), &from) {
            prop_assert!(HeaderValue::from_str(&header).is_ok());
        }
    }
}
