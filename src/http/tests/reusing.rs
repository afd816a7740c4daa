//! Connections kept, and lost just when they are used again.

use super::server::{Read, Reset, Server, Stall, answer};
use super::*;

#[tokio::test]
async fn a_second_request_takes_the_same_connection_and_has_no_connect_time() {
    let ok = || answer("200 OK", b"x");
    let server = Server::start(vec![vec![Read, ok(), Read, ok(), Stall]]).await;
    let client = client();
    let first = send(&client, get(server.url_at("localhost", "/")))
        .await
        .unwrap()
        .timings;
    assert!(!first.reused && first.dns.is_some() && first.connect.is_some() && first.tls.is_none());
    assert!(first.first_byte.is_some() && first.body.is_some());
    // The pool gets the connection back in a task of its own.
    tokio::task::yield_now().await;
    let second = send(&client, get(server.url_at("localhost", "/")))
        .await
        .unwrap()
        .timings;
    assert!(second.reused && second.dns.is_none() && second.connect.is_none());
    assert!(second.started >= first.started + first.total);
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn an_address_is_not_looked_up() {
    let server = Server::start(vec![vec![Read, answer("200 OK", b"x"), Stall]]).await;
    let timings = send(&client(), get(server.url("/"))).await.unwrap().timings;
    assert!(!timings.reused && timings.dns.is_none() && timings.connect.is_some());
}

/// Two connections: the first answers once, reads a second request and is lost; the second answers.
async fn racing(lost: Vec<server::Act>) -> Server {
    let first = [vec![Read, answer("200 OK", b"one"), Read], lost].concat();
    Server::start(vec![first, vec![Read, answer("200 OK", b"two"), Stall]]).await
}

#[tokio::test]
async fn an_idempotent_request_is_repeated_once_on_a_new_connection() {
    for lost in [vec![], vec![Reset]] {
        let server = racing(lost).await;
        let client = client();
        send(&client, get(server.url("/1"))).await.unwrap();
        tokio::task::yield_now().await;
        let response = send(&client, get(server.url("/2"))).await.unwrap();
        assert_eq!(response.body.text(), "two");
        assert!(!response.timings.reused);
        let connections: Vec<usize> = server
            .received()
            .iter()
            .map(|(connection, _)| *connection)
            .collect();
        assert_eq!(connections, [0, 0, 1]);
    }
}

#[tokio::test]
async fn a_post_is_sent_once_and_may_have_been_processed() {
    for lost in [vec![], vec![Reset]] {
        let server = racing(lost).await;
        let client = client();
        send(&client, get(server.url("/1"))).await.unwrap();
        tokio::task::yield_now().await;
        let error = send(&client, post(server.url("/2"), "pay")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Framing);
        assert!(
            error.maybe_processed && error.message.ends_with("; it may have been processed"),
            "{error}"
        );
        assert_eq!(server.received().len(), 2);
    }
}

#[tokio::test]
async fn a_new_connection_that_is_lost_is_not_tried_again() {
    let server = Server::start(vec![vec![Read], vec![Read, answer("200 OK", b"x")]]).await;
    let error = send(&client(), get(server.url("/"))).await.unwrap_err();
    assert_eq!(
        (error.kind, error.phase, error.maybe_processed),
        (ErrorKind::Framing, Phase::FirstByte, false)
    );
    assert_eq!(server.received().len(), 1);
}
