//! Redirects: what is asked next, what is taken along, and where they end.

use super::server::{Act, Read, Server, Stall, answer};
use super::*;

fn to(status: u16, location: &str) -> Act {
    answer(&format!("{status} Elsewhere\r\nLocation: {location}"), b"moved")
}

#[tokio::test]
async fn each_status_decides_method_and_body() {
    for (status, method, body) in [
        (301, "get", ""),
        (302, "get", ""),
        (303, "get", ""),
        (307, "post", "data"),
        (308, "post", "data"),
    ] {
        let server = Server::start(vec![vec![
            Read,
            to(status, "/next"),
            Read,
            answer("200 OK", b"here"),
            Stall,
        ]])
        .await;
        let request = with_header(post(server.url("/first"), "data"), "content-type", "text/plain");
        let response = send(&client(), request).await.unwrap();

        let wire = server.request(1);
        assert!(
            wire.starts_with(&format!("{method} /next ")) && wire.ends_with(&format!("\r\n\r\n{body}")),
            "{wire}"
        );
        assert_eq!(wire.contains("content-type"), !body.is_empty(), "{wire}");
        assert!(!wire.contains("referer"), "{wire}");
        assert_eq!(response.body.text(), "here");
        assert_eq!(response.url, server.url("/next"));
        assert_eq!(response.sent.method.as_str().to_ascii_lowercase(), method);
        let hop = Hop {
            method: Method::POST,
            url: server.url("/first"),
            status,
            location: "/next".into(),
            dropped_credentials: false,
        };
        assert_eq!(response.redirects, [hop]);
        // The redirect's body was read, so one connection was enough.
        assert_eq!(
            server
                .received()
                .iter()
                .map(|(connection, _)| *connection)
                .collect::<Vec<_>>(),
            [0, 0]
        );
    }
}

#[tokio::test]
async fn credentials_stay_with_their_origin_for_good() {
    // Home is known by two names, which are two origins of one peer.
    let home = Server::start(vec![
        vec![
            Read,
            to(302, "//localhost:{port}/away"),
            Read,
            answer("200 OK", b""),
            Stall,
        ],
        vec![Read, to(302, "//127.0.0.1:{port}/back"), Stall],
    ])
    .await;

    let mut request = with_header(get(home.url("/")), "authorization", "Bearer t");
    request = with_header(request, "cookie", "own=1");
    request = with_header(request, "x-plain", "stays");
    let mut key = HeaderValue::from_static("k");
    key.set_sensitive(true);
    request.headers.insert("x-key", key);
    let response = send(&client(), request).await.unwrap();
    assert_eq!(
        response
            .redirects
            .iter()
            .map(|hop| hop.dropped_credentials)
            .collect::<Vec<_>>(),
        [true, false]
    );
    for (number, sent) in [(0, true), (1, false), (2, false)] {
        let wire = home.request(number);
        for line in ["authorization: bearer t", "cookie: own=1", "x-key: k"] {
            assert_eq!(wire.contains(line), sent, "{wire}");
        }
        assert!(wire.contains("x-plain: stays"), "{wire}");
    }
}

#[tokio::test]
async fn another_port_is_another_origin_and_the_jar_decides_anew() {
    let away = Server::start(vec![vec![Read, answer("200 OK", b""), Stall]]).await;
    let turn = answer(
        &format!("307 Away\r\nLocation: {}\r\nSet-Cookie: a=1", away.url("/")),
        b"",
    );
    let home = Server::start(vec![vec![Read, turn, Stall]]).await;
    let request = with_header(
        with_header(get(home.url("/")), "authorization", "Basic x"),
        "host",
        "fake.test",
    );
    let jar = Mutex::new(Jar::default());
    let response = send_with(&client(), request, &jar).await.unwrap();
    assert!(response.redirects[0].dropped_credentials);
    let wire = away.request(0);
    // Cookies know no ports (RFC 6265bis §8.5), unlike origins.
    assert!(
        wire.contains("cookie: a=1\r\n") && !wire.contains("authorization"),
        "{wire}"
    );
    assert!(wire.contains(&format!("host: {}\r\n", away.address)), "{wire}");
}

#[tokio::test]
async fn circles_and_long_chains_are_errors() {
    let server = Server::start(vec![vec![
        Read,
        to(302, "/b?key=hunter2"),
        Read,
        to(302, "/a"),
        Stall,
    ]])
    .await;
    let error = send(&client(), get(server.url("/a"))).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Redirect);
    assert_eq!(error.message, "redirected in a circle: GET 127.0.0.1/a again");

    let chain = (0..4).flat_map(|n| [Read, to(302, &format!("/{n}"))]).collect();
    let server = Server::start(vec![chain]).await;
    let request = Request {
        redirects: RedirectLimit(3),
        ..get(server.url("/start"))
    };
    let error = send(&client(), request).await.unwrap_err();
    assert_eq!((error.kind, server.received().len()), (ErrorKind::Redirect, 4));
}

#[tokio::test]
async fn a_page_that_sets_a_cookie_and_leads_to_itself_is_no_circle() {
    let turn = answer("302 Again\r\nLocation: /\r\nSet-Cookie: seen=1", b"");
    let server = Server::start(vec![vec![Read, turn, Read, answer("200 OK", b"in"), Stall]]).await;
    let jar = Mutex::new(Jar::default());
    assert_eq!(
        send_with(&client(), get(server.url("/")), &jar)
            .await
            .unwrap()
            .body
            .text(),
        "in"
    );
}

#[tokio::test]
async fn a_redirect_is_the_answer_where_none_is_followed() {
    let server = Server::start(vec![vec![Read, to(302, "/next"), Stall]]).await;
    let request = Request {
        redirects: RedirectLimit::NONE,
        ..get(server.url("/"))
    };
    let response = send(&client(), request).await.unwrap();
    assert_eq!(
        (response.status.as_u16(), response.body.text().as_ref()),
        (302, "moved")
    );
}

#[tokio::test]
async fn the_guard_is_asked_for_each_hop_and_can_end_it() {
    let asked = Mutex::new(Vec::new());
    let refusal = || Refusal::UnboundSecret {
        host: "127.0.0.1".to_owned(),
    };
    let guard = |url: &Url, hop: usize, secret: bool| {
        asked.lock().unwrap().push((url.path().to_owned(), hop, secret));
        if url.path() == "/kept" {
            Err(refusal())
        } else {
            Ok(())
        }
    };
    let script = vec![Read, to(307, "/kept"), Read, answer("200 OK", b""), Stall];
    let server = Server::start(vec![script]).await;
    let request = Request {
        carries_secret: true,
        ..post(server.url("/first"), "secret")
    };
    let error = client().send(request, None, &guard, &|_| {}).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused(refusal()));
    assert_eq!(
        *asked.lock().unwrap(),
        [("/first".to_owned(), 0, true), ("/kept".to_owned(), 1, true)]
    );
    assert_eq!(server.received().len(), 1);

    asked.lock().unwrap().clear();
    let server = Server::start(vec![vec![
        Read,
        to(303, "/left"),
        Read,
        answer("200 OK", b""),
        Stall,
    ]])
    .await;
    let request = Request {
        carries_secret: true,
        ..post(server.url("/first"), "secret")
    };
    client().send(request, None, &guard, &|_| {}).await.unwrap();
    assert_eq!(asked.lock().unwrap()[1], ("/left".to_owned(), 1, false));

    // A redirect may bring along what it was asked with.
    asked.lock().unwrap().clear();
    let location = "/next?back=s3cret%2Dvalue";
    let script = vec![Read, to(302, location), Read, answer("200 OK", b""), Stall];
    let server = Server::start(vec![script]).await;
    let request = Request {
        carries_secret: true,
        ..get(server.url("/first?key=s3cret-value"))
    };
    client().send(request, None, &guard, &|_| {}).await.unwrap();
    assert_eq!(asked.lock().unwrap()[1], ("/next".to_owned(), 1, true));
}
