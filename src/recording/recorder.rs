//! Keeps the exchanges of a run, to be written at its end: only then is every secret known.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::exchange::{Answered, Asked, Exchange};
use super::{ABOUT, About, VERSION, file};
use crate::http::Response;
use crate::secret::Vault;
use crate::source::Root;

/// The exchanges of a run so far, by the names of their steps.
#[derive(Debug, Default)]
pub struct Recorder {
    exchanges: Mutex<BTreeMap<PathBuf, Vec<(Asked, Response)>>>,
}

impl Recorder {
    /// Keeps an exchange of a step.
    pub fn add(&self, name: &Path, request: Asked, response: &Response) {
        let mut exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        let of_step = exchanges.entry(name.to_owned()).or_default();
        of_step.push((request, response.clone()));
    }

    /// Writes everything, a file for each step, without the secrets that `vault` knows.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(&self, root: &Root, base_url: Option<String>, vault: &Vault) -> io::Result<()> {
        let exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, of_step) in &*exchanges {
            let of_step: Vec<Exchange> = of_step
                .iter()
                .map(|(request, response)| Exchange {
                    request: request.masked(vault),
                    response: Answered::of(response, vault),
                })
                .collect();
            write(root, &file(name), &of_step)?;
        }
        // Last: without it there is no recording.
        let about = About {
            version: VERSION,
            base_url,
        };
        write(root, Path::new(ABOUT), &about)
    }
}

fn write(root: &Root, path: &Path, value: &impl serde::Serialize) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(io::Error::other)? + "\n";
    root.write(path, text.as_bytes())
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", root.shown(path))))
}
