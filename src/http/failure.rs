//! The library's errors to ours: which phase it was, what to say, and what never to say.

use std::error::Error;
use std::io;

use rustls::CertificateError;
use url::Url;

use super::clock::Passed;
use super::{ErrorKind, HttpError, Limit, Phase};

/// An error the library gave while an exchange with this URL was in this phase.
pub(super) fn of(error: &reqwest::Error, phase: Phase, url: &Url) -> HttpError {
    let host = url.host_str().unwrap_or_default();
    if let Some(cause) = find::<rustls::Error>(error) {
        return HttpError::new(ErrorKind::Tls, Phase::Tls, tls_message(cause, host));
    }
    if error.is_connect() {
        return not_connected(error, phase, url, host);
    }
    if error.is_builder() {
        let message = format!("cannot send a request to {host}: its URL or a header is not valid");
        return HttpError::new(ErrorKind::InvalidUrl, Phase::Prepare, message);
    }
    if let Some(cause) = find::<hyper::Error>(error) {
        if cause.is_parse_too_large() {
            return headers_too_large(host, Limit::HeaderBytes);
        }
        // The library tells these from other parse errors by their text alone.
        let text = cause.to_string();
        if cause.is_parse() && (text.contains("content-length") || text.contains("transfer-encoding")) {
            return conflicting_lengths(host);
        }
        if cause.is_parse() && phase == Phase::FirstByte {
            let message = format!("cannot read the answer of {host}: it is not HTTP");
            return HttpError::new(ErrorKind::Protocol, phase, message);
        }
    }
    let cause = match find::<io::Error>(error) {
        Some(cause) if cause.kind() != io::ErrorKind::Other => format!(" ({})", reason(cause)),
        _ => String::new(),
    };
    let message = match phase {
        Phase::Body => format!("the body from {host} is broken or was cut short{cause}"),
        Phase::Prepare | Phase::Dns | Phase::Connect | Phase::Tls | Phase::FirstByte => {
            format!("the connection to {host} ended before an answer{cause}")
        }
    };
    HttpError::new(ErrorKind::Framing, phase, message)
}

/// A deadline that passed: that of the phase, or the request's.
pub(super) fn timed_out(passed: &Passed, url: &Url) -> HttpError {
    let Passed { phase, limit, in_all } = *passed;
    let host = url.host_str().unwrap_or_default();
    let limit = humantime::format_duration(limit);
    let message = match phase {
        _ if in_all => format!(
            "no whole answer from {host} within {limit} in all, waiting for {}",
            phase.awaited()
        ),
        Phase::Prepare | Phase::FirstByte => format!("no first byte from {host} within {limit}"),
        Phase::Dns => format!("no address for {host} within {limit}"),
        Phase::Connect => format!("no connection to {} within {limit}", authority(url)),
        Phase::Tls => format!("no TLS handshake with {host} within {limit}"),
        Phase::Body => format!("nothing more of the body from {host} within {limit}"),
    };
    HttpError::new(ErrorKind::Timeout(phase), phase, message)
}

/// A header section over one of its limits.
pub(super) fn headers_too_large(host: &str, limit: Limit) -> HttpError {
    let message = match limit {
        Limit::HeaderLines => format!("the header section from {host} has more lines than the limit allows"),
        Limit::HeaderBytes | Limit::Body | Limit::Codings => {
            format!("the header section from {host} is larger than the limits allow")
        }
    };
    HttpError::new(ErrorKind::Limit(limit), Phase::FirstByte, message)
}

/// An answer whose header section does not say in one way where its body ends.
pub(super) fn conflicting_lengths(host: &str) -> HttpError {
    let message = format!(
        "cannot tell where the body from {host} ends: its `Content-Length` and `Transfer-Encoding` conflict or are \
         not valid"
    );
    HttpError::new(ErrorKind::Framing, Phase::FirstByte, message)
}

/// Whether the connection was lost before the head of an answer was here, as happens when a server closes an idle
/// connection just when it is used again. The library does not tell whether a part of the head had come.
pub(super) fn is_lost_connection(error: &reqwest::Error) -> bool {
    if error.is_connect() || find::<rustls::Error>(error).is_some() {
        return false;
    }
    let ended = find::<hyper::Error>(error)
        .is_some_and(|cause| cause.is_incomplete_message() || cause.is_canceled() || cause.is_closed());
    ended
        || find::<io::Error>(error).is_some_and(|cause| {
            matches!(
                cause.kind(),
                io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::BrokenPipe
                    | io::ErrorKind::NotConnected
                    | io::ErrorKind::UnexpectedEof
            )
        })
}

fn not_connected(error: &reqwest::Error, phase: Phase, url: &Url, host: &str) -> HttpError {
    let cause = match find::<io::Error>(error) {
        Some(cause) if cause.kind() != io::ErrorKind::Other => reason(cause),
        _ => root(error).to_string(),
    };
    match phase {
        Phase::Dns => HttpError::new(ErrorKind::Dns, phase, format!("no address for {host}: {cause}")),
        Phase::Tls => HttpError::new(
            ErrorKind::Tls,
            phase,
            format!("the TLS handshake with {host} failed: {cause}"),
        ),
        Phase::Prepare | Phase::Connect | Phase::FirstByte | Phase::Body => {
            let message = format!("connect to {} failed: {cause}", authority(url));
            HttpError::new(ErrorKind::Connect, Phase::Connect, message)
        }
    }
}

fn tls_message(error: &rustls::Error, host: &str) -> String {
    let certificate = |what: &str| format!("certificate of {host} {what}");
    match error {
        rustls::Error::InvalidCertificate(error) => match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => certificate("is expired"),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                certificate("is not valid yet")
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                certificate("is for another name")
            }
            // A false signature is that of an authority with a trusted name and another key.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                certificate("is not issued by anyone trusted")
            }
            CertificateError::Revoked => certificate("is revoked"),
            _ => certificate("cannot be verified"),
        },
        rustls::Error::AlertReceived(alert) => format!("{host} refused the TLS handshake: {alert:?}"),
        rustls::Error::NoApplicationProtocol => format!("{host} speaks none of the HTTP versions asked for"),
        _ => format!("the TLS handshake with {host} failed"),
    }
}

/// What the system says, by the kind's own words or, where it has none for it, by the system's.
fn reason(error: &io::Error) -> String {
    let kind = error.kind().to_string();
    match error.raw_os_error() {
        Some(number) if kind == "uncategorized error" => {
            let text = io::Error::from_raw_os_error(number).to_string();
            text.split(" (os error").next().unwrap_or_default().to_lowercase()
        }
        _ => kind,
    }
}

/// The host and port, which is all of a URL that an error shows.
pub(super) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The first error of this type in the chain of causes. What an `io::Error` wraps is no cause of it to the standard
/// library, so it is looked into.
fn find<'error, E: Error + 'static>(error: &'error (dyn Error + 'static)) -> Option<&'error E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref)
            && let Some(found) = find::<E>(inner)
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The last cause in the chain.
fn root<'error>(error: &'error (dyn Error + 'static)) -> &'error (dyn Error + 'static) {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last
}
