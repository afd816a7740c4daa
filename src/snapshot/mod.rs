//! What answers were when they were accepted: which part of them is kept, under which name, and how a new one compares.
//!
//! A run judges with [`Store`]; which steps have a snapshot, and under which rules, the collection says.

mod content;
mod folder;
mod name;
mod rules;
mod store;

pub use content::{BODY, Content, Made};
pub use folder::{Stored, stored, unused, verify};
pub use name::{FOLDER, Names, folder, of_round, slug};
pub use rules::{Part, Rules};
pub use store::{Judged, Mode, Store, Unlike, from_root};
