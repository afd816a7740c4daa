//! What answers were when they were accepted: which part of them is kept, under which name, and how a new one compares.
//!
//! A run judges with [`Store`]; which steps have a snapshot, and under which rules, the collection says.

mod answers;
mod content;
mod folder;
mod name;
mod pending;
mod rules;
mod store;
mod volatile;

pub use answers::{Answer, Answers};
pub use content::{BODY, Content, Made, masked};
pub use folder::{Stored, stored, unused, verify};
pub use name::{FOLDER, Names, folder, of_round, slug};
pub use pending::Pending;
pub use rules::{Part, Rules};
pub use store::{Judged, Mode, Store, Unlike, from_root};
pub use volatile::{Proposal, Volatile, proposals};
