//! How many requests a host gets at the same time, whoever sends them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

/// The hosts of a run, each with as many places as there are jobs.
#[derive(Debug)]
pub(super) struct Hosts {
    places: usize,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Hosts {
    pub(super) fn new(places: usize) -> Hosts {
        Hosts {
            places: places.clamp(1, Semaphore::MAX_PERMITS),
            hosts: Mutex::default(),
        }
    }

    /// A place at the URL's host, to be kept until its answer is there. `waits` is called if there is none yet.
    pub(super) async fn place(&self, url: &Url, waits: impl FnOnce()) -> Option<OwnedSemaphorePermit> {
        let host = format!(
            "{}:{}",
            url.host_str().unwrap_or_default(),
            url.port_or_known_default().unwrap_or_default()
        );
        let places = {
            let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(
                hosts
                    .entry(host)
                    .or_insert_with(|| Arc::new(Semaphore::new(self.places))),
            )
        };
        if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            return Some(place);
        }
        waits();
        // Nobody closes it.
        places.acquire_owned().await.ok()
    }
}
