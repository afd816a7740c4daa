//! Where a request goes: the part that requests have in common, and the rest.

use url::Url;

/// A URL in its two parts, without a fragment, which is never sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// `https://api.test:8443`, or a text that begins with a variable.
    pub(super) origin: String,
    /// The path as it is sent.
    pub(super) path: String,
    /// The query as it is sent, where there is one.
    pub(super) query: Option<String>,
    /// Name and password that stood in front of the host.
    pub(super) user: Option<(String, Option<String>)>,
    /// `api.test:8443`; none where a variable is in it.
    host: Option<(String, u16)>,
}

impl Address {
    /// Reads a whole URL. `is_variable` tells whether a text has a mark of a variable in it.
    ///
    /// # Errors
    /// Why it is none, as a phrase.
    pub(super) fn parse(text: &str, is_variable: impl Fn(&str) -> bool) -> Result<Address, String> {
        let behind = text.find("://").map_or(0, |at| at + "://".len());
        let end = text[behind..]
            .find(['/', '?', '#', '\\'])
            .map_or(text.len(), |at| behind + at);
        let (origin, rest) = text.split_at(end);
        let decoded = |text: &str| {
            percent_encoding::percent_decode_str(text)
                .decode_utf8_lossy()
                .into_owned()
        };
        if is_variable(origin) {
            let (scheme, authority) = origin.split_at(behind);
            let (user, host) = match authority.rsplit_once('@') {
                Some((user, host)) => (Some(user), host),
                None => (None, authority),
            };
            // The rest is written as it would be at any host.
            let url =
                Url::parse(&format!("http://variable.invalid{rest}")).map_err(|error| error.to_string())?;
            return Ok(Address {
                origin: format!("{scheme}{host}"),
                path: url.path().to_owned(),
                query: url.query().map(str::to_owned),
                user: user.map(|user| {
                    let (name, password) = user.split_once(':').unwrap_or((user, ""));
                    (decoded(name), Some(decoded(password)))
                }),
                host: None,
            });
        }
        let url = Url::parse(text).map_err(|error| error.to_string())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("requests go over http and https alone".to_owned());
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        let port = url.port_or_known_default().unwrap_or_default();
        let user = (!url.username().is_empty() || url.password().is_some())
            // Without a password an empty one is sent.
            .then(|| {
                (
                    decoded(url.username()),
                    Some(decoded(url.password().unwrap_or_default())),
                )
            });
        Ok(Address {
            origin: url.origin().ascii_serialization(),
            path: url.path().to_owned(),
            query: url.query().map(str::to_owned),
            user,
            host: Some((host, port)),
        })
    }

    /// `name`, or `name:port` where the port is not the scheme's own.
    pub(super) fn host(&self) -> Option<String> {
        let (host, port) = self.host.as_ref()?;
        let is_usual = match self.origin.split_once(':') {
            Some(("https", _)) => *port == 443,
            _ => *port == 80,
        };
        Some(match is_usual {
            true => host.clone(),
            false => format!("{host}:{port}"),
        })
    }

    /// Whether this is the host, `name` or `name:port`.
    pub(super) fn is_at(&self, wanted: &str) -> bool {
        self.host.as_ref().is_some_and(|(host, port)| {
            host.eq_ignore_ascii_case(wanted) || format!("{host}:{port}").eq_ignore_ascii_case(wanted)
        })
    }
}
