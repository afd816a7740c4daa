//! A file's text and places in it; files are opened here, beneath the project's root, and nowhere else.

mod error;
mod find;
mod path;
mod place;
mod root;
mod text;

pub use error::SourceError;
pub use place::Place;
pub use root::{Entries, Root};
pub use text::Source;
