//! An answer's body from the wire: whole, decoded and within its limits.

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use tokio::time::Instant;

use super::clock::Clock;
use super::limits::{CODING_ALLOWANCE, REDIRECT_BODY};
use super::{Body, HttpError, Phase, coding, failure};

/// A body, and how many bytes it had on the wire.
pub(super) struct Received {
    pub(super) body: Body,
    pub(super) encoded: u64,
}

/// Reads the body to its end and undoes its codings.
///
/// # Errors
/// `limit`, `framing`, `timeout`, and `protocol` for a coding that is not known.
pub(super) async fn body(
    response: &mut reqwest::Response,
    method: &Method,
    clock: &mut Clock<'_>,
    limit: u64,
) -> Result<Received, HttpError> {
    // Answers that have no body may still describe the one they stand for (RFC 9110 §6.4.1).
    let described_only = *method == Method::HEAD
        || matches!(
            response.status(),
            StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
        );
    let codings = if described_only {
        Vec::new()
    } else {
        coding::of(response.headers())?
    };
    let announced = response.content_length().unwrap_or(0);
    let wire_limit = if codings.is_empty() {
        limit
    } else {
        limit.saturating_add(CODING_ALLOWANCE)
    };
    if announced > wire_limit && !described_only {
        return Err(coding::too_large(limit));
    }

    let mut encoded = 0;
    let mut plain = Pieces::None;
    let mut decoder = None;
    while let Some(piece) = next(response, clock).await? {
        encoded += piece.len() as u64;
        if encoded > wire_limit {
            return Err(coding::too_large(limit));
        }
        if codings.is_empty() {
            plain = plain.with(piece, announced);
        } else {
            let decoder = match &mut decoder {
                Some(decoder) => decoder,
                None => decoder.insert(coding::Decoder::new(&codings, limit)?),
            };
            decoder.push(&piece)?;
        }
    }
    let bytes = match decoder {
        Some(decoder) => Bytes::from(decoder.finish()?),
        None => plain.whole(),
    };
    Ok(Received {
        body: Body::new(bytes, response.headers().get(CONTENT_TYPE)),
        encoded,
    })
}

/// Reads what a redirect says beside its target, so that its connection can be used again. No check looks at it, so
/// a long one is left where it is.
pub(super) async fn drain(response: &mut reqwest::Response, clock: &mut Clock<'_>) -> Result<(), HttpError> {
    let mut length = 0;
    while let Some(piece) = next(response, clock).await? {
        length += piece.len() as u64;
        if length > REDIRECT_BODY {
            break;
        }
    }
    Ok(())
}

async fn next(response: &mut reqwest::Response, clock: &mut Clock<'_>) -> Result<Option<Bytes>, HttpError> {
    let since = Instant::now();
    let piece = clock.within(response.chunk(), || (Phase::Body, since)).await;
    match piece {
        Ok(Ok(piece)) => Ok(piece),
        Ok(Err(error)) => Err(failure::of(&error, Phase::Body, response.url())),
        Err(passed) => Err(failure::timed_out(&passed, response.url())),
    }
}

/// The pieces of a body that needs no decoding; the common one that came in one piece is not copied.
enum Pieces {
    None,
    One(Bytes),
    Many(BytesMut),
}

impl Pieces {
    fn with(self, piece: Bytes, announced: u64) -> Pieces {
        match self {
            Pieces::None => Pieces::One(piece),
            Pieces::One(first) => {
                let announced = usize::try_from(announced).unwrap_or(0);
                let mut all = BytesMut::with_capacity(announced.max(first.len() + piece.len()));
                all.extend_from_slice(&first);
                all.extend_from_slice(&piece);
                Pieces::Many(all)
            }
            Pieces::Many(mut all) => {
                all.extend_from_slice(&piece);
                Pieces::Many(all)
            }
        }
    }

    fn whole(self) -> Bytes {
        match self {
            Pieces::None => Bytes::new(),
            Pieces::One(piece) => piece,
            Pieces::Many(all) => all.freeze(),
        }
    }
}
