//! Content codings, undone under a limit (RFC 9110 §8.4).

mod stages;
#[cfg(test)]
pub(in crate::http) mod tests;

use std::fmt;
use std::io::{self, Write};

use http::HeaderMap;
use http::header::CONTENT_ENCODING;

use super::limits::MAX_CODINGS;
use super::{ErrorKind, HttpError, Limit, Phase};
use stages::Stage;

/// What is asked for unless the request asks otherwise.
pub(super) const ACCEPTED: &str = "gzip, deflate, br, zstd";

/// A coding that can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

impl Coding {
    /// The coding of this name; `identity` is none.
    fn named(name: &str) -> Option<Coding> {
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Some(Coding::Gzip),
            "deflate" => Some(Coding::Deflate),
            "br" => Some(Coding::Brotli),
            "zstd" => Some(Coding::Zstd),
            _ => None,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Coding::Gzip => "gzip",
            Coding::Deflate => "deflate",
            Coding::Brotli => "br",
            Coding::Zstd => "zstd",
        }
    }
}

/// The codings of an answer in the order they were applied.
///
/// # Errors
/// `protocol` for a coding that is not known, `limit` for more than two.
pub(super) fn of(headers: &HeaderMap) -> Result<Vec<Coding>, HttpError> {
    let mut codings = Vec::new();
    for line in headers.get_all(CONTENT_ENCODING) {
        for name in line
            .as_bytes()
            .split(|byte| *byte == b',')
            .map(<[u8]>::trim_ascii)
        {
            let name = String::from_utf8_lossy(name);
            if name.is_empty() || name.eq_ignore_ascii_case("identity") {
                continue;
            }
            let Some(coding) = Coding::named(&name) else {
                let message = format!(
                    "cannot decode the body: unknown content coding '{}'",
                    name.escape_debug()
                );
                return Err(HttpError::new(ErrorKind::Protocol, Phase::Body, message));
            };
            if codings.len() == MAX_CODINGS {
                let message =
                    format!("cannot decode the body: it has more than {MAX_CODINGS} content codings");
                return Err(HttpError::new(
                    ErrorKind::Limit(Limit::Codings),
                    Phase::Body,
                    message,
                ));
            }
            codings.push(coding);
        }
    }
    Ok(codings)
}

/// Takes a body in pieces and undoes its codings as they come.
pub(super) struct Decoder {
    first: Box<dyn Stage>,
    /// The outermost coding's name, for messages.
    name: &'static str,
    limit: u64,
}

impl Decoder {
    /// A decoder for these codings, whose result may have `limit` bytes.
    pub(super) fn new(codings: &[Coding], limit: u64) -> Result<Decoder, HttpError> {
        let mut name = "identity";
        let mut first: Box<dyn Stage> = Box::new(Capped {
            bytes: Vec::new(),
            limit,
        });
        // The coding applied last is undone first.
        for coding in codings {
            name = coding.as_str();
            first = stages::undoing(*coding, first).map_err(|error| failure(&error, name, limit))?;
        }
        Ok(Decoder { first, name, limit })
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// `limit` when the result grows too large, `framing` when the piece is not what the coding allows.
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), HttpError> {
        self.first
            .write_all(piece)
            .map_err(|error| failure(&error, self.name, self.limit))
    }

    /// The whole result.
    ///
    /// # Errors
    /// As `push`, and `framing` when the coding has not come to its end or its checksum does not hold.
    pub(super) fn finish(self) -> Result<Vec<u8>, HttpError> {
        self.first
            .finish()
            .map_err(|error| failure(&error, self.name, self.limit))
    }
}

/// Where the decoded bytes gather, up to the limit.
struct Capped {
    bytes: Vec<u8>,
    limit: u64,
}

impl Write for Capped {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if (self.bytes.len() + piece.len()) as u64 > self.limit {
            return Err(io::Error::other(OverLimit));
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stage for Capped {
    fn finish(self: Box<Self>) -> io::Result<Vec<u8>> {
        Ok(self.bytes)
    }
}

/// The mark by which a full `Capped` is known beneath any stage.
#[derive(Debug)]
struct OverLimit;

impl fmt::Display for OverLimit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("over the limit")
    }
}

impl std::error::Error for OverLimit {}

/// The error for a body over its limit.
pub(super) fn too_large(limit: u64) -> HttpError {
    let message = format!("the body is larger than the limit of {limit} bytes");
    HttpError::new(ErrorKind::Limit(Limit::Body), Phase::Body, message)
}

fn failure(error: &io::Error, coding: &str, limit: u64) -> HttpError {
    if error.get_ref().is_some_and(|inner| inner.is::<OverLimit>()) {
        return too_large(limit);
    }
    let message = format!("cannot decode the body: its {coding} coding is broken or cut short");
    HttpError::new(ErrorKind::Framing, Phase::Body, message)
}
