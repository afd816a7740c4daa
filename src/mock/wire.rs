//! An answer as it goes out, whole or cut off.

use std::io;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http::StatusCode;
use http::header::CONTENT_LENGTH;

use super::respond::Answer;

/// An answer as it is.
pub(super) fn whole(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

/// No answer at all: the body fails before the server has sent the head, and the connection is closed.
pub(super) fn dropped() -> Response {
    let mut response = Response::new(Body::from_stream(stream::once(async {
        Err::<Bytes, _>(cut_off())
    })));
    // The server looks at a body only if there is one to be sent.
    response.headers_mut().insert(CONTENT_LENGTH, 1.into());
    response
}

/// An answer whose body breaks off after `length` bytes, though the head promised all of it. A shorter one is whole.
pub(super) fn truncated(mut answer: Answer, length: usize) -> Response {
    if length >= answer.body.len() || answer.status == StatusCode::NO_CONTENT {
        return whole(answer);
    }
    answer.headers.insert(CONTENT_LENGTH, answer.body.len().into());
    let start = answer.body.split_to(length);
    let end = stream::once(async {
        // A pause, in which the server sends what it holds back.
        tokio::task::yield_now().await;
        Err(cut_off())
    });
    let body = Body::from_stream(stream::iter([Ok(start)]).chain(end));
    let mut response = whole(Answer {
        body: Bytes::new(),
        ..answer
    });
    *response.body_mut() = body;
    response
}

fn cut_off() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "cut off by a fault of the mock")
}
