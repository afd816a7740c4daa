//! What a loop does by hand that `callsheet` is measured against: the client as it comes, and the three checks.

use std::error::Error;

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;

/// The client as it comes, but without proxies and without reading whom to trust: nothing here speaks TLS.
pub(crate) fn client() -> Result<reqwest::Client, Box<dyn Error>> {
    let tls = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Ok(reqwest::Client::builder()
        .no_proxy()
        .tls_backend_preconfigured(tls)
        .build()?)
}

/// Sends a request and looks at its answer's status, header and body.
///
/// # Errors
/// One of them is not as it should be, or there is no answer.
pub(crate) async fn read(request: reqwest::RequestBuilder) -> Result<(), Box<dyn Error>> {
    let response = request.send().await?;
    let status_holds = response.status() == StatusCode::OK;
    let header_holds = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|value| value == "application/json");
    let body: Value = serde_json::from_slice(&response.bytes().await?)?;
    let body_holds = body.pointer("/data/kind").is_some_and(|kind| kind == "contact");
    match status_holds && header_holds && body_holds {
        true => Ok(()),
        false => Err("an answer is not as it should be".into()),
    }
}
