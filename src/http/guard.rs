//! The question asked before each hop: may this be sent there?

use std::fmt;

use url::Url;

/// Why a hop may not be sent. As text it is a phrase without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Plain http would leave the machine.
    PlainHttp {
        /// The host it would go to.
        host: String,
    },
    /// It carries a secret, and no host is named that secrets may go to.
    UnboundSecret {
        /// The host it would go to.
        host: String,
    },
    /// The host is none of those that are named.
    OtherHost {
        /// The host, with its port where that is not the usual one.
        host: String,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::PlainHttp { host } => write!(
                formatter,
                "{host} would be called over plain http; only https leaves this machine"
            ),
            Refusal::UnboundSecret { host } => write!(
                formatter,
                "a secret would be sent to {host}, and no host is bound to the secrets of this run"
            ),
            Refusal::OtherHost { host } => write!(formatter, "{host} is not a host of this environment"),
        }
    }
}

/// The operator's policy on where requests may go.
pub trait Guard: Send + Sync {
    /// Says whether the hop may be sent: hop 0 is the request itself, hop 1 its first redirect.
    ///
    /// `carries_secret` is true when the hop's URL or body holds, or may repeat, a secret of the request's URL or body.
    ///
    /// # Errors
    /// The reason it may not. Nothing is sent then.
    fn allow(&self, url: &Url, hop: usize, carries_secret: bool) -> Result<(), Refusal>;
}

impl<F> Guard for F
where
    F: Fn(&Url, usize, bool) -> Result<(), Refusal> + Send + Sync,
{
    fn allow(&self, url: &Url, hop: usize, carries_secret: bool) -> Result<(), Refusal> {
        self(url, hop, carries_secret)
    }
}
