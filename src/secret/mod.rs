//! Values that cannot be printed, and the mask in front of every output.
//!
//! There are two lines of defence. A [`Rendered`] text remembers which of its parts are secret, so whoever formats it
//! shows `‹api_key›` before any encoding happens. Behind that, a [`Vault`] knows every secret of the process in every
//! form it is likely to take, and masks each byte that leaves the process except for the socket.

mod credentials;
mod forms;
mod header;
mod jwt;
mod label;
mod layer;
mod mask;
mod panic;
mod rendered;
mod vault;
mod writer;

pub use credentials::credentials;
pub use header::{scheme_and_rest, sensitive_header, shown_header, shown_url};
pub use jwt::tokens;
pub use label::{Label, made_of};
pub use panic::panic_hook;
pub use rendered::{Rendered, Span};
pub use vault::{Vault, weak};
pub use writer::{MOST_AT_ONCE, MaskWriter};

#[cfg(test)]
mod tests;
