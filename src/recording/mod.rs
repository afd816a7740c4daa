//! Exchanges kept on disk without their secrets, and answers given from them with no socket opened.
//!
//! Each step has a file of its own with its exchanges in order; so has each step of a session's login. Which step sends
//! first in a run makes no difference then.

mod exchange;
mod recorder;
mod recordings;
mod stand_in;

use std::path::{Path, PathBuf};

pub use exchange::Asked;
pub use recorder::Recorder;
pub use recordings::{Recordings, Unrecorded};

use serde::{Deserialize, Serialize};

/// The version of the shape of the files. It changes when a reader of the old shape would be misled.
const VERSION: u32 = 1;

/// The file that says what was recorded.
const ABOUT: &str = "recording.json";

/// What was recorded.
#[derive(Debug, Serialize, Deserialize)]
struct About {
    version: u32,
    /// The base URL that requests were sent to, so that those of a replay are the same.
    base_url: Option<String>,
}

/// The file of a step's exchanges, from the folder of the recording. `name` is that of its snapshot: a path whose folder
/// of snapshots is left out here.
fn file(name: &Path) -> PathBuf {
    let parts = name.iter().filter(|part| *part != crate::snapshot::FOLDER);
    let mut path = parts.collect::<PathBuf>().into_os_string();
    path.push(".json");
    PathBuf::from(path)
}
