//! The stretches of time an exchange passes through, as errors and progress name them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where an exchange is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Before anything was sent: the URL, the headers, the policy, a redirect's target.
    Prepare,
    /// A host name is being looked up.
    Dns,
    /// A TCP connection is being opened; with a proxy, its tunnel too.
    Connect,
    /// The TLS handshake is going on.
    Tls,
    /// The request is sent and its first byte of an answer awaited.
    FirstByte,
    /// The body is being received.
    Body,
}

impl Phase {
    /// The phase's stable word, as the event log spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Prepare => "prepare",
            Phase::Dns => "dns",
            Phase::Connect => "connect",
            Phase::Tls => "tls",
            Phase::FirstByte => "first_byte",
            Phase::Body => "body",
        }
    }

    /// What goes on in the phase, to stand after "waiting for".
    #[must_use]
    pub fn awaited(self) -> &'static str {
        match self {
            Phase::Prepare => "the request",
            Phase::Dns => "the address",
            Phase::Connect => "a connection",
            Phase::Tls => "the TLS handshake",
            Phase::FirstByte => "the first byte",
            Phase::Body => "the rest of the body",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
