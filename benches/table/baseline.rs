//! The loop: the same requests over the same HTTP client, with the same checks written by hand.

use std::error::Error;

use futures_util::StreamExt as _;
use reqwest::header::AUTHORIZATION;
use serde_json::Value;

use crate::by_hand;

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
        let client = by_hand::client()?;
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
            by_hand::read(client.get(format!("{base_url}{path}"))).await?;
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
        by_hand::read(request.header(AUTHORIZATION, format!("Bearer {token}"))).await?;
    }
    Ok(())
}
