//! The question asked before each hop: may this be sent there?

use url::Url;

/// The operator's policy on where requests may go.
pub trait Guard: Send + Sync {
    /// Says whether the hop may be sent: hop 0 is the request itself, hop 1 its first redirect.
    ///
    /// `carries_secret` is true when the hop's URL or body holds, or may repeat, a secret of the request's URL or body.
    ///
    /// # Errors
    /// The reason it may not, as a phrase without secrets. Nothing is sent then.
    fn allow(&self, url: &Url, hop: usize, carries_secret: bool) -> Result<(), String>;
}

impl<F> Guard for F
where
    F: Fn(&Url, usize, bool) -> Result<(), String> + Send + Sync,
{
    fn allow(&self, url: &Url, hop: usize, carries_secret: bool) -> Result<(), String> {
        self(url, hop, carries_secret)
    }
}
