//! The measure: the requests in a plain loop over the same HTTP client, with the three checks written by hand.

use std::error::Error;

use crate::by_hand;

/// The argument that makes this program the loop.
pub(crate) const MODE: &str = "loop";

/// Sends so many requests one after the other and looks at each answer's status, header and body.
pub(crate) fn run(base_url: &str, steps: usize) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = by_hand::client()?;
        for step in 1..=steps {
            by_hand::read(client.get(format!("{base_url}/contacts/{step}"))).await?;
        }
        Ok(())
    })
}
