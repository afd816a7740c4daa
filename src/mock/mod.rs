//! A server that answers from a file.
//!
//! A mock file is decoded once, with everything wrong told at once. Each request is then answered by the first route
//! whose method, path and `when` fit: its guards are asked, its changes are made to the data, and its answer is
//! rendered. All of that happens under one lock, so a request sees the data either before or after another request,
//! and a change whose answer cannot be rendered is not made. Requests are not kept.

mod change;
mod condition;
mod data;
mod fault;
mod file;
mod guard;
mod pattern;
mod reads;
mod received;
mod respond;
mod route;
mod server;
mod service;
mod unmatched;
mod wire;

#[cfg(test)]
mod tests;

pub use file::Mock;
pub use server::{Running, serve};
