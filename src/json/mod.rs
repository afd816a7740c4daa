//! JSON as the wire wrote it: exact numbers, typed equality, names of types, places.
//!
//! Numbers keep their text (`arbitrary_precision`), so nothing here goes through `f64`, and keys keep the order in
//! which they came.

mod elements;
mod equality;
pub mod number;
pub mod path;
mod pick;
mod read;
mod tree;
mod write;

pub use elements::parse_elements;
pub use equality::{describe_type_mismatch, equal, kind};
pub use pick::{PlainSegment, pick};
pub use read::{DEPTH_LIMIT, JsonError, parse, read};
pub use tree::Tree;
pub use write::{canonical, compact, pretty, short};

/// A JSON value: null, boolean, number, string, array or object.
pub type Value = serde_json::Value;
