//! The library's clients beneath ours: made when they are needed, set up so that nothing is done behind our back.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::{Proxy, redirect, retry};
use rustls::ClientConfig;
use url::Url;

use super::connector::NotingLayer;
use super::dns::Resolver;
use super::options::invalid;
use super::tls::Tls;
use super::{ClientOptions, HttpError, HttpVersion, Phase, failure};

/// How long an idle connection is kept.
const IDLE: Duration = Duration::from_secs(90);
/// What hyper counts to by itself, without a slower way of reading headers.
const USUAL_HEADER_LINES: usize = 100;

/// The clients: with and without TLS, with and without a pool.
pub(super) struct Transport {
    options: ClientOptions,
    tls: Tls,
    proxy: Option<Url>,
    plain: Pair,
    secure: Pair,
}

/// A client that keeps connections, and one that opens a new one for each request.
#[derive(Default)]
struct Pair {
    pooled: OnceLock<Result<reqwest::Client, HttpError>>,
    fresh: OnceLock<Result<reqwest::Client, HttpError>>,
}

/// Whether connections are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pool {
    Kept,
    None,
}

impl Transport {
    pub(super) fn new(options: &ClientOptions) -> Result<Transport, HttpError> {
        let proxy = match &options.proxy {
            Some(proxy) => Some(read_proxy(proxy)?),
            None => None,
        };
        let tls = Tls::new(options)?;
        Ok(Transport {
            options: options.clone(),
            tls,
            proxy,
            plain: Pair::default(),
            secure: Pair::default(),
        })
    }

    /// The client for this URL.
    pub(super) fn pooled(&self, url: &Url) -> Result<&reqwest::Client, HttpError> {
        self.client(url, Pool::Kept)
    }

    /// The client that uses no connection twice.
    pub(super) fn fresh(&self, url: &Url) -> Result<&reqwest::Client, HttpError> {
        self.client(url, Pool::None)
    }

    /// The port connections for this URL are opened to.
    pub(super) fn port(&self, url: &Url) -> u16 {
        self.proxy
            .as_ref()
            .unwrap_or(url)
            .port_or_known_default()
            .unwrap_or_default()
    }

    /// The error with the proxy named, where it came up on the way through one: whoever is named else may be well.
    pub(super) fn blame(&self, mut error: HttpError) -> HttpError {
        if let (Some(proxy), Phase::Dns | Phase::Connect | Phase::Tls) = (&self.proxy, error.phase) {
            let proxy = failure::authority(proxy);
            error.message = format!("{} (by way of the proxy {proxy})", error.message);
        }
        error
    }

    fn client(&self, url: &Url, pool: Pool) -> Result<&reqwest::Client, HttpError> {
        let speaks_tls =
            url.scheme() == "https" || self.proxy.as_ref().is_some_and(|proxy| proxy.scheme() == "https");
        let pair = if speaks_tls { &self.secure } else { &self.plain };
        let place = match pool {
            Pool::Kept => &pair.pooled,
            Pool::None => &pair.fresh,
        };
        place
            .get_or_init(|| {
                let tls = if speaks_tls {
                    self.tls.trusting()?
                } else {
                    self.tls.unused()?
                };
                self.build(tls, pool)
            })
            .as_ref()
            .map_err(Clone::clone)
    }

    fn build(&self, tls: ClientConfig, pool: Pool) -> Result<reqwest::Client, HttpError> {
        let options = &self.options;
        let mut builder = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(retry::never())
            .no_proxy()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Resolver::new(&options.resolve))
            .connector_layer(NotingLayer)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(if pool == Pool::Kept {
                options.max_idle_per_host
            } else {
                0
            })
            .http2_max_header_list_size(options.max_header_bytes);
        builder = match options.http_version {
            HttpVersion::Auto => builder,
            HttpVersion::Http1 => builder.http1_only(),
            HttpVersion::Http2 => builder.http2_prior_knowledge(),
        };
        if options.max_header_lines != USUAL_HEADER_LINES {
            builder = builder.http1_max_headers(options.max_header_lines);
        }
        if let Some(proxy) = &self.proxy {
            builder = builder.proxy(Proxy::all(proxy.clone()).map_err(|_| invalid("cannot use the proxy"))?);
        }
        builder
            .build()
            .map_err(|_| invalid("cannot set the HTTP client up"))
    }
}

fn read_proxy(text: &str) -> Result<Url, HttpError> {
    let url = Url::parse(text).map_err(|_| invalid("cannot use the proxy: it is not a URL"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(invalid(
            "cannot use the proxy: only http and https proxies are spoken to",
        ));
    }
    Ok(url)
}
