//! The fault matrix: what a peer can do wrong, and what the program must make of it, seen from outside.

mod answers;
mod certificates;
mod connections;
mod matrix;
mod row;
mod server;
