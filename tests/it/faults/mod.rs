//! The fault matrix: what a peer can do wrong, and what the program must make of it, seen from outside.

mod answers;
mod certificates;
mod connections;
mod credentials;
mod matrix;
mod offsets;
mod redirects;
mod retrying;
mod row;
mod server;
mod verdict;
