//! Exchanges over real loopback sockets, with peers that do what a script says.

mod failing;
mod following;
mod reusing;
mod securing;
mod sending;
mod server;
mod tunnelling;

use std::sync::Mutex;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use url::Url;

use super::*;

/// A guard that lets everything pass.
fn anywhere(_: &Url, _: usize, _: bool) -> Result<(), Refusal> {
    Ok(())
}

fn client() -> Client {
    Client::new(ClientOptions::default()).unwrap()
}

fn get(url: Url) -> Request {
    Request::new(Method::GET, url)
}

fn post(url: Url, body: &'static str) -> Request {
    Request {
        body: Some(body.into()),
        ..Request::new(Method::POST, url)
    }
}

async fn send(client: &Client, request: Request) -> Result<Response, HttpError> {
    client.send(request, None, &anywhere, &|_| {}).await
}

async fn send_with(client: &Client, request: Request, jar: &Mutex<Jar>) -> Result<Response, HttpError> {
    client.send(request, Some(jar), &anywhere, &|_| {}).await
}

fn with_header(mut request: Request, name: &str, value: &'static str) -> Request {
    request.headers.append(
        HeaderName::try_from(name).unwrap(),
        HeaderValue::from_static(value),
    );
    request
}

/// Deadlines short enough for a test to run into.
fn short() -> Timeouts {
    let moment = Duration::from_millis(60);
    Timeouts {
        total: Duration::from_secs(20),
        connect: moment,
        tls: moment,
        first_byte: moment,
        idle: moment,
    }
}

/// Headers of one name, to compare.
fn header<'headers>(headers: &'headers HeaderMap, name: &str) -> Option<&'headers str> {
    headers.get(name).map(|value| value.to_str().unwrap())
}
