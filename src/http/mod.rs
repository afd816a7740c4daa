//! Request, response, timings; the client, redirects, cookies, TLS, limits.

mod body;
mod cookies;
mod error;
mod guard;
mod limits;
mod options;
mod phase;
mod request;
mod response;
mod timings;

pub use body::Body;
pub use cookies::{Cookie, Jar};
pub use error::{ErrorKind, HttpError, Limit};
pub use guard::Guard;
pub use limits::{RedirectLimit, Timeouts};
pub use options::{ClientCertificate, ClientOptions, HttpVersion, Resolve};
pub use phase::Phase;
pub use request::Request;
pub use response::{Hop, Response, Sent, Sizes};
pub use timings::Timings;
