//! Text from outside, made safe to show.
//!
//! Bodies, reason phrases, headers, names and errors pass through here before they reach a terminal or a file, so
//! that no byte a server sends can move a cursor, reorder a line, hide itself, break a report or command a CI runner.
//!
//! The order matters where several apply: mask secrets first, then [`cut`], then [`line()`] or [`block`], then
//! [`guard_ci`]. A cut before the mask could leave half a secret, which the mask no longer knows.

mod ci;
mod cut;
mod escape;
mod markdown;
mod xml;

pub use ci::guard_ci;
pub use cut::cut;
pub use escape::{block, bytes_block, bytes_line, line};
pub use markdown::{code_fence, code_span};
pub use xml::xml;

#[cfg(test)]
mod tests;
