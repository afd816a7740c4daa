//! What the tests say things in: a project folder, the program run in it, and a server that remembers.

pub(crate) mod forms;
mod program;
mod project;
mod server;

pub(crate) use program::{Ran, Run};
pub(crate) use project::Project;
pub(crate) use server::{Answer, Received, Server};

/// The repository's own folder.
pub(crate) fn repository() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
}
