//! What the operator decides about a client: versions, proxy, trust, addresses, limits.

use std::fmt;
use std::net::IpAddr;

use super::{ErrorKind, HttpError, Phase};

/// The options of a client. Equal options can share one client and its connections.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ClientOptions {
    /// The HTTP versions to speak.
    pub http_version: HttpVersion,
    /// A proxy for all requests, `http://` or `https://`, with `user:password@` where it wants them. The process
    /// environment is not consulted.
    pub proxy: Option<String>,
    /// Certificates, as PEM, to trust beside the system's.
    pub ca: Vec<Vec<u8>>,
    /// The certificate to show to servers that ask for one.
    pub client_certificate: Option<ClientCertificate>,
    /// Addresses to use instead of looking a host up.
    pub resolve: Vec<Resolve>,
    /// The most bytes of a decoded body.
    pub max_body: u64,
    /// The most bytes of a header section. HTTP/1 has a ceiling of 408 KiB whatever is set here.
    pub max_header_bytes: u32,
    /// The most lines of a header section.
    pub max_header_lines: usize,
    /// The most idle connections kept for one host.
    pub max_idle_per_host: usize,
}

/// The HTTP versions a client speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HttpVersion {
    /// HTTP/2 where TLS negotiates it, HTTP/1.1 everywhere else.
    #[default]
    Auto,
    /// HTTP/1.1 alone.
    Http1,
    /// HTTP/2 alone, over plain http by prior knowledge (RFC 9113 §3.3).
    Http2,
}

/// A certificate chain and its key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ClientCertificate {
    /// The certificates as PEM, the client's own first.
    pub chain: Vec<u8>,
    /// The private key as PEM: PKCS #8, PKCS #1 or SEC1.
    pub key: Vec<u8>,
}

/// An address to use for a host and port, the name in the URL, the `Host` header and the certificate staying what
/// they are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Resolve {
    /// The host name, compared without regard to case.
    pub host: String,
    /// The port it applies to.
    pub port: u16,
    /// The address.
    pub address: IpAddr,
}

impl Default for ClientOptions {
    fn default() -> ClientOptions {
        ClientOptions {
            http_version: HttpVersion::Auto,
            proxy: None,
            ca: Vec::new(),
            client_certificate: None,
            resolve: Vec::new(),
            max_body: 10 * 1024 * 1024,
            max_header_bytes: 300 * 1024,
            max_header_lines: 100,
            max_idle_per_host: 64,
        }
    }
}

impl ClientOptions {
    /// Finds what can be told to be wrong without opening a socket.
    pub(super) fn check(&self) -> Result<(), HttpError> {
        for entry in &self.resolve {
            if entry.host.is_empty() || entry.host.starts_with('[') || entry.host.parse::<IpAddr>().is_ok() {
                return Err(invalid(
                    "only host names can be given an address, and this one is an address already",
                ));
            }
        }
        Ok(())
    }
}

/// An error about the options.
pub(super) fn invalid(message: impl Into<String>) -> HttpError {
    HttpError::new(ErrorKind::Options, Phase::Prepare, message)
}

impl fmt::Debug for ClientOptions {
    /// Shows neither the proxy's password nor the client's key.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientOptions")
            .field("http_version", &self.http_version)
            .field("proxy", &self.proxy.is_some())
            .field("ca", &self.ca.len())
            .field("client_certificate", &self.client_certificate.is_some())
            .field("resolve", &self.resolve)
            .field("max_body", &self.max_body)
            .field("max_header_bytes", &self.max_header_bytes)
            .field("max_header_lines", &self.max_header_lines)
            .field("max_idle_per_host", &self.max_idle_per_host)
            .finish()
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientCertificate")
            .finish_non_exhaustive()
    }
}
