//! The program as a process, seen from outside: arguments and files in, exit code, output and traffic out.

mod bodies;
mod cases;
mod commands;
mod endings;
mod flow;
mod hostile;
mod log;
mod not_a_pass;
mod pack;
mod peer;
mod poll;
mod proof;
mod reports;
mod retry;
mod rounds;
mod schedule;
mod secrets;
mod select;
mod sessions;
mod shards;
mod snapshots;
mod support;
mod wire;
