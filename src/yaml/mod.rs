//! Text to a tree whose nodes know their place.
//!
//! Built on the event parser that `serde-saphyr` carries and re-exports, rather than on its deserializer: only
//! events say in which style a scalar was written and where an anchor, a tag or an alias stands.

mod build;
mod cause;
mod limit;
mod node;
mod offsets;
mod parse;
mod scalar;
mod style;
mod syntax;
mod text;
mod write;

#[cfg(test)]
mod tests;

pub use limit::{MAXIMUM_ALIASES, MAXIMUM_BYTES, MAXIMUM_DEPTH, MAXIMUM_NODES};
pub use node::{Content, Key, Map, Node};
pub use parse::parse;
pub use text::Text;
pub use write::write;
