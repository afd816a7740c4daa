//! TLS: whom the client trusts, what it shows, and HTTP/2 over it.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::server::{Read, Server, Stall, answer};
use super::*;

/// A certificate authority made for one test.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(super) fn new() -> Authority {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Authority(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(super) fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }

    /// A certificate for these names and its key.
    fn issue(&self, names: &[&str], expired: bool) -> (rcgen::Certificate, KeyPair) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        if expired {
            params.not_before = date_time_ymd(2001, 1, 1);
            params.not_after = date_time_ymd(2002, 1, 1);
        }
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.0).unwrap(), key)
    }

    /// A peer's configuration with a certificate for a name.
    pub(super) fn server(
        &self,
        name: &str,
        expired: bool,
        client_authority: Option<&Authority>,
    ) -> ServerConfig {
        let (certificate, key) = self.issue(&[name], expired);
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match client_authority {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.0.der().clone()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        builder
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap()
    }
}

/// A client that trusts an authority beside the system's.
pub(super) fn trusting(authority: &Authority) -> Client {
    Client::new(ClientOptions {
        ca: vec![authority.pem()],
        ..ClientOptions::default()
    })
    .unwrap()
}

fn ok() -> Vec<server::Act> {
    vec![Read, answer("200 OK", b"safe"), Stall]
}

#[tokio::test]
async fn an_authority_of_the_operators_is_trusted_and_tls_is_timed() {
    let authority = Authority::new();
    let server = Server::start_tls(vec![ok()], authority.server("localhost", false, None)).await;
    let response = send(&trusting(&authority), get(server.url_at("localhost", "/")))
        .await
        .unwrap();
    assert_eq!(response.body.text(), "safe");
    let timings = response.timings;
    assert!(timings.dns.is_some() && timings.connect.is_some() && timings.tls.is_some());
}

#[tokio::test]
async fn certificates_that_do_not_hold_are_named() {
    let authority = Authority::new();
    let cases = [
        (
            authority.server("localhost", true, None),
            "certificate of localhost is expired",
        ),
        (
            authority.server("other.test", false, None),
            "certificate of localhost is for another name",
        ),
        (
            Authority::new().server("localhost", false, None),
            "certificate of localhost is not issued by anyone trusted",
        ),
    ];
    for (config, message) in cases {
        let server = Server::start_tls(vec![ok()], config).await;
        let error = send(&trusting(&authority), post(server.url_at("localhost", "/"), "x"))
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind, error.phase, error.maybe_processed),
            (ErrorKind::Tls, Phase::Tls, false)
        );
        assert_eq!(error.message, message);
        assert!(server.received().is_empty());
    }
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_it_is_asked_for() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue(&["client"], false);
    let client_certificate = ClientCertificate {
        chain: certificate.pem().into_bytes(),
        key: key.serialize_pem().into_bytes(),
    };
    let options = ClientOptions {
        ca: vec![authority.pem()],
        ..ClientOptions::default()
    };
    let with = Client::new(ClientOptions {
        client_certificate: Some(client_certificate),
        ..options
    })
    .unwrap();
    let config = || authority.server("localhost", false, Some(&authority));

    let server = Server::start_tls(vec![ok()], config()).await;
    assert_eq!(
        send(&with, get(server.url_at("localhost", "/")))
            .await
            .unwrap()
            .body
            .text(),
        "safe"
    );
    let server = Server::start_tls(vec![ok()], config()).await;
    let error = send(&trusting(&authority), get(server.url_at("localhost", "/")))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Tls, "{error}");
}

#[tokio::test]
async fn a_key_of_another_certificate_is_found_at_once() {
    let authority = Authority::new();
    let (certificate, _) = authority.issue(&["client"], false);
    let (_, key) = authority.issue(&["other"], false);
    let client_certificate = ClientCertificate {
        chain: certificate.pem().into_bytes(),
        key: key.serialize_pem().into_bytes(),
    };
    let options = ClientOptions {
        client_certificate: Some(client_certificate),
        ..ClientOptions::default()
    };
    assert_eq!(Client::new(options).err().unwrap().kind, ErrorKind::Options);
}

#[tokio::test]
async fn a_redirect_from_https_to_http_is_not_followed() {
    let authority = Authority::new();
    let plain = Server::start(vec![ok()]).await;
    let turn = answer(&format!("302 Down\r\nLocation: {}", plain.url("/")), b"");
    let server = Server::start_tls(
        vec![vec![Read, turn, Stall]],
        authority.server("localhost", false, None),
    )
    .await;
    let error = send(&trusting(&authority), get(server.url_at("localhost", "/")))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Redirect);
    assert!(plain.received().is_empty());
}

#[tokio::test]
async fn http_2_is_negotiated_and_its_connection_shared() {
    let authority = Authority::new();
    let mut config = authority.server("localhost", false, None);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let port = http_2(Some(config)).await;
    let client = trusting(&authority);
    let url = Url::parse(&format!("https://localhost:{port}/")).unwrap();
    let first = send(&client, post(url.clone(), "hello")).await.unwrap();
    assert_eq!((first.version, first.reason), (http::Version::HTTP_2, None));
    assert_eq!(first.body.text(), "over HTTP/2.0");
    assert!(!first.sent.headers.contains_key("host"));
    assert!(!first.timings.reused && first.timings.tls.is_some());
    assert!(send(&client, get(url)).await.unwrap().timings.reused);
}

#[tokio::test]
async fn http_2_is_spoken_over_plain_http_where_the_operator_says_so() {
    let port = http_2(None).await;
    let options = ClientOptions {
        http_version: HttpVersion::Http2,
        ..ClientOptions::default()
    };
    let url = Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
    let response = send(&Client::new(options).unwrap(), get(url)).await.unwrap();
    assert_eq!(response.version, http::Version::HTTP_2);
}

/// A peer that speaks HTTP/2 on its first connection; its port.
async fn http_2(tls: Option<ServerConfig>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| async move {
            let body = format!("over {:?}", request.version());
            Ok::<_, Infallible>(hyper::Response::new(Full::new(Bytes::from(body))))
        });
        let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        let _ = match tls {
            None => builder.serve_connection(TokioIo::new(stream), service).await,
            Some(config) => {
                let stream = TlsAcceptor::from(Arc::new(config)).accept(stream).await.unwrap();
                builder.serve_connection(TokioIo::new(stream), service).await
            }
        };
    });
    port
}
