//! How long, how large and how often: the limits of one request, with their defaults.

use std::time::Duration;

/// The deadlines of a request. A phase's deadline starts with the phase; `total` covers all hops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From the first hop's start to the last byte of the last hop's body.
    pub total: Duration,
    /// From the wish for a new connection to its being open: address look-up, TCP, a proxy's tunnel.
    pub connect: Duration,
    /// The TLS handshake.
    pub tls: Duration,
    /// From having a connection to the answer's header section.
    pub first_byte: Duration,
    /// Between two pieces of the body.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts {
            total: Duration::from_secs(60),
            connect: Duration::from_secs(10),
            tls: Duration::from_secs(10),
            first_byte: Duration::from_secs(30),
            idle: Duration::from_secs(30),
        }
    }
}

/// How many redirects are followed; with 0 the redirect itself is the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RedirectLimit(pub u8);

impl RedirectLimit {
    /// Redirects are answers like others.
    pub const NONE: RedirectLimit = RedirectLimit(0);

    /// Whether redirects are followed at all.
    #[must_use]
    pub fn follows(self) -> bool {
        self.0 > 0
    }
}

impl Default for RedirectLimit {
    fn default() -> RedirectLimit {
        RedirectLimit(10)
    }
}

/// Content codings allowed in all, however the header lines divide them.
pub(super) const MAX_CODINGS: usize = 2;

/// What a body may measure as sent beyond its decoded limit: codings add a little to what does not compress.
pub(super) const CODING_ALLOWANCE: u64 = 64 * 1024;

/// How much of a redirect's own body is read to keep its connection; beyond it the connection is given up.
pub(super) const REDIRECT_BODY: u64 = 64 * 1024;
