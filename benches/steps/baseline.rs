//! The measure: the requests in a plain loop over the same HTTP client, with the three checks written by hand.

use std::error::Error;

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;

use crate::server::KIND;

/// The argument that makes this program the loop.
pub(crate) const MODE: &str = "loop";

/// Sends so many requests one after the other and looks at each answer's status, header and body.
pub(crate) fn run(base_url: &str, steps: usize) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = client()?;
        for step in 1..=steps {
            let response = client.get(format!("{base_url}/contacts/{step}")).send().await?;
            let status_holds = response.status() == StatusCode::OK;
            let header_holds = response
                .headers()
                .get(CONTENT_TYPE)
                .is_some_and(|value| value == "application/json");
            let body: Value = serde_json::from_slice(&response.bytes().await?)?;
            let body_holds = body.pointer("/data/kind").is_some_and(|kind| kind == KIND);
            if !(status_holds && header_holds && body_holds) {
                return Err(format!("step {step} is not as it should be").into());
            }
        }
        Ok(())
    })
}

/// The client as it comes, but without proxies and without reading whom to trust: nothing here speaks TLS.
fn client() -> Result<reqwest::Client, Box<dyn Error>> {
    let tls = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Ok(reqwest::Client::builder()
        .no_proxy()
        .tls_backend_preconfigured(tls)
        .build()?)
}
