//! What goes out and what comes back when nothing goes wrong.

use std::cell::RefCell;
use std::net::IpAddr;

use http::{StatusCode, Version};

use super::server::{Read, Server, Stall, answer, send as bytes};
use super::*;
use crate::http::coding::{Coding, tests::encode};

#[tokio::test]
async fn a_request_has_its_defaults_and_says_what_was_sent() {
    let server = Server::start(vec![vec![
        Read,
        answer("201 Made It\r\nX-A: b", b"{\"id\":7}"),
        Stall,
    ]])
    .await;
    let request = with_header(post(server.url("/x?q=1"), "hello"), "content-type", "text/plain");
    let response = send(&client(), request).await.unwrap();

    assert_eq!(
        (response.status, response.reason.as_deref()),
        (StatusCode::CREATED, Some("Made It"))
    );
    assert_eq!(response.version, Version::HTTP_11);
    assert_eq!(header(&response.headers, "x-a"), Some("b"));
    assert_eq!(response.body.json().unwrap()["id"], 7);
    let head = "HTTP/1.1 201 Made It\r\nX-A: b\r\nContent-Length: 8\r\n\r\n";
    assert_eq!(
        response.sizes,
        Sizes {
            header: head.len() as u64,
            encoded: 8,
            decoded: 8
        }
    );

    let wire = server.request(0);
    assert!(
        wire.starts_with("post /x?q=1 http/1.1\r\n") && wire.ends_with("\r\n\r\nhello"),
        "{wire}"
    );
    let (head, _) = wire.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<String> = head.lines().skip(1).map(str::to_owned).collect();
    let mut sent: Vec<String> = response
        .sent
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()).to_ascii_lowercase())
        .collect();
    lines.sort();
    sent.sort();
    assert_eq!(lines, sent);
    let version = concat!("callsheet/", env!("CARGO_PKG_VERSION"));
    assert_eq!(header(&response.sent.headers, "user-agent"), Some(version));
    assert_eq!(
        header(&response.sent.headers, "accept-encoding"),
        Some("gzip, deflate, br, zstd")
    );
}

#[tokio::test]
async fn what_the_request_sets_wins_over_the_defaults() {
    let server = Server::start(vec![vec![Read, answer("200 OK", b""), Stall]]).await;
    let mut request = get(server.url("/"));
    for (name, value) in [
        ("user-agent", "mine"),
        ("host", "other.test"),
        ("accept-encoding", "br"),
    ] {
        request = with_header(request, name, value);
    }
    send(&client(), request).await.unwrap();
    let wire = server.request(0);
    for line in [
        "user-agent: mine\r\n",
        "host: other.test\r\n",
        "accept-encoding: br\r\n",
    ] {
        assert_eq!(wire.matches(line).count(), 1, "{wire}");
    }
}

#[tokio::test]
async fn a_name_and_password_in_the_url_become_a_header() {
    let server = Server::start(vec![vec![Read, answer("200 OK", b""), Stall]]).await;
    let mut url = server.url("/");
    url.set_username("me").unwrap();
    url.set_password(Some("p@ss")).unwrap();
    let response = send(&client(), get(url)).await.unwrap();
    assert!(
        server
            .request(0)
            .contains("authorization: basic bwu6cebzcw==\r\n")
    );
    assert!(response.sent.headers["authorization"].is_sensitive());
    assert_eq!(response.sent.url, server.url("/"));
}

#[tokio::test]
async fn every_coding_is_undone_and_its_header_kept() {
    let text = b"a body worth compressing, a body worth compressing".as_slice();
    for (name, coding) in [
        ("gzip", Coding::Gzip),
        ("deflate", Coding::Deflate),
        ("br", Coding::Brotli),
        ("zstd", Coding::Zstd),
    ] {
        let encoded = encode(coding, text);
        let head = format!("200 OK\r\nContent-Encoding: {name}");
        let server = Server::start(vec![vec![Read, answer(&head, &encoded), Stall]]).await;
        let response = send(&client(), get(server.url("/"))).await.unwrap();
        assert_eq!(response.body.bytes(), text, "{name}");
        assert_eq!(header(&response.headers, "content-encoding"), Some(name));
        assert_eq!(
            (response.sizes.encoded, response.sizes.decoded),
            (encoded.len() as u64, text.len() as u64)
        );
    }
}

#[tokio::test]
async fn an_answer_without_a_body_may_name_a_coding() {
    let empty = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99999999\r\n\r\n";
    let not_modified = "HTTP/1.1 304 Not Modified\r\nContent-Encoding: gzip\r\n\r\n";
    let script = vec![
        Read,
        bytes(empty),
        Read,
        bytes(not_modified),
        Read,
        answer("200 OK\r\nContent-Encoding: gzip", b""),
        Stall,
    ];
    let server = Server::start(vec![script]).await;
    let client = client();
    assert!(
        send(&client, Request::new(Method::HEAD, server.url("/")))
            .await
            .unwrap()
            .body
            .is_empty()
    );
    assert!(send(&client, get(server.url("/"))).await.unwrap().body.is_empty());
    assert!(send(&client, get(server.url("/"))).await.unwrap().body.is_empty());
}

#[tokio::test]
async fn cookies_come_and_go_through_the_jar() {
    let login = answer("200 OK\r\nSet-Cookie: sid=1; Path=/", b"");
    let server = Server::start(vec![vec![Read, login, Read, answer("200 OK", b""), Stall]]).await;
    let (client, jar) = (client(), Mutex::new(Jar::default()));
    send_with(&client, get(server.url("/login")), &jar).await.unwrap();
    let request = with_header(get(server.url("/")), "cookie", "own=2");
    let response = send_with(&client, request, &jar).await.unwrap();
    assert!(!server.request(0).contains("cookie:"));
    assert!(server.request(1).contains("cookie: own=2; sid=1\r\n"));
    assert!(response.sent.headers["cookie"].is_sensitive());
    assert_eq!(jar.lock().unwrap().get("sid"), Some("1"));
}

#[tokio::test]
async fn a_host_can_be_given_an_address() {
    let server = Server::start(vec![vec![Read, answer("200 OK", b""), Stall]]).await;
    let resolve = vec![Resolve {
        host: "api.example.com".into(),
        port: server.address.port(),
        address: IpAddr::from([127, 0, 0, 1]),
    }];
    let client = Client::new(ClientOptions {
        resolve,
        ..ClientOptions::default()
    })
    .unwrap();
    let response = send(&client, get(server.url_at("api.example.com", "/")))
        .await
        .unwrap();
    assert!(
        server
            .request(0)
            .contains(&format!("host: api.example.com:{}\r\n", server.address.port()))
    );
    assert!(response.timings.dns.is_some());
}

#[tokio::test]
async fn a_proxy_is_asked_for_plain_urls_and_told_its_password() {
    let proxy = Server::start(vec![vec![Read, answer("200 OK", b"from afar"), Stall]]).await;
    let mut url = proxy.url("/");
    url.set_username("me").unwrap();
    url.set_password(Some("word")).unwrap();
    let client = Client::new(ClientOptions {
        proxy: Some(url.into()),
        ..ClientOptions::default()
    })
    .unwrap();
    let response = send(&client, get(Url::parse("http://far.invalid/x").unwrap()))
        .await
        .unwrap();
    assert_eq!(response.body.text(), "from afar");
    let wire = proxy.request(0);
    assert!(
        wire.starts_with("get http://far.invalid/x http/1.1\r\n"),
        "{wire}"
    );
    assert!(
        wire.contains("proxy-authorization: basic bwu6d29yza==\r\n"),
        "{wire}"
    );
}

#[tokio::test]
async fn the_phases_are_told_as_they_begin() {
    let server = Server::start(vec![vec![Read, answer("200 OK", b"x"), Stall]]).await;
    let phases = RefCell::new(Vec::new());
    let observe = |phase| phases.borrow_mut().push(phase);
    client()
        .send(get(server.url_at("localhost", "/")), None, &anywhere, &observe)
        .await
        .unwrap();
    let phases = phases.into_inner();
    assert_eq!(phases.last(), Some(&Phase::Body));
    assert!(phases.contains(&Phase::FirstByte), "{phases:?}");
    assert!(phases.windows(2).all(|pair| pair[0] != pair[1]), "{phases:?}");
}
