//! What goes wrong, by phase and kind.

use std::time::Duration;

use super::server::{Act, Read, Reset, Server, Stall, answer, send as bytes};
use super::*;
use crate::http::coding::{Coding, tests::encode};

async fn failure_of(script: Vec<Act>, options: ClientOptions) -> HttpError {
    let server = Server::start(vec![script]).await;
    let request = Request {
        timeouts: short(),
        ..get(server.url("/?key=hunter2"))
    };
    let error = send(&Client::new(options).unwrap(), request).await.unwrap_err();
    assert!(
        !error.message.contains("hunter2") && !error.maybe_processed,
        "{error}"
    );
    error
}

async fn failure(script: Vec<Act>) -> (ErrorKind, Phase) {
    let error = failure_of(script, ClientOptions::default()).await;
    (error.kind, error.phase)
}

#[tokio::test]
async fn a_broken_body_is_a_framing_error() {
    let framing = (ErrorKind::Framing, Phase::Body);
    let short_of = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort";
    assert_eq!(failure(vec![Read, bytes(short_of)]).await, framing);
    assert_eq!(failure(vec![Read, bytes(short_of), Reset]).await, framing);
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    assert_eq!(failure(vec![Read, bytes(chunked)]).await, framing);
    assert_eq!(
        failure(vec![Read, bytes(format!("{chunked}nonsense\r\n"))]).await,
        framing
    );
    let mut cut = encode(Coding::Gzip, b"hello");
    cut.pop();
    assert_eq!(
        failure(vec![Read, answer("200 OK\r\nContent-Encoding: gzip", &cut)]).await,
        framing
    );
}

#[tokio::test]
async fn what_is_not_http_is_a_protocol_error() {
    assert_eq!(
        failure(vec![Read, bytes("SSH-2.0-x\r\n\r\n")]).await,
        (ErrorKind::Protocol, Phase::FirstByte)
    );
    let differing = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab";
    assert_eq!(
        failure(vec![Read, bytes(differing)]).await,
        (ErrorKind::Framing, Phase::FirstByte)
    );
    let unknown = answer("200 OK\r\nContent-Encoding: rot13", b"x");
    assert_eq!(
        failure(vec![Read, unknown]).await,
        (ErrorKind::Protocol, Phase::Body)
    );
}

#[tokio::test]
async fn each_limit_is_an_error_and_never_a_cut() {
    let limited = |max_body| ClientOptions {
        max_body,
        ..ClientOptions::default()
    };
    let body = ErrorKind::Limit(Limit::Body);
    assert_eq!(
        failure_of(vec![Read, answer("200 OK", b"12345")], limited(4))
            .await
            .kind,
        body
    );
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n";
    assert_eq!(
        failure_of(vec![Read, bytes(chunked)], limited(4)).await.kind,
        body
    );
    let bomb = encode(Coding::Gzip, &vec![0; 100_000]);
    let bomb = answer("200 OK\r\nContent-Encoding: gzip", &bomb);
    assert_eq!(failure_of(vec![Read, bomb], limited(99_999)).await.kind, body);

    let lines: String = (0..101).map(|n| format!("X-{n}: y\r\n")).collect();
    let many = bytes(format!("HTTP/1.1 200 OK\r\n{lines}Content-Length: 0\r\n\r\n"));
    assert!(matches!(
        failure(vec![Read, many.clone()]).await.0,
        ErrorKind::Limit(_)
    ));
    let options = ClientOptions {
        max_header_lines: 200,
        ..ClientOptions::default()
    };
    let server = Server::start(vec![vec![Read, many]]).await;
    assert!(
        send(&Client::new(options).unwrap(), get(server.url("/")))
            .await
            .is_ok()
    );
    for length in [310, 500] {
        let long = format!("200 OK\r\nX-Long: {}", "y".repeat(length * 1024));
        let error = failure(vec![Read, answer(&long, b"")]).await.0;
        assert_eq!(error, ErrorKind::Limit(Limit::HeaderBytes), "{length}");
    }
    let codings = answer("200 OK\r\nContent-Encoding: gzip, gzip, gzip", b"x");
    assert_eq!(
        failure(vec![Read, codings]).await.0,
        ErrorKind::Limit(Limit::Codings)
    );
}

#[tokio::test]
async fn each_phase_has_its_deadline() {
    let first_byte = failure_of(vec![Read, Stall], ClientOptions::default()).await;
    assert_eq!(first_byte.kind, ErrorKind::Timeout(Phase::FirstByte));
    assert_eq!(first_byte.message, "no first byte from 127.0.0.1 within 60ms");
    let idle = bytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    assert_eq!(
        failure(vec![Read, idle, Stall]).await.0,
        ErrorKind::Timeout(Phase::Body)
    );

    // A peer that speaks no TLS and waits: the handshake has no end.
    let server = Server::start(vec![vec![Stall]]).await;
    let url = Url::parse(&format!("https://{}/", server.address)).unwrap();
    let client = securing::trusting(&securing::Authority::new());
    let error = send(
        &client,
        Request {
            timeouts: short(),
            ..get(url.clone())
        },
    )
    .await
    .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout(Phase::Tls));

    // The same peer as a proxy: its tunnel, which belongs to the connection, has no end.
    let server = Server::start(vec![vec![Read, Stall]]).await;
    let ca = vec![securing::Authority::new().pem()];
    let options = ClientOptions {
        proxy: Some(server.url("/").into()),
        ca,
        ..ClientOptions::default()
    };
    let request = Request {
        timeouts: short(),
        ..get(url)
    };
    let error = send(&Client::new(options).unwrap(), request).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout(Phase::Connect));
}

#[tokio::test]
async fn the_whole_request_has_a_deadline_over_all_hops() {
    let turn = answer("302 Away\r\nLocation: /next", b"");
    let server = Server::start(vec![vec![Read, turn, Read, Stall]]).await;
    let total = Duration::from_millis(120);
    let request = Request {
        timeouts: Timeouts {
            total,
            ..Timeouts::default()
        },
        ..post(server.url("/"), "x")
    };
    let error = send(&client(), request).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout(Phase::FirstByte));
    assert!(
        error
            .message
            .starts_with("no whole answer from 127.0.0.1 within 120ms in all"),
        "{error}"
    );
}

#[tokio::test]
async fn a_post_that_gets_no_answer_may_have_been_processed() {
    let server = Server::start(vec![vec![Read, Stall]]).await;
    let request = Request {
        timeouts: short(),
        ..post(server.url("/"), "pay")
    };
    assert!(send(&client(), request).await.unwrap_err().maybe_processed);
}

#[tokio::test]
async fn nobody_listening_is_a_connect_error() {
    let server = Server::start(vec![]).await;
    let (url, address) = (server.url("/?key=hunter2"), server.address);
    drop(server);
    // The listener is closed by a task that the runtime has yet to end.
    tokio::task::yield_now().await;
    let error = send(&client(), post(url, "x")).await.unwrap_err();
    assert_eq!((&error.kind, error.maybe_processed), (&ErrorKind::Connect, false));
    assert_eq!(
        error.message,
        format!("connect to {address} failed: connection refused")
    );
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_a_dns_error() {
    let error = send(
        &client(),
        get(Url::parse("http://no-such-name.invalid/").unwrap()),
    )
    .await
    .unwrap_err();
    assert_eq!((error.kind, error.phase), (ErrorKind::Dns, Phase::Dns));
}

#[tokio::test]
async fn other_schemes_are_refused() {
    let error = send(&client(), get(Url::parse("ftp://127.0.0.1/").unwrap()))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::InvalidUrl);
}

#[test]
fn options_that_do_not_hold_together_are_found_at_once() {
    let base = ClientOptions::default;
    let resolve = vec![Resolve {
        host: "127.0.0.1".into(),
        port: 80,
        address: [127, 0, 0, 1].into(),
    }];
    for options in [
        ClientOptions {
            proxy: Some("socks5://127.0.0.1:1".into()),
            ..base()
        },
        ClientOptions {
            proxy: Some("not a url".into()),
            ..base()
        },
        ClientOptions {
            ca: vec![b"not PEM".to_vec()],
            ..base()
        },
        ClientOptions { resolve, ..base() },
        ClientOptions {
            client_certificate: Some(ClientCertificate {
                chain: vec![],
                key: vec![],
            }),
            ..base()
        },
    ] {
        assert_eq!(Client::new(options).err().unwrap().kind, ErrorKind::Options);
    }
}
