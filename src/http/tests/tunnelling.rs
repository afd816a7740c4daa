//! Through a proxy: plain URLs whole, others in a tunnel (RFC 9110 §9.3.6).

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use super::securing::Authority;
use super::server::{Read, Server, Stall, answer};
use super::*;

fn by_way_of(proxy: impl Into<String>, authority: &Authority) -> Client {
    Client::new(ClientOptions {
        proxy: Some(proxy.into()),
        ca: vec![authority.pem()],
        ..ClientOptions::default()
    })
    .unwrap()
}

/// A proxy that opens one tunnel to `target`, whatever is asked for, and tells the lines it was asked with.
async fn tunnel(
    target: std::net::SocketAddr,
    tls: Option<TlsAcceptor>,
) -> (u16, oneshot::Receiver<Vec<String>>) {
    async fn serve<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(
        stream: S,
        target: std::net::SocketAddr,
        asked: oneshot::Sender<Vec<String>>,
    ) {
        let mut stream = BufReader::new(stream);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.unwrap();
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_lowercase()),
            }
        }
        asked.send(lines).unwrap();
        let mut peer = TcpStream::connect(target).await.unwrap();
        stream
            .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
            .await
            .unwrap();
        // Either side may close without ceremony once it has what it wants.
        let _ = copy_bidirectional(&mut stream, &mut peer).await;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, receiver) = oneshot::channel();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        match tls {
            None => serve(stream, target, sender).await,
            Some(tls) => serve(tls.accept(stream).await.unwrap(), target, sender).await,
        }
    });
    (port, receiver)
}

fn safe() -> Vec<server::Act> {
    vec![Read, answer("200 OK", b"safe"), Stall]
}

#[tokio::test]
async fn an_https_url_goes_through_a_tunnel_that_never_sees_the_request() {
    let authority = Authority::new();
    let server = Server::start_tls(vec![safe()], authority.server("localhost", false, None)).await;
    let (port, asked) = tunnel(server.address, None).await;
    let client = by_way_of(format!("http://me:word@127.0.0.1:{port}"), &authority);
    let request = with_header(
        get(server.url_at("localhost", "/x?key=hunter2")),
        "authorization",
        "Bearer t0ken",
    );
    let response = send(&client, request).await.unwrap();
    assert_eq!(response.body.text(), "safe");
    let asked = asked.await.unwrap();
    assert_eq!(
        asked[0],
        format!("connect localhost:{} http/1.1", server.address.port())
    );
    assert!(
        asked.contains(&"proxy-authorization: basic bwu6d29yza==".to_owned()),
        "{asked:?}"
    );
    assert!(
        !asked.join(" ").contains("hunter2") && !asked.join(" ").contains("t0ken"),
        "{asked:?}"
    );
    let sent = server.request(0);
    assert!(sent.starts_with("get /x?key=hunter2 http/1.1\r\n"), "{sent}");
    assert!(
        sent.contains("t0ken") && !sent.contains("proxy-authorization"),
        "{sent}"
    );
}

#[tokio::test]
async fn a_proxy_may_speak_tls_itself() {
    let authority = Authority::new();
    let server = Server::start_tls(vec![safe()], authority.server("localhost", false, None)).await;
    let tls = TlsAcceptor::from(std::sync::Arc::new(authority.server("localhost", false, None)));
    let (port, asked) = tunnel(server.address, Some(tls)).await;
    let client = by_way_of(format!("https://localhost:{port}"), &authority);
    let response = send(&client, get(server.url_at("localhost", "/"))).await.unwrap();
    assert_eq!(response.body.text(), "safe");
    assert!(asked.await.unwrap()[0].starts_with("connect localhost:"));
}

#[tokio::test]
async fn a_proxy_that_is_not_there_or_refuses_is_named() {
    let authority = Authority::new();
    let gone = Server::start(vec![]).await;
    let address = gone.address;
    drop(gone);
    tokio::task::yield_now().await;
    let client = by_way_of(format!("http://me:word@{address}"), &authority);
    for url in ["http://far.invalid/", "https://far.invalid/"] {
        let error = send(&client, get(Url::parse(url).unwrap())).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Connect);
        assert!(
            error
                .message
                .ends_with(&format!("connection refused (by way of the proxy {address})"))
                && !error.message.contains("word"),
            "{error}"
        );
    }
    let refusing = Server::start(vec![vec![Read, answer("403 Forbidden", b""), Stall]]).await;
    let client = by_way_of(refusing.url("/"), &authority);
    let error = send(&client, get(Url::parse("https://far.invalid/").unwrap()))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Connect);
    assert!(
        error.message.contains("tunnel") && error.message.contains("by way of the proxy"),
        "{error}"
    );
}
