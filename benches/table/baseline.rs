//! The loop: the same requests over the same HTTP client, with the same checks written by hand.

use std::error::Error;

use futures_util::StreamExt as _;
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;

/// The argument that makes this program the loop.
pub(crate) const MODE: &str = "loop";

/// What the arguments behind the mode say: where, how many files at the same time, how many files of how many reads, and
/// a path where all reads have one.
struct Work {
    base_url: String,
    jobs: usize,
    files: usize,
    reads: usize,
    path: Option<String>,
}

/// Does the work on one thread.
pub(crate) fn run(words: &[String]) -> Result<(), Box<dyn Error>> {
    let [base_url, jobs, files, reads, path @ ..] = words else {
        return Err("the loop's arguments are missing".into());
    };
    let work = Work {
        base_url: base_url.clone(),
        jobs: jobs.parse()?,
        files: files.parse()?,
        reads: reads.parse()?,
        path: path.first().cloned(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = client()?;
        let files = futures_util::stream::iter((0..work.files).map(|_| file(&client, &work)));
        let mut ends = files.buffer_unordered(work.jobs);
        while let Some(end) = ends.next().await {
            end?;
        }
        Ok(())
    })
}

/// A token, where the reads are not all of one path, and the reads.
async fn file(client: &reqwest::Client, work: &Work) -> Result<(), Box<dyn Error>> {
    let base_url = &work.base_url;
    if let Some(path) = &work.path {
        for _ in 0..work.reads {
            read(client.get(format!("{base_url}{path}"))).await?;
        }
        return Ok(());
    }
    let token = client.get(format!("{base_url}/token")).send().await?;
    let token: Value = serde_json::from_slice(&token.bytes().await?)?;
    let token = token["token"]
        .as_str()
        .ok_or("the answer has no token")?
        .to_owned();
    for step in 1..=work.reads {
        let request = client.get(format!("{base_url}/contacts/{step}"));
        read(request.header(AUTHORIZATION, format!("Bearer {token}"))).await?;
    }
    Ok(())
}

async fn read(request: reqwest::RequestBuilder) -> Result<(), Box<dyn Error>> {
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
