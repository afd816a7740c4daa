//! Ways to take a value out of an answer: an open set.

pub mod jsonpath;
