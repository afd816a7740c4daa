//! Answers requests from what was recorded.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::exchange::{Asked, Exchange};
use super::{ABOUT, About, VERSION, file};
use crate::diff::{self, Change, Difference};
use crate::http::{Request, Response};
use crate::json;
use crate::source::{Root, SourceError};

/// The largest file that is read, in bytes.
const LIMIT: u64 = 256 * 1024 * 1024;

/// The most differences that are told.
const TOLD: usize = 3;

/// A recording that answers.
#[derive(Debug)]
pub struct Recordings {
    root: Root,
    about: About,
    steps: Mutex<HashMap<PathBuf, Step>>,
}

/// The exchanges of a step, with those that were used.
#[derive(Debug, Default)]
struct Step {
    exchanges: Vec<Exchange>,
    used: Vec<bool>,
}

/// Why a request has no answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Unrecorded {
    /// What is missing, as a lower-case phrase.
    pub message: String,
    /// What came closest, and where it differs.
    pub help: Option<String>,
}

impl Recordings {
    /// Opens a folder that a run has recorded into.
    ///
    /// # Errors
    /// There is no recording, or it is one of another version; in words.
    pub fn open(root: Root) -> Result<Recordings, String> {
        let about = root
            .read_text(Path::new(ABOUT), LIMIT)
            .map_err(|error| error.to_string())?;
        let about: About =
            serde_json::from_str(&about.text).map_err(|error| format!("{}: {error}", about.path))?;
        if about.version != VERSION {
            return Err(format!(
                "the recording in {} has version {}, and this Callsheet reads {VERSION}",
                root.path().display(),
                about.version
            ));
        }
        Ok(Recordings {
            root,
            about,
            steps: Mutex::default(),
        })
    }

    /// The base URL that requests were sent to.
    pub fn base_url(&self) -> Option<&str> {
        self.about.base_url.as_deref()
    }

    /// The answer that a step's request got: of several to the same request, each is given once, and the last again.
    ///
    /// # Errors
    /// No request like this was recorded for the step.
    pub fn answer(&self, name: &Path, asked: &Asked, request: Request) -> Result<Response, Unrecorded> {
        let path = file(name);
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let step = match steps.entry(path.clone()) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => new.insert(self.read(&path)?),
        };
        let alike = |index: &usize| step.exchanges[*index].request == *asked;
        let all = 0..step.exchanges.len();
        let found = all.clone().find(|index| !step.used[*index] && alike(index));
        let Some(index) = found.or_else(|| all.rev().find(alike)) else {
            return Err(step.closest(asked));
        };
        step.used[index] = true;
        let response = step.exchanges[index].response.response(request);
        response.map_err(|reason| Unrecorded {
            message: format!("{} cannot be replayed: {reason}", self.root.shown(&path)),
            help: None,
        })
    }

    fn read(&self, path: &Path) -> Result<Step, Unrecorded> {
        let source = match self.root.read_text(path, LIMIT) {
            Ok(source) => source,
            Err(SourceError::NotFound { .. }) => return Ok(Step::default()),
            Err(error) => {
                return Err(Unrecorded {
                    message: error.to_string(),
                    help: None,
                });
            }
        };
        let exchanges: Vec<Exchange> = serde_json::from_str(&source.text).map_err(|error| Unrecorded {
            message: format!("{}: {error}", source.path),
            help: None,
        })?;
        Ok(Step {
            used: vec![false; exchanges.len()],
            exchanges,
        })
    }
}

impl Step {
    /// Why none of the exchanges answers, with the one that differs the least.
    fn closest(&self, asked: &Asked) -> Unrecorded {
        let parts = asked.parts();
        let closest = self
            .exchanges
            .iter()
            .map(|exchange| diff::diff(&exchange.request.parts(), &parts).differences)
            .min_by_key(Vec::len);
        let message = format!("nothing was recorded for {} {}", asked.method, asked.url);
        let help = match closest {
            None => "nothing was recorded for this step: run it once with --record".to_owned(),
            Some(differences) if differences.is_empty() => {
                "a recorded request differs in the order of its headers alone".to_owned()
            }
            Some(differences) => {
                let mut told: Vec<String> = differences.iter().take(TOLD).map(in_words).collect();
                if differences.len() > TOLD {
                    told.push(format!("and {} more", differences.len() - TOLD));
                }
                format!("the closest recorded request differs: {}", told.join("; "))
            }
        };
        Unrecorded {
            message,
            help: Some(help),
        }
    }
}

/// `query.page was "1" and is "2"`.
fn in_words(difference: &Difference) -> String {
    let place = difference.path.trim_start_matches("$.");
    let short = |value| json::short(value, 60);
    match &difference.change {
        Change::Added { value } => format!("{place} is new: {}", short(value)),
        Change::Removed { value } => format!("{place} was {} and is gone", short(value)),
        Change::Changed { from, to } | Change::TypeChanged { from, to, .. } => {
            format!("{place} was {} and is {}", short(from), short(to))
        }
        Change::Moved { from, .. } => format!("{place} was at {}", from.trim_start_matches("$.")),
    }
}
