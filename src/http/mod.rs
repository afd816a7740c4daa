//! Request, response, timings; the client, redirects, cookies, TLS, limits.

// What goes in and what comes out.
mod request;

mod response;

mod body;

mod timings;

mod phase;

mod error;

mod cookies;

mod date;

mod link;

mod retry_after;

mod guard;

mod limits;

mod options;

// From a request to an answer, in the order it is passed on.
mod client;

mod journey;

mod redirect;

mod clock;

mod transport;

mod attempt;

mod connector;

mod dns;

mod tls;

mod receive;

mod coding;

mod failure;

#[cfg(test)]
mod tests;

pub use body::Body;
pub use client::Client;
pub use cookies::{Cookie, Jar};
pub use error::{ErrorKind, HttpError, Limit};
pub use guard::{Guard, Refusal};
pub use limits::{RedirectLimit, Timeouts};
pub use link::link;
pub use options::{ClientCertificate, ClientOptions, HttpVersion, Resolve};
pub use phase::Phase;
pub use request::Request;
pub use response::{Hop, Response, Sent, Sizes};
pub use retry_after::retry_after;
pub use timings::Timings;
